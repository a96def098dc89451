import { Lock2nixError } from '../graph/errors.ts';
import type { ArchiveEntry } from './archive.ts';
import { entryError } from './archive-entry.ts';
import type { FileTree } from './nar.ts';
import { quoted } from './quoted.ts';

type MutableTree = Map<string, MutableTree | Exclude<FileTree, { kind: 'directory' }>>;

const folderAt = (root: MutableTree, parts: readonly string[]): MutableTree => {
  let folder = root;
  for (const part of parts) {
    const found = folder.get(part);
    if (found instanceof Map) {
      folder = found;
      continue;
    }
    if (found !== undefined) throw entryError(parts.join('/'), 'lies below what is no folder');
    const made: MutableTree = new Map();
    folder.set(part, made);
    folder = made;
  }
  return folder;
};

const nodeAt = (root: MutableTree, path: string): MutableTree | FileTree | undefined => {
  let node: MutableTree | FileTree | undefined = root;
  for (const part of path.split('/')) node = node instanceof Map ? node.get(part) : undefined;
  return node;
};

const leafOf = (
  root: MutableTree,
  entry: ArchiveEntry,
): Exclude<FileTree, { kind: 'directory' }> => {
  const { path, executable, contents, target = '' } = entry;
  if (entry.kind === 'symlink') return { kind: 'symlink', target };
  if (entry.kind === 'file') return { kind: 'file', executable, contents };
  const linked = nodeAt(root, target);
  if (linked === undefined || linked instanceof Map || linked.kind === 'directory') {
    throw entryError(path, `is a hard link to ${quoted(target)}, which is no file before it`);
  }
  return linked;
};

const freeze = (folder: MutableTree): FileTree => ({
  kind: 'directory',
  entries: new Map(
    [...folder].map(([name, node]) => [name, node instanceof Map ? freeze(node) : node]),
  ),
});

/**
 * The tree that unpacking an archive gives. With `stripRoot`, what is in its one root folder, as
 * `fetchzip` and `fetchTarball` do; throws `ARCHIVE_INVALID` when there is not exactly one, or when
 * a hard link points to no file before it.
 */
export const unpackTree = (
  entries: readonly ArchiveEntry[],
  { stripRoot }: { readonly stripRoot: boolean },
): FileTree => {
  const root: MutableTree = new Map();
  for (const entry of entries) {
    const parts = entry.path.split('/');
    if (entry.kind === 'directory') {
      folderAt(root, parts);
      continue;
    }
    const name = parts.at(-1) ?? '';
    const leaf = leafOf(root, entry);
    const folder = folderAt(root, parts.slice(0, -1));
    if (folder.get(name) instanceof Map) throw entryError(entry.path, 'is a folder as well');
    folder.set(name, leaf);
  }
  if (!stripRoot) return freeze(root);
  const [only] = root.values();
  if (root.size !== 1 || !(only instanceof Map)) {
    throw new Lock2nixError(
      'ARCHIVE_INVALID',
      `an archive has ${root.size} things at its root, where one folder must be`,
    );
  }
  return freeze(only);
};
