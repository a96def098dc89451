import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  formatSpecifierSet,
  mentionsPrerelease,
  parseSpecifierSet,
  specifierContains,
  tryParseSpecifier,
  tryParseSpecifierSet,
} from '../../standards/specifier.ts';
import { parseVersion, tryParseVersion, type Version } from '../../standards/version.ts';
import { contains, intersection, isEmpty, isSubset } from '../../standards/version-set.ts';
import { table } from './table.ts';
import { clauseText } from './version-text.ts';

interface Table {
  readonly candidates: readonly string[];
  /** Text, printed, asks for pre-releases, matches, matches without pre-releases. */
  readonly rows: readonly (readonly [string, string, boolean, string, string])[];
  /** Two sets: the first is subset, is superset, is disjoint. */
  readonly relations: readonly (readonly [string, string, boolean, boolean, boolean])[];
  readonly unsatisfiable: readonly (readonly [string, boolean])[];
  readonly invalid: readonly string[];
}
const { candidates, rows, relations, unsatisfiable, invalid } = table<Table>('specifiers.json');

const matched = (bits: string): readonly string[] =>
  candidates.filter((_, index) => bits[index] === '1');
const isVersion = (text: string): boolean => tryParseVersion(text) !== undefined;

/** The candidates that are versions and satisfy `matches`. */
const versionsWith = (matches: (version: Version) => boolean): readonly string[] =>
  candidates.filter((candidate) => {
    const version = tryParseVersion(candidate);
    return version !== undefined && matches(version);
  });

// One test for all rows: a test of its own for each takes ten times as long.
test('specifier sets match what packaging matches', () => {
  for (const [text, printed, prerelease, all, final] of rows) {
    const set = parseSpecifierSet(text);
    expect([text, formatSpecifierSet(set)]).toEqual([text, printed]);
    expect([text, mentionsPrerelease(set)]).toEqual([text, prerelease]);
    const matching = candidates.filter((candidate) => specifierContains(set, candidate));
    expect([text, matching]).toEqual([text, matched(all)]);
    const finals = candidates.filter((candidate) =>
      specifierContains(set, candidate, { prereleases: false }),
    );
    expect([text, finals]).toEqual([text, matched(final)]);
  }
});

test('so do they with parsed versions, and as sets of versions', () => {
  for (const [text, , , all] of rows.filter(([text]) => !text.includes('==='))) {
    const set = parseSpecifierSet(text);
    const expected = [text, matched(all).filter(isVersion)];
    expect([text, versionsWith((version) => specifierContains(set, version))]).toEqual(expected);
    expect([text, versionsWith((version) => contains(set.versions, version))]).toEqual(expected);
  }
});

test('sets relate as in packaging', () => {
  const wrong = relations.filter(([left, right, subset, superset, disjoint]) => {
    const [a, b] = [left, right].map((text) => parseSpecifierSet(text).versions);
    if (a === undefined || b === undefined) return true;
    return (
      isSubset(a, b) !== subset ||
      isSubset(b, a) !== superset ||
      isEmpty(intersection(a, b)) !== disjoint
    );
  });
  expect(wrong).toEqual([]);
});

test('what can match nothing is the empty set', () => {
  const empty = unsatisfiable.map(([text]) => [text, isEmpty(parseSpecifierSet(text).versions)]);
  expect(empty).toEqual(unsatisfiable);
});

test.each(invalid)('%j is refused', (text) => {
  expect(tryParseSpecifierSet(text)).toBeUndefined();
  expect(() => parseSpecifierSet(text)).toThrow(
    expect.objectContaining({ code: 'SPECIFIER_INVALID' }),
  );
});

test.each([
  [
    '>=1.0,2.0',
    '`2.0` is not a version specifier: it has none of the operators `==`, `!=`, `<=`, `>=`, `<`, `>`, `~=`, `===`',
  ],
  [
    '>=1.0.*',
    '`>=1.0.*` is not a version specifier: `.*` goes with `==` and `!=` only, behind a plain release such as `1.2`',
  ],
  ['<1+x', '`<1+x` is not a version specifier: a local label (`+…`) goes with `==` and `!=` only'],
  ['~=1', '`~=1` is not a version specifier: `~=` needs two numbers at least, such as `~=1.2`'],
  ['>=one', '`>=one` is not a version specifier: what follows the operator is not a version'],
])('%s is refused with its reason', (text, message) => {
  expect(() => parseSpecifierSet(text)).toThrow(message);
});

test('=== sees the spelling of a text, and the normal form of a version', () => {
  const set = parseSpecifierSet('===1.0RC1');
  expect(specifierContains(set, '1.0rc1')).toBe(true);
  expect(specifierContains(set, '1.0c1')).toBe(false);
  expect(specifierContains(set, parseVersion('1.0c1'))).toBe(true);
  expect(contains(set.versions, parseVersion('1.0rc1'))).toBe(true);
  expect(isEmpty(parseSpecifierSet('===french-toast').versions)).toBe(true);
});

test('one clause has no commas', () => {
  expect(tryParseSpecifier('>=1.0')).toMatchObject({ operator: '>=', text: '1.0' });
  expect(tryParseSpecifier('>=1.0,<2')).toBeUndefined();
});

test('what is printed reads back as the same set', () => {
  fc.assert(
    fc.property(fc.array(clauseText, { maxLength: 4 }), (clauses) => {
      const set = parseSpecifierSet(clauses.join(', '));
      const again = parseSpecifierSet(formatSpecifierSet(set));
      expect(again.versions).toEqual(set.versions);
      expect(formatSpecifierSet(again)).toBe(formatSpecifierSet(set));
    }),
  );
});

test('hostile length costs no more than its reading', () => {
  const many = Array.from({ length: 50_000 }, (_, index) => `!=${index}`).join(',');
  expect(parseSpecifierSet(many).versions.cuts).toHaveLength(100_001);
  for (const text of [`~=${' '.repeat(1e6)}x.`, `>=1${'.1'.repeat(1e6)}`, `==${'a'.repeat(1e6)}`]) {
    expect(tryParseSpecifierSet(text)).toBeUndefined();
    expect(() => parseSpecifierSet(text)).toThrow(/is not a version specifier/);
  }
});
