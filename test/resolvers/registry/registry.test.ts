import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from '@jest/globals';
import { openCache } from '../../../resolvers/registry/cache.ts';
import { createHttp } from '../../../resolvers/registry/http.ts';
import { createRegistry, type RegistryParts } from '../../../resolvers/registry/registry.ts';
import type { GitRequest, Registry } from '../../../resolvers/registry/types.ts';
import { hashBytes } from '../../../standards/integrity.ts';
import { type FileTree, narHash } from '../../../standards/nar.ts';
import { makeTar } from '../../standards/make-archive.ts';
import { type Loopback, type Script, startLoopback } from '../../support/loopback.ts';

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const clean of cleanups.splice(0)) await clean();
});

const serve = async (
  scripts: Readonly<Record<string, Script | readonly Script[]>>,
): Promise<Loopback> => {
  const server = await startLoopback(scripts);
  cleanups.push(() => server.close());
  return server;
};

const newFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'lock2nix-registry-test-'));
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
};

const open = (
  folder: string,
  { offline = false, ...parts }: Partial<RegistryParts> & { offline?: boolean } = {},
): Registry => {
  const http = createHttp({
    userAgent: 'test',
    offline,
    retries: 1,
    timeout: 2000,
    pause: async () => {},
  });
  cleanups.push(() => http.close());
  return createRegistry({
    http,
    cache: openCache({ folder, readOnly: offline }),
    checkout: () => Promise.reject(new Error('not asked for')),
    ...parts,
  });
};

/** Bytes and paths of all files of a folder. */
const contentsOf = async (folder: string): Promise<Record<string, string>> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const texts = files.map(async (entry) => {
    const path = join(entry.parentPath, entry.name);
    return [path.slice(folder.length + 1), await readFile(path, 'utf8')] as const;
  });
  return Object.fromEntries((await Promise.all(texts)).sort(([a], [b]) => (a < b ? -1 : 1)));
};

const hex = (bytes: string): string =>
  Buffer.from(hashBytes('sha256', Buffer.from(bytes)).slice('sha256-'.length), 'base64').toString(
    'hex',
  );

const sriOf = (bytes: string | Uint8Array): string => hashBytes('sha256', Buffer.from(bytes));

/** A page of an index with files whose contents are their names. */
const page = (...names: readonly string[]): Script => ({
  headers: { 'content-type': 'text/html', etag: `"${names.length}"` },
  body: names.map((name) => `<a href="/f/${name}#sha256=${hex(name)}">${name}</a>`).join('\n'),
});

const wanted = (...names: readonly string[]) =>
  names.map((fileName) => ({ fileName, sris: [sriOf(fileName)] }));

test('finds the URLs of files, asks once, and not again with a warm cache or offline', async () => {
  const server = await serve({ '/simple/demo/': page('demo-1.0.tar.gz', 'demo-1.0-cp312.whl') });
  const folder = await newFolder();
  const index = `${server.url}/simple/`;
  const expected = [
    ['demo-1.0-cp312.whl', `${server.url}/f/demo-1.0-cp312.whl`],
    ['demo-1.0.tar.gz', `${server.url}/f/demo-1.0.tar.gz`],
  ];
  const files = wanted('demo-1.0-cp312.whl', 'demo-1.0.tar.gz');
  const registry = open(folder);
  const both = await Promise.all([
    registry.fileUrls(index, 'demo', files),
    registry.fileUrls(index, 'demo', files.slice(1)),
  ]);
  expect(both.map((urls) => [...urls])).toEqual([expected, expected.slice(1)]);
  expect(server.requests).toHaveLength(1);
  expect(server.requests[0]?.headers.accept).toContain('application/vnd.pypi.simple.v1+json');
  const before = await contentsOf(folder);
  for (const offline of [false, true]) {
    expect([...(await open(folder, { offline }).fileUrls(index, 'demo', files))]).toEqual(expected);
  }
  expect(server.requests).toHaveLength(1);
  expect(await contentsOf(folder)).toEqual(before);
});

test('URL facts are enough to work offline; they hold no times', async () => {
  const server = await serve({ '/simple/demo/': page('demo-1.0.tar.gz') });
  const [first, second] = [await newFolder(), await newFolder()];
  const files = wanted('demo-1.0.tar.gz');
  await open(first, { now: () => 1 }).fileUrls(`${server.url}/simple`, 'demo', files);
  await open(second, { now: () => 2 }).fileUrls(`${server.url}/simple`, 'demo', files);
  const facts = await contentsOf(join(first, 'v1', 'file-url'));
  expect(await contentsOf(join(second, 'v1', 'file-url'))).toEqual(facts);
  await rm(join(first, 'v1', 'listing'), { recursive: true });
  const urls = await open(first, { offline: true }).fileUrls(`${server.url}/simple`, 'demo', files);
  expect(urls.get('demo-1.0.tar.gz')).toBe(`${server.url}/f/demo-1.0.tar.gz`);
});

