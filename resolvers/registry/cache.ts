import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Lock2nixError } from '../../graph/errors.ts';
import { formatEntry, keyHash, tryParseEntry } from './cache-entry.ts';
import { canonicalJson } from './canonical-json.ts';
import { type ReadPart, readPaged } from './paged.ts';

/**
 * The layout of the cache folder, `v1/BUCKET/HH/HASH.json`, or `.paged` for what is read in
 * parts: HASH is the SHA-256 of the key's canonical JSON, HH its first two digits. A change of layout or of what a bucket holds takes a new
 * `vN`, so that versions of lock2nix can share a folder.
 */
const layout = 'v1';

/**
 * What is kept, and whether it can change. All but `listing` and `index-trait` are facts that stay
 * true for ever and hold no times, so that their files can be committed.
 *
 * - `file-url`: index, project, file name and hashes → URL
 * - `url-hash`: URL → integrity of the file or of the unpacked tree
 * - `git`: URL, commit and submodules → integrity of the checkout
 * - `archive`: integrity of an archive → what it says of itself
 * - `metadata`: index and file (its integrity, else its URL) → what it requires
 * - `listing`: index and project → all files by version, with ETag and time (paged)
 * - `index-trait`: index → whether it has metadata files that it does not declare, with time
 */
export type Bucket =
  | 'file-url'
  | 'url-hash'
  | 'git'
  | 'archive'
  | 'metadata'
  | 'listing'
  | 'index-trait';

/** JSON in clear text. Whoever makes a key leaves credentials out of it. */
export type CacheKey = Readonly<Record<string, string | readonly string[] | boolean>>;

export interface Cache {
  /**
   * The value of a key, as `parse` accepts it (`undefined`: not of the expected shape). A damaged
   * entry or one that `parse` refuses counts as missing and is removed.
   */
  read<Value>(
    bucket: Bucket,
    key: CacheKey,
    parse: (value: unknown) => Value | undefined,
  ): Promise<Value | undefined>;
  /**
   * As `read`, at once. Files that were read before come out of the system's memory faster than a
   * promise is kept, which counts where hundreds are read.
   */
  recall<Value>(
    bucket: Bucket,
    key: CacheKey,
    parse: (value: unknown) => Value | undefined,
  ): Value | undefined;
  /**
   * As `recall`, of an entry that `writePaged` made. What `parse` gives may read parts of the entry's
   * body as long as it is used; these are not verified, and may be gone or another's by then.
   */
  recallPaged<Value>(
    bucket: Bucket,
    key: CacheKey,
    parse: (value: unknown, read: ReadPart) => Value | undefined,
  ): Value | undefined;
  /** As `write`, with a body of any length behind the value. */
  writePaged(bucket: Bucket, key: CacheKey, content: PagedContent): Promise<void>;
  /** Removes an entry that turned out to be damaged. Does nothing in a cache that is only read. */
  forget(bucket: Bucket, key: CacheKey): void;
  /** Keeps a value. Does nothing in a cache that is only read. Throws `CACHE`. */
  write(bucket: Bucket, key: CacheKey, value: unknown): Promise<void>;
}

export interface PagedContent {
  readonly value: unknown;
  readonly body: Uint8Array;
}

export interface CacheOptions {
  readonly folder: string;
  /** Never write to `folder`, nor remove from it. */
  readonly readOnly?: boolean;
  /** A second folder of the same layout, only read, for what `folder` does not have. */
  readonly fallback?: string;
}

/** Where the cache is when nobody says: XDG Base Directory Specification, and Apple's guide. */
export const defaultCacheDir = (
  env: Readonly<Record<string, string | undefined>>,
  platform: string,
): string => {
  const xdg = env['XDG_CACHE_HOME'];
  // The specification says that relative paths are to be ignored.
  if (xdg?.startsWith('/')) return join(xdg, 'lock2nix');
  const home = env['HOME'];
  if (!home) {
    throw new Lock2nixError('USAGE', 'there is no place for a cache: `HOME` is not set', {
      hint: 'use --cache-dir',
    });
  }
  return platform === 'darwin'
    ? join(home, 'Library', 'Caches', 'lock2nix')
    : join(home, '.cache', 'lock2nix');
};

const reason = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error
    ? String(error.code)
    : String(error);

