import { expect, test } from '@jest/globals';
import { convert } from '../../../converters/pyproject/convert.ts';
import { isLock2nixError } from '../../../graph/errors.ts';
import type { AskedRequirement, RequirementSet } from '../../../graph/requirements.ts';
import { formatMarker } from '../../../standards/marker.ts';

type Files = Readonly<Record<string, string>>;

const setOf = (text: string, files: Files = {}): RequirementSet =>
  convert({ file: 'app/pyproject.toml', text, read: (path) => files[path] }).set;

const rootOf = (text: string, files?: Files) => {
  const [root] = setOf(text, files).roots;
  if (root === undefined) throw new Error('no root');
  return root;
};

/** A requirement on one line: `name[extras] specifier @ source; marker`. */
const line = ({ name, extras, specifier, source, index, marker }: AskedRequirement): string =>
  [
    `${name}${extras.length === 0 ? '' : `[${extras.join(',')}]`}`,
    ...(specifier === undefined ? [] : [specifier]),
    ...(source === undefined ? [] : [`@ ${JSON.stringify(source)}`]),
    ...(index === undefined ? [] : [`from ${index}`]),
    ...(marker === undefined ? [] : [`; ${formatMarker(marker)}`]),
  ].join(' ');

const mainOf = (text: string, files?: Files) => rootOf(text, files).groups['main']?.map(line);

const failureOf = (text: string, files?: Files) => {
  try {
    setOf(text, files);
  } catch (error) {
    if (isLock2nixError(error)) {
      const { code, message, hint, location } = error;
      return { code, message, hint, location };
    }
    throw error;
  }
  throw new Error('it was taken');
};

const build = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n';

test('a standard project', () => {
  const set = setOf(`${build}
[project]
name = "My.App"
version = "1.2.0"
description = "does things"
license = "MIT"
requires-python = ">= 3.9"
dependencies = ["Flask[async]>=2,<4", "click; python_version < '3.12'"]
urls = { Homepage = "https://app.test/" }
[project.scripts]
app = "app:main"
[project.gui-scripts]
window = "app:window"
[project.optional-dependencies]
Test_All = ["pytest", "my-app[fast]"]
fast = ["ujson>=5"]
[dependency-groups]
dev = ["ruff", { include-group = "Docs" }]
docs = ["sphinx"]
`);
  const [root] = set.roots;
  expect(set).toMatchObject({
    format: { name: 'pyproject', file: 'app/pyproject.toml' },
    requiresPython: '>=3.9',
    indexes: { extra: [] },
    constraints: [],
    diagnostics: [],
  });
  expect(root).toMatchObject({
    name: 'my-app',
    version: '1.2.0',
    path: '.',
    scripts: ['app', 'window'],
    buildSystem: { requires: ['hatchling'], backend: 'hatchling.build' },
    metadata: { description: 'does things', homepage: 'https://app.test/', licence: 'MIT' },
  });
  expect(root?.groups['main']?.map(line)).toEqual([
    'flask[async] <4,>=2',
    'click ; python_version < "3.12"',
  ]);
  expect(root?.groups['dev']?.map(line)).toEqual(['ruff', 'sphinx']);
  expect(
    Object.entries(root?.extras ?? {}).map(([name, asked]) => [name, asked.map(line)]),
  ).toEqual([
    ['fast', ['ujson >=5']],
    ['test-all', ['pytest', 'ujson >=5']],
  ]);
  expect(root?.groups['main']?.[0]).toMatchObject({
    text: 'flask[async]<4,>=2',
    origin: 'app/pyproject.toml [project]',
  });
});

