/**
 * Reading archives that are in memory: zip and wheel, tar, and tar in gzip, bzip2 and xz. Nothing is
 * written and nothing run; what an unpacker could be tricked with is refused.
 */
import { createGunzip } from 'node:zlib';
import { isLock2nixError, Lock2nixError } from '../graph/errors.ts';
import type { EntryKind, RawEntry } from './archive-entry.ts';
import { cleanPath, entryError, SeenPaths } from './archive-entry.ts';
import { decodeBzip2 } from './bzip2.ts';
import { quoted } from './quoted.ts';

/** An entry of an archive, without its contents. */
export interface ArchiveListing {
  /** Relative, parts joined by `/`, without `.`, `..` and a `/` at the end. */
  readonly path: string;
  readonly kind: EntryKind;
  /** Whether the owner may execute it. */
  readonly executable: boolean;
  /** Size of the contents in bytes; 0 for all but files. */
  readonly size: number;
  /** Of a symbolic link its text, which may point anywhere; of a hard link a path of the archive. */
  readonly target?: string;
}

export interface ArchiveEntry extends ArchiveListing {
  /** Empty for all but files. */
  readonly contents: Uint8Array;
}

export interface ArchiveOptions {
  /** Which paths are wanted; the others are checked, not kept. */
  readonly only?: (path: string) => boolean;
  /** Most bytes that may come out of the archive: a gibibyte, if not said. */
  readonly maxBytes?: number;
  /** Most entries that it may have: 200,000, if not said. */
  readonly maxEntries?: number;
}

const defaultLimits = { maxBytes: 2 ** 30, maxEntries: 200_000 } as const;

type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

const chunkSize = 256 * 1024;

const gunzip = (bytes: Uint8Array): Chunks => {
  const stream = createGunzip({ chunkSize });
  stream.end(bytes);
  return stream;
};

async function* decodeXz(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  // Only when needed: it brings a WebAssembly module with it.
  const { XzReadableStream } = (await import('xz-decompress')).default;
  yield* new XzReadableStream(new Blob([Buffer.from(bytes)]).stream());
}

/** Formats by their first bytes. `decode` is absent for those that are known and not read. */
const compressions: readonly {
  readonly name: string;
  readonly magic: readonly number[];
  readonly decode?: (bytes: Uint8Array) => Chunks;
}[] = [
  { name: 'gzip', magic: [0x1f, 0x8b], decode: gunzip },
  { name: 'bzip2', magic: [0x42, 0x5a, 0x68], decode: decodeBzip2 },
  { name: 'xz', magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], decode: decodeXz },
  { name: 'compress (`.Z`)', magic: [0x1f, 0x9d] },
  { name: 'zstd', magic: [0x28, 0xb5, 0x2f, 0xfd] },
  { name: '7z', magic: [0x37, 0x7a, 0xbc, 0xaf] },
  { name: 'lzma', magic: [0x5d, 0x00, 0x00] },
];

const startsWith = (bytes: Uint8Array, magic: readonly number[]): boolean =>
  magic.every((byte, index) => bytes[index] === byte);

/** A zip file begins with an entry, or with the end of its directory when it is empty. */
const isZip = (bytes: Uint8Array): boolean =>
  startsWith(bytes, [0x50, 0x4b, 0x03, 0x04]) || startsWith(bytes, [0x50, 0x4b, 0x05, 0x06]);

const tarBlock = 512;

/** Whether the first block is a tar header: by its checksum, since old ones have no magic. */
const isTar = (bytes: Uint8Array): boolean => {
  if (bytes.length < tarBlock) return false;
  const stated = Number.parseInt(Buffer.from(bytes.subarray(148, 156)).toString('latin1'), 8);
  const sum = bytes
    .subarray(0, tarBlock)
    .reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 0x20 : byte), 0);
  return stated === sum;
};

/** What the bytes look like when they are no archive: often a page of a server. */
const noArchive = (bytes: Uint8Array): string => {
  const start = Buffer.from(bytes.subarray(0, 200)).toString('latin1').trimStart();
  if (bytes.length === 0) return 'is empty';
  return /^<(?:!doctype|html)/i.test(start)
    ? 'is an HTML page and no archive'
    : 'is none of zip, tar, tar.gz, tar.bz2 and tar.xz';
};

const tooManyBytes = (maxBytes: number): Lock2nixError =>
  new Lock2nixError(
    'ARCHIVE_INVALID',
    `unpacks to more than ${maxBytes} bytes, the most that is read`,
  );

/** Hands on chunks until they are too many. */
async function* limitBytes(chunks: Chunks, maxBytes: number): AsyncGenerator<Uint8Array> {
  let total = 0;
  for await (const chunk of chunks) {
    total += chunk.length;
    if (total > maxBytes) throw tooManyBytes(maxBytes);
    yield chunk;
  }
}

