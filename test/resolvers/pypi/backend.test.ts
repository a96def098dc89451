import { expect, test } from '@jest/globals';
import type { BuildSystem } from '../../../graph/types.ts';
import { buildNeeds, type JudgedNeeds, runsSetupPy } from '../../../resolvers/pypi/backend.ts';
import { parsePython } from '../../../resolvers/pypi/target.ts';
import { formatRequirement } from '../../../standards/requirement.ts';
import { platformOf } from './make-lock.ts';

interface Outline {
  readonly buildSystem?: BuildSystem;
  readonly hasSetupPy?: boolean;
  readonly setupRequires?: readonly string[];
  readonly more?: readonly string[];
  readonly python?: string;
  readonly systems?: readonly string[];
}

const judge = ({
  hasSetupPy = true,
  more,
  python = '3.12',
  systems = ['x86_64-linux'],
  ...facts
}: Outline): JudgedNeeds =>
  buildNeeds(
    { hasSetupPy, ...facts },
    { python: parsePython(python), platforms: systems.map(platformOf) },
    more,
  );

const requirementsOf = ({ needs }: JudgedNeeds): readonly string[] =>
  (needs?.requirements ?? []).map(formatRequirement);

const legacy = 'setuptools.build_meta:__legacy__';
const setuptools = 'setuptools.build_meta';
const poetry = 'poetry.core.masonry.api';

test.each<[string, Outline, string, readonly string[]]>([
  ['no [build-system]', {}, legacy, ['setuptools', 'wheel']],
  [
    'literal setup_requires',
    { setupRequires: ['pbr>=1.8', 'setuptools>=17.1', 'pytest-runner; python_version < "3"'] },
    legacy,
    ['pbr>=1.8', 'setuptools', 'setuptools>=17.1', 'wheel'],
  ],
  [
    'setup_requires beside [build-system]',
    { buildSystem: { requires: ['setuptools>=61'], backend: setuptools }, setupRequires: ['cffi'] },
    setuptools,
    ['cffi', 'setuptools', 'setuptools>=61', 'wheel'],
  ],
  [
    'setup_requires that no setuptools reads',
    {
      buildSystem: { requires: ['hatchling'], backend: 'hatchling.build' },
      setupRequires: ['cffi'],
    },
    'hatchling.build',
    ['hatchling'],
  ],
  [
    'no backend',
    { buildSystem: { requires: ['setuptools>=40.8.0', 'wheel'] } },
    legacy,
    ['setuptools', 'setuptools>=40.8.0', 'wheel'],
  ],
  [
    'setuptools, which is not required',
    { buildSystem: { requires: [], backend: setuptools } },
    setuptools,
    ['setuptools', 'wheel'],
  ],
  [
    'any other backend needs what it says',
    { buildSystem: { requires: ['Flit_Core >=3.2,<4'], backend: 'flit_core.buildapi' } },
    'flit_core.buildapi',
    ['flit-core<4,>=3.2'],
  ],
  [
    'meson-python looks for ninja',
    { buildSystem: { requires: ['meson-python'], backend: 'mesonpy' } },
    'mesonpy',
    ['meson-python', 'ninja'],
  ],
  [
    'Poetry itself, as projects before 1.1 had it',
    { buildSystem: { requires: ['poetry>=0.12', 'cython'], backend: 'poetry.masonry.api' } },
    poetry,
    ['cython', 'poetry-core'],
  ],
  [
    'poetry-core with setuptools for a build script: wheel comes with it',
    { buildSystem: { requires: ['Poetry_Core', 'setuptools'], backend: poetry } },
    poetry,
    ['poetry-core', 'setuptools', 'wheel'],
  ],
  [
    'markers that hold nowhere, everywhere, and on some',
    {
      buildSystem: {
        requires: [
          "tomli; python_version < '3.11'",
          'pywin32; os_name == "nt"',
          'a; os_name == "posix"',
          'b; sys_platform == "darwin"',
        ],
        backend: 'own',
      },
      systems: ['x86_64-linux', 'aarch64-darwin'],
    },
    'own',
    ['a', 'b; sys_platform == "darwin"'],
  ],
  [
    'what overrides add',
    { buildSystem: { requires: [], backend: 'own' }, more: ['ninja'] },
    'own',
    ['ninja'],
  ],
  [
    'a file of the web',
    { buildSystem: { requires: ['a @ https://files.example/a.whl'], backend: 'own' } },
    'own',
    ['a @ https://files.example/a.whl'],
  ],
  [
    'a backend in the tree itself needs nothing',
    { buildSystem: { requires: [], backend: setuptools, backendPath: ['.'] } },
    setuptools,
    [],
  ],
])('%s', (_, outline, backend, requirements) => {
  const judged = judge(outline);
  expect(judged.needs?.backend).toBe(backend);
  expect(requirementsOf(judged)).toEqual(requirements);
  expect(judged.needs?.backendPath).toEqual(outline.buildSystem?.backendPath);
  expect([...judged.refused]).toEqual([]);
});

