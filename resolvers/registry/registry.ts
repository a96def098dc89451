import pLimit from 'p-limit';
import type { Integrity } from '../../graph/types.ts';
import { readArchive } from '../../standards/archive.ts';
import { unpackTree } from '../../standards/archive-tree.ts';
import { hashBytes, tryParseIntegrity } from '../../standards/integrity.ts';
import { type FileTree, narHash } from '../../standards/nar.ts';
import { quoted } from '../../standards/quoted.ts';
import { createFileLookup } from '../pypi/index/files.ts';
import { createListings } from '../pypi/index/listings.ts';
import { createProjects } from '../pypi/index/project.ts';
import { createMetadata } from '../pypi/metadata/metadata.ts';
import { publicIndex } from '../pypi/public-index.ts';
import { createArchives, notCached, verifiedKey } from './archives.ts';
import { type Bucket, type Cache, type CacheKey, openCache } from './cache.ts';
import { createCredentials, readNetrc } from './credentials.ts';
import { downloadHash } from './download.ts';
import { parseFacts, treeFacts } from './facts.ts';
import { checkoutGit, findCommit, type GitOptions, isCommit } from './git.ts';
import { createHttp, type Http, type HttpOptions } from './http.ts';
import { createShared } from './shared.ts';
import type { GitRefRequest, GitRequest, PackageIndex, Registry, TreeSource } from './types.ts';
import { hasSecretQuery, parseHttpUrl, publicUrl, redactText, shownUrl } from './url.ts';

