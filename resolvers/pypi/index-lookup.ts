import { Lock2nixError } from '../../graph/errors.ts';
import { tryParseIntegrity } from '../../standards/integrity.ts';
import { quoted } from '../../standards/quoted.ts';
import { tryParseSdistName } from '../../standards/sdist-name.ts';
import { compareVersions, tryParseVersion } from '../../standards/version.ts';
import { tryParseWheelName } from '../../standards/wheel-name.ts';
import type { Cache } from '../registry/cache.ts';
import type { Http } from '../registry/http.ts';
import { createShared } from '../registry/shared.ts';
import type { IndexFile, Registry, WantedFile } from '../registry/types.ts';
import { parseHttpUrl, publicUrl } from '../registry/url.ts';
import { indexAccept, parseIndexAnswer } from './index-answer.ts';
import { type IndexEntry, parseIndexEntry, parseStoredUrl } from './index-entry.ts';

export interface IndexLookupOptions {
  readonly http: Http;
  readonly cache: Cache;
  /** The index for files of which the lock names none. */
  readonly publicIndex: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** So long an answer is taken as it is, as PyPI's `max-age` says. */
const freshFor = 600_000;
/** The longest pages are some 10 MB. */
const maxPageBytes = 128 * 2 ** 20;

/** A project on an index. `url` may hold credentials and is for asking only. */
interface Project {
  readonly url: string;
  /** The index as messages, keys and recipes have it. */
  readonly index: string;
  readonly name: string;
}

/** What an index lists for a project; absent when it has no such project. */
type Listing = readonly IndexFile[] | undefined;

const projectOf = (index: string, name: string): Project => {
  const base = parseHttpUrl(index);
  base.hash = '';
  base.pathname = base.pathname.replace(/\/+$/, '');
  const url = new URL(base);
  url.pathname += `/${encodeURIComponent(name)}/`;
  base.search = '';
  return { url: url.href, index: publicUrl(base), name };
};

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

/** Whether the file is one of this version of the project, a wheel or an sdist. */
const isOfRelease = (fileName: string, name: string, version: string): boolean => {
  const wheel = tryParseWheelName(fileName);
  const stated =
    wheel?.name === name
      ? wheel.version.replaceAll('_', '-')
      : tryParseSdistName(fileName, name)?.version;
  if (stated === undefined) return false;
  const [a, b] = [tryParseVersion(stated), tryParseVersion(version)];
  return a === undefined || b === undefined ? stated === version : compareVersions(a, b) === 0;
};

/** The value, or the throw that it was. */
const unwrap = <Value>(result: PromiseSettledResult<Value>): Value => {
  if (result.status === 'rejected') throw result.reason;
  return result.value;
};

const notCached = ({ name, index }: Project, what: string): Lock2nixError =>
  new Lock2nixError(
    'OFFLINE',
    `${what} of ${quoted(name)} from the index \`${index}\` is not in the cache`,
    { hint: 'run once without --offline to fill the cache' },
  );

/** Asks indexes for projects; an answer counts as fresh for some minutes, then the index is asked again. */
const createListings = ({ http, cache, now }: IndexLookupOptions) => {
  const asked = createShared<Listing>({ keep: true });

  const isFresh = (entry: IndexEntry): boolean => {
    const age = now() - entry.fetchedAt;
    return age >= 0 && age < freshFor;
  };

  /** The last answer, however old. */
  const recall = ({ index, name }: Project): Promise<IndexEntry | undefined> =>
    cache.read('index', { index, name }, parseIndexEntry);

  const ask = async (project: Project, old: IndexEntry | undefined): Promise<Listing> => {
    const answer = await http.get(project.url, {
      accept: indexAccept,
      maxBytes: maxPageBytes,
      ...(old?.etag === undefined ? {} : { etag: old.etag }),
    });
    if (answer.kind === 'missing') return undefined;
    const files =
      answer.kind === 'unchanged'
        ? (old?.files ?? [])
        : parseIndexAnswer({ ...answer, body: answer.body.toString('utf8') });
    const etag = answer.kind === 'found' ? answer.etag : old?.etag;
    const { index, name } = project;
    await cache.write('index', { index, name }, { files, etag, fetchedAt: now() });
    return files;
  };

  /** What the index says now; offline, what it said last. `what` is for the error then. */
  const current = async (project: Project, what: string): Promise<readonly IndexFile[]> => {
    const listing = await asked(`${project.index} ${project.name}`, async () => {
      const entry = await recall(project);
      if (entry !== undefined && (http.offline || isFresh(entry))) return entry.files;
      if (http.offline) throw notCached(project, what);
      return ask(project, entry);
    });
    if (listing === undefined) throw noProject(project);
    return listing;
  };

  return { recall, current };
};

/** Looks files up on simple indexes, with a cache behind. */
export const createIndexLookup = (
  options: IndexLookupOptions,
): Pick<Registry, 'fileUrls' | 'releaseFiles'> => {
  const { http, cache, publicIndex } = options;
  const { recall, current } = createListings(options);

  const findUrl = async (
    project: Project,
    file: WantedFile,
    remembered: Promise<IndexEntry | undefined>,
  ): Promise<string> => {
    // A file never changes its place for another: an old answer that has it will do.
    const old = findFile((await remembered)?.files ?? [], file);
    if (old.kind === 'found') return old.url;
    const found = findFile(await current(project, `file ${quoted(file.fileName)}`), file);
    if (found.kind === 'found') return found.url;
    throw http.offline && found.kind === 'missing'
      ? notCached(project, `file ${quoted(file.fileName)}`)
      : explainMissing(project, file, found);
  };

  return {
    async fileUrls(index, name, files) {
      const project = projectOf(index ?? publicIndex, name);
      http.remember(project.url);
      let remembered: Promise<IndexEntry | undefined> | undefined;
      const results = await Promise.allSettled(
        files.map(async (file): Promise<[string, string]> => {
          const { fileName, sris } = file;
          const key = { index: project.index, name, fileName, sris: [...sris].sort() };
          const known = await cache.read('file-url', key, parseStoredUrl);
          if (known !== undefined) return [fileName, known];
          remembered ??= recall(project);
          const url = await findUrl(project, file, remembered);
          await cache.write('file-url', key, url);
          return [fileName, url];
        }),
      );
      // The first file's failure, whichever came first.
      return new Map(results.map(unwrap));
    },

    async releaseFiles(index, name, version) {
      const project = projectOf(index ?? publicIndex, name);
      http.remember(project.url);
      const listing = await current(project, `the list of files`);
      const files = listing.filter(({ fileName }) => isOfRelease(fileName, name, version));
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