test("Poetry's tables", () => {
  const text = `[tool.poetry]
name = "app"
version = "0.1"
[tool.poetry.dependencies]
python = "^3.9"
requests = "^2.28"
click = { version = "~8.1", extras = ["x"], markers = "sys_platform == 'linux'" }
ujson = { version = "*", optional = true }
numpy = [{ version = "^1.2", python = "<3.12" }, { version = "^2", python = ">=3.12" }]
git-one = { git = "https://x.test/a/b.git", branch = "main", subdirectory = "py" }
scp = { git = "git@x.test:a/b.git", tag = "v1" }
lib = { path = "../lib", develop = true }
file = { url = "https://x.test/file-1.0.tar.gz" }
private = { version = "1.0", source = "Corp" }
[tool.poetry.extras]
fast = ["ujson"]
[tool.poetry.group.docs]
optional = true
[tool.poetry.group.docs.dependencies]
sphinx = ">=5"
[[tool.poetry.source]]
name = "corp"
url = "https://u:p@corp.test/simple"
priority = "explicit"
[tool.poetry.scripts]
app = "app:main"
`;
  const set = setOf(text);
  expect(set.requiresPython).toBe('>=3.9,<4');
  expect(set.indexes).toEqual({ extra: [] });
  expect(mainOf(text)).toEqual([
    'requests <3,>=2.28',
    'click[x] <8.2,>=8.1 ; sys_platform == "linux"',
    'numpy <2,>=1.2 ; python_version < "3.12"',
    'numpy <3,>=2 ; python_version >= "3.12"',
    'git-one @ {"kind":"git","url":"https://x.test/a/b.git","rev":"main","subdirectory":"py"}',
    'scp @ {"kind":"git","url":"ssh://git@x.test/a/b.git","rev":"v1"}',
    'lib @ {"kind":"path","path":"../lib","editable":true}',
    'file @ {"kind":"url","url":"https://x.test/file-1.0.tar.gz"}',
    'private ==1.0 from https://u:p@corp.test/simple',
  ]);
  const root = rootOf(text);
  expect(root.extras['fast']?.map(line)).toEqual(['ujson']);
  expect(root.groups['docs']?.map(line)).toEqual(['sphinx >=5']);
  expect(root.optionalGroups).toEqual(['docs']);
  expect(root.scripts).toEqual(['app']);
  expect(root.groups['main']?.[0]).toMatchObject({
    text: 'requests ^2.28',
    origin: 'app/pyproject.toml [tool.poetry.dependencies]',
  });
  expect(root.groups['docs']?.[0]?.origin).toBe(
    'app/pyproject.toml [tool.poetry.group.docs.dependencies]',
  );
});

test('Poetry 2: [project], and what its table adds', () => {
  expect(
    mainOf(`${build}[project]
name = "a"
version = "1"
dependencies = ["b>=1", "c"]
[tool.poetry.dependencies]
c = { git = "https://x.test/c", rev = "abc" }
`),
  ).toEqual(['b >=1', 'c @ {"kind":"git","url":"https://x.test/c","rev":"abc"}']);
});

test('sources and indexes of uv', () => {
  const text = `${build}[project]
name = "a"
version = "1"
dependencies = ["b>=1", "c>=2", "d", "e", "f"]
[tool.uv]
constraint-dependencies = ["z<3"]
dev-dependencies = ["pytest"]
[tool.uv.sources]
b = { git = "https://x.test/b", tag = "v1", subdirectory = "s" }
c = [
  { index = "cpu", marker = "sys_platform == 'linux'" },
  { url = "https://x.test/c-2.0.zip", marker = "sys_platform == 'darwin'" },
]
d = { path = "../d", editable = true }
e = { path = "e-1.0-py3-none-any.whl" }
[[tool.uv.index]]
name = "cpu"
url = "https://cpu.test/simple"
explicit = true
[[tool.uv.index]]
url = "https://first.test/simple"
[[tool.uv.index]]
url = "https://last.test/simple"
default = true
`;
  const set = setOf(text);
  expect(mainOf(text)).toEqual([
    'b @ {"kind":"git","url":"https://x.test/b","rev":"v1","subdirectory":"s"}',
    'c >=2 from https://cpu.test/simple ; sys_platform == "linux"',
    'c @ {"kind":"url","url":"https://x.test/c-2.0.zip"} ; sys_platform == "darwin"',
    'c >=2 ; sys_platform != "linux" and sys_platform != "darwin"',
    'd @ {"kind":"path","path":"../d","editable":true}',
    'e @ {"kind":"path","path":"e-1.0-py3-none-any.whl"}',
    'f',
  ]);
  expect(set.indexes).toEqual({
    index: 'https://last.test/simple',
    extra: ['https://first.test/simple'],
  });
  expect(set.constraints.map(line)).toEqual(['z <3']);
  expect(set.roots[0]?.groups['dev']?.map(line)).toEqual(['pytest']);
});

