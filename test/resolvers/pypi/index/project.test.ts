import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { IndexChoice } from '../../../../graph/requirements.ts';
import type { ProjectListing } from '../../../../resolvers/registry/types.ts';
import { startLoopback } from '../../../support/loopback.ts';
import { indexPage, openBench, type RegistryBench } from '../../../support/open-registry.ts';

let bench: RegistryBench;

beforeEach(async () => {
  bench = await openBench();
});

afterEach(() => bench.close());

const choose = (options: Partial<IndexChoice> = {}): IndexChoice => ({
  extra: [],
  strategy: 'first-index',
  ...options,
});

/** `VERSION FILE FILE` of each release. */
const outline = (listing: ProjectListing | undefined): readonly string[] | undefined =>
  listing?.releases.map(({ text, files }) =>
    [text, ...files.map(({ fileName }) => fileName)].join(' '),
  );

test('all releases, newest first, yanked ones with their reasons', async () => {
  const server = await bench.serve({
    '/simple/my-demo/': indexPage([
      { filename: 'my_demo-1.9.tar.gz', yanked: 'leaks' },
      'my_demo-1.10.tar.gz',
      { filename: 'my_demo-1.10-py3-none-any.whl', 'requires-python': '>=3.9' },
      'my_demo-1.0.exe',
    ]),
  });
  const index = `${server.url}/simple`;
  const listing = await bench.open({ publicIndex: index }).project('my-demo', choose());
  expect(outline(listing)).toEqual([
    '1.10 my_demo-1.10.tar.gz my_demo-1.10-py3-none-any.whl',
    '1.9 my_demo-1.9.tar.gz',
  ]);
  expect(listing?.releases.map((release) => release.index)).toEqual([index, index]);
  expect(listing?.releases[1]?.files[0]?.yanked).toBe('leaks');
  expect(listing?.releases[0]?.files[1]?.requiresPython).toBe('>=3.9');
});

test.each<[string, Partial<IndexChoice>, string | undefined, readonly string[] | undefined]>([
  [
    'the first that has it',
    { extra: ['/b', '/a'] },
    undefined,
    ['2 demo-2.zip', '1 demo-1.tar.gz'],
  ],
  ['the default comes last', { extra: ['/none'], index: '/a' }, undefined, ['1 demo-1.zip']],
  ['no default', { extra: ['/none'], index: false }, undefined, undefined],
  ['no index at all', { index: false }, undefined, undefined],
  ['nobody has it', { extra: ['/none'], index: '/gone' }, undefined, undefined],
  ['one and no other', { extra: ['/b'] }, '/a', ['1 demo-1.zip']],
  ['one and no other, which lacks it', { extra: ['/b'] }, '/none', undefined],
  [
    'the versions of all, each of the first index that has it',
    { extra: ['/a', '/none'], index: '/b', strategy: 'best-match' },
    undefined,
    ['2 demo-2.zip', '1 demo-1.zip'],
  ],
])('%s', async (_, choice, only, expected) => {
  const server = await bench.serve({
    '/a/demo/': indexPage(['demo-1.zip']),
    '/b/demo/': indexPage(['demo-1.tar.gz', 'demo-2.zip']),
    '/gone/demo/': { status: 410 },
  });
  const at = (path: string): string => server.url + path;
  const listing = await bench.open().project(
    'demo',
    choose({
      ...choice,
      ...(typeof choice.index === 'string' ? { index: at(choice.index) } : {}),
      extra: choice.extra?.map(at) ?? [],
    }),
    only === undefined ? undefined : at(only),
  );
  expect(outline(listing)).toEqual(expected);
});

test('an index is asked once, however it is written and however often', async () => {
  const server = await bench.serve({ '/a/demo/': indexPage([]) });
  const index = bench.open();
  const choice = choose({ extra: [`${server.url}/a`, `${server.url}/a/`], index: false });
  await Promise.all([index.project('demo', choice), index.project('demo', choice)]);
  expect(server.requests).toHaveLength(1);
});

test.each([
  [401, 1],
  [403, 1],
  [500, 2],
])(
  'a company’s index that answers %i is not passed over: somebody else may have the name',
  async (status, attempts) => {
    const own = await bench.serve({ '/simple/demo/': { status } });
    const open = await bench.serve({ '/simple/demo/': indexPage(['demo-9.zip']) });
    for (const strategy of ['first-index', 'best-match'] as const) {
      const choice = choose({
        extra: [`${own.url}/simple`],
        index: `${open.url}/simple`,
        strategy,
      });
      await expect(bench.open().project('demo', choice)).rejects.toMatchObject({
        code: 'REGISTRY_ANSWER',
        exitCode: 3,
        message: expect.stringContaining(`\`${own.url}/simple/demo/\` answers ${status}`),
      });
    }
    expect(own.requests).toHaveLength(2 * attempts);
  },
);

test('one that is down is not passed over either', async () => {
  const down = await startLoopback({});
  await down.close();
  const open = await bench.serve({ '/simple/demo/': indexPage(['demo-9.zip']) });
  const choice = choose({ extra: [`${down.url}/simple`], index: `${open.url}/simple` });
  await expect(bench.open().project('demo', choice)).rejects.toMatchObject({
    code: 'REGISTRY_UNREACHABLE',
    exitCode: 3,
  });
  expect(open.requests).toEqual([]);
});

