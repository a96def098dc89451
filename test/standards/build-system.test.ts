import { expect, test } from '@jest/globals';
import {
  buildBackend,
  defaultBuildSystem,
  parseBuildSystem,
} from '../../standards/build-system.ts';

const parse = (table: unknown) => parseBuildSystem({ 'build-system': table });

test.each([
  [{ requires: [] }, { requires: [] }],
  [{ requires: ['setuptools>=40'] }, { requires: ['setuptools>=40'] }],
  [
    { requires: ['flit_core'], 'build-backend': 'flit_core.buildapi' },
    { requires: ['flit_core'], backend: 'flit_core.buildapi' },
  ],
  [
    { requires: ['a'], 'build-backend': 'setuptools.build_meta:__legacy__', other: 1 },
    { requires: ['a'], backend: 'setuptools.build_meta:__legacy__' },
  ],
  [
    { requires: [], 'build-backend': 'backend', 'backend-path': ['.', 'tools/build'] },
    { requires: [], backend: 'backend', backendPath: ['.', 'tools/build'] },
  ],
])('%j', (table, buildSystem) => {
  expect(parse(table)).toEqual(buildSystem);
});

test('without the table there is no build system', () => {
  expect(parseBuildSystem({ project: { name: 'x' } })).toBeUndefined();
  expect(parseBuildSystem(Object.create({ 'build-system': { requires: [] } }))).toBeUndefined();
});

test.each<[unknown, string]>([
  [{}, 'has no `requires`'],
  [{ 'build-backend': 'x' }, 'has no `requires`'],
  [{ requires: 'setuptools' }, '`build-system.requires` is not an array of strings'],
  [{ requires: [1] }, '`build-system.requires` is not an array of strings'],
  [[], '`build-system` is not a table'],
  ['poetry', '`build-system` is not a table'],
  [null, '`build-system` is not a table'],
  [{ requires: [], 'build-backend': 1 }, '`build-system.build-backend` is not a name'],
  [{ requires: [], 'build-backend': '' }, '`build-system.build-backend` is not a name'],
  [{ requires: [], 'build-backend': 'a b' }, '`build-system.build-backend` is not a name'],
  [{ requires: [], 'build-backend': 'a:b:c' }, '`build-system.build-backend` is not a name'],
  [{ requires: [], 'build-backend': 'os; import x' }, '`build-system.build-backend` is not a name'],
  [{ requires: [], 'backend-path': ['.'] }, '`build-system.backend-path` stands without'],
  [{ requires: [], 'build-backend': 'a', 'backend-path': '.' }, 'folders inside the project'],
  [{ requires: [], 'build-backend': 'a', 'backend-path': ['../x'] }, 'folders inside the project'],
  [{ requires: [], 'build-backend': 'a', 'backend-path': ['/x'] }, 'folders inside the project'],
  [{ requires: [], 'build-backend': 'a', 'backend-path': ['a\\..\\b'] }, 'folders inside'],
])('%j is refused: %s', (table, message) => {
  expect(() => parse(table)).toThrow(message);
  expect(() => parse(table)).toThrow(expect.objectContaining({ code: 'MANIFEST_SHAPE' }));
});

test.each([null, [], 'text', 1, undefined])('the document %j is refused', (document) => {
  expect(() => parseBuildSystem(document)).toThrow('is not a table');
});

test('no backend means the legacy one of setuptools', () => {
  expect(buildBackend(undefined)).toBe('setuptools.build_meta:__legacy__');
  expect(buildBackend(defaultBuildSystem)).toBe('setuptools.build_meta:__legacy__');
  expect(buildBackend({ requires: [], backend: 'x' })).toBe('x');
});
