import {
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  type Stats,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import { isLock2nixError, Lock2nixError } from '../graph/errors.ts';
import { digest, recordedFiles } from './record.ts';

/** The record, and what announces it while files are being written. */
export const recordName = 'lock2nix.json';
const announcementName = '.lock2nix.json.next';
const temporarySuffix = '.lock2nix-part';

/** One change of the disk. A run that is killed between two of them can be repaired by the next. */
export type Step =
  | { readonly kind: 'write'; readonly path: string; readonly text: string }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string }
  | { readonly kind: 'remove'; readonly path: string }
  | { readonly kind: 'remove-folder'; readonly path: string };

export interface Written {
  /** Relative to the output folder, sorted. */
  readonly written: readonly string[];
  readonly removed: readonly string[];
}

interface OutputPlan extends Written {
  readonly steps: readonly Step[];
}

const refuseForeign = (path: string, what = 'was not written by lock2nix'): never => {
  throw new Lock2nixError('OUTPUT_FOREIGN', `\`${path}\` is there already and ${what}`, {
    hint: 'move it away, or choose another folder with `-o DIR`',
  });
};

const lstat = (path: string): Stats | undefined => lstatSync(path, { throwIfNoEntry: false });

/** `runtime/python/x.nix` -> `runtime`, `runtime/python`. */
const foldersOf = (name: string): readonly string[] =>
  name
    .split('/')
    .slice(0, -1)
    .map((_, index, parts) => parts.slice(0, index + 1).join('/'));

/**
 * Looks into the output folder. Links below it are never followed: they are in the way, like any
 * other thing that is neither a file nor a folder of ours.
 */
const createView = (folder: string) => {
  const root = statSync(folder, { throwIfNoEntry: false });
  if (root !== undefined && !root.isDirectory()) refuseForeign(folder, 'is no folder');
  /** The first thing on the way to a file that is no folder. */
  const obstacle = (name: string): string | undefined =>
    foldersOf(name).find((part) => lstat(join(folder, part))?.isDirectory() === false);
  const look = (name: string): Stats | undefined =>
    obstacle(name) === undefined ? lstat(join(folder, name)) : undefined;
  const textOf = (name: string): string | undefined =>
    look(name)?.isFile() ? readFileSync(join(folder, name), 'utf8') : undefined;
  return {
    look,
    textOf,
    /** What a file of ours holds now; undefined when it is not there. Throws OUTPUT_FOREIGN. */
    read(name: string): string | undefined {
      const blocked = obstacle(name);
      if (blocked !== undefined) refuseForeign(join(folder, blocked), 'is no folder');
      if (look(name)?.isFile() === false) refuseForeign(join(folder, name), 'is no plain file');
      return textOf(name);
    },
  };
};

/** A record is input too: it must not name files outside the output folder. */
const isInside = (path: string): boolean =>
  !isAbsolute(path) && normalize(path) === path && !path.startsWith('..');

type Digests = ReadonlyMap<string, string>;

const listedFiles = (text: string | undefined): Digests =>
  new Map(
    [...((text === undefined ? undefined : recordedFiles(text)) ?? [])].filter(([name]) =>
      isInside(name),
    ),
  );

const replace = (path: string, text: string): readonly Step[] => [
  { kind: 'write', path: `${path}${temporarySuffix}`, text },
  { kind: 'rename', from: `${path}${temporarySuffix}`, to: path },
];

/**
 * What has to change so that a folder holds these files and their record: only ours, only those that
 * differ, an announcement first and the record last. What a killed run left behind is cleared away.
 * Throws OUTPUT_FOREIGN for what is in the way and was not written by an earlier run.
 */