test('offline, also that an index has no such project is known', async () => {
  const server = await bench.serve({ '/b/demo/': indexPage(['demo-1.zip']) });
  const choice = choose({ extra: [`${server.url}/a`], index: `${server.url}/b` });
  await bench.open().project('demo', choice);
  await server.close();
  const offline = bench.open({ offline: true, now: 10 ** 12 });
  expect(outline(await offline.project('demo', choice))).toEqual(['1 demo-1.zip']);
  await expect(offline.project('other', choice)).rejects.toMatchObject({
    code: 'OFFLINE',
    exitCode: 3,
    message: `the list of versions of \`other\` from the index \`${server.url}/a\` is not in the cache`,
  });
});

test('after ten minutes the index is asked again, with its ETag', async () => {
  const server = await bench.serve({
    '/a/demo/': [
      indexPage(['demo-1.zip'], { etag: '"1"' }),
      { status: 304 },
      indexPage(['demo-2.zip']),
    ],
  });
  const choice = choose({ index: `${server.url}/a` });
  const newest = [];
  for (const now of [0, 599_999, 600_000, 700_000, 1_300_000]) {
    const listing = await bench.open({ now }).project('demo', choice);
    newest.push(listing?.releases[0]?.text);
  }
  expect(newest).toEqual(['1', '1', '1', '1', '2']);
  expect(server.requests.map(({ headers }) => headers['if-none-match'])).toEqual([
    undefined,
    '"1"',
    '"1"',
  ]);
});

const damage = async (change: (text: string) => string): Promise<void> => {
  const [path = ''] = Object.keys(await bench.contents());
  expect(path).toMatch(/^v1\/listing\/[0-9a-f]{2}\/[0-9a-f]{64}\.paged$/);
  const text = await readFile(join(bench.folder, path), 'latin1');
  await writeFile(join(bench.folder, path), change(text), 'latin1');
};

test('a damaged head of a listing in the cache is asked for anew', async () => {
  const server = await bench.serve({ '/a/demo/': indexPage(['demo-1.zip']) });
  const choice = choose({ index: `${server.url}/a` });
  await bench.open().project('demo', choice);
  await damage((text) => text.replace('"at":0', '"at":1'));
  expect(outline(await bench.open().project('demo', choice))).toEqual(['1 demo-1.zip']);
  expect(server.requests).toHaveLength(2);
});

test.each<[string, (text: string) => string]>([
  ['changed', (text) => text.replace('demo-1.zip', 'demo-2.zip')],
  ['cut off', (text) => text.slice(0, -5)],
])('a body of a listing that is %s is told once, and then asked for anew', async (_, change) => {
  const server = await bench.serve({ '/a/demo/': indexPage(['demo-1.zip']) });
  const choice = choose({ index: `${server.url}/a` });
  await bench.open().project('demo', choice);
  await damage(change);
  const listing = await bench.open().project('demo', choice);
  expect(() => outline(listing)).toThrow(
    expect.objectContaining({
      code: 'CACHE',
      message: `what the cache has of \`demo\` from the index \`${server.url}/a\` is damaged`,
      hint: 'run the same once more, without --offline',
    }),
  );
  expect(outline(await bench.open().project('demo', choice))).toEqual(['1 demo-1.zip']);
});

test('a listing that another run replaces while it is read', async () => {
  const many = Array.from({ length: 2000 }, (_, minor) => `demo-1.${minor}.zip`);
  const server = await bench.serve({
    '/a/demo/': [indexPage(many), indexPage(['demo-3.zip', ...many])],
  });
  const choice = choose({ index: `${server.url}/a` });
  await bench.open().project('demo', choice);
  const old = await bench.open().project('demo', choice);
  await bench.open({ now: 10 ** 9 }).project('demo', choice);
  expect(outline(old)?.slice(-2)).toEqual(['1.1 demo-1.1.zip', '1.0 demo-1.0.zip']);
});

test('credentials of each index go to it alone, and into no result or cache', async () => {
  const [own, open] = [
    await bench.serve({ '/simple/demo/': { status: 404 } }),
    await bench.serve({ '/simple/demo/': indexPage(['demo-1.zip']) }),
  ];
  const choice = choose({
    extra: [`${own.url.replace('//', '//tok3n@')}/simple`],
    index: `${open.url.replace('127.0.0.1', 'localhost')}/simple`,
  });
  const netrc = 'machine 127.0.0.1 login n password n3trc';
  const listing = await bench.open({ netrc }).project('demo', choice);
  expect(own.requests.map(({ headers }) => headers.authorization)).toEqual([
    `Basic ${Buffer.from('tok3n:').toString('base64')}`,
  ]);
  expect(open.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  expect(JSON.stringify([outline(listing), await bench.contents()])).not.toMatch(/tok3n|n3trc/);
});

test('versions spelt in two ways are one release', async () => {
  const server = await bench.serve({
    '/a/demo/': indexPage(['demo-1.0.zip', 'demo-1.0.0.tar.gz']),
    '/b/demo/': indexPage(['demo-1.zip']),
  });
  const choice = choose({
    extra: [`${server.url}/a`],
    index: `${server.url}/b`,
    strategy: 'best-match',
  });
  expect(outline(await bench.open().project('demo', choice))).toEqual([
    '1.0 demo-1.0.zip demo-1.0.0.tar.gz',
  ]);
});
