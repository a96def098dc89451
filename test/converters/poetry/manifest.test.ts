import { expect, test } from '@jest/globals';
import { convertTexts, failure, groupOf, makeLock } from './support.ts';

const lock = makeLock([
  ...['a', 'b', 'c', 'd'].map((name) => ({ name })),
  { name: 'a', version: '2.0' },
  {
    name: 'e',
    source: {
      ...{ type: 'git', url: 'https://x.example/e.git', reference: 'main' },
      resolved_reference: 'a'.repeat(40),
    },
  },
  { name: 'f', source: { type: 'legacy', url: 'https://x.example/simple', reference: 'x' } },
  { name: 'f', version: '2.0' },
]);

const rootOf = (manifest: string) => {
  const [root] = convertTexts(lock, manifest).roots;
  if (root === undefined) throw new Error('no root');
  return root;
};

/** The groups of the root, those with nothing in them left out. */
const groupsOf = (manifest: string): Readonly<Record<string, readonly string[]>> => {
  const graph = convertTexts(lock, manifest);
  const names = Object.keys(graph.roots[0]?.groups ?? {});
  return Object.fromEntries(
    names
      .map((name) => [name, groupOf(graph, name)] as const)
      .filter(([, list]) => list.length > 0),
  );
};

test.each([
  [
    'Poetry’s tables',
    `
[tool.poetry.dependencies]
python = "^3.9"
a = "^1.0"
e = { git = "https://x.example/e", branch = "main" }
[tool.poetry.dev-dependencies]
b = "*"
[tool.poetry.group.docs]
optional = true
[tool.poetry.group.docs.dependencies]
c = { version = "*", python = "<3.12" }
[tool.poetry.group.empty]
`,
    {
      main: ['a -> a@1.0', 'e -> e@1.0'],
      dev: ['b -> b@1.0'],
      docs: ['c -> c@1.0 ; python_version < "3.12"'],
    },
  ],
  [
    'development dependencies in both forms are one group',
    '[tool.poetry.dev-dependencies]\na = "*"\n[tool.poetry.group.dev.dependencies]\nb = "*"\n',
    { dev: ['a -> a@2.0 | a@1.0', 'b -> b@1.0'] },
  ],
  [
    'several constraints under markers',
    '[tool.poetry.dependencies]\na = [{ version = "1.0", python = "<3.9" }, { version = "^2.0", python = ">=3.9" }]\n',
    { main: ['a -> a@1.0 ; python_version < "3.9"', 'a -> a@2.0 ; python_version >= "3.9"'] },
  ],
  [
    'optional dependencies and extras; one that no extra lists is never wanted',
    `
[tool.poetry.dependencies]
a = { version = "*", optional = true }
b = { version = "*", optional = true, markers = "os_name == 'nt'" }
c = { version = "*", optional = true }
[tool.poetry.extras]
x = ["a", "B"]
"Y.y" = ["a"]
`,
    {
      main: [
        'a {x} -> a@2.0 | a@1.0',
        'a {y-y} -> a@2.0 | a@1.0',
        'b {x} -> b@1.0 ; os_name == "nt"',
      ],
    },
  ],
  [
    'an index by name',
    '[tool.poetry.dependencies]\nf = { version = "*", source = "x" }\n',
    { main: ['f -> f@1.0'] },
  ],
  [
    'PyPI by name',
    '[tool.poetry.dependencies]\nf = { version = "*", source = "pypi" }\n',
    { main: ['f -> f@2.0'] },
  ],
  [
    'a group that includes others',
    `
[tool.poetry.group.dev]
include-groups = ["Test_It", "lint"]
[tool.poetry.group.dev.dependencies]
d = "*"
[tool.poetry.group.test-it.dependencies]
a = "1.0"
[tool.poetry.group.lint]
include-groups = ["test-it"]
[tool.poetry.group.lint.dependencies]
b = "*"
`,
    {
      dev: ['a -> a@1.0', 'b -> b@1.0', 'd -> d@1.0'],
      lint: ['a -> a@1.0', 'b -> b@1.0'],
      'test-it': ['a -> a@1.0'],
    },
  ],
  [
    'PEP 621 and PEP 735',
    `
[project]
name = "demo"
dependencies = ["A (>=1.0,<2)", "b[x]>=1 ; python_version < '3.12'", "e @ git+https://x.example/e.git@main"]
[project.optional-dependencies]
x = ["c", "demo[y]"]
y = ["d ; os_name == 'nt'"]
[dependency-groups]
dev = ["d", { include-group = "Lint" }]
lint = ["b>=1"]
`,
    {
      main: [
        'a -> a@1.0',
        'b[x] -> b@1.0 ; python_version < "3.12"',
        'c {x} -> c@1.0',
        'd {x} -> d@1.0 ; os_name == "nt"',
        'd {y} -> d@1.0 ; os_name == "nt"',
        'e -> e@1.0',
      ],
      dev: ['b -> b@1.0', 'd -> d@1.0'],
      lint: ['b -> b@1.0'],
    },
  ],
  [
    'PEP 621, and what Poetry’s table adds to the same names; its other names do not count',
    `
[project]
name = "demo"
dependencies = ["a", "e", "f>=1"]
[tool.poetry.dependencies]
a = [{ version = "<2", python = "<3.9" }, { version = ">=2", python = ">=3.9" }]
b = "*"
e = { git = "https://x.example/e.git" }
f = { source = "x" }
`,
    {
      main: [
        'a -> a@1.0 ; python_version < "3.9"',
        'a -> a@2.0 ; python_version >= "3.9"',
        'e -> e@1.0',
        'f -> f@1.0',
      ],
    },
  ],
  [
    'PEP 621 whose dependencies Poetry’s table supplies',
    `
[project]
name = "demo"
dynamic = ["dependencies"]
[tool.poetry.dependencies]
a = "1.0"
`,
    { main: ['a -> a@1.0'] },
  ],
  [
    'PEP 621’s extras beside dependencies of Poetry’s table',
    `
[project]
name = "demo"
dynamic = ["dependencies"]
[project.optional-dependencies]
x = ["b"]
[tool.poetry.dependencies]
a = "1.0"
c = { version = "*", optional = true }
`,
    { main: ['a -> a@1.0', 'b {x} -> b@1.0'] },
  ],
  [
    'PEP 621’s dependencies beside extras of Poetry’s table',
    `
[project]
name = "demo"
dependencies = ["a==1.0"]
dynamic = ["optional-dependencies"]
[tool.poetry.dependencies]
b = { version = "*", optional = true }
c = "*"
[tool.poetry.extras]
x = ["b"]
`,
    { main: ['a -> a@1.0', 'b {x} -> b@1.0'] },
  ],
  [
    'PEP 735 and Poetry’s table of the same group',
    `
[project]
name = "demo"
[dependency-groups]
dev = ["f"]
[tool.poetry.group.dev]
optional = true
[tool.poetry.group.dev.dependencies]
f = { source = "x" }
b = "*"
`,
    { dev: ['f -> f@1.0'] },
  ],
  ['nothing to require', '[project]\nname = "demo"\n', {}],
])('%s', (_, manifest, groups) => {
  const text = /^\[(?:project|tool\.poetry)\]$/m.test(manifest)
    ? manifest
    : `[tool.poetry]\nname = "demo"\n${manifest}`;
  expect(groupsOf(text)).toEqual(groups);
});

