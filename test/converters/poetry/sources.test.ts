import type { JsonMap } from '@iarna/toml';
import { expect, test } from '@jest/globals';
import type { LockedPackage } from '../../../graph/types.ts';
import { convertTexts, failure, makeLock } from './support.ts';

const hex = (digit: string): string => digit.repeat(64);
/** The SRI form of sixty-four times one hexadecimal digit. */
const sri = (digit: string): string =>
  `sha256-${Buffer.from(hex(digit), 'hex').toString('base64')}`;
const rev = '0123456789'.repeat(4);

const convertOne = (locked: JsonMap, metadata: JsonMap = {}) => {
  const graph = convertTexts(makeLock([{ name: 'a', ...locked }], { metadata }));
  const [only] = graph.packages.values();
  if (only === undefined) throw new Error('the package is gone');
  return { only, gaps: graph.gaps.map(({ kind, message }) => `${kind}: ${message}`) };
};

/** `KIND NAME HASHES SOURCE` of each file. */
const filesOf = ({ artifacts }: LockedPackage): readonly string[] =>
  artifacts.map(({ kind, fileName, integrities, source: { kind: from, ...where } }) =>
    [
      ...[kind, fileName, ...integrities.map((integrity) => integrity.sri), from],
      ...Object.entries(where).map(([key, value]) => `${key}=${value}`),
    ].join(' '),
  );

const wheel = 'a-1.0-py3-none-any.whl';
const sdist = 'a-1.0.tar.gz';
const listed = (file: string, digit = '1'): JsonMap => ({ file, hash: `sha256:${hex(digit)}` });
const url = `https://x.example/${wheel}`;
const noUrlHash = ['integrity: a 1.0: the lock has no hash of its URL'];
const noTreeHash = ['integrity: a 1.0: a git commit has no hash of its files'];

test.each<[string, JsonMap, readonly string[], readonly string[]]>([
  [
    'files of PyPI, sorted; eggs and installers are left out',
    { files: [listed(sdist), listed(wheel), listed('a-1.0-py3.8.egg'), listed('a-1.0.exe')] },
    [`wheel ${wheel} ${sri('1')} index`, `sdist ${sdist} ${sri('1')} index`],
    [],
  ],
  ['no files', {}, [], ['files: a 1.0: the lock names no files']],
  [
    'no list of files',
    { files: undefined as never },
    [],
    ['files: a 1.0: the lock names no files'],
  ],
  [
    'only what no recipe can use',
    { files: [listed('a-1.0.exe')] },
    [],
    ['files: a 1.0: the lock names no files'],
  ],
  [
    'a file without hash',
    { files: [{ file: wheel }, listed(sdist)] },
    [`wheel ${wheel} index`, `sdist ${sdist} ${sri('1')} index`],
    ['integrity: a 1.0: the lock has a file without hash'],
  ],
  [
    'a file twice with the same hash, and hashes of two kinds',
    {
      files: [listed(wheel), listed(wheel), { file: wheel, hash: `sha512:${hex('2')}${hex('2')}` }],
    },
    [
      `wheel ${wheel} sha512-${Buffer.from(hex('2').repeat(2), 'hex').toString('base64')} ${sri('1')} index`,
    ],
    [],
  ],
  [
    'a private index',
    {
      files: [listed(wheel)],
      source: { type: 'legacy', url: 'https://x.example/simple', reference: 'x' },
    },
    [`wheel ${wheel} ${sri('1')} index index=https://x.example/simple`],
    [],
  ],
  [
    'a source without type, as of old, is an index',
    { files: [listed(wheel)], source: { type: '', url: 'https://x.example/simple' } },
    [`wheel ${wheel} ${sri('1')} index index=https://x.example/simple`],
    [],
  ],
  [
    'a URL without hash',
    { source: { type: 'url', url } },
    [`wheel ${wheel} url url=${url}`],
    noUrlHash,
  ],
  [
    'a URL with the hash of its file',
    { files: [listed(sdist, '2'), listed(wheel)], source: { type: 'url', url } },
    [`wheel ${wheel} ${sri('1')} url url=${url}`],
    [],
  ],
  [
    'a URL whose only file is named otherwise',
    { files: [listed('other.whl')], source: { type: 'url', url } },
    [`wheel ${wheel} ${sri('1')} url url=${url}`],
    [],
  ],
  [
    'a URL with the hash behind it, a query and a folder',
    {
      source: {
        ...{ type: 'url', url: `https://x.example/a.zip?x=/y#egg=a&sha256=${hex('3')}` },
        subdirectory: './sub/',
      },
    },
    [`sdist a.zip ${sri('3')} url url=https://x.example/a.zip?x=/y subdirectory=sub`],
    [],
  ],
  [
    'a URL with an escaped name',
    { source: { type: 'url', url: 'https://x.example/a-1.0%2Bx-py3-none-any.whl' } },
    ['wheel a-1.0+x-py3-none-any.whl url url=https://x.example/a-1.0%2Bx-py3-none-any.whl'],
    noUrlHash,
  ],
  [
    'a commit; the branch is forgotten, and so is develop',
    {
      ...{ develop: true },
      source: {
        ...{ type: 'git', url: 'git@x.example:a.git', reference: 'main', resolved_reference: rev },
      },
    },
    [`tree a-1.0 git url=ssh://git@x.example/a.git rev=${rev}`],
    noTreeHash,
  ],
  [
    'a commit as of 0.12, in the reference; in a folder',
    {
      source: {
        type: 'git',
        url: 'https://x.example/a',
        reference: rev,
        subdirectory: 'packages/a',
      },
    },
    [`tree a-1.0 git url=https://x.example/a rev=${rev} subdirectory=packages/a`],
    noTreeHash,
  ],
  [
    'a folder',
    { source: { type: 'directory', url: '../a' } },
    ['tree a-1.0 path path=../a editable=false'],
    [],
  ],
  [
    'a folder, editable',
    { develop: true, source: { type: 'directory', url: './libs/../a/' } },
    ['tree a-1.0 path path=a editable=true'],
    [],
  ],
  [
    'a file',
    { files: [listed(wheel)], source: { type: 'file', url: `dists/${wheel}` } },
    [`wheel ${wheel} ${sri('1')} path path=dists/${wheel}`],
    [],
  ],
  [
    'a file without hash: it is live, so nothing is missing',
    { source: { type: 'file', url: sdist } },
    [`sdist ${sdist} path path=${sdist}`],
    [],
  ],
])('%s', (_, locked, files, gaps) => {
  const converted = convertOne(locked);
  expect([...filesOf(converted.only)].sort()).toEqual([...files].sort());
  expect(converted.gaps).toEqual(gaps);
});

