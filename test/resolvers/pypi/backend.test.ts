import { expect, test } from '@jest/globals';
import type { BuildSystem } from '../../../graph/types.ts';
import { type BuildPlan, planBuild } from '../../../resolvers/pypi/backend.ts';
import { parsePython } from '../../../resolvers/pypi/target.ts';
import { platformOf } from './make-lock.ts';

const plan = (
  system: BuildSystem | undefined,
  { python = '3.12', systems = ['x86_64-linux'] }: { python?: string; systems?: string[] } = {},
): BuildPlan =>
  planBuild(system, { python: parsePython(python), platforms: systems.map(platformOf) });

const setuptools = 'setuptools.build_meta';
const poetry = 'poetry.core.masonry.api';

test.each<[string, BuildSystem | undefined, string, string, string, readonly string[]]>([
  [
    'no [build-system]',
    undefined,
    '3.12',
    'setuptools.build_meta:__legacy__',
    'setuptools-80',
    ['setuptools@80.9.0', 'wheel@0.45.1'],
  ],
  [
    'no backend',
    { requires: ['setuptools>=40.8.0', 'wheel'] },
    '3.8',
    'setuptools.build_meta:__legacy__',
    'setuptools-75',
    ['setuptools@75.3.2', 'wheel@0.45.1'],
  ],
  [
    'setuptools, on Python 2.7',
    { requires: ['setuptools'], backend: setuptools },
    '2.7',
    setuptools,
    'setuptools-44',
    ['setuptools@44.1.1', 'wheel@0.37.1'],
  ],
  [
    'setuptools, which is not required',
    { requires: [], backend: setuptools },
    '3.7',
    setuptools,
    'setuptools-68',
    ['setuptools@68.0.0', 'wheel@0.42.0'],
  ],
  [
    'poetry-core',
    { requires: ['poetry-core>=1.0.0'], backend: poetry },
    '3.12',
    poetry,
    'poetry-core-2',
    ['poetry-core@2.2.1'],
  ],
  [
    'Poetry itself, as projects before 1.1 had it',
    { requires: ['poetry>=0.12', 'setuptools'], backend: 'poetry.masonry.api' },
    '3.12',
    poetry,
    'poetry-core-2-setuptools-80',
    ['poetry-core@2.2.1', 'setuptools@80.9.0', 'wheel@0.45.1'],
  ],
  [
    'poetry-core with setuptools for a build script: wheel comes with it',
    { requires: ['Poetry_Core', 'setuptools'], backend: poetry },
    '3.8',
    poetry,
    'poetry-core-1-setuptools-75',
    ['poetry-core@1.9.1', 'setuptools@75.3.2', 'wheel@0.45.1'],
  ],
  [
    'a requirement whose marker holds nowhere',
    { requires: ['setuptools', "tomli; python_version < '3.11'", 'pywin32; os_name == "nt"'] },
    '3.12',
    'setuptools.build_meta:__legacy__',
    'setuptools-80',
    ['setuptools@80.9.0', 'wheel@0.45.1'],
  ],
])('%s', (_, system, python, backend, environment, ids) => {
  const { build, packages, refused } = plan(system, { python });
  expect(build).toEqual({ backend, environment });
  expect(packages.map(({ id }) => id)).toEqual(ids);
  expect([...refused]).toEqual([]);
});

test.each<[string, readonly string[], string, readonly string[]]>([
  ['needs nothing', [], 'bare', []],
  ['wraps setuptools', ['setuptools'], 'setuptools-80', ['setuptools@80.9.0', 'wheel@0.45.1']],
])('a backend in the tree itself %s', (_, requires, environment, ids) => {
  const system = { requires, backend: 'own.build:hooks', backendPath: ['tools'] };
  const { build, packages, refused } = plan(system);
  expect(build).toEqual({ backend: 'own.build:hooks', backendPath: ['tools'], environment });
  expect(packages.map(({ id }) => id)).toEqual(ids);
  expect([...refused]).toEqual([]);
});

test('a backend in the tree itself is refused what cannot be had', () => {
  const system = { requires: ['cmake'], backend: 'own', backendPath: ['.'] };
  expect(plan(system)).toMatchObject({
    packages: [],
    refused: new Map([['x86_64-linux', 'its build requirement `cmake` is not supported yet']]),
  });
  expect(plan(system).build).toBeUndefined();
});

test('backend-path is kept', () => {
  const system = { requires: [], backend: setuptools, backendPath: ['build', '.'] };
  expect(plan(system).build?.backendPath).toEqual(['build', '.']);
});

test.each<[BuildSystem, string, string]>([
  [
    { requires: ['hatchling'], backend: 'hatchling.build' },
    '3.12',
    'its build backend `hatchling.build` is not supported yet',
  ],
  [
    { requires: [], backend: 'constructor' },
    '3.12',
    'its build backend `constructor` is not supported yet',
  ],
  [
    { requires: [], backend: '__proto__' },
    '3.12',
    'its build backend `__proto__` is not supported yet',
  ],
  [
    { requires: ['setuptools', 'Cython>=0.29'], backend: setuptools },
    '3.12',
    'its build requirement `Cython>=0.29` is not supported yet',
  ],
  [
    { requires: ['setuptools @ https://evil.example/setuptools.whl'] },
    '3.12',
    'its build requirement `setuptools @ https://evil.example/setuptools.whl` is not supported yet',
  ],
  [
    { requires: ['setuptools<60'] },
    '3.12',
    'its build requirement `setuptools<60` is not met by setuptools 80.9.0, which is pinned for Python 3.12',
  ],
  [
    { requires: ['poetry-core'] },
    '3.7',
    'its build requirement `poetry-core` is not met by any poetry-core, which is pinned for Python 3.7',
  ],
  [
    { requires: [], backend: poetry },
    '2.7',
    'it is built with poetry-core, of which no version is pinned for Python 2.7',
  ],
  [{ requires: ['not a name!'] }, '3.12', 'its build requirement `not a name!` is not valid'],
  [
    { requires: ['wheel\u001b[31m ?'] },
    '3.12',
    'its build requirement `wheel\\x1b[31m ?` is not valid',
  ],
  [
    { requires: ['wheel; os_name ~= "posix"'] },
    '3.12',
    'its build requirement `wheel; os_name ~= "posix"` has a marker without a meaning',
  ],
])('refused: %j on %s', (system, python, reason) => {
  const { build, packages, refused } = plan(system, { python });
  expect(build).toBeUndefined();
  expect(packages).toEqual([]);
  expect([...refused]).toEqual([['x86_64-linux', reason]]);
});

test('a requirement of some platforms refuses those, and tools of some are there on all', () => {
  const system = {
    requires: [
      'poetry-core',
      'setuptools; sys_platform == "linux"',
      'pyobjc; sys_platform == "darwin" and platform_machine == "arm64"',
    ],
    backend: poetry,
  };
  const { build, packages, refused } = plan(system, {
    systems: ['x86_64-linux', 'x86_64-darwin', 'aarch64-darwin'],
  });
  expect(build?.environment).toBe('poetry-core-2-setuptools-80');
  expect(packages.map(({ name }) => name)).toEqual(['poetry-core', 'setuptools', 'wheel']);
  expect([...refused.keys()]).toEqual(['aarch64-darwin']);
});
