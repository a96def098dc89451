import type {
  Dependencies,
  Dependency,
  Provider,
  Unusable,
} from '../../../resolvers/solver/provider.ts';
import type { Problem } from '../../../resolvers/solver/root.ts';
import type { Words } from '../../../resolvers/solver/wording.ts';
import { contains, type IntegerSet, integerSets, only, parseSet } from './integer-sets.ts';

/** Package -> version -> requirements such as `foo 1-3`, or why the version cannot be used. */
export type Universe = Readonly<
  Record<string, Readonly<Record<number, readonly string[] | Unusable<IntegerSet>['cause']>>>
>;

export type IntegerProvider = Provider<IntegerSet, number>;

/** `foo 1-3` or `foo`. */
export const parseDependency = (text: string): Dependency<IntegerSet> => {
  const [name = '', set = '*'] = text.split(' ');
  return { package: name, set: parseSet(set) };
};

export const ask = (...requirements: readonly string[]): Problem<IntegerSet> => ({
  requirements: requirements.map(parseDependency),
});

const isList = (value: unknown): value is readonly string[] => Array.isArray(value);

const answerFor = (
  universe: Universe,
  name: string,
  version: number,
): Dependencies<IntegerSet> | Unusable<IntegerSet> => {
  const found = universe[name]?.[version] ?? [];
  return isList(found)
    ? { kind: 'dependencies', dependencies: found.map(parseDependency) }
    : { kind: 'unusable', cause: found };
};

/** The versions of `name` in `set`, newest first. */
export const versionsIn = (universe: Universe, name: string, set: IntegerSet): readonly number[] =>
  Object.keys(universe[name] ?? {})
    .map(Number)
    .filter((version) => contains(set, version))
    .sort((a, b) => b - a);

/** Answers at once, prefers the newest version, and decides the package with fewest versions first. */
export const makeProvider = (universe: Universe): IntegerProvider => ({
  sets: integerSets,
  choose: (name, set) => {
    const [version] = versionsIn(universe, name, set);
    return version === undefined
      ? { kind: 'unusable', cause: { kind: 'no-versions' } }
      : { kind: 'candidate', version, set: only(version) };
  },
  dependencies: (name, version) => answerFor(universe, name, version),
  prioritise: (name, set, { affected, culprit }) => [
    -(affected + culprit),
    versionsIn(universe, name, set).length,
  ],
});

/** Names sets by the versions that exist: all of them is nothing, and gaps are not mentioned. */
export const wordsFor = (universe: Universe): Words<IntegerSet> => ({
  set: (set, name) => {
    const existing = versionsIn(universe, name, integerSets.full);
    const kept = existing.filter((version) => contains(set, version));
    if (kept.length === 0) return set === integerSets.full ? '' : integerSets.format(set);
    return kept.length === existing.length
      ? ''
      : integerSets.format(kept.reduce((a, b) => a | only(b), 0));
  },
});
