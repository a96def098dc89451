import { Lock2nixError } from '../graph/errors.ts';
import { quoted } from './quoted.ts';

/** What an entry of an archive can be; devices and the like are refused. */
export type EntryKind = 'file' | 'directory' | 'symlink' | 'hardlink';

/** An entry as the reader of one format hands it on: nothing of it is checked yet. */
export interface RawEntry {
  readonly path: string;
  /** Absent for what is none of the kinds. */
  readonly kind?: EntryKind;
  readonly executable: boolean;
  /** Size of the contents in bytes, as the archive states it. */
  readonly size: number;
  /** Of a link whose target stands in its header. */
  readonly target?: string;
  /** The contents; to be called once, before the next entry is asked for. */
  readonly read: () => Promise<Uint8Array>;
}

/** All bytes of a stream. */
export const collectBytes = async (chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> => {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
};

/** Longest path that Linux takes, in characters. */
const longestPath = 4096;

/** `ARCHIVE_INVALID` for an entry. */
export const entryError = (path: string, why: string): Lock2nixError =>
  new Lock2nixError('ARCHIVE_INVALID', `entry ${quoted(path)} ${why}`);

/**
 * A path of an archive without `.`, empty parts and a `/` at the end; empty for the archive's own
 * root. Throws `ARCHIVE_INVALID` for absolute paths, `..`, NUL, and paths that no system takes.
 */
export const cleanPath = (path: string): string => {
  if (path.length > longestPath) throw entryError(path, 'has a path that is too long');
  if (path.startsWith('/')) throw entryError(path, 'has an absolute path');
  if (path.includes('\0')) throw entryError(path, 'has a NUL in its path');
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw entryError(path, 'leaves the archive with `..`');
  return parts.join('/');
};

/**
 * The folders and other things that an archive has named so far. Something below what is no folder
 * (a file below a symbolic link, that is how one writes elsewhere) is refused.
 */
export class SeenPaths {
  readonly #folders = new Set<string>();
  readonly #others = new Set<string>();

  /** Notes a path. Throws `ARCHIVE_INVALID` when it is both a folder and something else. */
  add(path: string, kind: EntryKind): void {
    if (kind === 'directory') {
      this.#addFolder(path, path);
      return;
    }
    if (this.#folders.has(path)) throw entryError(path, 'is a folder as well');
    this.#others.add(path);
    const slash = path.lastIndexOf('/');
    if (slash !== -1) this.#addFolder(path.slice(0, slash), path);
  }

  /** Notes a folder and those above it; `path` is the entry that asks for them. */
  #addFolder(innermost: string, path: string): void {
    for (let folder = innermost; !this.#folders.has(folder); ) {
      if (this.#others.has(folder)) {
        throw entryError(path, `needs ${quoted(folder)} to be a folder, which it is not`);
      }
      this.#folders.add(folder);
      const slash = folder.lastIndexOf('/');
      if (slash === -1) return;
      folder = folder.slice(0, slash);
    }
  }
}
