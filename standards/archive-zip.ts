import { crc32 } from 'node:zlib';
import type { Entry, ZipFile } from 'yauzl';
import { fromBufferPromise } from 'yauzl';
import type { EntryKind, RawEntry } from './archive-entry.ts';
import { collectBytes } from './archive-entry.ts';

/** Systems whose zip files carry a Unix mode (`versionMadeBy`): Unix and macOS. */
const unixSystems: readonly number[] = [3, 19];

const fileTypeMask = 0o170000;
const symlinkType = 0o120000;
const directoryType = 0o040000;
const ownerExecutes = 0o100;

const modeOf = (entry: Entry): number =>
  unixSystems.includes(entry.versionMadeBy >>> 8) ? entry.externalFileAttributes >>> 16 : 0;

const kindOf = (entry: Entry): EntryKind => {
  const type = modeOf(entry) & fileTypeMask;
  if (entry.fileName.endsWith('/') || type === directoryType) return 'directory';
  return type === symlinkType ? 'symlink' : 'file';
};

const readContents = async (zip: ZipFile, entry: Entry): Promise<Uint8Array> => {
  if (entry.isEncrypted()) throw new Error('is encrypted');
  const bytes = await collectBytes(await zip.openReadStreamPromise(entry));
  if (crc32(bytes) !== entry.crc32) throw new Error('has contents with a wrong checksum');
  return bytes;
};

/**
 * The entries of a zip file, in the order of its directory. The directory counts, not the headers
 * beside the contents. The target of a symbolic link is its contents.
 */
export async function* readZip(bytes: Uint8Array): AsyncGenerator<RawEntry> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const zip = await fromBufferPromise(buffer);
  for await (const entry of zip.eachEntry()) {
    const kind = kindOf(entry);
    yield {
      path: entry.fileName,
      kind,
      executable: kind === 'file' && (modeOf(entry) & ownerExecutes) !== 0,
      size: kind === 'directory' ? 0 : entry.uncompressedSize,
      read: () => readContents(zip, entry),
    };
  }
}
