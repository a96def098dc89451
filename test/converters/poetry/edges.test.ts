import type { JsonMap } from '@iarna/toml';
import { expect, test } from '@jest/globals';
import { convertTexts, dependenciesOf, makeLock } from './support.ts';

const git = (reference: string, digit: string, url = 'https://x.example/b.git'): JsonMap => ({
  ...{ type: 'git', url, reference, resolved_reference: digit.repeat(40) },
});

/** Package `a` with these dependencies, beside others; `version` is the lock's. */
const edges = (
  dependencies: JsonMap,
  {
    others = [],
    extras = {},
    version = '2.1',
  }: { others?: readonly JsonMap[]; extras?: JsonMap; version?: string } = {},
): readonly string[] => {
  const packages = [{ name: 'a', dependencies, extras }, ...others];
  const graph = convertTexts(makeLock(packages, { metadata: { 'lock-version': version } }));
  return dependenciesOf(graph, 'a@1.0');
};

const b: JsonMap = { name: 'b' };
const several: readonly JsonMap[] = [
  { name: 'b', version: '1.5' },
  { name: 'b', version: '2.0' },
  { name: 'b', version: '1.10' },
];

test.each<[string, JsonMap, readonly JsonMap[], readonly string[]]>([
  ['a constraint', { b: '^1.0' }, [b], ['b -> b@1.0']],
  ['an empty constraint', { b: '' }, [b], ['b -> b@1.0']],
  ['a name in another spelling', { 'B.b_B': '*' }, [{ name: 'b-b-b' }], ['b-b-b -> b-b-b@1.0']],
  ['a table', { b: { version: '>=1', extras: ['y', 'X.x', 'y'] } }, [b], ['b[x-x,y] -> b@1.0']],
  [
    'a marker',
    { b: { version: '*', markers: "os_name == 'nt'" } },
    [b],
    ['b -> b@1.0 ; os_name == "nt"'],
  ],
  [
    'Python, platform and marker together',
    { b: { version: '*', python: '<3.9', platform: 'win32', markers: "os_name == 'nt'" } },
    [b],
    ['b -> b@1.0 ; os_name == "nt" and python_version < "3.9" and sys_platform == "win32"'],
  ],
  [
    'a list: each with its own marker and versions',
    {
      b: [
        { version: '<2', python: '<3.9' },
        { version: '^2.0', markers: "python_version >= '3.9'", extras: ['x'] },
      ],
    },
    several,
    ['b -> b@1.10 | b@1.5 ; python_version < "3.9"', 'b[x] -> b@2.0 ; python_version >= "3.9"'],
  ],
  ['a list of constraints', { b: ['>=2', '1.5'] }, several, ['b -> b@2.0', 'b -> b@1.5']],
  ['an empty list', { b: [] }, [b], []],
  ['several versions, the newest first', { b: '*' }, several, ['b -> b@2.0 | b@1.10 | b@1.5']],
  [
    'of several, those it allows',
    { b: '>=1.6,<3 || 1.5' },
    several,
    ['b -> b@2.0 | b@1.10 | b@1.5'],
  ],
  [
    'a pre-release counts as any version',
    { b: '*' },
    [{ name: 'b', version: '1.0a1' }],
    ['b -> b@1.0a1'],
  ],
  ['a cycle with itself', { a: '*' }, [], ['a -> a@1.0']],
  [
    'not in the lock, with a marker: Poetry leaves out what cannot be',
    { b: { version: '*', markers: "os_name == 'nt'" } },
    [],
    [],
  ],
  ['not in the lock and optional', { b: { version: '*', optional: true } }, [], []],
  [
    'of a list, the one that is in the lock',
    {
      b: [
        { version: '<1', python: '<3.5' },
        { version: '>=1', python: '>=3.5' },
      ],
    },
    [b],
    ['b -> b@1.0 ; python_version >= "3.5"'],
  ],
])('%s', (_, dependencies, others, expected) => {
  expect(edges(dependencies, { others })).toEqual(expected);
});

test.each<[string, JsonMap, readonly JsonMap[], readonly string[]]>([
  [
    'git, of a package from git',
    { b: { git: 'https://x.example/b.git', branch: 'main' } },
    [{ ...b, source: git('main', '1') }],
    ['b -> b@1.0'],
  ],
  [
    'git, of two commits by reference',
    { b: { git: 'https://x.example/b', tag: 'v2' } },
    [
      { ...b, source: git('v1', '1') },
      { ...b, source: git('v2', '2') },
    ],
    [`b -> b@1.0#${'2'.repeat(40)}`],
  ],
  [
    'git, of two commits by commit',
    { b: { git: 'https://x.example/b', rev: '1'.repeat(40) } },
    [
      { ...b, source: git('v1', '1') },
      { ...b, source: git('v2', '2') },
    ],
    [`b -> b@1.0#${'1'.repeat(40)}`],
  ],
  [
    'git, of two repositories',
    { b: { git: 'git+https://X.example/b/' } },
    [
      { ...b, source: git('main', '1') },
      { ...b, source: git('main', '2', 'https://x.example/fork.git') },
    ],
    [`b -> b@1.0#${'1'.repeat(40)}`],
  ],
  [
    'git, with a version beside it that counts for nothing',
    { b: { git: 'https://x.example/b', version: '>=9' } },
    [{ ...b, source: git('main', '1') }],
    ['b -> b@1.0'],
  ],
  [
    'url',
    { b: { url: 'https://x.example/b-1.0.zip' } },
    [b, { ...b, source: { type: 'url', url: 'https://x.example/b-1.0.zip' } }],
    ['b -> b@1.0#url'],
  ],
  [
    'path, of a folder and a file',
    { b: { path: '../b' } },
    [
      { ...b, source: { type: 'directory', url: '../b' } },
      { ...b, version: '2.0', source: { type: 'file', url: 'b-2.0.zip' } },
    ],
    ['b -> b@1.0'],
  ],
  [
    'file, in another spelling of the path',
    { b: { file: './x/b-1.0.zip' } },
    [{ ...b, source: { type: 'file', url: 'b-1.0.zip' } }],
    ['b -> b@1.0'],
  ],
  [
    'an index by name',
    { b: { version: '*', source: 'x' } },
    [b, { ...b, source: { type: 'legacy', url: 'https://x.example/simple', reference: 'x' } }],
    ['b -> b@1.0#x'],
  ],
  [
    'PyPI by name',
    { b: { version: '*', source: 'PyPI' } },
    [b, { ...b, source: { type: 'legacy', url: 'https://x.example/simple', reference: 'x' } }],
    ['b -> b@1.0'],
  ],
  [
    'no origin: whatever has the version',
    { b: '*' },
    [{ ...b, source: git('main', '1') }],
    ['b -> b@1.0'],
  ],
])('from %s', (_, dependencies, others, expected) => {
  expect(edges(dependencies, { others })).toEqual(expected);
});