const poetrySources = (...sources: readonly string[]): string =>
  `[tool.poetry]\n${sources.map((source) => `[[tool.poetry.source]]\n${source}\n`).join('')}`;

test.each([
  ['none', [], { extra: [] }],
  [
    'a primary one replaces PyPI',
    ['name="a"\nurl="https://a.test/"'],
    { index: 'https://a.test/', extra: [] },
  ],
  [
    'PyPI named itself',
    ['name="a"\nurl="https://a.test/"', 'name="PyPI"'],
    { extra: ['https://a.test/'] },
  ],
  [
    'a supplemental one comes last',
    ['name="a"\nurl="https://a.test/"\npriority="supplemental"'],
    { index: 'https://a.test/', extra: ['https://pypi.org/simple'] },
  ],
  [
    'an old default',
    [
      'name="b"\nurl="https://b.test/"\nsecondary=true',
      'name="a"\nurl="https://a.test/"\ndefault=true',
    ],
    { index: 'https://b.test/', extra: ['https://a.test/'] },
  ],
])('sources of Poetry: %s', (_, sources, indexes) => {
  expect(setOf(poetrySources(...sources)).indexes).toEqual(indexes);
});

test("dependencies from files, as setuptools' dynamic table has them", () => {
  const text = `[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
[project]
name = "a"
dynamic = ["dependencies", "optional-dependencies", "version"]
[tool.setuptools.dynamic]
dependencies = { file = ["requirements.txt"] }
optional-dependencies.test = { file = "test.txt" }
version = { attr = "a.__version__" }
`;
  const root = rootOf(text, { 'requirements.txt': '# x\nb>=1\nc # why\n', 'test.txt': 'pytest' });
  expect(root.groups['main']?.map(line)).toEqual(['b >=1', 'c']);
  expect(root.groups['main']?.[0]?.origin).toBe('app/requirements.txt');
  expect(root.extras['test']?.map(line)).toEqual(['pytest']);
  expect(failureOf(text)).toMatchObject({
    code: 'INPUT_MISSING',
    message: '[tool.setuptools.dynamic]: there is no file `requirements.txt`',
    location: { file: 'app/pyproject.toml', line: 8 },
  });
});

const dynamicProject = (backend: string): string =>
  `[build-system]\nrequires = []\nbuild-backend = "${backend}"\n[project]\nname = "a"\nversion = "1"\ndynamic = ["dependencies"]\n`;

test('dynamic dependencies out of setup.py', () => {
  const files = { 'setup.py': 'from setuptools import setup\nsetup(install_requires=["b>=1"])\n' };
  expect(mainOf(dynamicProject('setuptools.build_meta'), files)).toEqual(['b >=1']);
});

test('dynamic dependencies that only a backend would tell', () => {
  expect(failureOf(dynamicProject('hatchling.build'), { 'setup.py': 'setup()' })).toEqual({
    code: 'MANIFEST_SHAPE',
    message:
      '[project]: `dependencies` is dynamic, and only running `hatchling.build` would tell it',
    hint: 'write `dependencies` in [project], or convert a lock of the project',
    location: { file: 'app/pyproject.toml', line: 7 },
  });
  expect(
    failureOf(dynamicProject('setuptools.build_meta'), {
      'setup.py': 'from setuptools import setup\nsetup(\n  install_requires=read(),\n)\n',
    }),
  ).toMatchObject({
    code: 'MANIFEST_SHAPE',
    message:
      '`install_requires` is computed when the file runs, and nothing of a project is run to read it',
    location: { file: 'app/setup.py', line: 3 },
  });
});