test('the default index is used where the lock names none', async () => {
  const server = await serve({ '/simple/demo/': page('demo-1.0.tar.gz') });
  const registry = open(await newFolder(), { index: `${server.url}/simple` });
  const urls = await registry.fileUrls(undefined, 'demo', wanted('demo-1.0.tar.gz'));
  expect(urls.size).toBe(1);
});

test('cold and offline: names file, package and index', async () => {
  const registry = open(await newFolder(), { offline: true, index: 'https://i.example/simple' });
  await expect(
    registry.fileUrls(undefined, 'demo', wanted('demo-1.0.tar.gz')),
  ).rejects.toMatchObject({
    code: 'OFFLINE',
    exitCode: 3,
    message:
      'file `demo-1.0.tar.gz` of `demo` from the index `https://i.example/simple` is not in the cache',
    hint: 'run once without --offline to fill the cache',
  });
});

test('an old answer that lacks the file is asked for anew, with its ETag', async () => {
  const server = await serve({
    '/simple/demo/': [page('demo-1.0.tar.gz'), page('demo-1.0.tar.gz', 'demo-2.0.tar.gz')],
  });
  const folder = await newFolder();
  const index = `${server.url}/simple`;
  await open(folder, { now: () => 0 }).fileUrls(index, 'demo', wanted('demo-1.0.tar.gz'));
  const later = open(folder, { now: () => 3_600_000 });
  const urls = await later.fileUrls(index, 'demo', wanted('demo-2.0.tar.gz'));
  expect(urls.get('demo-2.0.tar.gz')).toBe(`${server.url}/f/demo-2.0.tar.gz`);
  expect(server.requests.map(({ headers }) => headers['if-none-match'])).toEqual([
    undefined,
    '"1"',
  ]);
});

test('an unchanged answer counts as fresh again', async () => {
  const server = await serve({ '/simple/demo/': [page('demo-1.0.tar.gz'), { status: 304 }] });
  const folder = await newFolder();
  const index = `${server.url}/simple`;
  for (const time of [0, 3_600_000, 3_600_001]) {
    const files = await open(folder, { now: () => time }).releaseFiles(index, 'demo', '1.0');
    expect(files).toHaveLength(1);
  }
  expect(server.requests).toHaveLength(2);
});

test('a file that the index does not have', async () => {
  const server = await serve({ '/simple/demo/': page('demo-1.0.tar.gz') });
  const registry = open(await newFolder());
  const index = `${server.url}/simple`;
  await expect(
    registry.fileUrls(index, 'demo', wanted('demo-1.0.tar.gz', 'demo-3.0.tar.gz')),
  ).rejects.toMatchObject({
    code: 'FILE_NOT_ON_INDEX',
    exitCode: 1,
    message: `file \`demo-3.0.tar.gz\` of \`demo\` is not on the index \`${index}\``,
  });
  await expect(registry.fileUrls(index, 'none', wanted('none-1.tar.gz'))).rejects.toMatchObject({
    code: 'FILE_NOT_ON_INDEX',
    message: `\`none\` is not on the index \`${index}\``,
  });
});

test('a hash that differs from the lock names both', async () => {
  const server = await serve({ '/simple/demo/': page('demo-1.0.tar.gz') });
  const folder = await newFolder();
  const index = `${server.url}/simple`;
  const files = [{ fileName: 'demo-1.0.tar.gz', sris: [sriOf('other')] }];
  await expect(open(folder).fileUrls(index, 'demo', files)).rejects.toMatchObject({
    code: 'HASH_MISMATCH',
    exitCode: 1,
    message: `file \`demo-1.0.tar.gz\` of \`demo\`: the lock has \`${sriOf('other')}\`, the index \`${index}\` has \`${sriOf('demo-1.0.tar.gz')}\``,
  });
  expect(Object.keys(await contentsOf(folder)).filter((path) => path.includes('file-url'))).toEqual(
    [],
  );
});

test('hashes of another algorithm do not disagree; one of several may agree', async () => {
  const server = await serve({ '/simple/demo/': page('demo-1.0.tar.gz') });
  const registry = open(await newFolder());
  for (const sris of [
    [hashBytes('md5', Buffer.from('other'))],
    [],
    [sriOf('other'), sriOf('demo-1.0.tar.gz')],
  ]) {
    const files = [{ fileName: 'demo-1.0.tar.gz', sris }];
    const urls = await registry.fileUrls(`${server.url}/simple`, 'demo', files);
    expect(urls.size).toBe(1);
  }
});