const optional: JsonMap = { version: '*', optional: true };

test.each<[string, JsonMap, JsonMap, readonly string[]]>([
  ['is listed by one', { b: optional }, { x: ['b'] }, ['b {x} -> b@1.0']],
  [
    'is listed by several',
    { b: optional },
    { y: ['b (>=1)', 'c'], 'X.x': ['B'] },
    ['b {x-x} -> b@1.0', 'b {y} -> b@1.0'],
  ],
  ['is listed by none: it is never wanted', { b: optional }, {}, []],
  ['is not optional: listing it changes nothing', { b: '*' }, { x: ['b'] }, ['b -> b@1.0']],
  [
    'has a marker besides',
    { b: { ...optional, markers: "os_name == 'nt'" } },
    { x: ['b'] },
    ['b {x} -> b@1.0 ; os_name == "nt"'],
  ],
  [
    'names the extra in its marker',
    { b: { ...optional, markers: "extra == 'x' and os_name == 'nt'" } },
    { x: ['b'] },
    ['b {x} -> b@1.0 ; os_name == "nt"'],
  ],
  [
    'has a marker for each extra',
    { b: { ...optional, markers: "os_name == 'nt' and extra == 'x' or extra == 'y'" } },
    { x: ['b'], y: ['b'] },
    ['b {x} -> b@1.0 ; os_name == "nt"', 'b {y} -> b@1.0'],
  ],
  [
    'is wanted without an extra on one system',
    { b: { version: '*', markers: "os_name == 'nt' or extra == 'x'" } },
    { x: ['b'] },
    ['b -> b@1.0 ; os_name == "nt"', 'b {x} -> b@1.0'],
  ],
  [
    'is a list, one of them optional',
    {
      b: [
        { version: '*', python: '<3.9' },
        { ...optional, python: '>=3.9' },
      ],
    },
    { x: ['b ; python_version >= "3.9"'] },
    ['b -> b@1.0 ; python_version < "3.9"', 'b {x} -> b@1.0 ; python_version >= "3.9"'],
  ],
])('a dependency of an extra %s', (_, dependencies, extras, expected) => {
  expect(edges(dependencies, { others: [b], extras })).toEqual(expected);
});

test.each([
  ['2.0', []],
  ['1.1', []],
  // Then an optional dependency was recorded only when something asked for it.
  ['1.0', ['b -> b@1.0']],
])('%s: an optional dependency that no extra lists', (version, expected) => {
  expect(edges({ b: optional }, { others: [b], version })).toEqual(expected);
});

test('1.0: a package is wanted where its own marker holds, and so are the edges to it', () => {
  const dependencies = { b: '*', c: { version: '*', python: '<3.9' }, d: '*' };
  const others = [
    { name: 'b', marker: "os_name == 'nt'" },
    { name: 'c', marker: "os_name == 'nt'" },
    { name: 'd', version: '1.0', marker: "python_version < '3.9'" },
    { name: 'd', version: '2.0', marker: "python_version >= '3.9'" },
  ];
  expect(edges(dependencies, { others, version: '1.0' })).toEqual([
    'b -> b@1.0 ; os_name == "nt"',
    'c -> c@1.0 ; python_version < "3.9" and os_name == "nt"',
    'd -> d@2.0 | d@1.0 ; python_version >= "3.9" or python_version < "3.9"',
  ]);
  expect(edges({ b: '*' }, { others, version: '1.1' })).toEqual(['b -> b@1.0']);
});

test.each(['setuptools', 'pip', 'wheel', 'distribute'])(
  'until 2.0 %s is left out of locks, which is a gap',
  (name) => {
    const packages = [{ name: 'a', dependencies: { [name]: '>=3' } }];
    const graph = convertTexts(makeLock(packages, { metadata: { 'lock-version': '2.0' } }));
    expect(graph.gaps.filter(({ kind }) => kind === 'dependencies')).toEqual([
      {
        package: 'a@1.0',
        kind: 'dependencies',
        requirement: `${name}>=3`,
        message: `a 1.0: the lock leaves out \`${name} (>=3)\``,
      },
    ]);
  },
);
