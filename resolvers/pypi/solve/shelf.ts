/** The versions of a project that can be had, in order, and quick to find by set. */
import type { Source } from '../../../graph/types.ts';
import { formatVersion, isPrerelease, type Version } from '../../../standards/version.ts';
import type { ArchiveFacts, IndexFile, Release } from '../../registry/types.ts';
import { onlyPoint, pointOf, type VersionSet } from './sets.ts';

/** A source that somebody named, looked into. */
export interface DirectSource {
  readonly source: Source;
  /** Where it is from, as text that tells two apart, without credentials. */
  readonly text: string;
  readonly fileName: string;
  readonly kind: 'wheel' | 'sdist' | 'tree';
  readonly sris: readonly string[];
  readonly facts: Pick<ArchiveFacts, 'requiresDist' | 'requiresPython'> & {
    readonly extras: readonly string[];
    readonly reliable: boolean;
  };
}

/** A version that can be chosen. */
export interface Offer {
  /** Normalised. */
  readonly name: string;
  readonly version: Version;
  /** In normal form. */
  readonly text: string;
  /** As the index spells it. */
  readonly spelling: string;
  readonly prerelease: boolean;
  readonly point: string;
  /** This version and no other. */
  readonly only: VersionSet;
  /** With all that nobody published up to the next one. */
  readonly span: VersionSet;
  readonly files: readonly IndexFile[];
  /** Base URL of the index; empty for a direct source. */
  readonly index: string;
  readonly direct?: DirectSource;
}

export interface Shelf {
  readonly name: string;
  /** Oldest first. */
  readonly offers: readonly Offer[];
}

type Wares = Pick<Offer, 'version' | 'spelling' | 'files' | 'index'> & {
  readonly direct?: DirectSource;
};

interface Placed {
  readonly wares: Wares;
  readonly text: string;
  readonly point: string;
}

const byPoint = (a: Placed, b: Placed): number =>
  a.point === b.point ? 0 : a.point < b.point ? -1 : 1;

const startOf = (placed: readonly Placed[], index: number): string | undefined => {
  const here = placed[index];
  if (here === undefined) return undefined;
  const { key } = here.wares.version;
  return placed[index - 1]?.wares.version.key === key ? here.point : key;
};

/** Versions that several indexes list are one, that of the first. */
const shelfOf = (name: string, all: readonly Wares[]): Shelf => {
  const sorted = all
    .map((wares): Placed => {
      const text = formatVersion(wares.version);
      return { wares, text, point: pointOf(wares.version, text) };
    })
    .sort(byPoint);
  const placed = sorted.filter(({ point }, index) => sorted[index - 1]?.point !== point);
  const offers = placed.map(({ wares, text, point }, index): Offer => {
    const start = startOf(placed, index) ?? point;
    const end = startOf(placed, index + 1);
    return {
      ...wares,
      name,
      text,
      prerelease: isPrerelease(wares.version),
      point,
      only: onlyPoint(point),
      span: { cuts: end === undefined ? [start] : [start, end] },
    };
  });
  return { name, offers };
};

/** What an index lists. */
export const shelfOfReleases = (name: string, releases: readonly Release[]): Shelf =>
  shelfOf(
    name,
    releases.map(({ version, text, files, index }) => ({ version, spelling: text, files, index })),
  );

/** The one version that a direct source is. */
export const shelfOfDirect = (name: string, version: Version, direct: DirectSource): Shelf =>
  shelfOf(name, [{ version, spelling: formatVersion(version), files: [], index: '', direct }]);

/** The index of the first offer at or above a cut. */
const firstFrom = (offers: readonly Offer[], cut: string): number => {
  let [low, high] = [0, offers.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((offers[middle]?.point ?? '') < cut) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** The offers in a set, as ranges of indexes, lowest first, the end excluded. */
const rangesIn = (
  { offers }: Shelf,
  { cuts }: VersionSet,
): readonly (readonly [number, number])[] => {
  const ranges: (readonly [number, number])[] = [];
  for (let index = 0; index < cuts.length; index += 2) {
    const from = firstFrom(offers, cuts[index] ?? '');
    const cut = cuts[index + 1];
    const to = cut === undefined ? offers.length : firstFrom(offers, cut);
    if (from < to) ranges.push([from, to]);
  }
  return ranges;
};

/** The offers in a set, newest first. */
export function* newestIn(shelf: Shelf, set: VersionSet): Generator<Offer> {
  for (const [from, to] of rangesIn(shelf, set).toReversed()) {
    for (let index = to - 1; index >= from; index -= 1) {
      const offer = shelf.offers[index];
      if (offer !== undefined) yield offer;
    }
  }
}

/** The offers in a set, oldest first. */
export function* oldestIn(shelf: Shelf, set: VersionSet): Generator<Offer> {
  for (const [from, to] of rangesIn(shelf, set)) {
    for (let index = from; index < to; index += 1) {
      const offer = shelf.offers[index];
      if (offer !== undefined) yield offer;
    }
  }
}

/** The union of the spans of some offers of a shelf, which are given oldest first. */
export const spansOf = (offers: readonly Offer[]): VersionSet => {
  const cuts: string[] = [];
  for (const { span } of offers) {
    const [start = '', end] = span.cuts;
    if (cuts.length > 0 && cuts.at(-1) === start) cuts.pop();
    else cuts.push(start);
    if (end !== undefined) cuts.push(end);
  }
  return { cuts };
};
