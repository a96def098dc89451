import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Platform } from '../../graph/platform.ts';
import type { PythonTarget } from '../../graph/types.ts';
import { platformTags, supportedTagRanks, supportedTags } from '../../standards/wheel-tag.ts';

interface Row {
  readonly python: string;
  readonly platform: Platform;
  readonly count: number;
  readonly first: readonly string[];
  readonly sha256: string;
}

const table = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../fixtures/standards/wheel-tags.json'), 'utf8'),
) as {
  readonly platforms: readonly { readonly platform: Platform; readonly tags: readonly string[] }[];
  readonly rows: readonly Row[];
};

const cpython = (version: string): PythonTarget => ({ implementation: 'cpython', version });

test.each(table.platforms)('platform tags of $platform', ({ platform, tags }) => {
  expect(platformTags(platform)).toEqual(tags);
});

test.each(table.rows)('tags of Python $python on $platform', (row) => {
  const tags = supportedTags(cpython(row.python), row.platform);
  expect(tags.slice(0, row.first.length)).toEqual(row.first);
  expect(tags).toHaveLength(row.count);
  const text = tags.map((tag) => `${tag}\n`).join('');
  expect(createHash('sha256').update(text).digest('hex')).toBe(row.sha256);
});

const linux: Platform = { system: 'x86_64-linux', libc: 'glibc', libcVersion: '2.28' };

test('floors that nobody names are the documented ones', () => {
  expect(platformTags({ system: 'x86_64-linux' })).toEqual(platformTags(linux));
  expect(platformTags({ system: 'aarch64-darwin' })[0]).toBe('macosx_11_0_arm64');
});

test.each([
  ['2.7', 'x86_64-linux', 'cp27-cp27mu-linux_x86_64'],
  ['2.7', 'x86_64-darwin', 'cp27-cp27m-macosx_11_0_x86_64'],
  ['3.7', 'aarch64-linux', 'cp37-cp37m-linux_aarch64'],
  ['3.8', 'aarch64-linux', 'cp38-cp38-linux_aarch64'],
] as const)('best tag of Python %s on %s', (version, system, best) => {
  expect(supportedTags(cpython(version), { system })[0]).toBe(best);
});

test('a patch release changes nothing, and ranks are places', () => {
  const python = { ...cpython('3.12'), fullVersion: '3.12.1' };
  expect(supportedTags(python, linux)).toBe(supportedTags(cpython('3.12'), linux));
  expect(supportedTagRanks(python, linux).get('cp312-cp312-linux_x86_64')).toBe(0);
});

test.each(['', '2.6', '4.0', 'x', '3.x', '-3.1', '3', '99999.1'])(
  'Python %j has no tags',
  (version) => {
    expect(() => supportedTags(cpython(version), linux)).toThrow(
      expect.objectContaining({ code: 'PYTHON_UNKNOWN' }),
    );
  },
);

test.each([
  { system: 'x86_64-linux', libcVersion: 'new' },
  { system: 'x86_64-linux', libc: 'musl', libcVersion: '' },
  { system: 'x86_64-darwin', macosMinimum: '9.0' },
  { system: 'x86_64-darwin', macosMinimum: 'Sonoma' },
] as const)('%j has an unusable floor', (platform) => {
  expect(() => platformTags(platform)).toThrow(expect.objectContaining({ code: 'SYSTEM_UNKNOWN' }));
});
