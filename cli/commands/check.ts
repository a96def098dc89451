import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { isLock2nixError, Lock2nixError } from '../../graph/errors.ts';
import { besideInput } from '../beside-input.ts';
import { checkFiles } from '../check/files.ts';
import type { Finding } from '../check/finding.ts';
import { checkInputs } from '../check/inputs.ts';
import {
  type CheckContext,
  checkOptions,
  checkPlace,
  checkTool,
  interrupted,
} from '../check/origin.ts';
import { missingInput, readSpecs, specInput, tooMany, tryDefaultFile } from '../input.ts';
import { type AskedOptions, formatOptions, mergeOptions, recordedOptions } from '../options.ts';
import { announcementName, type OutputView, recordName, viewOutput } from '../output-view.ts';
import { outputFolder, shownOutput, shownPath } from '../place.ts';
import { type PrintedOutput, printOutput } from '../print-output.ts';
import { parseRecord, type RecordFile } from '../read-record.ts';
import { type RecordOptions, recordedFiles, repairHint } from '../record.ts';
import { quoteShell } from '../shell.ts';
import { version } from '../version.ts';
import type { World } from '../world.ts';

/** Options that are not given are those of the record. */
export interface CheckRequest extends AskedOptions {
  /** As they were typed. */
  readonly inputs: readonly string[];
  readonly output?: string;
  readonly ecosystem?: 'pypi';
}

export interface CheckResult {
  /** The input, as messages show it. */
  readonly input: string;
  readonly output: string;
  /** What the recipe is for; absent when its record is not there, or of another lock2nix. */
  readonly recipe?: {
    readonly packages: number;
    readonly python: string;
    readonly systems: readonly string[];
  };
  /** None: everything agrees. */
  readonly findings: readonly Finding[];
  /** What makes everything agree, as one types it. */
  readonly command: string;
}

/** What is to be checked, as far as the command line says. */
interface Subject {
  /** Absolute, of the project. */
  readonly folder: string;
  /** A path that was typed, and the name of the file in it; the file itself may be gone. */
  readonly path?: string;
  readonly fileName?: string;
  readonly specs?: readonly string[];
}

/** Throws USAGE for several inputs that are not packages. */
const findSubject = ({ inputs, ecosystem }: CheckRequest, cwd: string): Subject => {
  const specs = readSpecs(inputs, { cwd, ecosystem });
  if (specs.length > 0 && specs.length === inputs.length) {
    const { folder, specs: all } = specInput(specs, cwd);
    return { folder, specs: all.map(({ text }) => text) };
  }
  if (specs.length > 0 || inputs.length > 1) throw tooMany('check', inputs);
  const [argument] = inputs;
  if (argument === undefined) return { folder: cwd };
  const path = resolve(cwd, argument);
  return existsSync(path) && statSync(path).isDirectory()
    ? { folder: path, path: argument }
    : { folder: dirname(path), path: argument, fileName: basename(path) };
};

/** The input as one types it for `convert`; nothing where it is found without. */
const typedInput = (
  { folder, path, fileName, specs }: Subject,
  recorded: RecordFile['input'] | undefined,
  cwd: string,
): readonly string[] => {
  if (specs !== undefined) return specs;
  const typed = path === undefined ? [] : [path];
  if (fileName !== undefined || recorded === undefined) return typed;
  if (typeof recorded !== 'string') return recorded;
  const isFound = !existsSync(join(folder, recorded)) || tryDefaultFile(folder) === recorded;
  return isFound ? typed : [shownPath(join(folder, recorded), cwd)];
};

/** `convert` with what was said on this command line, and with recorded options. */
const commandOf = (
  { output }: CheckRequest,
  input: readonly string[],
  options: Parameters<typeof formatOptions>[0],
): string =>
  [
    'convert',
    ...input.map(quoteShell),
    ...(output === undefined ? [] : ['-o', quoteShell(output)]),
    ...formatOptions(options),
  ].join(' ');

/** Options with the paths in them as one types them where the command runs. */
const typedOptions = (options: RecordOptions, folder: string, cwd: string): RecordOptions =>
  options.constraints === undefined
    ? options
    : {
        ...options,
        constraints: options.constraints.map((path) => shownPath(join(folder, path), cwd)),
      };

const unreadable = (folder: string, cause: unknown): Lock2nixError => {
  const isSystem = typeof cause === 'object' && cause !== null && 'syscall' in cause;
  if (!isSystem || !('code' in cause)) throw cause;
  return new Lock2nixError('INPUT_MISSING', `cannot read \`${folder}\`: ${String(cause.code)}`, {
    cause,
    hint: 'check its permissions, or name another folder with `-o DIR`',
  });
};

