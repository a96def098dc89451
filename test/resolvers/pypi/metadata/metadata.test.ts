import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { DistributionMetadata, IndexFile } from '../../../../resolvers/registry/types.ts';
import { hashBytes } from '../../../../standards/integrity.ts';
import { makeTar, makeZip } from '../../../standards/make-archive.ts';
import type { Loopback, Script } from '../../../support/loopback.ts';
import {
  indexPage,
  type ListedFile,
  openBench,
  type RegistryBench,
} from '../../../support/open-registry.ts';

let bench: RegistryBench;

beforeEach(async () => {
  bench = await openBench();
});

afterEach(() => bench.close());

const wheelName = 'demo-1.0-py3-none-any.whl';
const sdistName = 'demo-1.0.tar.gz';

const info = (needs: string, head = 'Metadata-Version: 2.1\nName: Demo\nVersion: 1.0'): string =>
  `${head}\nRequires-Dist: ${needs}\nProvides-Extra: Big_X\n`;

const found = (needs: string, reliable = true): DistributionMetadata => ({
  name: 'Demo',
  version: '1.0',
  requiresDist: [needs],
  extras: ['big-x'],
  reliable,
});

/** Bytes that cannot be compressed, the same on every run. */
const noise = (size: number): Buffer => {
  const blocks = Array.from({ length: Math.ceil(size / 64) }, (_, block) =>
    createHash('sha512').update(String(block)).digest(),
  );
  return Buffer.concat(blocks).subarray(0, size);
};

const wheel = (needs: string, padding = 0): Buffer =>
  makeZip([
    { path: 'demo/data', contents: noise(padding) },
    { path: 'demo-1.0.dist-info/METADATA', contents: info(needs) },
    { path: 'other-2.0.dist-info/METADATA', contents: info('wrong') },
  ]);

const big = wheel('a', 400_000);

const sdist = (files: Readonly<Record<string, string>>): Buffer =>
  makeTar(
    Object.entries(files).map(([path, contents]) => ({ path: `demo-1.0/${path}`, contents })),
  );

/** A server that knows ranges. */
const ranged =
  (bytes: Buffer): Script =>
  (request, response) => {
    const match = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '');
    if (match === null) {
      response.writeHead(200).end(bytes);
      return;
    }
    const [, from = '', to = ''] = match;
    const start = from === '' ? Math.max(0, bytes.length - Number(to)) : Number(from);
    const end = from === '' ? bytes.length - 1 : Math.min(Number(to), bytes.length - 1);
    const range = `bytes ${start}-${end}/${bytes.length}`;
    response.writeHead(206, { 'content-range': range }).end(bytes.subarray(start, end + 1));
  };

const listed = (filename: string, bytes: Buffer, rest: object = {}): ListedFile => ({
  filename,
  hashes: { sha256: createHash('sha256').update(bytes).digest('hex') },
  size: bytes.length,
  ...rest,
});

interface Asking {
  readonly server: Loopback;
  /** The metadata of the release's first file, in a run of its own. */
  ask(options?: Parameters<RegistryBench['open']>[0]): Promise<DistributionMetadata | undefined>;
  /** What was asked of the server, but the page. */
  paths(): readonly string[];
}

const serve = async (
  file: ListedFile,
  scripts: Readonly<Record<string, Script | readonly Script[]>>,
): Promise<Asking> => {
  const server = await bench.serve({ '/simple/demo/': indexPage([file]), ...scripts });
  const index = `${server.url}/simple`;
  return {
    server,
    async ask(options) {
      const registry = bench.open(options);
      const listing = await registry.project('demo', { extra: [], index, strategy: 'first-index' });
      const [release] = listing?.releases ?? [];
      const [first] = release?.files ?? [];
      if (release === undefined || first === undefined) throw new Error('no file');
      return registry.metadata({ name: 'demo', version: release.text, index, file: first });
    },
    paths: () =>
      server.requests
        .filter(({ path }) => path !== '/simple/demo/')
        .map(({ path, headers }) => [path, headers.range].filter((part) => part).join(' ')),
  };
};

const at = (name: string): string => `/f/${name}`;
const metadataAt = `${at(wheelName)}.metadata`;

