import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import {
  announcementName,
  foldersOf,
  foreign,
  isInside,
  type OutputView,
  recordName,
  temporarySuffix,
  viewOutput,
} from './output-view.ts';
import {
  type Digests,
  digest,
  recordedFiles,
  refuseNewerRecord,
  repairHint,
  tryReadRecord,
} from './record.ts';

/** One change of the disk. A run that is killed between two of them can be repaired by the next. */
export type Step =
  | { readonly kind: 'write'; readonly path: string; readonly text: string }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string }
  /** With `text`: unless something else stands there by now. */
  | { readonly kind: 'remove'; readonly path: string; readonly text?: string }
  | { readonly kind: 'remove-folder'; readonly path: string }
  | { readonly kind: 'wait'; readonly milliseconds: number };

export interface Written {
  /** Relative to the output folder, sorted. */
  readonly written: readonly string[];
  readonly removed: readonly string[];
}

interface OutputPlan extends Written {
  readonly steps: readonly Step[];
}

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

/** The steps that say that a folder is being written, and what it will hold. */
export const announce = (folder: string, record: string): readonly Step[] =>
  replace(join(folder, announcementName), record);

/** The record that is there. Throws OUTPUT_FOREIGN for another file of its name, RECORD_VERSION. */
const readRecord = (view: OutputView, folder: string): string | undefined => {
  const text = view.read(recordName);
  if (text === undefined) return undefined;
  const path = join(folder, recordName);
  refuseNewerRecord(tryReadRecord(text) ?? {}, path);
  if (recordedFiles(text) === undefined) throw foreign(path, undefined, repairHint(text, folder));
  return text;
};

/**
 * What has to change so that a folder holds these files and their record: only ours, only those that
 * differ, an announcement first and the record last. What a killed run left behind is cleared away.
 * Throws OUTPUT_FOREIGN for what is in the way and was not written by an earlier run, RECORD_VERSION
 * for the output of a later version.
 */
export const planOutput = (
  folder: string,
  files: ReadonlyMap<string, string>,
  record: string,
): OutputPlan => {
  const view = viewOutput(folder);
  const before = readRecord(view, folder);
  const announced = view.read(announcementName);
  const [recorded, begun] = [listedFiles(before), listedFiles(announced)];
  const owned = new Set([...recorded.keys(), ...begun.keys()]);

  const written: string[] = [];
  for (const [name, text] of files) {
    const present = view.read(name);
    if (present === text) continue;
    if (present !== undefined && !owned.has(name)) throw foreign(join(folder, name));
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
    ...announce(folder, record),
    ...written.flatMap((name) => replace(join(folder, name), files.get(name) ?? '')),
    ...clear(former.filter((name) => recorded.has(name))),
    ...(before === record ? [] : replace(join(folder, recordName), record)),
    { kind: 'remove', path: join(folder, announcementName), text: record },
  ];
  if (before !== record) written.push(recordName);
  return { written: written.sort(), removed, steps };
};

const wait = (milliseconds: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
};

/** As `mkdir -p`. Node's own way never ends where a file system says ENOENT, as /proc does. */
const makeFolder = (path: string): void => {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Another run was quicker.
    if (!existsSync(path)) throw error;
  }
};

/** Carries out one step. */
export const takeStep = (step: Step): void => {
  switch (step.kind) {
    case 'write':
      makeFolder(dirname(step.path));
      // Never through a link that somebody has put there.
      rmSync(step.path, { force: true });
      writeFileSync(step.path, step.text, { flag: 'wx' });
      return;
    case 'rename':
      renameSync(step.from, step.to);
      return;
    case 'remove':
      if (step.text === undefined || readFileSync(step.path, 'utf8') === step.text) {
        unlinkSync(step.path);
      }
      return;
    case 'remove-folder':
      try {
        rmdirSync(step.path);
      } catch {
        // Somebody else has files there.
      }
      return;
    case 'wait':
      wait(step.milliseconds);
  }
};
