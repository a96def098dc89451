import { expect, test } from '@jest/globals';
import {
  type LockedDependency,
  type LockedGraph,
  type LockedPackage,
  type PackageId,
  packageId,
} from '../../graph/types.ts';
import { applyToLock } from '../../overrides/lock.ts';
import { parseOverrides } from '../../overrides/parse.ts';
import { solveRules } from '../../overrides/solve-rules.ts';

const python = { implementation: 'cpython', version: '2.7' } as const;
const platforms = [
  { system: 'x86_64-linux', libc: 'glibc' },
  { system: 'aarch64-darwin' },
] as const;

const on = (name: string, version = '1'): LockedDependency => ({
  name,
  extras: [],
  candidates: [packageId(name, version)],
  kind: 'runtime',
});

const locked = (name: string, ...dependencies: readonly LockedDependency[]): LockedPackage => ({
  id: packageId(name, '1'),
  name,
  version: '1',
  artifacts: [
    {
      kind: 'sdist',
      fileName: `${name}-1.tar.gz`,
      source: { kind: 'index' },
      integrities: [],
    },
  ],
  dependencies,
  metadata: {},
});

const lock = (...packages: readonly LockedPackage[]): LockedGraph => ({
  ecosystem: 'pypi',
  format: { name: 'test', version: '1', file: 'test.lock' },
  roots: [
    { name: 'app', path: '.', groups: { main: [on('a')] }, extras: [], scripts: [], metadata: {} },
  ],
  packages: new Map(packages.map((each) => [each.id, each])),
  gaps: [],
  diagnostics: [],
});

const apply = (text: string) =>
  applyToLock(
    lock(locked('a', on('b'), on('c')), locked('b'), locked('c', on('a'))),
    parseOverrides('overrides.toml', text),
    { python, platforms, rootId: (_, { name }) => packageId(name, '0') },
  );
const rule = (text: string, name = 'a') => `[[package]]\nname = "${name}"\n${text}\n`;
const names = (list: readonly LockedDependency[] = []) => list.map(({ name }) => name);
const dependenciesOf = (graph: LockedGraph, id = 'a@1') =>
  names(graph.packages.get(id as PackageId)?.dependencies);

test('dependencies are added, removed and replaced, and the metadata is told', () => {
  const { graph, packages } = apply(
    rule(
      'why = "x"\ndependencies = { add = ["six>=1", "c[x]; python_version < \'3\'"], remove = ["b"], replace = { c = "b>=1" } }',
    ),
  );
  expect(dependenciesOf(graph)).toEqual(['b', 'c']);
  expect(graph.gaps).toEqual([
    {
      package: 'a@1',
      kind: 'dependencies',
      requirement: 'six>=1',
      rule: 'overrides.toml:1',
      message: '`a@1` requires `six>=1` (overrides.toml:1)',
    },
  ]);
  expect(packages.get(packageId('a', '1'))).toEqual({
    rules: [{ origin: 'project', file: 'overrides.toml', why: 'x', fields: ['dependencies'] }],
    requirements: {
      add: ['c[x]; python_version < "3"', 'six>=1'],
      remove: ['b'],
      replace: { c: 'b>=1' },
    },
  });
});

test('what holds on some systems gets their marker', () => {
  const { graph, packages } = apply(
    rule('when = { systems = ["aarch64-darwin"] }\ndependencies = { remove = ["b"] }'),
  );
  const [b] = graph.packages.get(packageId('a', '1'))?.dependencies ?? [];
  expect(b?.marker).toMatchObject({
    kind: 'and',
    operands: [{ right: { literal: 'linux' } }, { right: { literal: 'x86_64' } }],
  });
  expect(packages.get(packageId('a', '1'))?.rules[0]?.platforms).toEqual(['aarch64-darwin']);
});

test('a package that is dropped is gone from all, with who required it told', () => {
  const { graph, packages, dropped } = apply(rule('drop = true', 'b'));
  expect([...graph.packages.keys()]).toEqual(['a@1', 'c@1']);
  expect(dependenciesOf(graph)).toEqual(['c']);
  expect(packages.get(packageId('a', '1'))?.requirements).toEqual({ remove: ['b'] });
  expect(dropped).toMatchObject([{ name: 'b', rules: [{ fields: ['drop'] }] }]);
  // The last word counts.
  const both = apply(rule('drop = true', 'b') + rule('drop = false', 'b'));
  expect(both.graph.packages.size).toBe(3);
  expect(apply(rule('when = { python = ">=3" }\ndrop = true', 'b')).dropped).toEqual([]);
});

