import { isDeepStrictEqual } from 'node:util';
import { expect, test } from '@jest/globals';
import { convertTexts, failure, fixtureNames, makeLock, readFixture } from './support.ts';

/** Where a lock is cut: after lines near its end and some before, and in the middle of each. */
const cuts = (text: string): readonly number[] => {
  const ends = [...text.matchAll(/\n/g)].map(({ index }) => index + 1);
  return ends
    .slice(0, -1)
    .filter((_, number) => number % 41 === 0 || number > ends.length - 25)
    .flatMap((end) => [end, Math.floor((end + text.indexOf('\n', end)) / 2)]);
};

test.each(fixtureNames)('%s, cut off, is refused with its line, or has lost nothing', (name) => {
  const lock = readFixture(name, 'poetry.lock');
  const pyproject = readFixture(name, 'pyproject.toml');
  const whole = convertTexts(lock, pyproject);
  const failures = cuts(lock).map((at) =>
    failure(() => {
      const graph = convertTexts(lock.slice(0, at), pyproject);
      if (!isDeepStrictEqual(graph, whole)) throw new Error(`cut at ${at}, the lock says less`);
    }),
  );
  const refused = failures.filter((text) => text !== 'no failure');
  expect(refused.length).toBeGreaterThan(20);
  for (const text of refused) {
    expect(text).toMatch(
      /^LOCK_(?:SYNTAX|SHAPE|INCOMPLETE|DANGLING|CONTRADICTION) app\/poetry\.lock:\d+ /,
    );
  }
});

const old = { metadata: { 'lock-version': '1.1', files: { a: [] } } };
const git = { type: 'git', url: 'https://git.example.org/a.git' };
const rev = 'a'.repeat(40);