export const planOutput = (
  folder: string,
  files: ReadonlyMap<string, string>,
  record: string,
): OutputPlan => {
  const view = createView(folder);
  const before = view.read(recordName);
  if (before !== undefined && recordedFiles(before) === undefined) {
    refuseForeign(join(folder, recordName));
  }
  const announced = view.read(announcementName);
  const [recorded, begun] = [listedFiles(before), listedFiles(announced)];
  const owned = new Set([...recorded.keys(), ...begun.keys()]);

  const written: string[] = [];
  for (const [name, text] of files) {
    const present = view.read(name);
    if (present === text) continue;
    if (present !== undefined && !owned.has(name)) refuseForeign(join(folder, name));
    written.push(name);
  }
  const former = [...owned].filter((name) => !files.has(name)).sort();
  const removed = former.filter((name) => {
    const present = view.textOf(name);
    if (present === undefined) return false;
    return [recorded.get(name), begun.get(name)].includes(digest(present));
  });
  const remove = (name: string): Step => ({ kind: 'remove', path: join(folder, name) });
  const parts = [...owned, ...files.keys(), recordName, announcementName]
    .map((name) => `${name}${temporarySuffix}`)
    .filter((name, index, all) => all.indexOf(name) === index && view.look(name)?.isFile());
  const kept = new Set([...files.keys()].flatMap(foldersOf));
  /** Removes what is left of former files, and their folders. */
  const clear = (names: readonly string[]): readonly Step[] => [
    ...names.filter((name) => removed.includes(name)).map(remove),
    ...[...new Set(names.flatMap(foldersOf))]
      .filter((name) => !kept.has(name) && view.look(name)?.isDirectory())
      .sort()
      .reverse()
      .map((name): Step => ({ kind: 'remove-folder', path: join(folder, name) })),
  ];

  const isDone =
    written.length === 0 && removed.length === 0 && before === record && announced === undefined;
  if (isDone) return { written, removed, steps: parts.map(remove) };
  const steps: Step[] = [
    ...parts.map(remove),
    // Only the old announcement knows them, and it is about to be replaced.
    ...clear(former.filter((name) => !recorded.has(name))),
    ...replace(join(folder, announcementName), record),
    ...written.flatMap((name) => replace(join(folder, name), files.get(name) ?? '')),
    ...clear(former.filter((name) => recorded.has(name))),
    ...(before === record ? [] : replace(join(folder, recordName), record)),
    remove(announcementName),
  ];
  if (before !== record) written.push(recordName);
  return { written: written.sort(), removed, steps };
};

/** Carries out one step. */
export const takeStep = (step: Step): void => {
  switch (step.kind) {
    case 'write':
      mkdirSync(dirname(step.path), { recursive: true });
      // Never through a link that somebody has put there.
      rmSync(step.path, { force: true });
      writeFileSync(step.path, step.text, { flag: 'wx' });
      return;
    case 'rename':
      renameSync(step.from, step.to);
      return;
    case 'remove':
      unlinkSync(step.path);
      return;
    case 'remove-folder':
      try {
        rmdirSync(step.path);
      } catch {
        // Somebody else has files there.
      }
  }
};

const unwritable = (folder: string, cause: unknown): Lock2nixError => {
  const isSystem = typeof cause === 'object' && cause !== null && 'syscall' in cause;
  if (!isSystem || !('code' in cause)) throw cause;
  return new Lock2nixError(
    'OUTPUT_UNWRITABLE',
    `cannot write to \`${folder}\`: ${String(cause.code)}`,
    { cause, hint: 'check its permissions, or choose another folder with `-o DIR`' },
  );
};

/**
 * Brings an output folder up to date. Throws OUTPUT_FOREIGN before anything is changed, and
 * OUTPUT_UNWRITABLE when the disk does not let us.
 */
export const writeOutput = (
  folder: string,
  files: ReadonlyMap<string, string>,
  record: string,
): Written => {
  try {
    const { steps, written, removed } = planOutput(folder, files, record);
    for (const step of steps) takeStep(step);
    return { written, removed };
  } catch (error) {
    if (isLock2nixError(error)) throw error;
    throw unwritable(folder, error);
  }
};