test('an index is remembered where no file is named', () => {
  const source = { type: 'legacy', url: 'https://x.example/simple', reference: 'x' };
  expect(convertOne({ source }).only.index).toBe('https://x.example/simple');
});

test.each<[string, JsonMap, string]>([
  [
    'a kind of source that no Poetry writes',
    { source: { type: 'hg', url: 'https://x.example/a' } },
    'LOCK_SHAPE app/poetry.lock:10 package `a`: sources of type `hg` are not supported',
  ],
  [
    'a short commit',
    { source: { type: 'git', url: 'https://x.example/a', resolved_reference: rev.slice(0, 12) } },
    'LOCK_INCOMPLETE app/poetry.lock:12 package `a`: its git source is pinned to no commit: `012345678901` is not a full commit hash',
  ],
  [
    'a URL of no distribution',
    { source: { type: 'url', url: 'https://x.example/a.exe' } },
    'FILE_NAME_INVALID app/poetry.lock:11 package `a`: file name `a.exe` is neither a wheel nor a source archive',
  ],
  [
    'a URL of a folder',
    { source: { type: 'url', url: 'https://x.example/a/' } },
    'FILE_NAME_INVALID app/poetry.lock:11 package `a`: file name `` is not that of a distribution',
  ],
  [
    'a file of no distribution',
    { source: { type: 'file', url: 'dists/a.txt' } },
    'FILE_NAME_INVALID app/poetry.lock:11 package `a`: file name `a.txt` is neither a wheel nor a source archive',
  ],
  [
    'a hash of an unknown kind',
    { files: [{ file: wheel, hash: 'crc32:00000000' }] },
    'HASH_INVALID app/poetry.lock:10 package `a`: ',
  ],
  [
    'a hash behind a URL that is none',
    { source: { type: 'url', url: `${url}#sha256=00` } },
    'HASH_INVALID app/poetry.lock:11 package `a`: ',
  ],
])('%s is refused', (_, locked, expected) => {
  expect(failure(() => convertOne(locked))).toContain(expected);
});

test('1.1: several versions share a list, and each has its own files', () => {
  const graph = convertTexts(
    makeLock(
      ['1.0', '1.0.1', '2.0+local'].map((version) => ({
        ...{ name: 'some.name', version, files: undefined as never },
      })),
      {
        metadata: {
          'lock-version': '1.1',
          files: {
            'Some.Name': [
              listed('some_name-1.0.tar.gz'),
              listed('some.name-1.0.1-py3-none-any.whl'),
              listed('some_name-1.0.1.zip'),
              listed('some_name-2.0_local-py3-none-any.whl'),
              listed('some_name-3.0.tar.gz'),
              listed('unversioned.zip'),
            ],
          },
        },
      },
    ),
  );
  expect(
    [...graph.packages.values()].map((locked) => filesOf(locked).map((line) => line.split(' ')[1])),
  ).toEqual([
    ['some_name-1.0.tar.gz'],
    ['some.name-1.0.1-py3-none-any.whl', 'some_name-1.0.1.zip'],
    ['some_name-2.0_local-py3-none-any.whl'],
  ]);
});

test('before 1.0: hashes without names', () => {
  const graph = convertTexts(
    makeLock([{ name: 'a', files: undefined as never }], {
      metadata: { 'lock-version': undefined as never, hashes: { A: [hex('2'), hex('1')] } },
    }),
  );
  const [only] = graph.packages.values();
  expect(only).toMatchObject({
    artifacts: [],
    hashes: [
      { sri: sri('1'), of: 'file' },
      { sri: sri('2'), of: 'file' },
    ],
  });
  expect(graph.gaps.map(({ kind }) => kind)).toEqual(['files', 'dependencies']);
});