test.each([
  [{ headers: { 'content-type': 'image/png' } }, 'REGISTRY_ANSWER', 'instead of an index page'],
  [
    { headers: { 'content-type': 'application/vnd.pypi.simple.v1+json' }, body: '{"files":[' },
    'REGISTRY_ANSWER',
    'damaged JSON',
  ],
  [{ status: 503 }, 'REGISTRY_ANSWER', 'answers 503'],
])('rubbish from the index is an error and leaves no cache: %j', async (script, code, why) => {
  const server = await serve({ '/simple/demo/': script });
  const folder = await newFolder();
  const asked = open(folder).fileUrls(`${server.url}/simple`, 'demo', wanted('demo-1.0.tar.gz'));
  await expect(asked).rejects.toMatchObject({ code, message: expect.stringContaining(why) });
  expect(await contentsOf(folder)).toEqual({});
});

test('credentials of an index reach its files and stay out of URLs, cache and errors', async () => {
  const server = await serve({
    '/simple/demo/': page('demo-1.0.tar.gz'),
    '/f/demo-1.0.tar.gz': { body: 'file' },
  });
  const folder = await newFolder();
  const index = `${server.url.replace('//', '//me:s3cret@')}/simple`;
  const registry = open(folder);
  const urls = await registry.fileUrls(index, 'demo', wanted('demo-1.0.tar.gz'));
  const url = urls.get('demo-1.0.tar.gz') ?? '';
  expect(url).toBe(`${server.url}/f/demo-1.0.tar.gz`);
  await registry.urlIntegrity(url);
  const basic = `Basic ${Buffer.from('me:s3cret').toString('base64')}`;
  expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([basic, basic]);
  expect(JSON.stringify(await contentsOf(folder))).not.toMatch(/s3cret|me:/);
  await expect(registry.fileUrls(index, 'demo', wanted('x-1.zip'))).rejects.toMatchObject({
    message: expect.not.stringContaining('s3cret'),
  });
  // A warm cache asks no index; the credentials are known all the same.
  const warm = open(folder);
  await warm.fileUrls(index, 'demo', wanted('demo-1.0.tar.gz'));
  await warm.archiveFacts({ url, fileName: 'demo-1.0.tar.gz', sri: sriOf('file') }).catch(() => {});
  expect(server.requests.at(-1)?.headers.authorization).toBe(basic);
});

test('lists the files of a release, in order of their names', async () => {
  const server = await serve({
    '/simple/my-demo/': page(
      'my_demo-1.0.0-py3-none-any.whl',
      'my.demo-1.0.tar.gz',
      'My-Demo-1.0.zip',
      'my_demo-1.0.1.tar.gz',
      'my_demo-1.0rc1.tar.gz',
      'my_demo_more-1.0.tar.gz',
      'my_demo-1.0-py3.12.egg',
      'my_demo-1.0.exe',
    ),
  });
  const registry = open(await newFolder());
  const files = await registry.releaseFiles(`${server.url}/simple`, 'my-demo', '1.0');
  expect(files.map(({ fileName }) => fileName)).toEqual([
    'My-Demo-1.0.zip',
    'my.demo-1.0.tar.gz',
    'my_demo-1.0.0-py3-none-any.whl',
  ]);
  expect(files[0]?.sris).toEqual([sriOf('My-Demo-1.0.zip')]);
  await expect(registry.releaseFiles(`${server.url}/simple`, 'my-demo', '9')).rejects.toMatchObject(
    { code: 'FILE_NOT_ON_INDEX' },
  );
});

test('the order of answers changes nothing', async () => {
  const names = ['a', 'b', 'c', 'd'];
  const run = async (delays: readonly number[]): Promise<unknown> => {
    const server = await serve(
      Object.fromEntries(
        names.map((name, index) => [
          `/simple/${name}/`,
          { ...(page(`${name}-1.zip`) as object), delay: delays[index] ?? 0 },
        ]),
      ),
    );
    const folder = await newFolder();
    const registry = open(folder);
    const found = await Promise.all(
      names.map((name) => registry.fileUrls(`${server.url}/simple`, name, wanted(`${name}-1.zip`))),
    );
    return JSON.parse(
      JSON.stringify(found.map((urls) => [...urls])).replaceAll(String(server.port), 'PORT'),
    );
  };
  expect(await run([90, 60, 30, 0])).toEqual(await run([0, 30, 60, 90]));
});

