/** Files that are known by name, on simple indexes (PEP 503). */
import { Lock2nixError } from '../../../graph/errors.ts';
import { tryParseIntegrity } from '../../../standards/integrity.ts';
import { quoted } from '../../../standards/quoted.ts';
import { tryParseVersion } from '../../../standards/version.ts';
import type { Cache } from '../../registry/cache.ts';
import type { Http } from '../../registry/http.ts';
import type { IndexFile, Registry, WantedFile } from '../../registry/types.ts';
import { tryParseHttpUrl } from '../../registry/url.ts';
import type { Listing } from './listing.ts';
import { type Listings, notCached, type Project, projectOn } from './listings.ts';
import { releaseOf, versionTextOf } from './release-name.ts';

export interface FileLookupOptions {
  readonly http: Http;
  readonly cache: Cache;
  readonly listings: Listings;
  /** The index for files of which the lock names none. */
  readonly publicIndex: string;
}

/** Whether the hashes speak of one algorithm and differ: `[of the lock, of the index]`. */
const findMismatch = (
  wanted: readonly string[],
  stated: readonly string[],
): readonly [string, string] | undefined => {
  for (const sri of stated) {
    const algorithm = tryParseIntegrity(sri)?.algorithm;
    const ours = wanted.filter((text) => tryParseIntegrity(text)?.algorithm === algorithm);
    if (ours[0] !== undefined && !ours.includes(sri)) return [ours[0], sri];
  }
  return undefined;
};

type Found =
  | { readonly kind: 'found'; readonly url: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'mismatch'; readonly hashes: readonly [string, string] };

/** An index may list a file twice: one that agrees with the lock is taken. */
const findFile = (files: readonly IndexFile[], wanted: WantedFile): Found => {
  let mismatch: readonly [string, string] | undefined;
  for (const file of files) {
    if (file.fileName !== wanted.fileName) continue;
    const difference = findMismatch(wanted.sris, file.sris);
    if (difference === undefined) return { kind: 'found', url: file.url };
    mismatch ??= difference;
  }
  return mismatch === undefined ? { kind: 'missing' } : { kind: 'mismatch', hashes: mismatch };
};

const noProject = ({ name, index }: Project): Lock2nixError =>
  new Lock2nixError('FILE_NOT_ON_INDEX', `${quoted(name)} is not on the index \`${index}\``, {
    hint: 'check the source of the package in the lock, and that you may see it',
  });

const explainMissing = (project: Project, file: WantedFile, found: Found): Lock2nixError => {
  const { name, index } = project;
  if (found.kind !== 'mismatch') {
    return new Lock2nixError(
      'FILE_NOT_ON_INDEX',
      `file ${quoted(file.fileName)} of ${quoted(name)} is not on the index \`${index}\``,
      { hint: 'the file was removed since: lock the package again' },
    );
  }
  const [ours, theirs] = found.hashes;
  return new Lock2nixError(
    'HASH_MISMATCH',
    `file ${quoted(file.fileName)} of ${quoted(name)}: the lock has \`${ours}\`, the index \`${index}\` has \`${theirs}\``,
    { hint: 'find out which one is right before locking the package again' },
  );
};

/** The files of a version of the project, wheels and sdists, in the order of the index. */
const filesOfVersion = (listing: Listing, name: string, version: string): readonly IndexFile[] => {
  const key = tryParseVersion(version)?.key;
  return key === undefined
    ? listing.others.filter(({ fileName }) => versionTextOf(fileName, name) === version)
    : (listing.releases.find((release) => release.version.key === key)?.files ?? []);
};

/** The files among which one of this name would be. */
const neighboursOf = (listing: Listing | undefined, fileName: string, name: string) => {
  if (listing === undefined) return [];
  const release = releaseOf(fileName, name);
  return release === undefined ? listing.others : filesOfVersion(listing, name, release.text);
};

/** A URL that may stand in a recipe. */
const parseStoredUrl = (value: unknown): string | undefined =>
  typeof value === 'string' ? tryParseHttpUrl(value)?.href : undefined;

/** The value, or the throw that it was. */
const unwrap = <Value>(result: PromiseSettledResult<Value>): Value => {
  if (result.status === 'rejected') throw result.reason;
  return result.value;
};

/** Looks files up on simple indexes, with a cache behind. */
export const createFileLookup = (
  options: FileLookupOptions,
): Pick<Registry, 'fileUrls' | 'releaseFiles'> => {
  const { http, cache, listings, publicIndex } = options;

  const current = async (project: Project, what: string): Promise<Listing> => {
    const listing = await listings.current(project, what);
    if (listing === undefined) throw noProject(project);
    return listing;
  };

  const findUrl = async (
    project: Project,
    file: WantedFile,
    remembered: Listing | undefined,
  ): Promise<string> => {
    const { fileName } = file;
    // A file never changes its place for another: an old answer that has it will do.
    const old = findFile(neighboursOf(remembered, fileName, project.name), file);
    if (old.kind === 'found') return old.url;
    const listing = await current(project, `file ${quoted(fileName)}`);
    const found = findFile(neighboursOf(listing, fileName, project.name), file);
    if (found.kind === 'found') return found.url;
    throw http.offline && found.kind === 'missing'
      ? notCached(project, `file ${quoted(fileName)}`)
      : explainMissing(project, file, found);
  };

  return {
    async fileUrls(index, name, files) {
      const project = projectOn(index ?? publicIndex, name);
      http.remember(project.url);
      let remembered: { readonly listing: Listing | undefined } | undefined;
      const results = await Promise.allSettled(
        files.map(async (file): Promise<[string, string]> => {
          const { fileName, sris } = file;
          const key = { index: project.index, name, fileName, sris: [...sris].sort() };
          const known = cache.recall('file-url', key, parseStoredUrl);
          if (known !== undefined) return [fileName, known];
          remembered ??= { listing: listings.recall(project) };
          const url = await findUrl(project, file, remembered.listing);
          await cache.write('file-url', key, url);
          return [fileName, url];
        }),
      );
      // The first file's failure, whichever came first.
      return new Map(results.map(unwrap));
    },

    async releaseFiles(index, name, version) {
      const project = projectOn(index ?? publicIndex, name);
      const files = filesOfVersion(await current(project, 'the list of files'), name, version);
      if (files.length === 0) {
        throw new Lock2nixError(
          'FILE_NOT_ON_INDEX',
          `version ${quoted(version)} of ${quoted(name)} has no files on the index \`${project.index}\``,
          { hint: 'the release was removed since: lock the package again' },
        );
      }
      return [...files].sort((a, b) => (a.fileName < b.fileName ? -1 : 1));
    },
  };
};
