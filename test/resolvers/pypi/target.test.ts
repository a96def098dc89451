import { expect, test } from '@jest/globals';
import {
  allowsPython,
  choosePython,
  parsePython,
  pythonVersions,
} from '../../../resolvers/pypi/target.ts';
import { newestPatch } from '../../../standards/marker-environment.ts';

test.each(pythonVersions)('%s is known, alone and with a patch release', (version) => {
  expect(parsePython(version)).toEqual({ implementation: 'cpython', version });
  const fullVersion = `${version}.0`;
  expect(parsePython(fullVersion)).toEqual({ implementation: 'cpython', version, fullVersion });
  expect(newestPatch(version)).toBeGreaterThan(0);
});

test.each([
  '',
  '3',
  '3.5',
  '4.0',
  '3.99',
  'python3.12',
  '3.12.',
  '3.12.x',
  '3.12.01',
  '3.12.100',
  '3.12.1.0',
  '3.13.0rc1',
  ' 3.12',
  '3.12\n',
  '２.7',
])('%j is refused, with the versions that are known', (text) => {
  expect(() => parsePython(text)).toThrow(
    expect.objectContaining({
      code: 'PYTHON_UNKNOWN',
      exitCode: 2,
      hint: expect.stringContaining('2.7, 3.6'),
    }),
  );
});

test.each([
  [undefined, '3.12', true],
  ['', '3.12', true],
  ['>=3.8', '3.12', true],
  ['>=3.8,<3.12', '3.12', false],
  ['<=3.12', '3.12', false],
  ['<=3.12', '3.12.0', true],
  ['<=3.12', '3.11', true],
  ['>=3.11.4,<3.12', '3.11', true],
  ['<3.9.2', '3.9', false],
  ['<3.9.2', '3.9.1', true],
  ['>=3.14.30', '3.14', true],
  ['!=3.9.7,>=3.8', '3.9', true],
  ['!=3.9.7,>=3.8', '3.9.7', false],
  ['==2.7.*', '2.7', true],
])('%s allows Python %s: %s', (specifier, python, expected) => {
  expect(allowsPython(specifier, parsePython(python))).toBe(expected);
});

test.each([
  [undefined, '3.14'],
  ['>=3.8,<4.0', '3.14'],
  ['>=3.8,<3.12', '3.11'],
  ['>=2.7, !=3.0.*, !=3.1.*, <3.10', '3.9'],
  ['<=3.12', '3.11'],
  ['>=3.7,<3.9.2', '3.8'],
  ['==2.7.*', '2.7'],
])('the newest that %s allows is %s', (specifier, version) => {
  expect(choosePython(undefined, specifier, 'poetry.lock')).toEqual({
    implementation: 'cpython',
    version,
  });
});

test('none that is known satisfies the lock', () => {
  expect(() => choosePython(undefined, '<2', 'app/poetry.lock')).toThrow(
    expect.objectContaining({
      code: 'PYTHON_UNKNOWN',
      message: '`app/poetry.lock` is for Python <2, which no version that lock2nix knows satisfies',
      location: { file: 'app/poetry.lock' },
    }),
  );
});

test.each([
  ['3.12', '>=3.8,<3.12', 'name another `--python`, or widen the range in the project'],
  [
    '3.9',
    '>=3.7,<3.9.2',
    'only older releases of it are allowed: write `--python 3.9.1`, or widen the range in the project',
  ],
  ['3.9.7', '!=3.9.7', 'write `--python 3.9.25`, or widen the range in the project'],
])('--python %s against %s', (asked, specifier, hint) => {
  expect(() => choosePython(asked, specifier, 'poetry.lock')).toThrow(
    expect.objectContaining({
      code: 'LOCK_CONTRADICTION',
      message: `\`poetry.lock\` is for Python ${specifier}, which Python ${asked} is not`,
      hint,
    }),
  );
});

test('what was asked for holds, when the lock allows it', () => {
  expect(choosePython('3.9.1', '<3.9.2', 'poetry.lock')).toEqual({
    implementation: 'cpython',
    version: '3.9',
    fullVersion: '3.9.1',
  });
});
