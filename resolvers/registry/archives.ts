/** Archives that are got whole, each once, and what they say of themselves. */
import { Lock2nixError } from '../../graph/errors.ts';
import { readArchive } from '../../standards/archive.ts';
import { unpackTree } from '../../standards/archive-tree.ts';
import { hashBytes, isStrong } from '../../standards/integrity.ts';
import { quoted } from '../../standards/quoted.ts';
import { readProject, readSdist } from '../../standards/sdist.ts';
import type { Cache, CacheKey } from './cache.ts';
import { downloadArchive, verifyBytes } from './download.ts';
import { parseFacts, projectFacts, treeFacts } from './facts.ts';
import type { Http } from './http.ts';
import { createShared } from './shared.ts';
import type { ArchiveFacts, ArchiveRequest } from './types.ts';
import { hasSecretQuery, publicUrl } from './url.ts';

/** What was verified is part of the question: an answer for other hashes says nothing. */
export const verifiedKey = (sris: readonly string[]): { readonly sris?: readonly string[] } =>
  sris.length === 0 ? {} : { sris: [...new Set(sris)].sort() };

/** `OFFLINE`: `what` is not known. */
export const notCached = (what: string): Lock2nixError =>
  new Lock2nixError('OFFLINE', `${what} is not in the cache`, {
    hint: 'run once without --offline to fill the cache',
  });

/** A file's place and hashes. */
interface ListedFile {
  readonly url: string;
  readonly fileName: string;
  readonly sris: readonly string[];
}

export interface Archives {
  /** The bytes of a file that must have all hashes of `sris`. Throws as `Http.get`, and `HASH_MISMATCH`. */
  download(url: string, sris: readonly string[]): Promise<Buffer>;
  /** As `Registry.archiveFacts`. */
  facts(archive: ArchiveRequest): Promise<ArchiveFacts>;
  /**
   * Keeps hash and facts of an sdist that was downloaded and verified, so that pinning it asks for
   * nothing. `files` are what `readSdistFiles` took from it.
   */
  learn(bytes: Buffer, file: ListedFile, files: ReadonlyMap<string, Uint8Array>): Promise<void>;
}

const factsKey = (sri: string, subdirectory = ''): CacheKey => ({ sri, of: 'file', subdirectory });

const readFacts = async (bytes: Buffer, archive: ArchiveRequest): Promise<ArchiveFacts> => {
  const { fileName, subdirectory } = archive;
  if (subdirectory === undefined) return projectFacts(await readSdist(bytes, fileName));
  const entries = await readArchive(bytes, fileName);
  return treeFacts(unpackTree(entries, { stripRoot: true }), subdirectory, fileName);
};

/** What a project says, undefined when pinning it will be refused: it has to say so itself. */
const tryProjectFacts = (
  files: ReadonlyMap<string, Uint8Array>,
  fileName: string,
): ArchiveFacts | undefined => {
  try {
    return projectFacts(readProject(files, fileName));
  } catch {
    return undefined;
  }
};

/** Archives over the network, with a cache behind for what was read of them. */
export const createArchives = (http: Http, cache: Cache): Archives => {
  const answers = createShared<ArchiveFacts>({ keep: true });
  const downloads = createShared<Buffer>({ keep: false });

  const download = async (url: string, sris: readonly string[]): Promise<Buffer> => {
    const bytes = await downloads(url, () => downloadArchive(http, url));
    for (const sri of sris) verifyBytes(bytes, sri, url);
    return bytes;
  };

  return {
    download,

    facts(archive) {
      const { url, fileName, sri, subdirectory } = archive;
      return answers(`${sri} ${subdirectory ?? ''}`, async () => {
        const key = factsKey(sri, subdirectory);
        const known = cache.recall('archive', key, parseFacts);
        if (known !== undefined) return known;
        if (http.offline) throw notCached(`what ${quoted(fileName)} says of itself`);
        const facts = await readFacts(await download(url, [sri]), archive);
        await cache.write('archive', key, facts);
        return facts;
      });
    },

    async learn(bytes, { url, fileName, sris }, files) {
      const own = hashBytes('sha256', bytes);
      const facts = tryProjectFacts(files, fileName);
      const strong = sris.filter((sri) => isStrong({ sri, of: 'file' }));
      for (const sri of facts === undefined ? [] : new Set([own, ...strong])) {
        await cache.write('archive', factsKey(sri), facts);
      }
      if (hasSecretQuery(url)) return;
      const key = { url: publicUrl(url), of: 'file', ...verifiedKey(sris) };
      await cache.write('url-hash', key, own);
    },
  };
};