export interface RegistryParts {
  readonly http: Http;
  readonly cache: Cache;
  /** The tree of a commit. */
  readonly checkout: (source: GitRequest) => Promise<FileTree>;
  /** The commit of a name in a repository; absent where none is asked for. */
  readonly findCommit?: (request: GitRefRequest) => Promise<string>;
  /** The index for files of which the lock names none; PyPI. */
  readonly index?: string;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

const parseSri = (value: unknown): string | undefined =>
  typeof value === 'string' && tryParseIntegrity(value) !== undefined ? value : undefined;

const parseCommit = (value: unknown): string | undefined =>
  typeof value === 'string' && isCommit(value) ? value : undefined;

/** A URL whose query holds a credential is never a key. */
const isCacheable = (url: string): boolean => !hasSecretQuery(url);

/** The last part of a URL's path, for messages. */
const fileNameOf = (url: string): string => new URL(url).pathname.split('/').at(-1) ?? '';

/** A tree that is asked for: where its integrity is kept, how messages name it, how it is got. */
interface TreeQuestion {
  readonly bucket: Bucket;
  readonly key: CacheKey | undefined;
  readonly label: string;
  readonly subdirectory: string | undefined;
  readonly load: () => Promise<FileTree>;
}

/** Answers about trees, integrity and facts at once, since both need the whole tree. */
const createTreeSources = (http: Http, cache: Cache) => {
  const answers = createShared<TreeSource>({ keep: true });
  const trees = createShared<FileTree>({ keep: false });

  const factsKey = (sri: string, subdirectory: string | undefined): CacheKey => ({
    sri,
    of: 'tree',
    subdirectory: subdirectory ?? '',
  });

  const recall = async (question: TreeQuestion): Promise<TreeSource | undefined> => {
    const { bucket, key, subdirectory } = question;
    const sri = key && (await cache.read(bucket, key, parseSri));
    if (sri === undefined) return undefined;
    const facts = await cache.read('archive', factsKey(sri, subdirectory), parseFacts);
    return facts && { integrity: { sri, of: 'tree' }, facts };
  };

  return (identity: string, question: TreeQuestion): Promise<TreeSource> =>
    answers(`${identity} ${question.subdirectory ?? ''}`, async () => {
      const known = await recall(question);
      if (known !== undefined) return known;
      if (http.offline) throw notCached(quoted(question.label));
      const { bucket, key, label, subdirectory } = question;
      const tree = await trees(identity, question.load);
      const sri = narHash(tree);
      const facts = treeFacts(tree, subdirectory, label);
      await cache.write('archive', factsKey(sri, subdirectory), facts);
      if (key !== undefined) await cache.write(bucket, key, sri);
      return { integrity: { sri, of: 'tree' }, facts };
    });
};

/** A registry and package index made of their parts. */
export const createRegistry = (parts: RegistryParts): Registry & PackageIndex => {
  const { http, cache, checkout, index = publicIndex, now = Date.now } = parts;
  const integrities = createShared<Integrity>({ keep: true });
  const commits = createShared<string>({ keep: true });
  const treeSource = createTreeSources(http, cache);
  const listings = createListings({ http, cache, now });
  const archives = createArchives(http, cache);
  // More than a few at once is what servers slow down.
  const limitGit = pLimit(4);

  return {
    ...createFileLookup({ http, cache, listings, publicIndex: index }),
    ...createProjects({ listings, publicIndex: index }),
    ...createMetadata({ http, cache, archives, declares: listings.declaresMetadata, now }),
    archiveFacts: archives.facts,

    urlIntegrity(text, sris = []) {
      const url = publicUrl(parseHttpUrl(text));
      const verified = verifiedKey(sris);
      return integrities(JSON.stringify([url, verified]), async () => {
        const key = { url, of: 'file', ...verified };
        const known = isCacheable(url) ? await cache.read('url-hash', key, parseSri) : undefined;
        if (known !== undefined) return { sri: known, of: 'file' };
        if (http.offline) throw notCached(`the hash of \`${shownUrl(url)}\``);
        const sri =
          sris.length === 0
            ? await downloadHash(http, text)
            : hashBytes('sha256', await archives.download(text, sris));
        if (isCacheable(url)) await cache.write('url-hash', key, sri);
        return { sri, of: 'file' };
      });
    },

    async unpackedSource({ url: text, sris = [], subdirectory }) {
      const url = publicUrl(parseHttpUrl(text));
      const verified = verifiedKey(sris);
      return treeSource(`url ${JSON.stringify([url, verified])}`, {
        bucket: 'url-hash',
        key: isCacheable(url) ? { url, of: 'tree', ...verified } : undefined,
        label: shownUrl(url),
        subdirectory,
        load: async () => {
          const bytes = await archives.download(text, sris);
          return unpackTree(await readArchive(bytes, fileNameOf(url)), { stripRoot: true });
        },
      });
    },

    async gitSource(source) {
      const { rev, submodules = true, subdirectory } = source;
      const url = redactText(source.url);
      return treeSource(`git ${submodules} ${rev} ${url}`, {
        bucket: 'git',
        key: { url, rev, submodules },
        label: `commit ${rev} of ${url}`,
        subdirectory,
        load: () => limitGit(() => checkout({ ...source, submodules })),
      });
    },

    async gitCommit(request) {
      const { ref } = request;
      if (isCommit(ref)) return ref;
      const url = redactText(request.url);
      return commits(`${ref} ${url}`, async () => {
        const key = { url, ref };
        // A name moves on, so what is kept is for `--offline` alone.
        if (http.offline) {
          const known = await cache.read('git', key, parseCommit);
          if (known !== undefined) return known;
          throw notCached(quoted(`${ref} of ${url}`));
        }
        const { findCommit: find } = parts;
        if (find === undefined) throw new Error('this registry finds no commits');
        const commit = await limitGit(() => find(request));
        await cache.write('git', key, commit);
        return commit;
      });
    },
  };
};

export interface OpenOptions extends Omit<HttpOptions, 'credentials'> {
  readonly cacheDir: string;
  /** A second cache that is only read. */
  readonly cacheFallback?: string;
  /** For proxies, netrc and git. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly index?: string;
  /** Of URLs of repositories; default: those of the network. */
  readonly gitProtocols?: readonly string[];
}

/** Registry and package index of a run, over the network and a cache folder, which offline is only read. */
export const openRegistry = (options: OpenOptions): Registry & PackageIndex & { close(): void } => {
  const { cacheDir, cacheFallback, env, index, offline = false, gitProtocols } = options;
  const credentials = createCredentials(readNetrc(env));
  const http = createHttp({ ...options, credentials });
  const cache = openCache({
    folder: cacheDir,
    readOnly: offline,
    ...(cacheFallback === undefined ? {} : { fallback: cacheFallback }),
  });
  const gitOptions: GitOptions = {
    env,
    ...(gitProtocols === undefined ? {} : { protocols: gitProtocols }),
    authorization: (url) => {
      credentials.learn(url);
      return credentials.authorization(url);
    },
  };
  const registry = createRegistry({
    http,
    cache,
    checkout: (source) => checkoutGit(source, gitOptions),
    findCommit: (request) => findCommit(request, gitOptions),
    ...(index === undefined ? {} : { index }),
  });
  return { ...registry, close: () => http.close() };
};