test('a declared metadata file is all that is asked for, once and for ever', async () => {
  const text = info('a');
  const sha256 = createHash('sha256').update(text).digest('hex');
  const file = listed(wheelName, big, { 'core-metadata': { sha256 } });
  const { ask, paths } = await serve(file, { [metadataAt]: { body: text } });
  expect(await ask()).toEqual(found('a'));
  expect(await ask({ offline: true })).toEqual(found('a'));
  expect(paths()).toEqual([metadataAt]);
});

test('a metadata file with another hash than the index states', async () => {
  const sha256 = '0'.repeat(64);
  const file = listed(wheelName, big, { 'core-metadata': { sha256 } });
  const { ask } = await serve(file, { [metadataAt]: { body: info('a') } });
  await expect(ask()).rejects.toMatchObject({ code: 'HASH_MISMATCH', exitCode: 1 });
  expect(Object.keys(await bench.contents()).filter((path) => path.includes('metadata'))).toEqual(
    [],
  );
});

test('metadata of somebody else are not taken: the wheel is looked at', async () => {
  const file = listed(wheelName, wheel('a'), { 'core-metadata': true });
  const { ask } = await serve(file, {
    [metadataAt]: { body: info('b').replace('Demo', 'other') },
    [at(wheelName)]: { body: wheel('a') },
  });
  expect(await ask()).toEqual(found('a'));
});

test('where nothing is declared a metadata file is tried once for an index, for a day', async () => {
  const names = ['demo-1.0-py2-none-any.whl', wheelName];
  const server = await bench.serve({
    '/simple/demo/': indexPage(names.map((name) => listed(name, wheel(name)))),
    ...Object.fromEntries(names.map((name) => [at(name), { body: wheel(name) }])),
  });
  const index = `${server.url}/simple`;
  const askAll = async (now: number): Promise<void> => {
    const registry = bench.open({ now });
    const listing = await registry.project('demo', { extra: [], index, strategy: 'first-index' });
    const files = listing?.releases[0]?.files ?? [];
    const all = files.map((file: IndexFile) =>
      registry.metadata({ name: 'demo', version: '1.0', index, file }),
    );
    expect(await Promise.all(all)).toEqual(names.map((name) => found(name)));
  };
  await askAll(0);
  const tried = () => server.requests.filter(({ path }) => path.endsWith('.metadata'));
  expect(tried()).toHaveLength(1);
  expect(server.requests).toHaveLength(4);
  const { rm } = await import('node:fs/promises');
  await rm(`${bench.folder}/v1/metadata`, { recursive: true });
  await askAll(1000);
  expect(tried()).toHaveLength(1);
  await rm(`${bench.folder}/v1/metadata`, { recursive: true });
  await askAll(24 * 3600 * 1000);
  expect(tried()).toHaveLength(2);
});

test('an undeclared metadata file that is there is used; trouble with it is none', async () => {
  const { ask, paths } = await serve(listed(wheelName, big), {
    [metadataAt]: [{ status: 503 }, { body: info('a') }],
    [at(wheelName)]: ranged(big),
  });
  expect(await ask()).toEqual(found('a'));
  const { rm } = await import('node:fs/promises');
  await rm(`${bench.folder}/v1/metadata`, { recursive: true });
  expect(await ask()).toEqual(found('a'));
  expect(paths().filter((path) => path === metadataAt)).toHaveLength(3);
  expect(paths().filter((path) => path !== metadataAt)).toHaveLength(1);
});

test('a small wheel is taken whole, and verified', async () => {
  const small = wheel('a');
  const { ask, paths } = await serve(listed(wheelName, small), {
    [at(wheelName)]: { body: small },
  });
  expect(await ask()).toEqual(found('a'));
  expect(paths()).toEqual([metadataAt, at(wheelName)]);
});

test('a small wheel with another hash', async () => {
  const { ask } = await serve(listed(wheelName, wheel('a')), {
    [at(wheelName)]: { body: wheel('b') },
  });
  await expect(ask()).rejects.toMatchObject({ code: 'HASH_MISMATCH', exitCode: 1 });
});

