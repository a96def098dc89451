import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseSpecifierSet } from '../../standards/specifier.ts';
import { parseVersion } from '../../standards/version.ts';
import {
  allVersions,
  complement,
  contains,
  difference,
  equals,
  intersection,
  isEmpty,
  isSubset,
  noVersions,
  onlyVersion,
  union,
  type VersionSet,
  versionsMatching,
  versionsWithPrefix,
} from '../../standards/version-set.ts';
import { clauseText, versionText } from './version-text.ts';

const setOf = (text: string): VersionSet => parseSpecifierSet(text).versions;

const leaf = clauseText.map(setOf);
const set = fc.oneof(
  leaf,
  fc.tuple(leaf, leaf).map(([a, b]) => union(a, b)),
  fc.tuple(leaf, leaf, leaf).map(([a, b, c]) => intersection(union(a, b), complement(c))),
);
const version = versionText.map(parseVersion);

test('union, intersection, complement and difference say of each version what they should', () => {
  fc.assert(
    fc.property(set, set, version, (a, b, v) => {
      expect(contains(union(a, b), v)).toBe(contains(a, v) || contains(b, v));
      expect(contains(intersection(a, b), v)).toBe(contains(a, v) && contains(b, v));
      expect(contains(complement(a), v)).toBe(!contains(a, v));
      expect(contains(difference(a, b), v)).toBe(contains(a, v) && !contains(b, v));
    }),
    { numRuns: 1000 },
  );
});

test('the laws of sets hold', () => {
  fc.assert(
    fc.property(set, set, set, (a, b, c) => {
      expect(union(a, b)).toEqual(union(b, a));
      expect(intersection(a, b)).toEqual(intersection(b, a));
      expect(union(a, union(b, c))).toEqual(union(union(a, b), c));
      expect(intersection(a, intersection(b, c))).toEqual(intersection(intersection(a, b), c));
      expect(intersection(a, union(b, c))).toEqual(union(intersection(a, b), intersection(a, c)));
      expect(complement(complement(a))).toEqual(a);
      expect(complement(union(a, b))).toEqual(intersection(complement(a), complement(b)));
      expect(union(a, complement(a))).toEqual(allVersions);
      expect(intersection(a, complement(a))).toEqual(noVersions);
      expect(union(a, a)).toEqual(a);
      expect(isSubset(intersection(a, b), a)).toBe(true);
      expect(isSubset(a, union(a, b))).toBe(true);
      expect(isSubset(a, b)).toBe(equals(union(a, b), b));
    }),
    { numRuns: 1000 },
  );
});

test('cuts are sorted and no two are the same', () => {
  fc.assert(
    fc.property(set, set, (a, b) => {
      const { cuts } = union(a, complement(b));
      expect([...new Set(cuts)].sort()).toEqual(cuts);
    }),
  );
});

test.each([
  ['>1.0.dev1,<1.0.dev2', 'development releases are counted without gaps'],
  ['>1.0.post1,<1.0.post2.dev0', 'behind a post-release comes the next one’s first dev'],
  ['>1.0a1,<1.0a2.dev0', 'post-releases of a1 are not above it, and a2.dev0 is next'],
  ['<0.dev0', 'nothing is older than 0.dev0'],
  ['<0', 'which a bound that is no pre-release leaves out'],
  ['==1.0,!=1.0', 'a contradiction'],
  ['>=2,<1', 'bounds the wrong way round'],
])('%s is empty: %s', (text) => {
  expect(isEmpty(setOf(text))).toBe(true);
});

test.each([
  ['>1.0.post1', '>=1.0.post2.dev0'],
  ['>1.0.dev1', '>=1.0.dev2'],
  ['<=1.0.dev1', '<1.0.dev2'],
  ['~=1.4.5', '>=1.4.5,==1.4.*'],
  ['~=2.2.post3', '>=2.2.post3,==2.*'],
  ['==1.*', '>=1.dev0,<2.dev0'],
  ['==1.0', '==1.0.0'],
  ['>=0.dev0', ''],
])('%s and %s are the same set', (left, right) => {
  expect(equals(setOf(left), setOf(right))).toBe(true);
});

test('what only a later version can tell apart is not empty', () => {
  for (const text of ['>1.0,<1.0.0.1', '==1.0,!=1.0+x', '>=1.0,<1.0.post0.dev0,!=1.0+1']) {
    expect(isEmpty(setOf(text))).toBe(false);
  }
});

test('onlyVersion leaves local labels out, == does not', () => {
  const [plain, local] = [parseVersion('1.0'), parseVersion('1.0+x')];
  expect(contains(onlyVersion(plain), plain)).toBe(true);
  expect(contains(onlyVersion(plain), local)).toBe(false);
  expect(contains(versionsMatching('==', plain), local)).toBe(true);
  expect(contains(versionsMatching('==', local), parseVersion('1.0+x.1'))).toBe(false);
  expect(contains(versionsWithPrefix(plain), parseVersion('1.0.9rc1+x'))).toBe(true);
});
