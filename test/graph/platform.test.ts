import { expect, test } from '@jest/globals';
import {
  type Platform,
  platformFloors,
  platformName,
  systems,
  tryParsePlatform,
} from '../../graph/platform.ts';

test.each(systems)('%s is read with the floors that are assumed, and written back', (system) => {
  const platform = tryParsePlatform(system);
  expect(platform).toEqual(
    system.endsWith('-darwin')
      ? { system, macosMinimum: platformFloors.macos }
      : { system, libc: 'glibc', libcVersion: platformFloors.glibc },
  );
  expect(platform && platformName(platform)).toBe(system);
});

test.each(systems.filter((system) => system.endsWith('-linux')))('%s with musl', (system) => {
  const platform = tryParsePlatform(`${system}-musl`);
  expect(platform).toEqual({ system, libc: 'musl', libcVersion: platformFloors.musl });
  expect(platform && platformName(platform)).toBe(`${system}-musl`);
});

test.each([
  '',
  '-musl',
  'linux',
  'x86_64',
  'x86_64-Linux',
  ' x86_64-linux',
  'x86_64-linux-gnu',
  'x86_64-linux-musl-musl',
  'aarch64-darwin-musl',
  'x86_64-windows',
  'constructor',
])('%j is no platform', (name) => {
  expect(tryParsePlatform(name)).toBeUndefined();
});

test('floors are not part of a name', () => {
  const old: Platform = { system: 'x86_64-linux', libc: 'glibc', libcVersion: '2.17' };
  expect(platformName(old)).toBe('x86_64-linux');
});