test.each<[string, object, string]>([
  ['known', {}, `bytes=${big.length - 65_536}-${big.length - 1}`],
  ['unknown', { size: undefined }, 'bytes=-65536'],
])('of a big wheel only the end is asked for; its size is %s', async (_, rest, range) => {
  const { ask, paths } = await serve(listed(wheelName, big, rest), {
    [at(wheelName)]: ranged(big),
  });
  expect(await ask()).toEqual(found('a'));
  expect(paths()).toEqual([metadataAt, `${at(wheelName)} ${range}`]);
});

test('a directory longer than the end, and metadata at the front', async () => {
  const many = makeZip([
    { path: 'demo-1.0.dist-info/METADATA', contents: info('a') },
    { path: 'demo/data', contents: noise(500_000) },
    ...Array.from({ length: 3000 }, (_, number) => ({ path: `demo/${number}` })),
  ]);
  const { ask, paths } = await serve(listed(wheelName, many), { [at(wheelName)]: ranged(many) });
  expect(await ask()).toEqual(found('a'));
  expect(paths().map((path) => path.replace(/\d+-\d+/, 'FROM-TO'))).toEqual([
    metadataAt,
    ...Array.from({ length: 3 }, () => `${at(wheelName)} bytes=FROM-TO`),
  ]);
});

test.each<[string, Script]>([
  ['sends all', { body: big }],
  [
    'refuses ranges',
    (request, response) => {
      if (request.headers.range === undefined) response.writeHead(200).end(big);
      else response.writeHead(416).end();
    },
  ],
  [
    'sends another part',
    (request, response) => {
      if (request.headers.range === undefined) response.writeHead(200).end(big);
      else
        response.writeHead(206, { 'content-range': `bytes 0-9/${big.length}` }).end('0123456789');
    },
  ],
])('a server that %s: the whole file is taken', async (_, script) => {
  const { ask, paths } = await serve(listed(wheelName, big), { [at(wheelName)]: script });
  expect(await ask()).toEqual(found('a'));
  expect(paths().at(-1)).toBe(at(wheelName));
  expect(paths()).toHaveLength(3);
});

test.each<[string, Script, string, number]>([
  ['missing', { status: 404 }, 'REGISTRY_ANSWER', 1],
  ['forbidden', { status: 403 }, 'REGISTRY_ANSWER', 1],
  ['out of order', { status: 500 }, 'REGISTRY_ANSWER', 2],
  ['slow', { delay: 5000 }, 'REGISTRY_UNREACHABLE', 2],
])('a file that is %s', async (_, script, code, attempts) => {
  const { ask, paths } = await serve(listed(wheelName, big), { [at(wheelName)]: script });
  await expect(ask({ timeout: 100 })).rejects.toMatchObject({ code, exitCode: 3 });
  expect(paths().filter((path) => path.startsWith(`${at(wheelName)} `))).toHaveLength(attempts);
  expect(Object.keys(await bench.contents()).join()).not.toContain('v1/metadata');
});

test('an sdist: what it requires, and all that pinning it will ask for', async () => {
  const bytes = sdist({
    'PKG-INFO': 'Metadata-Version: 1.1\nName: Demo\nVersion: 1.0\n',
    'setup.py': 'raise SystemExit',
    'demo.egg-info/requires.txt': 'a\n[Big_X]\nb',
  });
  const file = listed(sdistName, bytes);
  const { server, ask, paths } = await serve(file, { [at(sdistName)]: { body: bytes } });
  const expected = { requiresDist: ['a', 'b ; extra == "big-x"'], extras: ['big-x'] };
  expect(await ask()).toMatchObject({ ...expected, reliable: false });
  expect(await ask({ offline: true })).toMatchObject(expected);
  const sri = hashBytes('sha256', bytes);
  const url = server.url + at(sdistName);
  const offline = bench.open({ offline: true });
  expect(await offline.archiveFacts({ url, fileName: sdistName, sri })).toMatchObject({
    hasSetupPy: true,
    name: 'Demo',
  });
  expect(await offline.urlIntegrity(url, [sri])).toEqual({ sri, of: 'file' });
  expect(paths()).toEqual([at(sdistName)]);
});