/** What a folder holds of ours: the view, the record and the announcement of one. */
const openOutput = (folder: string, shown: string) => {
  try {
    const view = viewOutput(folder);
    const announced =
      view.look(announcementName) === undefined ? undefined : (view.textOf(announcementName) ?? '');
    return { view, text: view.read(recordName), announced };
  } catch (error) {
    throw unreadable(shown, error);
  }
};

/** The record of the run that announced itself, as far as it got to say it. */
const announcedRecord = (announced: string | undefined): RecordFile | undefined => {
  if (announced === undefined) return undefined;
  try {
    return parseRecord(announced, { shown: announcementName, hint: '' });
  } catch (error) {
    if (isLock2nixError(error)) return undefined;
    throw error;
  }
};

const checkOutput = async (
  record: RecordFile,
  text: string,
  { view, ...context }: CheckContext & { readonly view: OutputView },
) => {
  const isOurs = record.tool === version;
  const graph = isOurs ? record.graph(`write it again: ${context.command}`) : undefined;
  const printed: PrintedOutput | undefined =
    graph === undefined ? undefined : await printOutput({ ...record, graph });
  const findings = checkFiles(
    record,
    { text, printed },
    { view, folder: context.output, shown: context.shown, command: context.command },
  );
  return { graph, findings };
};

/**
 * Tells whether a recipe agrees with its inputs, options, place and record, and with this version of
 * lock2nix: what `convert` would change. Reads the project and the output folder only: no cache, no
 * registry. Throws INPUT_MISSING when there is no recipe, RECORD_INVALID, RECORD_VERSION or
 * GRAPH_INVALID for a record that cannot be used, and what `convert` throws for bad options.
 */
export const check = async (
  request: CheckRequest,
  { cwd }: Pick<World, 'cwd'>,
): Promise<CheckResult> => {
  const subject = findSubject(request, cwd);
  const { folder, fileName, specs } = subject;
  const asked = besideInput(request, { folder, cwd });
  const output = outputFolder(request.output, { folder, cwd });
  const shown = shownOutput(output, cwd);
  const { view, text, announced } = openOutput(output, shown);
  const begun = announcedRecord(announced);
  const commandFor = (record?: Pick<RecordFile, 'input' | 'options'>): string => {
    const options = mergeOptions((begun ?? record)?.options ?? recordedOptions({}), asked);
    const input = typedInput(subject, (begun ?? record)?.input, cwd);
    return commandOf(request, input, typedOptions(options, folder, cwd));
  };
  const plain = commandFor();
  if (text === undefined && announced !== undefined) {
    const input = specs?.join(' ') ?? shownPath(join(folder, fileName ?? ''), cwd);
    const findings = [interrupted(shown, plain)];
    return { input, output: shown, findings, command: plain };
  }
  if (text === undefined) {
    if (subject.path !== undefined && !existsSync(resolve(cwd, subject.path))) {
      throw missingInput(subject.path);
    }
    throw new Lock2nixError('INPUT_MISSING', `there is no recipe in \`${shown}\``, { hint: plain });
  }
  const path = join(shown, recordName);
  const record = parseRecord(text, {
    shown: path,
    hint: recordedFiles(text) === undefined ? repairHint(text, shown) : `write it again: ${plain}`,
  });
  if (fileName !== undefined && fileName !== record.input && !existsSync(join(folder, fileName))) {
    throw missingInput(subject.path ?? fileName);
  }
  const command = commandFor(record);
  const context: CheckContext = {
    asked,
    folder,
    output,
    shown,
    cwd,
    command,
    named: specs ?? fileName,
  };
  const before = [
    ...(announced === undefined ? [] : [interrupted(shown, command)]),
    ...checkTool(record, context),
    ...checkPlace(record, context),
    ...checkOptions(record, context),
    ...checkInputs(record, context),
  ];
  const input =
    typeof record.input === 'string'
      ? shownPath(join(folder, record.input), cwd)
      : record.input.join(' ');
  // Of a half state nobody can say which files are odd.
  if (announced !== undefined) return { input, output: shown, findings: before, command };
  const { graph, findings } = await checkOutput(record, text, { ...context, view });
  return {
    input,
    output: shown,
    ...(graph === undefined
      ? {}
      : {
          recipe: {
            packages: graph.environments.get('default')?.members.length ?? 0,
            python: record.target.python ?? '',
            systems: record.target.systems,
          },
        }),
    findings: [...before, ...findings],
    command,
  };
};
