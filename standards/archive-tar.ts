import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Header } from 'tar-stream';
import { extract } from 'tar-stream';
import type { EntryKind, RawEntry } from './archive-entry.ts';
import { collectBytes } from './archive-entry.ts';

const kinds: Readonly<Record<string, EntryKind>> = {
  file: 'file',
  'contiguous-file': 'file',
  directory: 'directory',
  symlink: 'symlink',
  link: 'hardlink',
};

/** Bit of the owner's right to execute, the only one that Nix keeps. */
const ownerExecutes = 0o100;

/** What a header says; `kind` is absent for devices, sparse files and other things. */
const describe = (header: Header): Omit<RawEntry, 'read'> => {
  const isFolder = header.type === 'file' && header.size === 0 && header.name.endsWith('/');
  // A `/` at the end is how tar files of before POSIX tell folders.
  const kind = isFolder ? 'directory' : kinds[header.type];
  return {
    path: header.name,
    ...(kind === undefined ? {} : { kind }),
    executable: kind === 'file' && (header.mode & ownerExecutes) !== 0,
    size: kind === 'file' ? header.size : 0,
    ...(kind === 'symlink' || kind === 'hardlink' ? { target: header.linkname } : {}),
  };
};

/** The entries of a tar file that comes in chunks, in their order. An entry is gone when the next one is asked for. */
export async function* readTar(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<RawEntry> {
  // Tar files of before POSIX have no magic; their checksum is looked at all the same.
  const options: Parameters<typeof extract>[0] & { allowUnknownFormat: true } = {
    allowUnknownFormat: true,
  };
  const reader = extract(options);
  const feeding = pipeline(Readable.from(chunks, { objectMode: true }), reader);
  // Looked at below; until then a failure must not count as unhandled.
  feeding.catch(() => undefined);
  for await (const entry of reader) {
    yield {
      ...describe(entry.header),
      read: () => collectBytes(entry as AsyncIterable<Uint8Array>),
    };
    entry.resume();
  }
  await feeding;
}