test('only [build-system]: the project is in setup.cfg', () => {
  const root = rootOf('[build-system]\nrequires = ["setuptools", "wheel"]\n', {
    'setup.cfg': '[metadata]\nname = old\nversion = 1.0\n[options]\ninstall_requires = a\n',
  });
  expect(root).toMatchObject({
    name: 'old',
    version: '1.0',
    path: '.',
    buildSystem: { requires: ['setuptools', 'wheel'] },
  });
  expect(root.groups['main']?.map(line)).toEqual(['a']);
});

test('a project without [build-system] is not built', () => {
  const text = '[project]\nname = "a"\nversion = "1"\n';
  expect(rootOf(text)).not.toHaveProperty('path');
  expect(setOf(text).diagnostics.map(({ code }) => code)).toEqual(['project-not-built']);
  expect(rootOf(`${text}[tool.uv]\npackage = true\n`).path).toBe('.');
  expect(rootOf(`${build}${text}[tool.uv]\npackage = false\n`)).not.toHaveProperty('path');
});

test('a misspelt key is named, with the nearest one', () => {
  const { diagnostics } = setOf(
    `${build}[project]\nname = "a"\nversion = "1"\ndependancies = ["b"]\n`,
  );
  expect(diagnostics).toEqual([
    {
      severity: 'warning',
      code: 'project-key-unknown',
      message: '[project] has no key `dependancies`, and it is left out',
      hint: 'did you mean `dependencies`?',
      location: { file: 'app/pyproject.toml', line: 7 },
    },
  ]);
});

test('overrides of uv are not taken in silence', () => {
  const { diagnostics } = setOf(
    `${build}[project]\nname = "a"\nversion = "1"\n[tool.uv]\noverride-dependencies = ["b==2"]\n`,
  );
  expect(diagnostics[0]).toMatchObject({
    code: 'override-ignored',
    hint: expect.stringContaining('[[constraint]]'),
  });
});

const head = '[project]\nname = "a"\nversion = "1"\n';

test.each([
  [`${head}dependencies = ["b >> 1"]`, 'REQUIREMENT_INVALID', 4],
  [`${head}dependencies = [1]`, 'MANIFEST_SHAPE', 4],
  [`${head}dependencies = ["b @ https://u:p@/x"]`, 'URL_INVALID', 4],
  [`${head}requires-python = "nonsense"`, 'SPECIFIER_INVALID', undefined],
  [
    '[dependency-groups]\na = [{include-group = "b"}]\nb = [{include-group = "a"}]\n',
    'MANIFEST_SHAPE',
    3,
  ],
  ['[dependency-groups]\na = [{include-group = "c"}]\n', 'MANIFEST_SHAPE', 2],
  [`${head}dependencies = ["b"]\n[tool.uv.sources]\nb = { workspace = true }`, 'MANIFEST_SHAPE', 6],
  [`${head}dependencies = ["b"]\n[tool.uv.sources]\nb = { index = "x" }`, 'MANIFEST_SHAPE', 6],
  ['[tool.poetry.dependencies]\nb = { version = "1", source = "x" }', 'MANIFEST_SHAPE', 2],
  ['[tool.poetry.dependencies]\nb = ">=1,<1.5 || >=3"', 'SPECIFIER_INVALID', 2],
  ['[tool.black]\nx = 1\n', 'MANIFEST_SHAPE', 1],
  ['[tool.flit.metadata]\nmodule = "x"\n', 'MANIFEST_SHAPE', 1],
  ['[project\n', 'MANIFEST_SYNTAX', 1],
])('%j is refused', (text, code, lineNumber) => {
  const failure = failureOf(text);
  expect([failure.code, failure.location?.line]).toEqual([code, lineNumber]);
  expect(failure.location?.file).toBe('app/pyproject.toml');
  expect(failure.message).not.toContain('u:p');
});
