import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Lock2nixError } from '../../graph/errors.ts';
import { canonicalJson } from './canonical-json.ts';

/**
 * The layout of the cache folder, `v1/BUCKET/HH/HASH.json`: HASH is the SHA-256 of the key's
 * canonical JSON, HH its first two digits. A change of layout or of what a bucket holds takes a new
 * `vN`, so that versions of lock2nix can share a folder.
 */
const layout = 'v1';

/**
 * What is kept, and whether it can change. All but `index` are facts that stay true for ever and hold
 * no times, so that their files can be committed.
 *
 * - `file-url`: index, project, file name and hashes → URL
 * - `url-hash`: URL → integrity of the file or of the unpacked tree
 * - `git`: URL, commit and submodules → integrity of the checkout
 * - `archive`: integrity of an archive → what it says of itself
 * - `index`: index and project → the whole answer, with ETag and time
 */
export type Bucket = 'file-url' | 'url-hash' | 'git' | 'archive' | 'index';

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
  /** Keeps a value. Does nothing in a cache that is only read. Throws `CACHE`. */
  write(bucket: Bucket, key: CacheKey, value: unknown): Promise<void>;
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

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const entryPath = (folder: string, bucket: Bucket, key: CacheKey): string => {
  const hash = sha256(canonicalJson(key));
  return join(folder, layout, bucket, hash.slice(0, 2), `${hash}.json`);
};

/** The part of an entry that its digest is of, up to the value. */
const bodyStart = (key: CacheKey): string => `"key":${canonicalJson(key)},"value":`;

/** `{"digest":…,"key":…,"value":…}`, the digest being of the text behind it. */
const formatEntry = (key: CacheKey, value: unknown): string => {
  const body = `${bodyStart(key)}${canonicalJson(value)}}\n`;
  return `{"digest":"${sha256(body)}",${body}`;
};

/** The value of an entry's text; `undefined` when it is damaged or another key's. */
const tryParseEntry = (text: string, key: CacheKey): unknown => {
  const start = '{"digest":"'.length + sha256('').length + '",'.length;
  const body = text.slice(start);
  if (!body.startsWith(bodyStart(key))) return undefined;
  if (text.slice(0, start) !== `{"digest":"${sha256(body)}",`) return undefined;
  try {
    const entry: { readonly value: unknown } = JSON.parse(text);
    return entry.value;
  } catch {
    return undefined;
  }
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

  const readFrom = async <Value>(
    path: string,
    key: CacheKey,
    parse: (value: unknown) => Value | undefined,
  ): Promise<Value | 'damaged' | undefined> => {
    try {
      const value = tryParseEntry(await readFile(path, 'utf8'), key);
      return (value === undefined ? undefined : parse(value)) ?? 'damaged';
    } catch (error) {
      if (['ENOENT', 'ENOTDIR'].includes(reason(error))) return undefined;
      throw new Lock2nixError('CACHE', `cannot read \`${path}\`: ${reason(error)}`, {
        hint: 'use another --cache-dir',
      });
    }
  };

  return {
    async read(bucket, key, parse) {
      const path = entryPath(folder, bucket, key);
      const value = await readFrom(path, key, parse);
      if (value !== undefined && value !== 'damaged') return value;
      if (value === 'damaged' && !readOnly) await rm(path, { force: true }).catch(() => {});
      if (fallback === undefined) return undefined;
      const second = await readFrom(entryPath(fallback, bucket, key), key, parse);
      return second === 'damaged' ? undefined : second;
    },

    async write(bucket, key, value) {
      if (readOnly) return;
      const path = entryPath(folder, bucket, key);
      const part = join(temporary, `${process.pid}-${randomBytes(8).toString('hex')}`);
      try {
        prepared ??= prepare();
        await prepared;
        await mkdir(join(path, '..'), { recursive: true });
        await writeFile(part, formatEntry(key, value), { flag: 'wx' });
        await rename(part, path);
      } catch (error) {
        await rm(part, { force: true }).catch(() => {});
        throw new Lock2nixError('CACHE', `cannot write to \`${folder}\`: ${reason(error)}`, {
          hint: 'use another --cache-dir',
        });
      }
    },
  };
};
