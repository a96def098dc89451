/** A simple index as it was on a day, slimmed to what finding versions reads: fixtures/resolve/frozen.json.br. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { publicIndex } from '../../resolvers/pypi/public-index.ts';
import type {
  DistributionMetadata,
  IndexFile,
  PackageIndex,
  ProjectListing,
} from '../../resolvers/registry/types.ts';
import { normaliseName } from '../../standards/name.ts';
import { tryParseVersion } from '../../standards/version.ts';

const dayLength = 24 * 60 * 60 * 1000;

/** A file: its name alone when all else is as its release says. */
type FrozenFile =
  | string
  | readonly [
      fileName: string,
      day: number,
      python: string,
      yanked: string | boolean,
      size?: number,
    ];

/**
 * Version as spelt, day of the upload (UTC, since 1970), `Requires-Python` or an empty text, files.
 * A cut-off at midnight has the same effect as on the times themselves.
 */
type FrozenRelease = readonly [
  version: string,
  day: number,
  python: string,
  ...files: readonly FrozenFile[],
];

/** Name as spelt, version, `Requires-Python` or an empty text, whether it is reliable, extras, requirements. */
type FrozenMetadata = readonly [
  name: string,
  version: string,
  python: string,
  reliable: 0 | 1,
  extras: readonly string[],
  requiresDist: readonly string[],
];

export interface FrozenStore {
  /** By normalised name; null: no such project. */
  readonly projects: Readonly<Record<string, readonly FrozenRelease[] | null>>;
  /** By file name; null: the file has none that can be read. */
  readonly metadata: Readonly<Record<string, FrozenMetadata | null>>;
}

const dayOf = ({ uploadTime = '1970-01-01' }: IndexFile): number =>
  Math.floor(Date.parse(uploadTime) / dayLength);

const freezeFile = (file: IndexFile, first: IndexFile): FrozenFile => {
  const { fileName, requiresPython = '', yanked = false } = file;
  const plain =
    dayOf(file) === dayOf(first) && requiresPython === (first.requiresPython ?? '') && !yanked;
  return plain ? fileName : [fileName, dayOf(file), requiresPython, yanked];
};

/** The releases of a project, without files of `until` (milliseconds since 1970) or newer. */
export const freezeListing = (listing: ProjectListing, until: number): readonly FrozenRelease[] =>
  listing.releases.flatMap(({ text, files }): readonly FrozenRelease[] => {
    const before = files.filter((file) => dayOf(file) * dayLength < until);
    const [first] = before;
    if (first === undefined) return [];
    const rest = before.map((file) => freezeFile(file, first));
    return [[text, dayOf(first), first.requiresPython ?? '', ...rest]];
  });

export const freezeMetadata = (metadata: DistributionMetadata): FrozenMetadata => [
  metadata.name,
  metadata.version,
  metadata.requiresPython ?? '',
  metadata.reliable ? 1 : 0,
  metadata.extras,
  metadata.requiresDist,
];

const thawFile = (file: FrozenFile, [, day, python]: FrozenRelease): IndexFile => {
  const [fileName, ownDay, ownPython, yanked] =
    typeof file === 'string' ? ([file, day, python, false] as const) : file;
  return {
    fileName,
    url: `https://files.example/${fileName}`,
    sris: [],
    ...(ownPython === '' ? {} : { requiresPython: ownPython }),
    ...(yanked === false ? {} : { yanked }),
    uploadTime: new Date(ownDay * dayLength).toISOString(),
  };
};

const thawListing = (releases: readonly FrozenRelease[]): ProjectListing => ({
  releases: releases.flatMap((frozen) => {
    const [text, , , ...files] = frozen;
    const version = tryParseVersion(text);
    if (version === undefined) throw new Error(`frozen version ${text} is none`);
    return [
      { version, text, index: publicIndex, files: files.map((file) => thawFile(file, frozen)) },
    ];
  }),
});

const thawMetadata = (frozen: FrozenMetadata): DistributionMetadata => {
  const [name, version, python, reliable, extras, requiresDist] = frozen;
  return {
    name,
    version,
    requiresDist,
    ...(python === '' ? {} : { requiresPython: python }),
    extras,
    reliable: reliable === 1,
  };
};

const notFrozen = (what: string): Error =>
  new Error(`not frozen: ${what}; run fixtures/resolve/make-frozen.mjs`);

const isWheel = (fileName: string): boolean => fileName.endsWith('.whl');
const releaseKey = (name: string, version: string, wheel: boolean): string =>
  `${normaliseName(name)} ${tryParseVersion(version)?.key ?? version} ${wheel}`;

/** For each release the metadata of one of its wheels: those of the others are the same, as good as always. */
const anyOfRelease = ({ metadata }: FrozenStore): ReadonlyMap<string, FrozenMetadata> => {
  const byRelease = new Map<string, FrozenMetadata>();
  for (const [fileName, frozen] of Object.entries(metadata))
    if (frozen !== null) byRelease.set(releaseKey(frozen[0], frozen[1], isWheel(fileName)), frozen);
  return byRelease;
};

/** The index that a store holds. What it does not hold was never asked for when it was made: that throws. */
export const frozenIndex = (store: FrozenStore): PackageIndex => {
  const { projects, metadata } = store;
  const byRelease = anyOfRelease(store);
  const listings = new Map<string, ProjectListing>();
  return {
    project: async (name) => {
      const known = listings.get(name);
      if (known !== undefined) return known;
      const frozen = Object.hasOwn(projects, name) ? projects[name] : undefined;
      if (frozen === undefined) throw notFrozen(name);
      if (frozen === null) return undefined;
      const listing = thawListing(frozen);
      listings.set(name, listing);
      return listing;
    },
    metadata: async ({ name, version, file: { fileName } }) => {
      const frozen = Object.hasOwn(metadata, fileName)
        ? metadata[fileName]
        : byRelease.get(releaseKey(name, version, isWheel(fileName)));
      if (frozen === undefined) throw notFrozen(`${name} ${version} (${fileName})`);
      return frozen === null ? undefined : thawMetadata(frozen);
    },
  };
};

export const frozenStoreFile = join(import.meta.dirname, '../../fixtures/resolve/frozen.json.br');

/** Reads fixtures/resolve/frozen.json.br. */
export const readFrozenStore = (): FrozenStore =>
  JSON.parse(brotliDecompressSync(readFileSync(frozenStoreFile)).toString()) as FrozenStore;
