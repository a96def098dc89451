/**
 * Sets of versions, closed under union, intersection and complement, exact in PEP 440's sense
 * (local labels and development releases included).
 *
 * A set is a sorted list of cuts in the order of `Version.key`: below the first cut nothing is in
 * the set, and each cut turns membership over. `[a, b, c]` is a ≤ v < b or c ≤ v. A cut is the key
 * of a version ("just before it") or lies where no version does. Two cuts with no version between
 * them are always the same text, so equal sets have equal lists and the empty set is `[]`.
 */
import {
  isPrerelease,
  keyAfter,
  keyAfterPosts,
  type PublicVersion,
  publicKey,
  type Version,
} from './version.ts';

export interface VersionSet {
  readonly cuts: readonly string[];
}

export type IntervalOperator = '<' | '<=' | '!=' | '==' | '>=' | '>' | '~=';

/** The cut below everything: `0.dev0` is the least version there is. */
const bottom = publicKey({ epoch: 0, release: [0], dev: 0 });

/** The set without any version. */
export const noVersions: VersionSet = { cuts: [] };
/** The set of all versions. */
export const allVersions: VersionSet = { cuts: [bottom] };

const between = (from: string, to: string): VersionSet =>
  from < to ? { cuts: [from, to] } : noVersions;

const atLeast = (from: string): VersionSet => ({ cuts: [from] });

const below = (to: string): VersionSet => between(bottom, to);

/** Above a public version and all its local labels: the next version that is none of them. */
const afterLocals = ({ epoch, release, pre, post, dev }: PublicVersion): string =>
  dev === undefined
    ? publicKey({ epoch, release, pre, post: post === undefined ? 0 : post + 1, dev: 0 })
    : publicKey({ epoch, release, pre, post, dev: dev + 1 });

/** Where `>` begins: it also leaves out the post-releases of a version that is none itself. */
const afterFamily = (version: PublicVersion): string => {
  const { epoch, release, pre, post, dev } = version;
  if (post !== undefined || dev !== undefined) return afterLocals(version);
  if (pre === undefined) return keyAfterPosts({ epoch, release });
  return publicKey({ epoch, release, pre: { ...pre, number: pre.number + 1 }, dev: 0 });
};

/** Where `<` ends: it leaves out the pre-releases of a version that is none itself. */
const beforeFamily = (version: PublicVersion): string =>
  publicKey(isPrerelease(version) ? version : { ...version, dev: 0 });

const prefixStart = ({ epoch, release }: Pick<PublicVersion, 'epoch' | 'release'>): string =>
  publicKey({ epoch, release, dev: 0 });

const prefixEnd = ({ epoch, release }: Pick<PublicVersion, 'epoch' | 'release'>): string =>
  publicKey({
    epoch,
    release: release.map((part, index) => (index === release.length - 1 ? part + 1 : part)),
    dev: 0,
  });

const equalTo = (version: Version): VersionSet =>
  between(version.key, version.local.length > 0 ? keyAfter(version) : afterLocals(version));

/** The versions that `==V.*` matches; only epoch and release of `version` count. */
export const versionsWithPrefix = (version: Pick<PublicVersion, 'epoch' | 'release'>): VersionSet =>
  between(prefixStart(version), prefixEnd(version));

/** Exactly this version: without `==`'s local labels. */
export const onlyVersion = (version: Version): VersionSet =>
  between(version.key, keyAfter(version));

/** The versions that a clause of PEP 440 matches, pre-releases included. */
export const versionsMatching = (operator: IntervalOperator, version: Version): VersionSet => {
  switch (operator) {
    case '>=':
      return atLeast(version.key);
    case '<=':
      return below(afterLocals(version));
    case '>':
      return atLeast(afterFamily(version));
    case '<':
      return below(beforeFamily(version));
    case '==':
      return equalTo(version);
    case '!=':
      return complement(equalTo(version));
    case '~=':
      return between(
        version.key,
        prefixEnd({ epoch: version.epoch, release: version.release.slice(0, -1) }),
      );
  }
};

/** Everything that is not in `set`. */
export const complement = ({ cuts }: VersionSet): VersionSet => ({
  cuts: cuts[0] === bottom ? cuts.slice(1) : [bottom, ...cuts],
});

/** Walks both lists of cuts and keeps those where the answer of `decide` changes. */
const merge = (
  a: VersionSet,
  b: VersionSet,
  decide: (inA: boolean, inB: boolean) => boolean,
): VersionSet => {
  const cuts: string[] = [];
  let [nextA, nextB, inside] = [0, 0, false];
  while (nextA < a.cuts.length || nextB < b.cuts.length) {
    const cutA = a.cuts[nextA];
    const cutB = b.cuts[nextB];
    const cut = cutA === undefined || (cutB !== undefined && cutB < cutA) ? cutB : cutA;
    if (cut === undefined) break;
    if (cutA === cut) nextA += 1;
    if (cutB === cut) nextB += 1;
    const now = decide(nextA % 2 === 1, nextB % 2 === 1);
    if (now !== inside) cuts.push(cut);
    inside = now;
  }
  return { cuts };
};

/** What is in `a` or in `b`. */
export const union = (a: VersionSet, b: VersionSet): VersionSet =>
  merge(a, b, (inA, inB) => inA || inB);

/** What is in both. */
export const intersection = (a: VersionSet, b: VersionSet): VersionSet =>
  merge(a, b, (inA, inB) => inA && inB);

/** What is in `a` but not in `b`. */
export const difference = (a: VersionSet, b: VersionSet): VersionSet =>
  merge(a, b, (inA, inB) => inA && !inB);

/** Whether `version`, or a place between versions, is in the set. */
export const contains = ({ cuts }: VersionSet, { key }: Pick<Version, 'key'>): boolean => {
  let [low, high] = [0, cuts.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((cuts[middle] ?? '') <= key) low = middle + 1;
    else high = middle;
  }
  return low % 2 === 1;
};

/** Whether no version can be in the set, not even one that nobody has published. */
export const isEmpty = ({ cuts }: VersionSet): boolean => cuts.length === 0;

/** Whether two sets hold the same versions. */
export const equals = (a: VersionSet, b: VersionSet): boolean =>
  a.cuts.length === b.cuts.length && a.cuts.every((cut, index) => cut === b.cuts[index]);

/** Whether all that is in `a` is in `b`. */
export const isSubset = (a: VersionSet, b: VersionSet): boolean => isEmpty(difference(a, b));
