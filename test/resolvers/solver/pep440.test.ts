import { expect, test } from '@jest/globals';
import type { Dependency, Provider } from '../../../resolvers/solver/provider.ts';
import { explainFailure } from '../../../resolvers/solver/report.ts';
import type { SetAlgebra } from '../../../resolvers/solver/set-algebra.ts';
import { solve } from '../../../resolvers/solver/solve.ts';
import { parseSpecifierSet } from '../../../standards/specifier.ts';
import { parseVersion, type Version } from '../../../standards/version.ts';
import {
  allVersions,
  complement,
  contains,
  equals,
  intersection,
  isEmpty,
  isSubset,
  noVersions,
  onlyVersion,
  union,
  type VersionSet,
} from '../../../standards/version-set.ts';

const sets: SetAlgebra<VersionSet> = {
  empty: noVersions,
  full: allVersions,
  intersect: intersection,
  union,
  complement,
  isEmpty,
  isSubset,
  equals,
  format: ({ cuts }) => `(${cuts.length} cuts)`,
};

/** Package -> version -> requirements. */
type Index = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/** `flask>=2` or `flask[async]>=2`, whose key is `flask[async]`. */
const dependencyOf = (text: string): Dependency<VersionSet> => {
  const [, name = '', specifiers = ''] = /^([a-z]+(?:\[[a-z]+\])?)(.*)$/.exec(text) ?? [];
  return { package: name, set: parseSpecifierSet(specifiers).versions, text };
};

const makeProvider = (index: Index): Provider<VersionSet, Version> => {
  const baseOf = (name: string): string => name.replace(/\[.*/, '');
  const versionsOf = (name: string): readonly string[] => Object.keys(index[baseOf(name)] ?? {});
  return {
    sets,
    choose: (name, set) => {
      const versions = versionsOf(name).map(parseVersion);
      const version = versions.findLast((each) => contains(set, each));
      return version === undefined
        ? { kind: 'unusable', cause: { kind: 'no-versions' } }
        : { kind: 'candidate', version, set: onlyVersion(version) };
    },
    dependencies: async (name, version) => {
      await Promise.resolve();
      const base = baseOf(name);
      const text = versionsOf(name).find((each) => parseVersion(each).key === version.key) ?? '';
      const own = name === base ? [] : [{ package: base, set: onlyVersion(version) }];
      const others = (index[name]?.[text] ?? []).map(dependencyOf);
      return { kind: 'dependencies', dependencies: [...own, ...others] };
    },
  };
};

const solveTexts = async (index: Index, ...asked: readonly string[]) =>
  await solve(makeProvider(index), { requirements: asked.map(dependencyOf) });

const index: Index = {
  flask: { '2.0': ['werkzeug>=2.0'], '3.0rc1': ['werkzeug>=3.0'], '3.0': ['werkzeug>=3.0'] },
  'flask[async]': { '2.0': ['asgiref>=3.2'], '3.0rc1': ['asgiref'], '3.0': ['asgiref>=3.7'] },
  werkzeug: { '2.0.post1': [], '2.3': [], '3.0': [], '3.0+local': [] },
  asgiref: { '3.2': [], '3.6': [], '4.0': [] },
  old: { '1.0': ['werkzeug<3.0'] },
};

test.each<[string[], Record<string, string>]>([
  [['flask'], { flask: '3.0', werkzeug: '3.0+local' }],
  [['flask', 'old'], { flask: '2.0', old: '1.0', werkzeug: '2.3' }],
  [['flask', 'werkzeug==2.*,!=2.3'], { flask: '2.0', werkzeug: '2.0.post1' }],
  [
    ['flask[async]<3'],
    { 'flask[async]': '2.0', flask: '2.0', asgiref: '4.0', werkzeug: '3.0+local' },
  ],
  [
    ['flask[async]', 'asgiref<3.7'],
    { 'flask[async]': '3.0rc1', flask: '3.0rc1', asgiref: '3.6', werkzeug: '3.0+local' },
  ],
])('%j', async (asked, expected) => {
  const result = await solveTexts(index, ...asked);
  const versions = result.kind === 'solution' ? [...result.versions] : [];
  expect(Object.fromEntries(versions.map(([name, version]) => [name, version.key]))).toEqual(
    Object.fromEntries(
      Object.entries(expected).map(([name, version]) => [name, parseVersion(version).key]),
    ),
  );
});

test('an explanation in the words of requirements, and of versions that exist', async () => {
  const result = await solveTexts(index, 'flask[async]>=3.0', 'asgiref~=3.2');
  if (result.kind === 'solution') throw new Error('there is a solution');
  const { text } = explainFailure(result.incompatibility, sets, {
    set: (set, name) => {
      const existing = Object.keys(index[name] ?? {});
      const kept = existing.filter((version) => contains(set, parseVersion(version)));
      return kept.length === existing.length ? '' : kept.join(' or ');
    },
  });
  expect(
    text,
  ).toBe(`Because the project depends on flask[async]>=3.0 which depends on asgiref>=3.7, asgiref 4.0 is required.
So, because the project depends on asgiref~=3.2, there is no solution.`);
});
