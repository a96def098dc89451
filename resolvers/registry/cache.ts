import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Lock2nixError } from '../../graph/errors.ts';
import { canonicalJson } from './canonical-json.ts';

/**
 * The layout of the cache folder, `v1/BUCKET/HH/HASH.json`, or `.bytes` for values that are no JSON:
 * HASH is the SHA-256 of the key's canonical JSON, HH its first two digits. A change of layout or of what a bucket holds takes a new
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
 * - `listing`: index and project → all files by version, with ETag and time (bytes)
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
  /** As `recall`, of an entry that `writeBytes` made. */
  recallBytes<Value>(
    bucket: Bucket,
    key: CacheKey,
    parse: (bytes: Buffer) => Value | undefined,
  ): Value | undefined;
  /** As `write`, of a value that is read as it is written. */
  writeBytes(bucket: Bucket, key: CacheKey, bytes: Uint8Array): Promise<void>;
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

const sha256 = (...parts: readonly (string | Uint8Array)[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};

type Form = 'json' | 'bytes';

const entryPath = (
  folder: string,
  bucket: Bucket,
  [key, form]: readonly [string, Form],
): string => {
  const hash = sha256(key);
  return join(folder, layout, bucket, hash.slice(0, 2), `${hash}.${form}`);
};

const digestStart = '{"digest":"';
const digestEnd = '",';
/** Where the text begins that an entry's digest is of. */
const bodyStart = digestStart.length + sha256('').length + digestEnd.length;

/** `{"digest":…,"key":…,"value":…}` or `{"digest":…,"key":…}` and bytes, the digest being of all behind it. */
const formatEntry = (key: string, form: Form, value: string | Uint8Array): string | Uint8Array => {
  if (typeof value === 'string') {
    const body = `"key":${key},"value":${value}}\n`;
    return `${digestStart}${sha256(body)}${digestEnd}${body}`;
  }
  const head = `"key":${key},"form":"${form}"}\n`;
  const start = `${digestStart}${sha256(head, value)}${digestEnd}${head}`;
  return Buffer.concat([Buffer.from(start), value]);
};

/** What follows the key in an entry's file; `undefined` when it is damaged or another key's. */
const tryParseEntry = (entry: Buffer, key: string, form: Form): Buffer | undefined => {
  const body = entry.subarray(bodyStart);
  const head = Buffer.from(`"key":${key},${form === 'json' ? '"value":' : `"form":"${form}"}\n`}`);
  if (!body.subarray(0, head.length).equals(head)) return undefined;
  const start = `${digestStart}${sha256(body)}${digestEnd}`;
  if (entry.toString('latin1', 0, bodyStart) !== start) return undefined;
  return body.subarray(head.length);
};

/** The value of an entry of JSON, without the brace at its end. */
const tryParseValue = (bytes: Buffer): unknown => {
  try {
    return JSON.parse(bytes.toString('utf8').replace(/\}\n$/, ''));
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

  const readFrom = <Value>(
    path: string,
    [key, form]: readonly [string, Form],
    parse: (bytes: Buffer) => Value | undefined,
  ): Value | 'damaged' | undefined => {
    let entry: Buffer;
    try {
      entry = readFileSync(path);
    } catch (error) {
      if (['ENOENT', 'ENOTDIR'].includes(reason(error))) return undefined;
      throw new Lock2nixError('CACHE', `cannot read \`${path}\`: ${reason(error)}`, {
        hint: 'use another --cache-dir',
      });
    }
    const value = tryParseEntry(entry, key, form);
    return (value && parse(value)) ?? 'damaged';
  };

  const recall = <Value>(
    bucket: Bucket,
    name: readonly [string, Form],
    parse: (bytes: Buffer) => Value | undefined,
  ): Value | undefined => {
    const path = entryPath(folder, bucket, name);
    const value = readFrom(path, name, parse);
    if (value !== undefined && value !== 'damaged') return value;
    if (value === 'damaged' && !readOnly) {
      try {
        rmSync(path, { force: true });
      } catch {
        // It counts as missing, there or not.
      }
    }
    if (fallback === undefined) return undefined;
    const second = readFrom(entryPath(fallback, bucket, name), name, parse);
    return second === 'damaged' ? undefined : second;
  };

  const recallJson: Cache['recall'] = (bucket, key, parse) =>
    recall(bucket, [canonicalJson(key), 'json'], (bytes) => {
      const value = tryParseValue(bytes);
      return value === undefined ? undefined : parse(value);
    });

  const write = async (
    bucket: Bucket,
    name: readonly [string, Form],
    value: string | Uint8Array,
  ): Promise<void> => {
    if (readOnly) return;
    const path = entryPath(folder, bucket, name);
    const part = join(temporary, `${process.pid}-${randomBytes(8).toString('hex')}`);
    try {
      prepared ??= prepare();
      await prepared;
      await mkdir(join(path, '..'), { recursive: true });
      await writeFile(part, formatEntry(...name, value), { flag: 'wx' });
      await rename(part, path);
    } catch (error) {
      await rm(part, { force: true }).catch(() => {});
      throw new Lock2nixError('CACHE', `cannot write to \`${folder}\`: ${reason(error)}`, {
        hint: 'use another --cache-dir',
      });
    }
  };

  return {
    read: async (bucket, key, parse) => recallJson(bucket, key, parse),
    recall: recallJson,
    recallBytes: (bucket, key, parse) => recall(bucket, [canonicalJson(key), 'bytes'], parse),
    write: (bucket, key, value) =>
      write(bucket, [canonicalJson(key), 'json'], canonicalJson(value)),
    writeBytes: (bucket, key, bytes) => write(bucket, [canonicalJson(key), 'bytes'], bytes),
  };
};
