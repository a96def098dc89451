import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { createFileLookup } from '../../../../resolvers/pypi/index/files.ts';
import { createListings } from '../../../../resolvers/pypi/index/listings.ts';
import { openCache } from '../../../../resolvers/registry/cache.ts';
import { createHttp } from '../../../../resolvers/registry/http.ts';
import { createRegistry } from '../../../../resolvers/registry/registry.ts';
import type { Registry } from '../../../../resolvers/registry/types.ts';
import { formatHexHash } from '../../../../standards/integrity.ts';
import { sriOf } from '../../../support/fake-registry.ts';
import { type Loopback, type Script, startLoopback } from '../../../support/loopback.ts';
import { indexFile, makeLock } from '../make-lock.ts';
import { packageOf, pin } from '../make-pin.ts';

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const clean of cleanups.splice(0)) await clean();
});

const serve = async (scripts: Readonly<Record<string, Script>>): Promise<Loopback> => {
  const server = await startLoopback(scripts);
  cleanups.push(() => server.close());
  return server;
};

const parts = async (publicIndex: string, offline = false) => {
  const folder = await mkdtemp(join(tmpdir(), 'lock2nix-index-test-'));
  const http = createHttp({ userAgent: 'test', offline, retries: 0, timeout: 2000 });
  cleanups.push(
    () => http.close(),
    () => rm(folder, { recursive: true, force: true }),
  );
  const cache = openCache({ folder, readOnly: offline });
  const listings = createListings({ http, cache, now: () => 0 });
  return { http, cache, listings, publicIndex };
};

type Lookup = Pick<Registry, 'fileUrls' | 'releaseFiles'>;

const lookup = async (
  publicIndex = 'http://127.0.0.1:1/simple',
  offline = false,
): Promise<Lookup> => createFileLookup(await parts(publicIndex, offline));

interface Row {
  readonly filename: string;
  readonly url: string;
  readonly sri?: string;
}

const page = (...rows: readonly Row[]): Script => ({
  headers: { 'content-type': 'application/vnd.pypi.simple.v1+json' },
  body: JSON.stringify({
    meta: { 'api-version': '1.1' },
    files: rows.map(({ filename, url, sri }) => ({
      filename,
      url,
      hashes: sri === undefined ? {} : { sha256: formatHexHash(sri).replace(/^.*:/, '') },
    })),
  }),
});

const wheel = 'demo-1.0-py3-none-any.whl';
const wanted = [{ fileName: wheel, sris: [sriOf(wheel)] }];

test.each<[string, readonly Row[], string]>([
  [
    'the one that agrees, behind one that does not',
    [
      { filename: wheel, url: '/other', sri: sriOf('other') },
      { filename: wheel, url: '/right', sri: sriOf(wheel) },
    ],
    '/right',
  ],
  ['one without hash', [{ filename: wheel, url: '/plain' }], '/plain'],
  [
    'names differ in case: another file',
    [
      { filename: wheel.toUpperCase(), url: '/upper', sri: sriOf(wheel) },
      { filename: wheel, url: '/right', sri: sriOf(wheel) },
    ],
    '/right',
  ],
])('a file that is listed twice: %s', async (_, rows, path) => {
  const server = await serve({ '/simple/demo/': page(...rows) });
  const urls = await (await lookup()).fileUrls(`${server.url}/simple`, 'demo', wanted);
  expect([...urls]).toEqual([[wheel, server.url + path]]);
});

test.each(['/simple', '/simple/', '/simple//', '/simple#fragment'])(
  'the base URL %s is asked for the project’s page',
  async (base) => {
    const server = await serve({
      '/simple/demo/': page({ filename: wheel, url: '/f', sri: sriOf(wheel) }),
    });
    await (await lookup()).fileUrls(server.url + base, 'demo', wanted);
    expect(server.requests.map(({ path }) => path)).toEqual(['/simple/demo/']);
  },
);

test('of several files at fault the first is told', async () => {
  const server = await serve({
    '/simple/demo/': page({ filename: wheel, url: '/f', sri: sriOf('other') }),
  });
  const missing = { fileName: 'demo-1.0.zip', sris: [] };
  const index = `${server.url}/simple`;
  const asked = await lookup();
  await expect(asked.fileUrls(index, 'demo', [missing, ...wanted])).rejects.toMatchObject({
    code: 'FILE_NOT_ON_INDEX',
  });
  await expect(asked.fileUrls(index, 'demo', [...wanted, missing])).rejects.toMatchObject({
    code: 'HASH_MISMATCH',
    message: `file \`${wheel}\` of \`demo\`: the lock has \`${sriOf(wheel)}\`, the index \`${index}\` has \`${sriOf('other')}\``,
    hint: 'find out which one is right before locking the package again',
  });
});

test('a project that is not there, a version that is not there, and offline', async () => {
  const server = await serve({ '/simple/demo/': page({ filename: wheel, url: '/f' }) });
  const index = `${server.url}/simple`;
  const asked = await lookup();
  await expect(asked.releaseFiles(index, 'gone', '1.0')).rejects.toMatchObject({
    code: 'FILE_NOT_ON_INDEX',
    message: `\`gone\` is not on the index \`${index}\``,
  });
  await expect(asked.releaseFiles(index, 'demo', '2.0')).rejects.toMatchObject({
    code: 'FILE_NOT_ON_INDEX',
    message: `version \`2.0\` of \`demo\` has no files on the index \`${index}\``,
  });
  const offline = await lookup(index, true);
  await expect(offline.releaseFiles(undefined, 'demo', '1.0')).rejects.toMatchObject({
    code: 'OFFLINE',
    exitCode: 3,
    message: `the list of files of \`demo\` from the index \`${index}\` is not in the cache`,
  });
});

test('each package is asked for on its own index, with its own credentials', async () => {
  const own = 'own-1.0-py3-none-any.whl';
  const open = await serve({
    '/simple/demo/': page({ filename: wheel, url: '/f/demo.whl', sri: sriOf(wheel) }),
  });
  const guarded = await serve({
    '/simple/own/': (request, response) => {
      const basic = `Basic ${Buffer.from('me:s3cret').toString('base64')}`;
      if (request.headers.authorization !== basic) {
        response.writeHead(401).end();
        return;
      }
      const { headers, body } = page({ filename: own, url: '/f/own.whl', sri: sriOf(own) }) as {
        headers: Record<string, string>;
        body: string;
      };
      response.writeHead(200, headers).end(body);
    },
  });
  const index = `${guarded.url.replace('//', '//me:s3cret@')}/simple`;
  const { publicIndex, http, cache } = await parts(`${open.url}/simple`);
  const registry = createRegistry({
    http,
    cache,
    index: publicIndex,
    checkout: () => Promise.reject(new Error('not asked for')),
  });
  const lock = makeLock({
    needs: ['demo', 'own'],
    packages: {
      'demo@1.0': { files: [wheel] },
      'own@1.0': { artifacts: [{ ...indexFile(own), source: { kind: 'index', index } }] },
    },
  });
  const pinned = await pin(lock, { registry });
  const sources = ['demo@1.0', 'own@1.0'].map((id) => packageOf(pinned, id).artifacts[0]?.source);
  expect(sources).toEqual([
    { kind: 'registry', url: `${open.url}/f/demo.whl` },
    { kind: 'registry', url: `${guarded.url}/f/own.whl` },
  ]);
  expect(open.requests.map(({ path, headers }) => [path, headers.authorization])).toEqual([
    ['/simple/demo/', undefined],
  ]);
});
