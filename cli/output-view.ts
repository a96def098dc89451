import { lstatSync, readFileSync, type Stats, statSync } from 'node:fs';
import { isAbsolute, join, normalize } from 'node:path';
import { Lock2nixError } from '../graph/errors.ts';

/** The record, and what announces it while files are being written. */
export const recordName = 'lock2nix.json';
export const announcementName = '.lock2nix.json.next';
export const temporarySuffix = '.lock2nix-part';

/** OUTPUT_FOREIGN for what is in the way of our files. */
export const foreign = (
  path: string,
  what = 'was not written by lock2nix',
  hint = 'move it away, or choose another folder with `-o DIR`',
): Lock2nixError =>
  new Lock2nixError('OUTPUT_FOREIGN', `\`${path}\` is there already and ${what}`, { hint });

const lstat = (path: string): Stats | undefined => lstatSync(path, { throwIfNoEntry: false });

/** `runtime/python/x.nix` -> `runtime`, `runtime/python`. */
export const foldersOf = (name: string): readonly string[] =>
  name
    .split('/')
    .slice(0, -1)
    .map((_, index, parts) => parts.slice(0, index + 1).join('/'));

/** A record is input too: it must not name files outside the output folder. */
export const isInside = (path: string): boolean =>
  !isAbsolute(path) && normalize(path) === path && !/^\.\.(?:\/|$)/.test(path);

/** Looks into an output folder. */
export interface OutputView {
  /** What is at a path, unless something on the way to it is no folder. */
  look(name: string): Stats | undefined;
  /** What is in the way of a file, with why: a link, a folder, a device. */
  obstacle(name: string): { readonly path: string; readonly why: string } | undefined;
  /** The contents of a plain file; undefined for anything else. */
  bytesOf(name: string): Uint8Array | undefined;
  textOf(name: string): string | undefined;
  /** The text of a file of ours; undefined when it is not there. Throws OUTPUT_FOREIGN. */
  read(name: string): string | undefined;
}

/**
 * Opens the view. Links below the folder are never followed: they are in the way, like any other
 * thing that is neither a file nor a folder of ours. Throws OUTPUT_FOREIGN when it is no folder.
 */
export const viewOutput = (folder: string): OutputView => {
  const root = statSync(folder, { throwIfNoEntry: false });
  if (root !== undefined && !root.isDirectory()) throw foreign(folder, 'is no folder');
  const blocked = (name: string): string | undefined =>
    foldersOf(name).find((part) => lstat(join(folder, part))?.isDirectory() === false);
  const look = (name: string): Stats | undefined =>
    blocked(name) === undefined ? lstat(join(folder, name)) : undefined;
  const obstacle: OutputView['obstacle'] = (name) => {
    const part = blocked(name);
    if (part !== undefined) return { path: join(folder, part), why: 'is no folder' };
    return look(name)?.isFile() === false
      ? { path: join(folder, name), why: 'is no plain file' }
      : undefined;
  };
  const bytesOf = (name: string): Uint8Array | undefined =>
    look(name)?.isFile() ? readFileSync(join(folder, name)) : undefined;
  const textOf = (name: string): string | undefined => {
    const bytes = bytesOf(name);
    return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8');
  };
  return {
    look,
    obstacle,
    bytesOf,
    textOf,
    read(name) {
      const found = obstacle(name);
      if (found !== undefined) throw foreign(found.path, found.why);
      return textOf(name);
    },
  };
};
