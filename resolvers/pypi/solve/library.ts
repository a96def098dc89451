/**
 * All that is asked of indexes during one question, each thing once. What is there is given back at
 * once, and not as a promise: most of the solver's questions then cost no turn of the event loop.
 */
import type { IndexChoice } from '../../../graph/requirements.ts';
import { normaliseName } from '../../../standards/name.ts';
import { compareVersions, tryParseVersion } from '../../../standards/version.ts';
import type {
  DistributionMetadata,
  IndexFile,
  PackageIndex,
  ProjectListing,
} from '../../registry/types.ts';
import type { CustomCause } from '../../solver/cause.ts';
import { publicIndex } from '../public-index.ts';
import { type Need, needsFor, type Unreadable } from './needs.ts';
import { type Offer, type Shelf, shelfOfReleases } from './shelf.ts';

export type Eventually<T> = T | Promise<T>;

/** What the metadata of a release say. */
export interface Facts {
  readonly requiresPython?: string;
  readonly extras: ReadonlySet<string>;
  readonly reliable: boolean;
  /** The requirements for an extra, or those that need none. */
  readonly needs: (extra: string | undefined) => readonly Need[] | Unreadable;
}

export type FactsOrCause = Facts | CustomCause;

export const isCause = (value: FactsOrCause): value is CustomCause => 'kind' in value;

export interface Library {
  /** A project's versions; undefined when no index has it. `only` names the one index to ask. */
  readonly shelf: (name: string, only?: string) => Eventually<Shelf | undefined>;
  /** What an offer's metadata say: of the first of `files` that has some. */
  readonly facts: (offer: Offer, files: readonly IndexFile[]) => Eventually<FactsOrCause>;
  /** What is known already, if anything. */
  readonly knownFacts: (offer: Offer, files: readonly IndexFile[]) => FactsOrCause | undefined;
  /** Says that a project was found, and needed. */
  readonly meet: (name: string) => void;
  /** The projects that were met, for near misses: what was only asked for ahead depends on the time. */
  readonly names: () => readonly string[];
  /** A project's versions when they are known already. */
  readonly knownShelf: (name: string, only?: string) => Shelf | undefined;
  /** The indexes that are asked, as explanations call them. */
  readonly indexesOf: (only?: string) => readonly string[];
}

/** Metadata of this many files are asked for, when they have none, before a release is given up. */
const mostFiles = 3;

/** Remembers answers by key; those that have come are no promises any more. A failure is thrown to each. */
const createMemory = <T>() => {
  const known = new Map<string, { readonly value: T } | Promise<T>>();
  const get = (key: string, ask: () => Promise<T>): Eventually<T> => {
    const before = known.get(key);
    if (before !== undefined) return 'value' in before ? before.value : before;
    const answer = ask().then((value) => {
      known.set(key, { value });
      return value;
    });
    // Whoever needs it will see the failure; a prefetch must not end the program.
    answer.catch(() => {});
    known.set(key, answer);
    return answer;
  };
  const peek = (key: string): T | undefined => {
    const before = known.get(key);
    return before !== undefined && 'value' in before ? before.value : undefined;
  };
  const keys = (): readonly string[] => [...known.keys()];
  return { get, peek, keys };
};

/** The facts of requirements, with what was read of them remembered. */
export const makeFacts = (
  source: Pick<DistributionMetadata, 'requiresDist' | 'requiresPython' | 'reliable' | 'extras'>,
): Facts => {
  const { requiresDist, requiresPython, reliable, extras } = source;
  const read = new Map<string | undefined, readonly Need[] | Unreadable>();
  return {
    ...(requiresPython === undefined || requiresPython.trim() === '' ? {} : { requiresPython }),
    extras: new Set(extras),
    reliable,
    needs: (extra) => {
      const needs = read.get(extra) ?? needsFor(requiresDist, extra);
      read.set(extra, needs);
      return needs;
    },
  };
};

const mismatch = (offer: Offer, metadata: DistributionMetadata): string | undefined => {
  if (normaliseName(metadata.name) !== offer.name)
    return `calls itself \`${metadata.name.slice(0, 100)}\` in its metadata`;
  if (metadata.version === offer.spelling) return undefined;
  const version = tryParseVersion(metadata.version);
  if (version === undefined || compareVersions(version, offer.version) !== 0)
    return `calls itself version \`${metadata.version.slice(0, 100)}\` in its metadata`;
  return undefined;
};

const readFacts = (offer: Offer, metadata: DistributionMetadata | undefined): FactsOrCause => {
  if (metadata === undefined)
    return {
      kind: 'custom',
      reason: 'metadata',
      message: 'has no metadata that can be read without running it',
    };
  const message = mismatch(offer, metadata);
  return message === undefined
    ? makeFacts(metadata)
    : { kind: 'custom', reason: 'metadata', message };
};

/** An index as explanations call it: without credentials. */
const shownIndex = (url: string): string => {
  try {
    const { host, pathname } = new URL(url);
    return `${host}${pathname}`.replace(/\/(?:simple\/?)?$/, '');
  } catch {
    return 'an index';
  }
};

export const createLibrary = (index: PackageIndex, indexes: IndexChoice): Library => {
  const shelves = createMemory<Shelf | undefined>();
  const metadata = createMemory<FactsOrCause>();
  const met = new Set<string>();

  const listed = (name: string, listing: ProjectListing | undefined): Shelf | undefined => {
    if (listing === undefined) return undefined;
    return shelfOfReleases(name, listing.releases);
  };
  const askMetadata = async (offer: Offer, files: readonly IndexFile[]): Promise<FactsOrCause> => {
    for (const file of files.slice(0, mostFiles)) {
      const { name, spelling: version } = offer;
      const answer = await index.metadata({ name, version, index: offer.index, file });
      if (answer !== undefined) return readFacts(offer, answer);
    }
    return readFacts(offer, undefined);
  };
  const keyOf = (offer: Offer, files: readonly IndexFile[]): string =>
    `${offer.name}\0${offer.point}\0${files[0]?.url ?? ''}`;
  return {
    shelf: (name, only) =>
      shelves.get(`${name}\0${only ?? ''}`, async () =>
        listed(name, await index.project(name, indexes, only)),
      ),
    facts: (offer, files) => metadata.get(keyOf(offer, files), () => askMetadata(offer, files)),
    knownFacts: (offer, files) => metadata.peek(keyOf(offer, files)),
    meet: (name) => {
      met.add(name);
    },
    names: () => [...met].sort(),
    knownShelf: (name, only) => shelves.peek(`${name}\0${only ?? ''}`),
    indexesOf: (only) => {
      const { index: last = publicIndex, extra } = indexes;
      const urls = only === undefined ? [...extra, ...(last === false ? [] : [last])] : [only];
      return urls.map(shownIndex);
    },
  };
};
