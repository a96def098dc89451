import { expect, test } from '@jest/globals';
import {
  formatVersions,
  nearestVersions,
  type Published,
} from '../../../../resolvers/pypi/explain/version-words.ts';
import { parseSpecifierSet } from '../../../../standards/specifier.ts';
import { isPrerelease, parseVersion } from '../../../../standards/version.ts';
import { union, type VersionSet } from '../../../../standards/version-set.ts';

const publish = (texts: string): readonly Published[] =>
  texts
    .split(' ')
    .filter((text) => text !== '')
    .map((text) => {
      const version = parseVersion(text);
      return { text, prerelease: isPrerelease(version), point: version.key };
    });

const setOf = (text: string): VersionSet =>
  text
    .split(' or ')
    .map((part) => parseSpecifierSet(part).versions)
    .reduce(union);

const five = '1.0 1.1 2.0 2.1 3.0';
test.each<[string, string, string]>([
  [five, '', ''],
  [five, '>=0.5', ''],
  [five, '==2.0', '2.0'],
  [five, '>=2', '>=2.0'],
  [five, '<2', '<2.0'],
  [five, '>=1.1,<3', '>=1.1,<3.0'],
  [five, '!=2.0', '!=2.0'],
  [five, '>=1.1,!=2.0', '>=1.1,!=2.0'],
  [five, '==1.0 or ==2.1', '1.0 or 2.1'],
  [five, '<2 or ==3.0', '<2.0 or 3.0'],
  [five, '>=4', '>3.0'],
  [five, '<1', '<1.0'],
  [five, '>1.1,<2.0', '>1.1,<2.0'],
  [five, '==1.5 or ==2.5', '>1.1,<2.0 or >2.1,<3.0'],
  ['1.0', '', '1.0'],
  ['1.0', '==1.0', '1.0'],
  ['1.0', '>=2', '>1.0'],
  ['', '>=2', ''],
  ['1 2 3 4 5 6 7 8', '==1 or ==3 or ==5 or ==8', '1 to 8 (4 of 8 versions)'],
  // Pre-releases count only where there is nothing else to speak of.
  ['1.0 2.0rc1 2.0 3.0a1', '>=1,<3', ''],
  ['1.0 2.0rc1 2.0 3.0a1', '>=3.0a1', '3.0a1'],
  ['1.0a1 1.0a2', '>=1.0a1', ''],
])('of %s, %s is %j', (published, set, expected) => {
  expect(formatVersions(setOf(set), publish(published))).toBe(expected);
});

test.each<[string, string, string[]]>([
  [five, '==1.5', ['1.1', '2.0']],
  [five, '>=4', ['3.0']],
  [five, '<1', ['1.0']],
  ['1.0 2.0 3.0rc1', '==3.0', ['2.0']],
  ['', '==3.0', []],
])('of %s, nearest to %s is %j', (published, set, expected) => {
  expect(nearestVersions(setOf(set), publish(published))).toEqual(expected);
});