test('a marker that depends on the patch release stays', () => {
  const text = 'tomli; python_full_version <= "3.11.2"';
  const buildSystem = { requires: [text], backend: 'own' };
  expect(requirementsOf(judge({ buildSystem, python: '3.11' }))).toEqual([text]);
  expect(requirementsOf(judge({ buildSystem, python: '3.12' }))).toEqual([]);
});

const rust = 'a Rust toolchain and vendored crates, which recipes do not have';

test.each<[string, Outline, string]>([
  [
    'maturin',
    { buildSystem: { requires: ['maturin>=1,<2'], backend: 'maturin' } },
    `its build requirement \`maturin>=1,<2\` needs ${rust}`,
  ],
  [
    'setuptools-rust of setup.py',
    { setupRequires: ['setuptools_rust'] },
    `its build requirement \`setuptools_rust\` needs ${rust}`,
  ],
  [
    'Go',
    { buildSystem: { requires: ['setuptools-golang'] } },
    'its build requirement `setuptools-golang` needs a Go toolchain and vendored modules, which recipes do not have',
  ],
  [
    'git',
    { buildSystem: { requires: ['a @ git+https://u:p@git.example/a'] } },
    'its build requirement `a @ git+https://git.example/a` is a direct reference to something else than a file of the web',
  ],
  [
    'no name',
    { buildSystem: { requires: ['not a name!'] } },
    'its build requirement `not a name!` is not valid',
  ],
  [
    'control characters',
    { buildSystem: { requires: ['wheel\u001b[31m ?'] } },
    'its build requirement `wheel\\x1b[31m ?` is not valid',
  ],
  [
    'a marker without a meaning',
    { buildSystem: { requires: ['wheel; os_name ~= "posix"'] } },
    'its build requirement `wheel; os_name ~= "posix"` has a marker without a meaning',
  ],
  [
    'nothing says how',
    { hasSetupPy: false },
    'its source has neither a setup.py nor a `[build-system]` in a pyproject.toml',
  ],
])('refused: %s', (_, outline, reason) => {
  const { needs, platforms, refused } = judge(outline);
  expect(needs).toBeUndefined();
  expect(platforms).toEqual([]);
  expect([...refused]).toEqual([['x86_64-linux', { code: 'BACKEND_UNSUPPORTED', reason }]]);
});

test('what some platforms cannot have refuses those, and no other', () => {
  const judged = judge({
    buildSystem: {
      requires: ['a', 'b; sys_platform == "linux"', 'maturin; platform_machine == "arm64"'],
      backend: 'own',
    },
    systems: ['x86_64-linux', 'x86_64-darwin', 'aarch64-darwin'],
  });
  expect(requirementsOf(judged)).toEqual(['a', 'b; sys_platform == "linux"']);
  expect(judged.platforms.map(({ system }) => system)).toEqual(['x86_64-linux', 'x86_64-darwin']);
  expect([...judged.refused.keys()]).toEqual(['aarch64-darwin']);
});

test.each<[BuildSystem | undefined, boolean]>([
  [undefined, true],
  [{ requires: [] }, true],
  [{ requires: ['setuptools'], backend: 'own', backendPath: ['.'] }, true],
  [{ requires: ['poetry-core'], backend: poetry }, false],
])('whether %j runs setup.py: %s', (system, expected) => {
  expect(runsSetupPy(system)).toBe(expected);
});