const sdist = gzipSync(
  makeTar([
    {
      path: 'demo-1.0/PKG-INFO',
      contents:
        'Metadata-Version: 2.2\nName: demo\nVersion: 1.0\nSummary: A demo\nRequires-Dist: six\n',
    },
    {
      path: 'demo-1.0/pyproject.toml',
      contents: '[build-system]\nrequires = ["flit_core"]\nbuild-backend = "flit_core.buildapi"\n',
    },
    { path: 'demo-1.0/sub/setup.py', contents: 'x' },
  ]),
);

test('reads what an sdist says, once, and offline from the cache', async () => {
  const server = await serve({ '/demo-1.0.tar.gz': { body: sdist } });
  const folder = await newFolder();
  const archive = {
    url: `${server.url}/demo-1.0.tar.gz`,
    fileName: 'demo-1.0.tar.gz',
    sri: sriOf(sdist),
  };
  const facts = {
    buildSystem: { requires: ['flit_core'], backend: 'flit_core.buildapi' },
    hasSetupPy: false,
    setupRequires: [],
    name: 'demo',
    version: '1.0',
    metadataVersion: '2.2',
    requiresDist: ['six'],
    dynamic: [],
    metadata: { description: 'A demo' },
  };
  await expect(open(folder, { offline: true }).archiveFacts(archive)).rejects.toMatchObject({
    code: 'OFFLINE',
    message: 'what `demo-1.0.tar.gz` says of itself is not in the cache',
  });
  const registry = open(folder);
  expect(
    await Promise.all([registry.archiveFacts(archive), registry.archiveFacts(archive)]),
  ).toEqual([facts, facts]);
  expect(await open(folder, { offline: true }).archiveFacts(archive)).toEqual(facts);
  expect(server.requests).toHaveLength(1);
  const sub = await registry.archiveFacts({ ...archive, subdirectory: 'sub' });
  expect(sub).toEqual({
    hasSetupPy: true,
    setupRequires: [],
    requiresDist: [],
    dynamic: [],
    metadata: {},
  });
  await expect(registry.archiveFacts({ ...archive, subdirectory: '../x' })).rejects.toMatchObject({
    code: 'ARCHIVE_INVALID',
    message: '`demo-1.0.tar.gz` has no folder `../x`',
  });
});

test('an archive with another hash is refused and not kept', async () => {
  const server = await serve({ '/demo-1.0.tar.gz': { body: sdist } });
  const folder = await newFolder();
  const url = `${server.url}/demo-1.0.tar.gz`;
  await expect(
    open(folder).archiveFacts({ url, fileName: 'demo-1.0.tar.gz', sri: sriOf('other') }),
  ).rejects.toMatchObject({
    code: 'HASH_MISMATCH',
    message: `\`${url}\` has the hash \`${sriOf(sdist)}\` and not \`${sriOf('other')}\``,
  });
  expect(await contentsOf(folder)).toEqual({});
});

test('an archive that is none', async () => {
  const server = await serve({ '/demo-1.0.tar.gz': { body: 'rubbish' } });
  const archive = { url: `${server.url}/demo-1.0.tar.gz`, fileName: 'demo-1.0.tar.gz' };
  await expect(
    open(await newFolder()).archiveFacts({ ...archive, sri: sriOf('rubbish') }),
  ).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' });
});

test('hashes a file, once', async () => {
  const server = await serve({
    '/x.zip': { body: 'bytes' },
    '/gone.zip': { status: 404 },
    '/login.zip': { headers: { 'content-type': 'text/html' }, body: '<html>' },
    '/x.zip?token=s3cret': { body: 'bytes' },
  });
  const folder = await newFolder();
  const registry = open(folder);
  const expected = { sri: sriOf('bytes'), of: 'file' };
  expect(await registry.urlIntegrity(`${server.url}/x.zip#egg=x`)).toEqual(expected);
  expect(await registry.urlIntegrity(`${server.url}/x.zip`)).toEqual(expected);
  const offline = open(folder, { offline: true });
  expect(await offline.urlIntegrity(`${server.url}/x.zip`)).toEqual(expected);
  expect(server.requests).toHaveLength(1);
  await expect(offline.urlIntegrity(`${server.url}/y.zip`)).rejects.toMatchObject({
    code: 'OFFLINE',
    message: `the hash of \`${server.url}/y.zip\` is not in the cache`,
  });
  await expect(registry.urlIntegrity(`${server.url}/gone.zip`)).rejects.toMatchObject({
    code: 'REGISTRY_ANSWER',
    message: `\`${server.url}/gone.zip\` answers 404`,
  });
  await expect(registry.urlIntegrity(`${server.url}/login.zip`)).rejects.toMatchObject({
    code: 'REGISTRY_ANSWER',
    message: `\`${server.url}/login.zip\` answers with a web page instead of a file`,
  });
  expect(await registry.urlIntegrity(`${server.url}/x.zip?token=s3cret`)).toEqual(expected);
  expect(JSON.stringify(await contentsOf(folder))).not.toContain('s3cret');
});

