import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { foldersOf, type OutputView, recordName } from '../output-view.ts';
import type { PrintedOutput } from '../print-output.ts';
import type { RecordFile } from '../read-record.ts';
import { digest } from '../record.ts';
import { quoteShell } from '../shell.ts';
import type { Finding } from './finding.ts';

export interface FileContext {
  readonly view: OutputView;
  /** Absolute. */
  readonly folder: string;
  /** The folder as messages show it. */
  readonly shown: string;
  /** What writes the recipe again. */
  readonly command: string;
}

const lineOf = (left: string, right: string): number => {
  const [one, other] = [left.split('\n'), right.split('\n')];
  const index = one.findIndex((line, at) => line !== other[at]);
  return index === -1 ? one.length : index + 1;
};

const decode = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

/** Names the folder, when all of it is missing. */
const missing = (name: string, { view, shown, command }: FileContext): Finding => {
  const top = foldersOf(name).find((folder) => view.look(folder) === undefined);
  const file = join(shown, top ?? name);
  return {
    cause: 'file',
    code: 'file-missing',
    file,
    message: `\`${file}\` is missing`,
    hint: `put it back: ${command}`,
  };
};

const edited = (name: string, line: number | undefined, context: FileContext): Finding => {
  const file = join(context.shown, name);
  return {
    cause: 'file',
    code: 'file-edited',
    file,
    ...(line === undefined ? {} : { line }),
    message: `\`${file}\` was edited${line === undefined ? '' : `, from line ${line} on`}`,
    hint: `put it back: ${context.command}`,
  };
};

/** What stands where a file of ours should, and is none. */
const blocked = (name: string, { view, folder, shown, command }: FileContext): Finding[] => {
  const found = view.obstacle(name);
  if (found === undefined) return [];
  const file = join(shown, found.path.slice(folder.length + 1));
  return [
    {
      cause: 'file',
      code: 'file-blocked',
      file,
      message: `\`${file}\` ${found.why}`,
      hint: `move it away, then put back what lock2nix wrote: ${command}`,
    },
  ];
};

const recordEdited = (fault: string, { shown, command }: FileContext, line?: number): Finding => ({
  cause: 'record',
  code: 'record-edited',
  file: join(shown, recordName),
  ...(line === undefined ? {} : { line }),
  message: `\`${join(shown, recordName)}\` was edited: ${fault}`,
  hint: `write it again: ${command}`,
});

/** With another version's recipe, its digests are all there is to compare with. */
const checkByDigest = ({ files }: RecordFile, context: FileContext): readonly Finding[] =>
  [...files].flatMap(([name, recorded]) => {
    const obstacles = blocked(name, context);
    if (obstacles.length > 0) return obstacles;
    const bytes = context.view.bytesOf(name);
    if (bytes === undefined) return [missing(name, context)];
    return digest(bytes) === recorded ? [] : [edited(name, undefined, context)];
  });

/** A file that is there, one that is printed and the digest in the record: which of them is odd? */
const checkFile = (
  name: string,
  { text, recorded }: { readonly text: string; readonly recorded: string | undefined },
  context: FileContext,
): readonly Finding[] => {
  const inRecord =
    recorded === digest(text)
      ? []
      : [
          recordEdited(
            recorded === undefined
              ? `it does not list \`${name}\`, which its graph prints`
              : `its graph does not print the \`${name}\` that it lists`,
            context,
          ),
        ];
  const obstacles = blocked(name, context);
  if (obstacles.length > 0) return [...obstacles, ...inRecord];
  const bytes = context.view.bytesOf(name);
  if (bytes === undefined) return [missing(name, context), ...inRecord];
  const now = digest(bytes);
  if (now === digest(text)) return inRecord;
  const line = lineOf(text, decode(bytes));
  // File and digest agree with each other: the two, or the graph, were changed together.
  if (now === recorded) {
    return [
      recordEdited(
        `its graph prints another \`${name}\` (from line ${line} on) than the one that it lists and that is there`,
        context,
      ),
    ];
  }
  return [edited(name, line, context), ...inRecord];
};

const namesBelow = (folder: string, name: string): readonly string[] =>
  readdirSync(join(folder, name), { withFileTypes: true }).flatMap((entry) => {
    const path = `${name}/${entry.name}`;
    return entry.isDirectory() ? namesBelow(folder, path) : [path];
  });

/** Files such as lock2nix writes, in the folder that is its own, that belong to no recipe of it. */
const checkRuntime = (
  expected: ReadonlySet<string>,
  { view, folder, shown }: FileContext,
): readonly Finding[] => {
  if (view.look('runtime')?.isDirectory() !== true) return [];
  const extra = namesBelow(folder, 'runtime')
    .filter((name) => /\.(?:nix|py)$/.test(name) && !expected.has(name))
    .sort()
    .map((name) => join(shown, name));
  return extra.map((file) => ({
    cause: 'file',
    code: 'file-extra',
    file,
    message: `\`${file}\` is not part of the recipe`,
    // What lock2nix did not write it does not remove.
    hint: `remove what is not part of it: rm ${extra.map(quoteShell).join(' ')}`,
  }));
};

/** Where a record is not what its own content prints, when that is not told by its files. */
const checkRecord = (
  record: RecordFile,
  { text, printed, context }: { text: string; printed: PrintedOutput; context: FileContext },
): readonly Finding[] => {
  const unknown = [...record.files.keys()].filter((name) => !printed.files.has(name));
  if (unknown.length > 0) {
    return unknown.map((name) =>
      recordEdited(`it lists \`${name}\`, which its graph does not print`, context),
    );
  }
  if (text === printed.record) return [];
  const line = lineOf(printed.record, text);
  return [recordEdited(`line ${line} is not as lock2nix writes it`, context, line)];
};

/** A folder that is missing or in the way is told once, not for each file that should be in it. */
const distinct = (findings: readonly Finding[]): readonly Finding[] => {
  const messages = findings.map(({ message }) => message);
  return findings.filter(({ message }, index) => messages.indexOf(message) === index);
};

/**
 * Compares a recipe with what its record prints, byte by byte; without a print (the record is of
 * another version) with the digests in the record.
 */
export const checkFiles = (
  record: RecordFile,
  { text, printed }: { readonly text: string; readonly printed: PrintedOutput | undefined },
  context: FileContext,
): readonly Finding[] => {
  if (printed === undefined) return distinct(checkByDigest(record, context));
  const files = [...printed.files].flatMap(([name, wanted]) =>
    checkFile(name, { text: wanted, recorded: record.files.get(name) }, context),
  );
  const expected = new Set([...printed.files.keys(), ...record.files.keys()]);
  const isTold = files.some(({ cause }) => cause === 'record');
  return [
    ...distinct(files),
    ...checkRuntime(expected, context),
    ...(isTold ? [] : checkRecord(record, { text, printed, context })),
  ];
};