const damaged: readonly (readonly [lock: string, failure: string])[] = [
  ['', 'LOCK_SHAPE app/poetry.lock:1 poetry.lock: `metadata` is missing'],
  [
    '[[package]]\nname = "a"\nversion = "1',
    'LOCK_SYNTAX app/poetry.lock:3 the file is not TOML: Unterminated string',
  ],
  [
    makeLock([{ name: 'a' }]).replace(/^content-hash.*\n/m, ''),
    'LOCK_INCOMPLETE app/poetry.lock:9 poetry.lock: `metadata` has no `content-hash`: the file has been cut off or was not written by Poetry',
  ],
  [
    makeLock([{ name: 'a' }]).replace(/^python-versions = .*\n(?=content)/m, ''),
    'LOCK_INCOMPLETE app/poetry.lock:9 poetry.lock: `metadata` has no `python-versions`: the file has been cut off or was not written by Poetry',
  ],
  [
    makeLock([{ name: 'a' }, { name: 'b' }], old).replace(/^files = \[ \]\n/gm, ''),
    'LOCK_INCOMPLETE app/poetry.lock:8 package `b`: its files are not in the metadata: the file has been cut off or was changed by hand',
  ],
  [
    `${makeLock([{ name: 'a' }])}<<<<<<< HEAD\ncontent-hash = "1"\n=======\ncontent-hash = "2"\n>>>>>>> other\n`,
    'LOCK_SYNTAX app/poetry.lock:13 merge conflict markers are in the file',
  ],
  [
    makeLock([{ name: 'a' }]).replace('[[package]]', '||||||| base\n[[package]]'),
    'LOCK_SYNTAX app/poetry.lock:1 merge conflict markers are in the file',
  ],
  [
    makeLock([], { metadata: { 'lock-version': '3.0' } }),
    'LOCK_VERSION app/poetry.lock:4 lock-version `3.0` is not known',
  ],
  [
    // A later version may have another shape altogether.
    '[metadata]\nlock-version = "4.2"\n[package]\na = 1\n',
    'LOCK_VERSION app/poetry.lock:2 lock-version `4.2` is not known',
  ],
  [
    makeLock([], { metadata: { 'lock-version': '2' } }),
    'LOCK_VERSION app/poetry.lock:4 lock-version `2` is not known',
  ],
  [
    makeLock([{ name: 'Some.Name' }, { name: 'b' }, { name: 'some_name', version: '1.0.0' }]),
    'LOCK_DUPLICATE app/poetry.lock:17 package `some-name` 1.0.0 is in the lock twice; first in line 1',
  ],
  [
    makeLock([
      { name: 'a', source: { ...git, resolved_reference: rev } },
      { name: 'a', source: { ...git, resolved_reference: rev } },
    ]),
    'LOCK_DUPLICATE app/poetry.lock:14 package `a` 1.0 is in the lock twice; first in line 1',
  ],
  [
    makeLock([{ name: 'a' }]).replace('optional', 'optional = true\noptional'),
    "LOCK_SYNTAX app/poetry.lock:4 the file is not TOML: Can't redefine existing key",
  ],
  [
    makeLock([{ name: 'a', dependencies: { b: '>=1' } }]),
    'LOCK_DANGLING app/poetry.lock:10 package `a`: it depends on `b (>=1)`, which is not in the lock',
  ],
  [
    makeLock([{ name: 'a', dependencies: { b: { version: '*', extras: ['x'] } } }]),
    'LOCK_DANGLING app/poetry.lock:9 package `a`: it depends on `b (*)`, which is not in the lock',
  ],
  [
    makeLock([{ name: 'a', dependencies: { b: '>=2' } }, { name: 'b' }]),
    'LOCK_CONTRADICTION app/poetry.lock:10 package `a`: it depends on `b (>=2)`, but 1.0 is what the lock has',
  ],
  [
    makeLock([{ name: 'a', dependencies: { b: { git: git.url } } }, { name: 'b' }]),
    'LOCK_CONTRADICTION app/poetry.lock:9 package `a`: it depends on `b` from its git, but 1.0 is what the lock has',
  ],
  [
    makeLock([{ name: 'a' }], { extras: { x: ['gone'] } }),
    'LOCK_DANGLING app/poetry.lock:10 extra `x`: it lists `gone`, which is not in the lock',
  ],
  [
    makeLock([{ name: 'a', groups: undefined as never }]),
    'LOCK_SHAPE app/poetry.lock:1 package `a`: `groups` is missing',
  ],
  [
    makeLock([{ name: 'a', source: git }]),
    'LOCK_INCOMPLETE app/poetry.lock:9 package `a`: its git source is pinned to no commit: `` is not a full commit hash',
  ],
  [
    makeLock([{ name: 'a', files: [{ file: 'a-1.0.tar.gz', hash: `sha256:${'a'.repeat(63)}` }] }]),
    'HASH_INVALID app/poetry.lock:10 package `a`: hash `sha256:',
  ],
  [
    makeLock([
      {
        name: 'a',
        files: ['a', 'b'].map((digit) => ({
          file: 'a-1.0.tar.gz',
          hash: `sha256:${digit.repeat(64)}`,
        })),
      },
    ]),
    'LOCK_CONTRADICTION app/poetry.lock:14 package `a`: the file `a-1.0.tar.gz` has two different hashes',
  ],
];

test.each(damaged.map(([lock, expected]) => [expected, lock] as const))('%s', (expected, lock) => {
  expect(failure(() => convertTexts(lock))).toContain(expected);
});

test('a newer minor version is read, with a warning', () => {
  const graph = convertTexts(makeLock([{ name: 'a' }], { metadata: { 'lock-version': '2.7' } }));
  expect(graph.format.version).toBe('2.7');
  expect(graph.diagnostics).toEqual([
    {
      severity: 'warning',
      code: 'lock-version-newer',
      message:
        'lock-version `2.7` is newer than `2.1`, the newest that is known; it is read as that',
      location: { file: 'app/poetry.lock', line: 10 },
    },
  ]);
});

test('one version from two sources is no duplicate', () => {
  const lock = makeLock([
    { name: 'a' },
    { name: 'a', source: { ...git, resolved_reference: rev } },
    { name: 'a', source: { ...git, resolved_reference: 'b'.repeat(40) } },
    { name: 'a', source: { type: 'legacy', url: 'https://x.example/simple', reference: 'x' } },
  ]);
  expect([...convertTexts(lock).packages.keys()]).toEqual([
    'a@1.0',
    `a@1.0#${rev}`,
    `a@1.0#${'b'.repeat(40)}`,
    'a@1.0#x',
  ]);
});
