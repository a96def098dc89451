import { expect, test } from '@jest/globals';
import { constraintVersions, parseConstraint } from '../../../converters/poetry/constraint.ts';
import {
  platformMarker,
  pythonMarker,
  requiresPythonOf,
} from '../../../converters/poetry/environment-marker.ts';
import { formatMarker } from '../../../standards/marker.ts';
import { parseSpecifierSet } from '../../../standards/specifier.ts';
import { parseVersion } from '../../../standards/version.ts';
import { contains, equals } from '../../../standards/version-set.ts';
import { failure } from './support.ts';

const versionsOf = (text: string) => constraintVersions(parseConstraint(text));

// The tables of Poetry's documentation, "Dependency specification".
test.each([
  ['^1.2.3', '>=1.2.3,<2.0.0'],
  ['^1.2', '>=1.2.0,<2.0.0'],
  ['^1', '>=1.0.0,<2.0.0'],
  ['^0.2.3', '>=0.2.3,<0.3.0'],
  ['^0.0.3', '>=0.0.3,<0.0.4'],
  ['^0.0', '>=0.0.0,<0.1.0'],
  ['^0', '>=0.0.0,<1.0.0'],
  ['^1.0.0-beta.1', '>=1.0.0b1,<2.0.0'],
  ['^1!2.3', '>=1!2.3,<1!3'],
  ['~1.2.3', '>=1.2.3,<1.3.0'],
  ['~1.2', '>=1.2.0,<1.3.0'],
  ['~1', '>=1.0.0,<2.0.0'],
  ['~=1.4.5', '~=1.4.5'],
  ['~=1.4', '~=1.4'],
  ['~=1', '>=1,<2'],
  ['*', ''],
  ['', ''],
  ['1.*', '==1.*'],
  ['1.2.*', '==1.2.*'],
  ['1.2.x', '==1.2.*'],
  ['==1.2.*', '==1.2.*'],
  ['!=1.2.*', '!=1.2.*'],
  ['==*', ''],
  ['>= 1.2.0', '>=1.2.0'],
  ['> 1', '>1'],
  ['< 2', '<2'],
  ['!= 1.2.3', '!=1.2.3'],
  ['<>1.2.3', '!=1.2.3'],
  ['1.2.3', '==1.2.3'],
  ['=1.2.3', '==1.2.3'],
  ['==1.2.3', '==1.2.3'],
  ['v1.2.3', '==1.2.3'],
  ['>=1.2,<1.5', '>=1.2,<1.5'],
  ['>=1.2 <1.5', '>=1.2,<1.5'],
  ['>= 1.2 , < 1.5,', '>=1.2,<1.5'],
  ['>=2.7, !=3.0.*, !=3.1.*', '>=2.7,!=3.0.*,!=3.1.*'],
  ['>=3.*', '>=3'],
  ['>dev', '>0.0.dev0'],
  ['<2.0a1', '<2.0a1'],
])('%s is %s', (constraint, specifier) => {
  expect(versionsOf(constraint)).toEqual(parseSpecifierSet(specifier).versions);
});

test.each([
  ['^1.2 || ^3', ['1.2', '1.9', '3.0', '3.9'], ['1.1', '2.0', '4.0']],
  ['^1.2|^3', ['1.2', '3.1'], ['2.5']],
  ['<1 || >=2,!=2.5', ['0.9', '2.0', '2.6'], ['1.0', '2.5']],
  ['>=1.5.6,<1.5.7 || >1.5.7', ['1.5.6', '1.5.8'], ['1.5.7', '1.5.5']],
  ['^1.0', ['1.0', '1.9.post1', '1.0+local'], ['2.0.dev1', '2.0a1', '1.0a1']],
])('%s has %j, not %j', (constraint, inside, outside) => {
  const set = versionsOf(constraint);
  expect(inside.filter((text) => !contains(set, parseVersion(text)))).toEqual([]);
  expect(outside.filter((text) => contains(set, parseVersion(text)))).toEqual([]);
});

test.each([
  '^',
  '>=',
  '1.2 ||',
  '|| 1',
  '>=a.b',
  '^x',
  '~',
  '1.0a1.*',
  '@latest',
  'foo',
  '>=1.0;x',
])('%j is refused', (text) => {
  expect(failure(() => parseConstraint(text))).toMatch(
    /^SPECIFIER_INVALID .*not a version constraint/,
  );
});

test('a constraint of any length takes linear time', () => {
  expect(equals(versionsOf(`>=1${' '.repeat(100_000)},<2`), versionsOf('>=1,<2'))).toBe(true);
  expect(parseConstraint('1||'.repeat(5_000).concat('1')).length).toBe(5_001);
});

test.each([
  ['<3.10', 'python_version < "3.10"'],
  ['^3.8', 'python_version >= "3.8" and python_version < "4"'],
  [
    '~2.7 || ^3.6',
    'python_version >= "2.7" and python_version < "2.8" or python_version >= "3.6" and python_version < "4"',
  ],
  ['>=3.8.1', 'python_full_version >= "3.8.1"'],
  ['>3.8', 'python_full_version > "3.8.0"'],
  ['<=3.8', 'python_full_version <= "3.8.0"'],
  ['3.8', 'python_version == "3.8"'],
  ['3.8.*', 'python_version >= "3.8" and python_version < "3.9"'],
  ['!=3.8.*', 'python_version < "3.8" or python_version >= "3.9"'],
])('python = %s as a marker', (constraint, marker) => {
  const built = pythonMarker(constraint);
  expect(built === undefined ? undefined : formatMarker(built)).toBe(marker);
});

test('python = "*" is no marker', () => {
  expect(pythonMarker('*')).toBeUndefined();
  expect(pythonMarker('^2 || *')).toBeUndefined();
});

test.each([
  ['darwin', 'sys_platform == "darwin"'],
  ['!=win32', 'sys_platform != "win32"'],
  ['linux || darwin', 'sys_platform == "linux" or sys_platform == "darwin"'],
  ['!=win32,!=cygwin', 'sys_platform != "win32" and sys_platform != "cygwin"'],
])('platform = %s as a marker', (platform, marker) => {
  const built = platformMarker(platform);
  expect(built === undefined ? undefined : formatMarker(built)).toBe(marker);
});

test.each([
  ['*', undefined],
  ['>=3.8', '>=3.8'],
  ['>=2.7, !=3.0.*', '!=3.0.*,>=2.7'],
  ['^3.8', '>=3.8,<4'],
  ['3.8.*', '==3.8.*'],
  ['>=3.8 <4', '>=3.8,<4'],
])('python-versions = %s', (text, specifier) => {
  expect(requiresPythonOf(text)).toBe(specifier);
});

test('a union of Pythons leaves out what lies between', () => {
  const { versions } = parseSpecifierSet(requiresPythonOf('~2.7 || ^3.5.2') ?? '');
  const allowed = ['2.7.18', '3.4.1', '3.5.1', '3.5.2', '3.12.99', '4.0'].filter((text) =>
    contains(versions, parseVersion(text)),
  );
  expect(allowed).toEqual(['2.7.18', '3.5.2', '3.12.99']);
});