test.each<[string, object]>([
  [
    'source = { url = "https://example.org/a-1.whl" }',
    { id: 'a@1', artifacts: [{ kind: 'wheel', fileName: 'a-1.whl' }] },
  ],
  [
    `source = { git = "https://example.org/a.git", rev = "${'0'.repeat(40)}", subdirectory = "x", submodules = false }`,
    {
      artifacts: [{ kind: 'tree', source: { kind: 'git', subdirectory: 'x', submodules: false } }],
    },
  ],
  [
    'source = { path = "./vendor/a/" }',
    { artifacts: [{ kind: 'tree', source: { path: 'vendor/a' } }] },
  ],
  ['source = { path = "a.zip" }', { artifacts: [{ kind: 'sdist', source: { path: 'a.zip' } }] }],
  ['source = { version = "2.0" }', { id: 'a@2.0', version: '2.0', artifacts: [] }],
  ['source = { nixpkgs = "tkinter" }', { id: 'a@1', artifacts: [], nixpkgs: 'tkinter' }],
  ['source = { prefer = "wheel" }', { prefer: 'wheel' }],
  [
    'build = { requires = ["setuptools<45"], remove = ["x"], backend = "setuptools" }',
    {
      buildChanges: {
        requires: ['setuptools<45'],
        remove: ['x'],
        backend: 'setuptools.build_meta:__legacy__',
      },
    },
  ],
])('%s', (text, expected) => {
  const { graph } = apply(rule(text));
  expect([...graph.packages.values()][0]).toMatchObject(expected);
});

test('another version takes the place of the old one everywhere, and says so', () => {
  const { graph, diagnostics, packages } = apply(rule('source = { version = "2" }'));
  expect(graph.roots[0]?.groups['main']?.[0]?.candidates).toEqual(['a@2']);
  expect(graph.packages.get(packageId('c', '1'))?.dependencies[0]?.candidates).toEqual(['a@2']);
  expect(packages.get(packageId('a', '2'))?.replaced).toBe('1');
  expect(diagnostics[0]?.message).toBe(
    'overrides.toml:1: `a` is 2 instead of 1, with the dependencies that are known of 1',
  );
});

test.each<[string, boolean]>([
  ['version = "<2"', true],
  ['version = ">1"', false],
  ['python = "<3"', true],
  ['python = ">=3"', false],
  ['systems = ["x86_64-linux"]', true],
  ['systems = ["i686-linux"]', false],
  ['with = "b"', true],
  ['with = "b>=1"', true],
  ['with = "b>1"', false],
  ['with = "z"', false],
])('when = { %s } holds: %s', (when, expected) => {
  const { packages } = apply(rule(`when = { ${when} }\nsource = { prefer = "wheel" }`));
  expect(packages.has(packageId('a', '1'))).toBe(expected);
});

test('constraints change who they are about', () => {
  const constraint = (of: string, what: string) =>
    `[[constraint]]\nof = "${of}"\non = "b"\n${what}\n`;
  const ignored = apply(constraint('*', 'ignore = true'));
  expect(dependenciesOf(ignored.graph)).toEqual(['c']);
  expect([...ignored.packages]).toMatchObject([['a@1', { requirements: { remove: ['b'] } }]]);
  const used = apply(constraint('a', 'use = ">=1"'));
  expect(used.packages.get(packageId('a', '1'))?.requirements).toEqual({
    specifiers: { b: '>=1' },
  });
  // A bound contradicts no metadata.
  expect(apply(constraint('*', 'use = ">=1"')).packages.size).toBe(0);
});

test('a rule about the project changes its own build and requirements', () => {
  const { graph, packages } = apply(
    rule('build = { requires = ["cffi"] }\ndependencies = { add = ["b", "six"] }', 'app'),
  );
  expect(graph.roots[0]?.buildSystem).toEqual({ requires: ['setuptools', 'wheel', 'cffi'] });
  expect(names(graph.roots[0]?.groups['main'])).toEqual(['a', 'b']);
  expect(graph.gaps[0]).not.toHaveProperty('package');
  expect(packages.get(packageId('app', '0'))?.requirements).toEqual({ add: ['b', 'six'] });
});

test('rules for the solver', () => {
  const rules = parseOverrides(
    'overrides.toml',
    rule('drop = true', 'b') +
      rule('when = { python = ">=3" }\ndrop = true', 'c') +
      rule('when = { version = "<2" }\nsource = { version = "2" }') +
      rule('dependencies = { add = ["six"] }') +
      rule('source = { prefer = "wheel" }') +
      rule('when = { with = "b" }\nsource = { prefer = "sdist" }'),
  );
  expect(solveRules(rules, python)).toEqual({
    constraints: [],
    drops: [{ name: 'b', place: 'overrides.toml:1' }],
    sources: [
      {
        name: 'a',
        replaces: '<2',
        take: { kind: 'version', version: '2' },
        place: 'overrides.toml:8',
      },
    ],
    dependencies: [{ of: 'a', add: ['six'], remove: [], replace: {}, place: 'overrides.toml:12' }],
    prefer: new Map([['a', 'wheel']]),
  });
});
