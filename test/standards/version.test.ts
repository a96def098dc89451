import { expect, test } from '@jest/globals';
import { compare } from '@renovatebot/pep440';
import fc from 'fast-check';
import {
  compareVersions,
  formatVersion,
  isPrerelease,
  parseVersion,
  tryParseVersion,
} from '../../standards/version.ts';
import { table } from './table.ts';
import { versionText } from './version-text.ts';

interface Table {
  readonly valid: readonly (readonly [text: string, normal: string, prerelease: boolean])[];
  readonly invalid: readonly string[];
  readonly ascending: readonly (readonly string[])[];
}
const { valid, invalid, ascending } = table<Table>('versions.json');

test.each(valid)('%j is the version %s', (text, normal, prerelease) => {
  const version = parseVersion(text);
  expect(formatVersion(version)).toBe(normal);
  expect(isPrerelease(version)).toBe(prerelease);
});

test.each(invalid)('%j is no version', (text) => {
  expect(tryParseVersion(text)).toBeUndefined();
  expect(() => parseVersion(text)).toThrow(expect.objectContaining({ code: 'VERSION_INVALID' }));
});

test('versions have the order of packaging', () => {
  const flat = ascending.flatMap((texts, rank) =>
    texts.map((text) => ({ text, rank, version: parseVersion(text) })),
  );
  const wrong = flat.flatMap((a) =>
    flat
      .filter((b) => compareVersions(a.version, b.version) !== Math.sign(a.rank - b.rank))
      .map((b) => `${a.text} ${b.text}`),
  );
  expect(wrong).toEqual([]);
});

test('the parts of a version', () => {
  expect(parseVersion(' v1!02.3.0c4-5.DEV06+Ubuntu_007.x ')).toMatchObject({
    epoch: 1,
    release: [2, 3, 0],
    pre: { letter: 'rc', number: 4 },
    post: 5,
    dev: 6,
    local: ['ubuntu', '7', 'x'],
  });
});

test('a number that JavaScript cannot hold is refused, but not in a local label', () => {
  expect(() => parseVersion('1.1234567890123456')).toThrow(
    '`1.1234567890123456` is not a version: it has a number of more than 15 digits',
  );
  expect(tryParseVersion('1.0.dev1234567890123456')).toBeUndefined();
  expect(formatVersion(parseVersion('1+1234567890123456789'))).toBe('1+1234567890123456789');
});

test('very long text is refused at once', () => {
  expect(tryParseVersion(`1${'.1'.repeat(1_000_000)}`)).toBeUndefined();
});

test('what is printed reads back as the same version', () => {
  fc.assert(
    fc.property(versionText, (text) => {
      const version = parseVersion(text);
      expect(parseVersion(formatVersion(version))).toEqual(version);
    }),
  );
});

test('the order is total', () => {
  fc.assert(
    fc.property(versionText, versionText, versionText, (x, y, z) => {
      const [a, b, c] = [x, y, z].map(parseVersion).sort(compareVersions);
      expect(a && b && c && compareVersions(a, c)).toBeLessThanOrEqual(0);
      expect(a && b && compareVersions(a, b)).toBe(a && b && -compareVersions(b, a) + 0);
    }),
  );
});

test('pep440 orders public versions alike', () => {
  const publicText = versionText.map((text) => text.replace(/\+.*/, ''));
  fc.assert(
    fc.property(publicText, publicText, (a, b) => {
      const ours = compareVersions(parseVersion(a), parseVersion(b));
      expect(ours).toBe(Math.sign(compare(a, b)));
    }),
    { numRuns: 1000 },
  );
});