const project: FileTree = {
  kind: 'directory',
  entries: new Map([
    ['setup.py', { kind: 'file', executable: true, contents: Buffer.from('x') }],
    ['sub', { kind: 'directory', entries: new Map() }],
  ]),
};
const projectFacts = {
  hasSetupPy: true,
  setupRequires: [],
  requiresDist: [],
  dynamic: [],
  metadata: {},
};

test('hashes a forge archive as the tree in it', async () => {
  const tar = (level: number): Uint8Array =>
    gzipSync(
      makeTar([
        { path: 'demo-main/' },
        { path: 'demo-main/setup.py', contents: 'x', mode: 0o755 },
        { path: 'demo-main/sub/' },
      ]),
      { level },
    );
  const server = await serve({ '/a.tar.gz': { body: tar(1) }, '/b.tar.gz': { body: tar(9) } });
  const folder = await newFolder();
  const expected = { integrity: { sri: narHash(project), of: 'tree' }, facts: projectFacts };
  for (const name of ['a', 'b']) {
    const source = { url: `${server.url}/${name}.tar.gz` };
    expect(await open(folder).unpackedSource(source)).toEqual(expected);
    expect(await open(folder, { offline: true }).unpackedSource(source)).toEqual(expected);
  }
  expect(server.requests).toHaveLength(2);
  await expect(
    open(folder, { offline: true }).unpackedSource({ url: `${server.url}/c.tar.gz` }),
  ).rejects.toMatchObject({
    code: 'OFFLINE',
    message: `\`${server.url}/c.tar.gz\` is not in the cache`,
  });
});

test('asks for the commit of a name once, and offline gives the last answer', async () => {
  const commit = 'c'.repeat(40);
  let asked = 0;
  const findCommit = async (): Promise<string> => {
    asked += 1;
    return commit;
  };
  const folder = await newFolder();
  const request = { url: 'https://u:s3cret@git.example/demo', ref: 'main' };
  const registry = open(folder, { findCommit });
  expect(await Promise.all([registry.gitCommit(request), registry.gitCommit(request)])).toEqual([
    commit,
    commit,
  ]);
  expect(asked).toBe(1);
  const offline = open(folder, { offline: true });
  expect(await offline.gitCommit(request)).toBe(commit);
  expect(await offline.gitCommit({ ...request, ref: 'd'.repeat(40) })).toBe('d'.repeat(40));
  await expect(offline.gitCommit({ ...request, ref: 'other' })).rejects.toMatchObject({
    code: 'OFFLINE',
    message: '`other of https://git.example/demo` is not in the cache',
  });
  expect(JSON.stringify(await contentsOf(folder))).not.toContain('s3cret');
});

test('checks a commit out once, with submodules unless told otherwise', async () => {
  const asked: GitRequest[] = [];
  const checkout = async (source: GitRequest): Promise<FileTree> => {
    asked.push(source);
    return project;
  };
  const folder = await newFolder();
  const source = { url: 'https://u:s3cret@git.example/demo', rev: 'a'.repeat(40) };
  const expected = { integrity: { sri: narHash(project), of: 'tree' }, facts: projectFacts };
  const registry = open(folder, { checkout });
  const both = await Promise.all([registry.gitSource(source), registry.gitSource(source)]);
  expect(both).toEqual([expected, expected]);
  expect(await open(folder, { offline: true }).gitSource(source)).toEqual(expected);
  expect(asked).toEqual([{ ...source, submodules: true }]);
  expect(JSON.stringify(await contentsOf(folder))).not.toContain('s3cret');
  await registry.gitSource({ ...source, submodules: false });
  expect(asked).toHaveLength(2);
  await expect(registry.gitSource({ ...source, subdirectory: 'sub' })).rejects.toMatchObject({
    code: 'ARCHIVE_INVALID',
  });
  await expect(
    open(folder, { offline: true }).gitSource({ ...source, rev: 'b'.repeat(40) }),
  ).rejects.toMatchObject({
    code: 'OFFLINE',
    message: `\`commit ${'b'.repeat(40)} of https://git.example/demo\` is not in the cache`,
  });
});
