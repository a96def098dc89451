/** The solver's sets: PEP 440's version sets, in which also each spelling of a version has its place. */
import {
  mentionsPrerelease,
  parseSpecifierSet,
  type Specifier,
  type SpecifierSet,
} from '../../../standards/specifier.ts';
import { formatVersion, type Version } from '../../../standards/version.ts';
import {
  allVersions,
  complement,
  equals,
  intersection,
  isEmpty,
  isSubset,
  noVersions,
  union,
  type VersionSet,
} from '../../../standards/version-set.ts';
import type { SetAlgebra } from '../../solver/set-algebra.ts';

export type { VersionSet } from '../../../standards/version-set.ts';

export const versionSets: SetAlgebra<VersionSet> = {
  empty: noVersions,
  full: allVersions,
  intersect: intersection,
  union,
  complement,
  isEmpty,
  isSubset,
  equals,
  // Never seen by users: `Words` name the versions that exist.
  format: ({ cuts }) => `(${cuts.length} cuts)`,
};

/**
 * The place of a spelling of a version: above its key and below all that is greater. `===1.0` is that
 * place alone, and so `1.0.0`, which `==1.0` matches, is not in it.
 */
export const pointOf = (version: Version, spelling = formatVersion(version)): string =>
  `${version.key}\0${spelling.toLowerCase()}`;

/** The set of one point. */
export const onlyPoint = (point: string): VersionSet => ({ cuts: [point, `${point}\0`] });

/** What a specifier set means for the solver. */
export interface Asked {
  readonly set: VersionSet;
  /** Whether `==` or `===` names one version, which lets a yanked one be taken (PEP 592). */
  readonly pinned: boolean;
  /** Whether it asks for pre-releases by naming one. */
  readonly prerelease: boolean;
}

const askedForAny: Asked = { set: allVersions, pinned: false, prerelease: false };

const isPin = ({ operator, text }: Specifier): boolean =>
  operator === '===' || (operator === '==' && !text.endsWith('.*'));

/** `===`: the version that its text spells, in that spelling. */
const spelledOnly = ({ versions, text }: Specifier): VersionSet => {
  const key = versions.cuts[0];
  return key === undefined ? noVersions : onlyPoint(`${key}\0${text.toLowerCase()}`);
};

const setOf = (specifiers: SpecifierSet): VersionSet =>
  specifiers.clauses
    .filter(({ operator }) => operator === '===')
    .map(spelledOnly)
    .reduce(intersection, specifiers.versions);

const known = new Map<string, Asked>();
/** Enough for all texts of a large question; then it starts anew. */
const mostKnown = 100_000;

/** What the text of a specifier set asks for. Throws SPECIFIER_INVALID. */
export const askedBy = (specifier: string | undefined): Asked => {
  if (specifier === undefined || specifier === '') return askedForAny;
  const before = known.get(specifier);
  if (before !== undefined) return before;
  const parsed = parseSpecifierSet(specifier);
  const asked = {
    set: setOf(parsed),
    pinned: parsed.clauses.some(isPin),
    prerelease: mentionsPrerelease(parsed),
  };
  if (known.size >= mostKnown) known.clear();
  known.set(specifier, asked);
  return asked;
};
