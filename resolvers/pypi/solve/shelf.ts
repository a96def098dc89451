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
  /** The package of `python.pkgs` that it is, whose source nobody asks for. */
  readonly nixpkgs?: string;
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
  /** As in `Release`. */
  readonly firstUpload: number | undefined;
  /** Base URL of the index; empty for a direct source. */
  readonly index: string;
  /** Undefined for what an index lists. */
  readonly direct: DirectSource | undefined;
  /** The place of the `source` rule that has it taken. */
  readonly ruledBy: string | undefined;
}

export interface Shelf {
  readonly name: string;
  readonly length: number;
  /** What the offers are made of, oldest first. */
  readonly wares: readonly Wares[];
  /** Oldest first. */
  readonly offers: readonly Offer[];
  readonly offerAt: (index: number) => Offer | undefined;
  /** The index of the first offer at or above a cut. */
  readonly firstFrom: (cut: string) => number;
}

/** Where an offer comes from. */
export type Wares = Pick<
  Release,
  'version' | 'key' | 'text' | 'files' | 'firstUpload' | 'index'
> & {
  readonly direct?: DirectSource;
  readonly ruledBy?: string;
};

/** An offer of which most is found out when it is asked for: most versions are only compared. */
class StoredOffer implements Offer {
  readonly name: string;
  readonly #wares: Wares;
  /** Where this and the next one begin. */
  readonly #bounds: () => readonly string[];
  #text: string | undefined;
  #point: string | undefined;
  #only: VersionSet | undefined;
  #span: VersionSet | undefined;

  constructor(name: string, wares: Wares, bounds: () => readonly string[]) {
    this.name = name;
    this.#wares = wares;
    this.#bounds = bounds;
  }

  get version(): Version {
    return this.#wares.version;
  }

  get text(): string {
    this.#text ??= formatVersion(this.version);
    return this.#text;
  }

  get spelling(): string {
    return this.#wares.text;
  }

  get prerelease(): boolean {
    return isPrerelease(this.version);
  }

  get point(): string {
    this.#point ??= pointOf(this.version, this.text);
    return this.#point;
  }

  get only(): VersionSet {
    this.#only ??= onlyPoint(this.point);
    return this.#only;
  }

  get span(): VersionSet {
    this.#span ??= { cuts: this.#bounds() };
    return this.#span;
  }

  get files(): readonly IndexFile[] {
    return this.#wares.files;
  }

  get firstUpload(): number | undefined {
    return this.#wares.firstUpload;
  }

  get index(): string {
    return this.#wares.index;
  }

  get direct(): DirectSource | undefined {
    return this.#wares.direct;
  }

  get ruledBy(): string | undefined {
    return this.#wares.ruledBy;
  }
}

const keyOf = (wares: Wares): string => wares.key ?? wares.version.key;

const keyAt = (wares: readonly Wares[], index: number): string | undefined => {
  const here = wares[index];
  return here && keyOf(here);
};

const isAscending = (wares: readonly Wares[]): boolean =>
  wares.every((each, index) => index === 0 || (keyAt(wares, index - 1) ?? '') < keyOf(each));

/** Oldest first; versions that several indexes list in one spelling are one, that of the first. */
const inOrder = (wares: readonly Wares[]): readonly Wares[] => {
  if (isAscending(wares)) return wares;
  const placed = new Map<string, Wares>();
  for (const each of wares) {
    const point = pointOf(each.version);
    if (!placed.has(point)) placed.set(point, each);
  }
  return [...placed].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
};

/** Versions in any order; of several in one spelling, the first. */
export const shelfOfWares = (name: string, all: readonly Wares[]): Shelf => {
  const wares = inOrder(all);
  const known: StoredOffer[] = [];
  const startOf = (index: number): string | undefined => {
    const key = keyAt(wares, index);
    return key !== undefined && keyAt(wares, index - 1) === key ? offerAt(index)?.point : key;
  };
  const boundsOf = (index: number): readonly string[] =>
    [startOf(index), startOf(index + 1)].filter((cut) => cut !== undefined);
  const offerAt = (index: number): StoredOffer | undefined => {
    const before = known[index];
    const here = wares[index];
    if (before !== undefined || here === undefined) return before;
    const offer = new StoredOffer(name, here, () => boundsOf(index));
    known[index] = offer;
    return offer;
  };
  /** Whether an offer lies below a cut; its point begins with its key, which mostly decides. */
  const isBelow = (index: number, cut: string): boolean => {
    const key = keyAt(wares, index) ?? '';
    if (key >= cut) return false;
    return !cut.startsWith(`${key}\0`) || (offerAt(index)?.point ?? '') < cut;
  };
  const firstFrom = (cut: string): number => {
    let [low, high] = [0, wares.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBelow(middle, cut)) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return {
    name,
    length: wares.length,
    wares,
    get offers() {
      return wares.flatMap((_, index) => offerAt(index) ?? []);
    },
    offerAt,
    firstFrom,
  };
};

/** What an index lists, newest first. */
export const shelfOfReleases = (name: string, releases: readonly Release[]): Shelf =>
  shelfOfWares(name, releases.toReversed());

/** The one version that a direct source is. */
export const shelfOfDirect = (name: string, version: Version, direct: DirectSource): Shelf =>
  shelfOfWares(name, [{ version, text: formatVersion(version), files: [], index: '', direct }]);

/** The offers in a set, as ranges of indexes, lowest first, the end excluded. */
const rangesIn = (
  { firstFrom, length }: Shelf,
  { cuts }: VersionSet,
): readonly (readonly [number, number])[] => {
  const ranges: (readonly [number, number])[] = [];
  for (let index = 0; index < cuts.length; index += 2) {
    const from = firstFrom(cuts[index] ?? '');
    const cut = cuts[index + 1];
    const to = cut === undefined ? length : firstFrom(cut);
    if (from < to) ranges.push([from, to]);
  }
  return ranges;
};

/** The offers in a set, newest first. */
export function* newestIn(shelf: Shelf, set: VersionSet): Generator<Offer> {
  for (const [from, to] of rangesIn(shelf, set).toReversed()) {
    for (let index = to - 1; index >= from; index -= 1) {
      const offer = shelf.offerAt(index);
      if (offer !== undefined) yield offer;
    }
  }
}

/** The offers in a set, oldest first. */
export function* oldestIn(shelf: Shelf, set: VersionSet): Generator<Offer> {
  for (const [from, to] of rangesIn(shelf, set)) {
    for (let index = from; index < to; index += 1) {
      const offer = shelf.offerAt(index);
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