test('groups that are wanted only when asked for', () => {
  const { optionalGroups, groups } = rootOf(
    '[tool.poetry]\n[tool.poetry.group.b]\noptional = true\n[tool.poetry.group.a]\noptional = true\n[tool.poetry.group.c]\noptional = false\n',
  );
  expect(optionalGroups).toEqual(['a', 'b']);
  expect(Object.keys(groups)).toEqual(['main', 'a', 'b', 'c']);
});

test.each([
  ['[tool.poetry]\n', { name: 'project' }],
  [
    '[tool.poetry]\nname = "Demo_App"\nversion = "v1.0.0-rc1"\n',
    { name: 'demo-app', version: '1.0.0rc1', path: '.' },
  ],
  ['[tool.poetry]\nname = "a"\nversion = "1"\npackage-mode = false\n', { name: 'a' }],
  [
    '[project]\nname = "p"\nversion = "2"\n[tool.poetry]\nname = "q"\nversion = "1"\n',
    { name: 'p', version: '2', path: '.' },
  ],
  [
    '[project]\nname = "p"\ndynamic = ["version"]\n[tool.poetry]\nversion = "3"\n',
    { name: 'p', version: '3', path: '.' },
  ],
  ['[project]\nname = "p"\n', { name: 'p', path: '.' }],
])('%j: who the root is', (manifest, identity) => {
  const { name, version, path } = rootOf(manifest);
  expect({ name, version, path }).toEqual(identity);
});

test('metadata and scripts, of both tables', () => {
  expect(
    rootOf(`
[project]
name = "p"
description = "d"
license = { text = "MIT" }
urls = { HomePage = "https://p.example/" }
[project.scripts]
run = "p:run"
[project.gui-scripts]
win = "p:win"
[tool.poetry.scripts]
ignored = "p:other"
`),
  ).toMatchObject({
    metadata: { description: 'd', homepage: 'https://p.example/', licence: 'MIT' },
    scripts: ['run', 'win'],
  });
  expect(
    rootOf(`
[tool.poetry]
name = "p"
description = ""
license = "MIT"
homepage = "https://p.example/"
[tool.poetry.scripts]
run = "p:run"
new = { reference = "p:run", type = "console" }
old = { callable = "p:run" }
file = { reference = "bin/tool", type = "file" }
`),
  ).toMatchObject({
    metadata: { homepage: 'https://p.example/', licence: 'MIT' },
    scripts: ['new', 'old', 'run', 'tool'],
  });
});