/** The readers are loaded when there is an archive: most runs find all in the cache. */
const openArchive = async (
  bytes: Uint8Array,
  maxBytes: number,
): Promise<AsyncIterable<RawEntry>> => {
  if (isZip(bytes)) return (await import('./archive-zip.ts')).readZip(bytes);
  const { readTar } = await import('./archive-tar.ts');
  const compression = compressions.find(({ magic }) => startsWith(bytes, magic));
  if (compression?.decode !== undefined) {
    return readTar(limitBytes(compression.decode(bytes), maxBytes));
  }
  if (isTar(bytes)) return readTar(limitBytes([bytes], maxBytes));
  throw new Lock2nixError(
    'ARCHIVE_INVALID',
    compression === undefined
      ? noArchive(bytes)
      : `is compressed with ${compression.name}, which is not supported`,
  );
};

/** Of two entries with one path: equal ones are one, others say different things. */
const isSame = (left: ArchiveListing, right: ArchiveListing): boolean =>
  left.kind === right.kind &&
  (left.kind === 'directory' ||
    (left.executable === right.executable &&
      left.size === right.size &&
      left.target === right.target));

const listEntry = async (raw: RawEntry, path: string): Promise<ArchiveListing> => {
  const { kind, executable, size } = raw;
  if (kind === undefined) throw entryError(path, 'is neither a file nor a folder nor a link');
  const listing = { path, kind, executable, size: kind === 'file' ? size : 0 };
  if (kind === 'hardlink') return { ...listing, target: cleanPath(raw.target ?? '') };
  if (kind !== 'symlink') return listing;
  const target = raw.target ?? Buffer.from(await raw.read()).toString('utf8');
  return { ...listing, target };
};

/** Longest text of a symbolic link that Linux takes, in bytes. */
const longestTarget = 4096;

/**
 * Goes through an archive and checks each entry; `use` gets those that are wanted, while their
 * contents can be read.
 */
const walkArchive = async (
  bytes: Uint8Array,
  options: ArchiveOptions,
  use: (listing: ArchiveListing, raw: RawEntry) => Promise<void>,
): Promise<void> => {
  const { maxBytes, maxEntries } = { ...defaultLimits, ...options };
  const seen = new SeenPaths();
  const listings = new Map<string, ArchiveListing>();
  let count = 0;
  for await (const raw of await openArchive(bytes, maxBytes)) {
    count += 1;
    if (count > maxEntries) {
      throw new Lock2nixError('ARCHIVE_INVALID', `has more than ${maxEntries} entries`);
    }
    const path = cleanPath(raw.path);
    if (path === '') continue;
    if (raw.kind === 'symlink' && raw.size > longestTarget) {
      throw entryError(path, 'is a symbolic link with too long a target');
    }
    const listing = await listEntry(raw, path);
    seen.add(path, listing.kind);
    const earlier = listings.get(path);
    if (earlier !== undefined && !isSame(earlier, listing)) {
      throw entryError(path, 'stands in the archive twice, and differs');
    }
    listings.set(path, listing);
    if (options.only === undefined || options.only(path)) await use(listing, raw);
  }
};

/** Errors of the readers' libraries become ours; all name the archive. */
const namingArchive = async <T>(fileName: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (isLock2nixError(error) && error.code !== 'ARCHIVE_INVALID') throw error;
    const { message } = error as { readonly message?: unknown };
    throw new Lock2nixError('ARCHIVE_INVALID', `archive ${quoted(fileName)}: ${message}`, {
      cause: error,
    });
  }
};

/**
 * Reads the archive that `bytes` are, by its first bytes, whatever `fileName` (for messages) ends in.
 * Entries come in the archive's order, each path once. Throws `ARCHIVE_INVALID` for what is damaged,
 * encrypted or not supported, too big, has absolute paths or `..`, has something below what is no
 * folder, or has a path twice with different things.
 */
export const readArchive = (
  bytes: Uint8Array,
  fileName: string,
  options: ArchiveOptions = {},
): Promise<ArchiveEntry[]> =>
  namingArchive(fileName, async () => {
    const entries = new Map<string, ArchiveEntry>();
    const maxBytes = options.maxBytes ?? defaultLimits.maxBytes;
    let total = 0;
    await walkArchive(bytes, options, async (listing, raw) => {
      if (listing.kind !== 'file') {
        entries.set(listing.path, { ...listing, contents: new Uint8Array(0) });
        return;
      }
      total += listing.size;
      // Before it is unpacked: a zip file states its sizes and is held to them.
      if (total > maxBytes) throw tooManyBytes(maxBytes);
      const contents = await raw.read();
      const earlier = entries.get(listing.path);
      if (earlier !== undefined && Buffer.compare(earlier.contents, contents) !== 0) {
        throw entryError(listing.path, 'stands in the archive twice, and differs');
      }
      entries.set(listing.path, { ...listing, contents });
    });
    return [...entries.values()];
  });

/** Lists an archive without keeping contents; of a zip file none is unpacked. Else like `readArchive`. */
export const listArchive = (
  bytes: Uint8Array,
  fileName: string,
  options: ArchiveOptions = {},
): Promise<ArchiveListing[]> =>
  namingArchive(fileName, async () => {
    const listings = new Map<string, ArchiveListing>();
    await walkArchive(bytes, options, async (listing) => {
      listings.set(listing.path, listing);
    });
    return [...listings.values()];
  });
