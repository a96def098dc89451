/** Hashes of file trees: the Nix archive format (NAR), as `nix hash path` and `fetchzip` hash. */
import type { Hash as Hasher } from 'node:crypto';
import { createHash } from 'node:crypto';
import { Lock2nixError } from '../graph/errors.ts';
import { formatSri } from './integrity.ts';
import { quoted } from './quoted.ts';

/** A file, a symbolic link or a folder with all below it. Link targets are text, never followed. */
export type FileTree =
  | { readonly kind: 'file'; readonly executable: boolean; readonly contents: Uint8Array }
  | { readonly kind: 'symlink'; readonly target: string }
  | { readonly kind: 'directory'; readonly entries: ReadonlyMap<string, FileTree> };

/** Deeper folders than any real one; keeps the recursion within the stack. */
const deepest = 500;

/** Strings are padded to multiples of this, their length is a number of so many bytes. */
const wordSize = 8;
const padding = new Uint8Array(wordSize);

const writeBytes = (hasher: Hasher, bytes: Uint8Array): void => {
  const length = Buffer.alloc(wordSize);
  length.writeBigUInt64LE(BigInt(bytes.length));
  hasher.update(length).update(bytes);
  const rest = bytes.length % wordSize;
  if (rest !== 0) hasher.update(padding.subarray(rest));
};

const write = (hasher: Hasher, ...words: readonly string[]): void => {
  for (const word of words) writeBytes(hasher, Buffer.from(word));
};

const refuseName = (name: string): never => {
  throw new Lock2nixError(
    'ARCHIVE_INVALID',
    `${quoted(name)} cannot be the name of a file in a tree`,
    { hint: 'names are UTF-8 text without `/`, neither empty nor `.` nor `..`' },
  );
};

/** U+FFFD stands for bytes that were not UTF-8: their hash can no longer be told. */
const isName = (name: string): boolean =>
  name !== '' && name !== '.' && name !== '..' && !/[/\0\uFFFD]/.test(name);

const writeTree = (hasher: Hasher, tree: FileTree, depth: number): void => {
  if (depth > deepest) {
    throw new Lock2nixError('ARCHIVE_INVALID', `a tree is deeper than ${deepest} folders`);
  }
  write(hasher, '(', 'type');
  if (tree.kind === 'file') {
    write(hasher, 'regular', ...(tree.executable ? ['executable', ''] : []), 'contents');
    writeBytes(hasher, tree.contents);
  } else if (tree.kind === 'symlink') {
    if (/[\0\uFFFD]/.test(tree.target)) refuseName(tree.target);
    write(hasher, 'symlink', 'target', tree.target);
  } else {
    write(hasher, 'directory');
    const entries = [...tree.entries].map(([name, entry]) => ({
      name,
      bytes: Buffer.from(name),
      entry,
    }));
    // By bytes, which is not how JavaScript compares strings outside the basic plane.
    entries.sort((left, right) => Buffer.compare(left.bytes, right.bytes));
    for (const { name, entry } of entries) {
      if (!isName(name)) refuseName(name);
      write(hasher, 'entry', '(', 'name', name, 'node');
      writeTree(hasher, entry, depth + 1);
      write(hasher, ')');
    }
  }
  write(hasher, ')');
};

/**
 * The hash of a tree's NAR serialisation, as SRI with sha256: what `nix hash path` prints and what
 * `fetchzip` and `fetchgit` compare. Throws `ARCHIVE_INVALID` for names that no tree can have.
 */
export const narHash = (tree: FileTree): string => {
  const hasher = createHash('sha256');
  write(hasher, 'nix-archive-1');
  writeTree(hasher, tree, 0);
  return formatSri('sha256', hasher.digest());
};
