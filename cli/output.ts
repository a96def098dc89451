import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import { Lock2nixError } from '../graph/errors.ts';
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

const readText = (path: string): string | undefined =>
  existsSync(path) && lstatSync(path).isFile() ? readFileSync(path, 'utf8') : undefined;

/** A record is input too: it must not name files outside the output folder. */
const isInside = (path: string): boolean =>
  !isAbsolute(path) && normalize(path) === path && !path.startsWith('..');

/** Every file that an earlier run wrote or was about to write, with the digests it may have. */
const ownedFiles = (folder: string): ReadonlyMap<string, ReadonlySet<string>> => {
  const owned = new Map<string, Set<string>>();
  for (const name of [recordName, announcementName]) {
    const text = readText(join(folder, name));
    for (const [path, hash] of (text === undefined ? undefined : recordedFiles(text)) ?? []) {
      if (isInside(path)) owned.set(path, (owned.get(path) ?? new Set()).add(hash));
    }
  }
  return owned;
};

const refuseForeign = (path: string): never => {
  throw new Lock2nixError(
    'OUTPUT_FOREIGN',
    `\`${path}\` is there already and was not written by lock2nix`,
    { hint: 'move it away, or choose another folder with `-o DIR`' },
  );
};

const replace = (path: string, text: string): readonly Step[] => [
  { kind: 'write', path: `${path}${temporarySuffix}`, text },
  { kind: 'rename', from: `${path}${temporarySuffix}`, to: path },
];

/**
 * What has to change so that a folder holds these files and their record: only ours, only those that
 * differ, an announcement first and the record last. Throws OUTPUT_FOREIGN for a file in the way
 * that neither record nor announcement names.
 */
export const planOutput = (
  folder: string,
  files: ReadonlyMap<string, string>,
  record: string,
): OutputPlan => {
  const owned = ownedFiles(folder);
  const recordPath = join(folder, recordName);
  const before = readText(recordPath);
  if (before !== undefined && recordedFiles(before) === undefined) refuseForeign(recordPath);
  const written: string[] = [];
  for (const [name, text] of files) {
    const path = join(folder, name);
    const present = readText(path);
    if (present === text) continue;
    if (existsSync(path) && !owned.has(name)) refuseForeign(path);
    written.push(name);
  }
  const removed = [...owned]
    .filter(([name, hashes]) => {
      const present = files.has(name) ? undefined : readText(join(folder, name));
      return present !== undefined && hashes.has(digest(present));
    })
    .map(([name]) => name)
    .sort();
  const announced = existsSync(join(folder, announcementName));
  if (written.length === 0 && removed.length === 0 && before === record && !announced) {
    return { written, removed, steps: [] };
  }
  const announcement = join(folder, announcementName);
  const folders = [...new Set(removed.map((name) => dirname(name)))].filter((name) => name !== '.');
  const steps: Step[] = [
    ...replace(announcement, record),
    ...written.flatMap((name) => replace(join(folder, name), files.get(name) ?? '')),
    ...removed.map((name): Step => ({ kind: 'remove', path: join(folder, name) })),
    ...folders.map((name): Step => ({ kind: 'remove-folder', path: join(folder, name) })),
    ...(before === record ? [] : replace(recordPath, record)),
    { kind: 'remove', path: announcement },
  ];
  if (before !== record) written.push(recordName);
  return { written: written.sort(), removed, steps };
};

/** Carries out one step. */
export const takeStep = (step: Step): void => {
  switch (step.kind) {
    case 'write':
      mkdirSync(dirname(step.path), { recursive: true });
      writeFileSync(step.path, step.text);
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

/** Brings an output folder up to date. Throws OUTPUT_FOREIGN before anything is changed. */
export const writeOutput = (
  folder: string,
  files: ReadonlyMap<string, string>,
  record: string,
): Written => {
  const { steps, written, removed } = planOutput(folder, files, record);
  for (const step of steps) takeStep(step);
  return { written, removed };
};