test('an sdist is downloaded once, whoever asks at the same time', async () => {
  const bytes = sdist({ 'PKG-INFO': info('a'), 'setup.py': '' });
  const server = await bench.serve({ [at(sdistName)]: { body: bytes, delay: 20 } });
  const registry = bench.open();
  const sri = hashBytes('sha256', bytes);
  const url = server.url + at(sdistName);
  const file = { fileName: sdistName, url, sris: [sri] };
  const request = { name: 'demo', version: '1.0', index: `${server.url}/simple`, file };
  await Promise.all([
    registry.metadata(request),
    registry.metadata(request),
    registry.archiveFacts({ url, fileName: sdistName, sri }),
  ]);
  expect(server.requests).toHaveLength(1);
});

const json = (info: object): Script => ({
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ info: { name: 'Demo', version: '1.0', ...info } }),
});

test.each<[string, Readonly<Record<string, Script>>, readonly string[] | undefined]>([
  ['of the release', { '/pypi/demo/1.0/json': json({ requires_dist: ['a'] }) }, ['a']],
  ['of the project', { '/pypi/demo/json': json({ requires_dist: ['a'] }) }, ['a']],
  [
    'another version',
    { '/pypi/demo/json': json({ version: '2', requires_dist: ['a'] }) },
    undefined,
  ],
  ['null, which says nothing', { '/pypi/demo/json': json({ requires_dist: null }) }, undefined],
  ['damaged', { '/pypi/demo/json': { body: '{"info":' } }, undefined],
  ['none', {}, undefined],
])('an archive that tells nothing is looked up in the JSON: %s', async (_, scripts, needs) => {
  const bytes = sdist({ 'setup.py': '' });
  const { ask } = await serve(listed(sdistName, bytes), {
    [at(sdistName)]: { body: bytes },
    ...scripts,
  });
  expect((await ask())?.requiresDist).toEqual(needs);
  expect((await ask({ offline: true }))?.requiresDist).toEqual(needs);
});

test('a damaged archive has no metadata; without a hash that is not kept', async () => {
  const { ask, paths } = await serve(
    { filename: sdistName },
    { [at(sdistName)]: { body: 'rubbish' } },
  );
  expect(await ask()).toBeUndefined();
  expect(await ask()).toBeUndefined();
  expect(paths().filter((path) => path === at(sdistName))).toHaveLength(2);
});

test('an sdist of another version than its name says has none', async () => {
  const bytes = sdist({ 'PKG-INFO': info('a').replace('1.0', '1.1'), 'setup.py': '' });
  const { ask } = await serve(listed(sdistName, bytes), { [at(sdistName)]: { body: bytes } });
  expect(await ask()).toBeUndefined();
});

test('offline, with a cold cache', async () => {
  const registry = bench.open({ offline: true });
  const file = { fileName: wheelName, url: 'https://f.example/x.whl', sris: [] };
  const index = 'https://i.example/simple';
  await expect(
    registry.metadata({ name: 'demo', version: '1.0', index, file }),
  ).rejects.toMatchObject({
    code: 'OFFLINE',
    exitCode: 3,
    message: `what \`${wheelName}\` from the index \`${index}\` requires is not in the cache`,
    hint: 'run once without --offline to fill the cache',
  });
});

test('what one index says of a file is not taken for another’s word', async () => {
  const file = listed(wheelName, big, { 'core-metadata': true });
  const first = await serve(file, { [metadataAt]: { body: info('planted') } });
  const second = await serve(file, { [metadataAt]: { body: info('a') } });
  expect((await first.ask())?.requiresDist).toEqual(['planted']);
  expect((await second.ask())?.requiresDist).toEqual(['a']);
});

test('extras are those that markers name where none is declared', async () => {
  const text = [
    'Metadata-Version: 2.1',
    'Name: demo',
    'Version: 1.0',
    'Requires-Dist: a; extra == "Big_X"',
    "Requires-Dist: b; (os_name == 'nt') and 'small' == extra",
    '',
  ].join('\n');
  const file = listed(wheelName, big, { 'core-metadata': true });
  const { ask } = await serve(file, { [metadataAt]: { body: text } });
  expect((await ask())?.extras).toEqual(['big-x', 'small']);
});