test('without a manifest the lock speaks for itself', () => {
  const { roots, diagnostics } = convertTexts(makeLock([{ name: 'a' }]));
  expect(roots[0]).toEqual({
    name: 'project',
    groups: { main: [{ name: 'a', extras: [], candidates: ['a@1.0'], kind: 'runtime' }] },
    extras: [],
    scripts: [],
    metadata: {},
  });
  expect(diagnostics).toEqual([]);
});

test.each([
  ['another tool’s pyproject.toml', '[tool.black]\nline-length = 100\n'],
  ['an empty one', ''],
])('%s is as none', (_, manifest) => {
  expect(convertTexts(lock, manifest).roots).toEqual(convertTexts(lock).roots);
});

test.each([
  [
    '[tool.poetry',
    'MANIFEST_SYNTAX app/pyproject.toml:1 the file is not TOML: Key ended without value',
  ],
  [
    '[tool.poetry]\n<<<<<<< HEAD\n',
    'MANIFEST_SYNTAX app/pyproject.toml:2 merge conflict markers are in the file',
  ],
  [
    '[tool.poetry]\nname = 1\n',
    'MANIFEST_SHAPE app/pyproject.toml:2 pyproject.toml: `tool.poetry.name` must be a string, but is a number',
  ],
  [
    '[project]\nname = "a b"\n',
    'NAME_INVALID app/pyproject.toml:2 pyproject.toml: `a b` is not a package name',
  ],
  [
    '[project]\nname = "a"\nversion = "one"\n',
    'VERSION_INVALID app/pyproject.toml:3 pyproject.toml: `one` is not a version',
  ],
  [
    '[project]\nname = "a"\ndependencies = ["b >> 1"]\n',
    'REQUIREMENT_INVALID app/pyproject.toml:3 dependency `b >> 1`: ',
  ],
  [
    '[tool.poetry]\n[tool.poetry.dependencies]\nb = "=>1"\n',
    'SPECIFIER_INVALID app/pyproject.toml:3 dependency `b`: ',
  ],
  [
    '[tool.poetry]\n[tool.poetry.dependencies]\nb = { markers = "x" }\n',
    'MARKER_INVALID app/pyproject.toml:3 dependency `b`: ',
  ],
  [
    '[tool.poetry]\n[tool.poetry.dependencies]\ngone = ">=1"\n',
    'LOCK_DANGLING app/pyproject.toml:3 the project: it depends on `gone (>=1)`, which is not in the lock',
  ],
  [
    '[tool.poetry]\n[tool.poetry.group.dev.dependencies]\ngone = "*"\n',
    "LOCK_DANGLING app/pyproject.toml:3 the project's group `dev`: it depends on `gone (*)`, which is not in the lock",
  ],
  [
    '[tool.poetry]\n[tool.poetry.dependencies]\na = ">=3"\n',
    'LOCK_CONTRADICTION app/pyproject.toml:3 the project: it depends on `a (>=3)`, but 2.0, 1.0 is what the lock has',
  ],
  [
    '[tool.poetry]\n[tool.poetry.dependencies]\na = { path = "../a" }\n',
    'LOCK_CONTRADICTION app/pyproject.toml:3 the project: it depends on `a` from its path, but 2.0, 1.0 is what the lock has',
  ],
  [
    '[project]\nname = "x"\ndependencies = ["gone"]\n',
    'LOCK_DANGLING app/pyproject.toml:3 the project: it depends on `gone`, which is not in the lock',
  ],
  [
    '[dependency-groups]\na = ["b", {}]\n[project]\nname = "x"\n',
    'MANIFEST_SHAPE app/pyproject.toml:2 dependency group `a`: its member number 2 is neither a requirement nor an `include-group`',
  ],
  [
    '[dependency-groups]\na = [{ include-group = "z" }]\n[project]\nname = "x"\n',
    'MANIFEST_SHAPE app/pyproject.toml:2 dependency group `a`: it includes the group `z`, which does not exist',
  ],
  [
    '[dependency-groups]\na = [{ include-group = "b" }]\nb = [{ include-group = "A" }]\n[project]\nname = "x"\n',
    'MANIFEST_SHAPE app/pyproject.toml:3 dependency group `b`: it includes the group `a`, which includes it',
  ],
  [
    '[tool.poetry]\n[tool.poetry.group.a]\ninclude-groups = ["a"]\n',
    'MANIFEST_SHAPE app/pyproject.toml:3 group `a`: it includes the group `a`, which includes it',
  ],
  [
    '[tool.poetry]\n[build-system]\nbuild-backend = "x"\n',
    'MANIFEST_SHAPE app/pyproject.toml:2 pyproject.toml: `build-system` has no `requires`',
  ],
])('%j is refused', (manifest, expected) => {
  expect(failure(() => convertTexts(lock, manifest))).toContain(expected);
});

test('a requirement of another system need not be in the lock', () => {
  const manifest = '[project]\nname = "x"\ndependencies = ["gone ; os_name == \'nt\'"]\n';
  expect(groupsOf(manifest)).toEqual({});
});