/** Temporary files of writers that were killed are removed after so many milliseconds. */
const abandoned = 24 * 3600 * 1000;

const sweep = async (folder: string): Promise<void> => {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > abandoned) await rm(path, { force: true });
  }
};

const forms = ['json', 'paged'] as const;

/** What an entry's file is called by; the key is canonical. */
interface Name {
  readonly bucket: Bucket;
  readonly key: string;
  readonly form: (typeof forms)[number];
}

const nameOf = (bucket: Bucket, key: CacheKey, form: Name['form']): Name => ({
  bucket,
  key: canonicalJson(key),
  form,
});

/**
 * A cache on disk. Entries are written to `v1/tmp` and moved into place, so that several runs can
 * share a folder without locks and a killed one leaves no damaged entry.
 */
export const openCache = ({ folder, readOnly = false, fallback }: CacheOptions): Cache => {
  const temporary = join(folder, layout, 'tmp');
  let prepared: Promise<void> | undefined;
  const prepare = async (): Promise<void> => {
    await mkdir(temporary, { recursive: true });
    // Two runs may sweep at once; what one has removed already is no concern of the other.
    await sweep(temporary).catch(() => {});
  };

  const pathOf = (root: string, name: Name): string => {
    const hash = keyHash(name.key);
    return join(root, layout, name.bucket, hash.slice(0, 2), `${hash}.${name.form}`);
  };

  const readFrom = <Value>(
    path: string,
    read: (path: string) => Value | undefined,
  ): Value | 'damaged' | undefined => {
    try {
      return read(path) ?? 'damaged';
    } catch (error) {
      if (['ENOENT', 'ENOTDIR'].includes(reason(error))) return undefined;
      throw new Lock2nixError('CACHE', `cannot read \`${path}\`: ${reason(error)}`, {
        hint: 'use another --cache-dir',
      });
    }
  };

  const remove = (path: string): void => {
    if (readOnly) return;
    try {
      rmSync(path, { force: true });
    } catch {
      // It counts as missing, there or not.
    }
  };

  const recall = <Value>(
    name: Name,
    read: (path: string) => Value | undefined,
  ): Value | undefined => {
    const path = pathOf(folder, name);
    const value = readFrom(path, read);
    if (value !== undefined && value !== 'damaged') return value;
    if (value === 'damaged') remove(path);
    if (fallback === undefined) return undefined;
    const second = readFrom(pathOf(fallback, name), read);
    return second === 'damaged' ? undefined : second;
  };

  const recallValue: Cache['recall'] = (bucket, key, parse) => {
    const name = nameOf(bucket, key, 'json');
    return recall(name, (path) => {
      const value = tryParseEntry(readFileSync(path), name.key);
      return value === undefined ? undefined : parse(value);
    });
  };

  const write = async (name: Name, bytes: string | Uint8Array): Promise<void> => {
    if (readOnly) return;
    const path = pathOf(folder, name);
    const part = join(temporary, `${process.pid}-${randomBytes(8).toString('hex')}`);
    try {
      prepared ??= prepare();
      await prepared;
      await mkdir(join(path, '..'), { recursive: true });
      await writeFile(part, bytes, { flag: 'wx' });
      await rename(part, path);
    } catch (error) {
      await rm(part, { force: true }).catch(() => {});
      throw new Lock2nixError('CACHE', `cannot write to \`${folder}\`: ${reason(error)}`, {
        hint: 'use another --cache-dir',
      });
    }
  };

  return {
    read: async (bucket, key, parse) => recallValue(bucket, key, parse),
    recall: recallValue,
    recallPaged(bucket, key, parse) {
      const name = nameOf(bucket, key, 'paged');
      return recall(name, (path) => {
        const { head, read } = readPaged(path);
        const value = tryParseEntry(head, name.key);
        return value === undefined ? undefined : parse(value, read);
      });
    },
    write(bucket, key, value) {
      const name = nameOf(bucket, key, 'json');
      return write(name, formatEntry(name.key, value));
    },
    writePaged(bucket, key, { value, body }) {
      const name = nameOf(bucket, key, 'paged');
      return write(name, Buffer.concat([Buffer.from(formatEntry(name.key, value)), body]));
    },
    forget(bucket, key) {
      for (const form of forms) remove(pathOf(folder, nameOf(bucket, key, form)));
    },
  };
};
