import { expect, test } from '@jest/globals';
import { type Platform, tryParsePlatform } from '../../graph/platform.ts';
import type { PythonTarget } from '../../graph/types.ts';
import { parseMarker } from '../../standards/marker.ts';
import {
  evaluateForMinor,
  markerEnvironment,
  newestPatch,
} from '../../standards/marker-environment.ts';

const platform = (name: string): Platform => {
  const found = tryParsePlatform(name);
  if (found === undefined) throw new Error(name);
  return found;
};
const python = (version: string, fullVersion?: string): PythonTarget => ({
  implementation: 'cpython',
  version,
  ...(fullVersion === undefined ? {} : { fullVersion }),
});

test('CPython 3.12 on Linux', () => {
  expect(
    markerEnvironment({
      python: python('3.12'),
      platform: platform('x86_64-linux'),
      patch: 4,
      extras: ['a'],
    }),
  ).toEqual({
    os_name: 'posix',
    sys_platform: 'linux',
    platform_system: 'Linux',
    platform_machine: 'x86_64',
    platform_release: '',
    platform_version: '',
    platform_python_implementation: 'CPython',
    implementation_name: 'cpython',
    implementation_version: '3.12.4',
    python_version: '3.12',
    python_full_version: '3.12.4',
    extras: new Set(['a']),
    dependency_groups: new Set(),
  });
});

test('CPython 2.7 says linux2 and has no sys.implementation', () => {
  expect(
    markerEnvironment({ python: python('2.7'), platform: platform('x86_64-linux') }),
  ).toMatchObject({
    sys_platform: 'linux2',
    implementation_name: '',
    implementation_version: '0',
    python_full_version: '2.7.18',
  });
  expect(
    markerEnvironment({ python: python('2.7'), platform: platform('x86_64-darwin') }).sys_platform,
  ).toBe('darwin');
});

test.each([
  ['x86_64-linux', 'Linux', 'x86_64'],
  ['x86_64-linux-musl', 'Linux', 'x86_64'],
  ['aarch64-linux', 'Linux', 'aarch64'],
  ['aarch64-darwin', 'Darwin', 'arm64'],
  ['x86_64-darwin', 'Darwin', 'x86_64'],
  ['i686-linux', 'Linux', 'i686'],
  ['armv7l-linux', 'Linux', 'armv7l'],
  ['powerpc64le-linux', 'Linux', 'ppc64le'],
  ['s390x-linux', 'Linux', 's390x'],
  ['riscv64-linux', 'Linux', 'riscv64'],
])('%s is %s on %s', (name, system, machine) => {
  const environment = markerEnvironment({ python: python('3.12'), platform: platform(name) });
  expect(environment.platform_system).toBe(system);
  expect(environment.platform_machine).toBe(machine);
});

test('the patch release is the one asked for, else the newest known', () => {
  const on = platform('x86_64-linux');
  const full = (target: PythonTarget): string =>
    markerEnvironment({ python: target, platform: on }).python_full_version;
  expect(full(python('3.12', '3.12.1'))).toBe('3.12.1');
  expect(full(python('3.8'))).toBe('3.8.20');
  expect(full(python('3.99'))).toBe('3.99.0');
  expect(newestPatch('2.7')).toBe(18);
});

test.each([
  ["python_version >= '3.9'", python('3.11'), { value: true }],
  [
    "python_full_version < '3.11.3'",
    python('3.11'),
    { value: false, patchRange: { from: '3.11.3' } },
  ],
  [
    "'3.11.3' > python_full_version",
    python('3.11'),
    { value: false, patchRange: { from: '3.11.3' } },
  ],
  [
    "python_full_version < '3.11.3'",
    python('3.11', '3.11.1'),
    { value: true, patchRange: { to: '3.11.2' } },
  ],
  ["python_full_version <= '3.11.0a6'", python('3.11'), { value: false }],
  ["python_full_version < '3.11.3'", python('3.12'), { value: false }],
  ["python_full_version != '3.9.7'", python('3.9'), { value: true, patchRange: { from: '3.9.8' } }],
  [
    "python_full_version != '3.9.7'",
    python('3.9', '3.9.2'),
    { value: true, patchRange: { to: '3.9.6' } },
  ],
  [
    "python_full_version == '3.9.7'",
    python('3.9', '3.9.7'),
    { value: true, patchRange: { from: '3.9.7', to: '3.9.7' } },
  ],
  [
    "python_full_version >= '3.12.40'",
    python('3.12'),
    { value: false, patchRange: { to: '3.12.39' } },
  ],
  [
    "python_full_version >= '3.12.4' and python_full_version < '3.12.30'",
    python('3.12'),
    { value: true, patchRange: { from: '3.12.4', to: '3.12.29' } },
  ],
  [
    "python_full_version in '3.12.10 3.12.12'",
    python('3.12', '3.12.1'),
    { value: true, patchRange: { from: '3.12.1', to: '3.12.1' } },
  ],
  [
    "implementation_version >= '3.12.2'",
    python('3.12'),
    { value: true, patchRange: { from: '3.12.2' } },
  ],
  ["implementation_version >= '3'", python('2.7'), { value: false }],
  ["python_full_version < '3.11.3' and sys_platform == 'win32'", python('3.11'), { value: false }],
  [
    "python_full_version >= '3.13.1'",
    python('3.13', '3.13.0rc1'),
    { value: false, patchRange: { from: '3.13.0rc1', to: '3.13.0rc1' } },
  ],
  ["python_full_version >= '3.12.999999999999999999999'", python('3.12'), { value: false }],
])('%s for any patch release of %j', (text, target, expected) => {
  expect(evaluateForMinor(parseMarker(text), target, platform('x86_64-linux'))).toEqual(expected);
});
