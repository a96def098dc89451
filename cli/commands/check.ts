import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { Lock2nixError } from '../../graph/errors.ts';
import { checkFiles } from '../check/files.ts';
import type { Finding } from '../check/finding.ts';
import { checkInputs } from '../check/inputs.ts';
import { missingInput, refusePackage } from '../input.ts';
import {
  type AskedOptions,
  differingOptions,
  formatOptions,
  mergeOptions,
  recordedOptions,
} from '../options.ts';
import { announcementName, type OutputView, recordName, viewOutput } from '../output-view.ts';
import { outputFolder, placeOf, shownOutput, shownPath } from '../place.ts';
import { type PrintedOutput, printOutput } from '../print-output.ts';
import { parseRecord, type RecordFile } from '../read-record.ts';
import { recordedFiles, repairHint } from '../record.ts';
import { quoteShell } from '../shell.ts';
import { version } from '../version.ts';
import type { World } from '../world.ts';

/** Options that are not given are those of the record. */
export interface CheckRequest extends AskedOptions {
  readonly input?: string;
  readonly output?: string;
}

export interface CheckResult {
  /** The lock, as messages show it. */
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

/** Where the project is; the lock itself may be gone. */
const findProject = (argument: string | undefined, cwd: string) => {
  refusePackage(argument);
  const path = resolve(cwd, argument ?? '.');
  if (existsSync(path) && statSync(path).isDirectory())
    return { folder: path, fileName: undefined };
  return { folder: dirname(path), fileName: basename(path) };
};

/** `convert` with what was said on this command line, and with recorded options. */
const commandOf = (
  { input, output }: CheckRequest,
  options: Parameters<typeof formatOptions>[0],
): string =>
  [
    'convert',
    ...(input === undefined ? [] : [quoteShell(input)]),
    ...(output === undefined ? [] : ['-o', quoteShell(output)]),
    ...formatOptions(options),
  ].join(' ');

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
    return { view, text: view.read(recordName), announced: view.look(announcementName) };
  } catch (error) {
    throw unreadable(shown, error);
  }
};

const interrupted = (shown: string, command: string): Finding => ({
  cause: 'interruption',
  code: 'interrupted',
  file: join(shown, announcementName),
  message: `a run was interrupted while it wrote \`${shown}\`, or is still at it`,
  hint: `repair it: ${command}`,
});

interface CheckContext {
  readonly request: CheckRequest;
  /** Absolute. */
  readonly folder: string;
  readonly output: string;
  /** The output folder as messages show it. */
  readonly shown: string;
  readonly cwd: string;
  readonly command: string;
  /** The lock that was named, when one was. */
  readonly fileName: string | undefined;
}

const checkTool = ({ tool }: RecordFile, { shown, command }: CheckContext): readonly Finding[] =>
  tool === version
    ? []
    : [
        {
          cause: 'tool',
          code: 'tool-differs',
          file: join(shown, recordName),
          message: `\`${shown}\` was written by lock2nix ${tool}, and this is ${version}: what would change is not known`,
          hint: `write it with this version: ${command}`,
        },
      ];

const checkOptions = (record: RecordFile, { request, shown, command }: CheckContext) =>
  differingOptions(request, record).map(
    ({ given, recorded }): Finding => ({
      cause: 'option',
      code: 'option-differs',
      file: join(shown, recordName),
      message: `\`${given}\` is asked for, and \`${shown}\` has: ${recorded}`,
      hint: `make the recipe for it: ${command}`,
    }),
  );

const checkPlace = (
  { place, input }: RecordFile,
  { folder, output, shown, command, fileName }: CheckContext,
): readonly Finding[] => {
  const finding = (code: string, message: string): Finding => ({
    cause: 'place',
    code,
    file: join(shown, recordName),
    message,
    hint: `make the recipe for it: ${command}`,
  });
  const now = placeOf(folder, output);
  const isMoved =
    now.project !== place.project || now.exclude.join('\n') !== place.exclude.join('\n');
  const was = place.exclude[0] ?? 'a folder outside of the project';
  const is = now.exclude[0] ?? 'one outside of the project';
  return [
    ...(fileName === undefined || fileName === input
      ? []
      : [
          finding(
            'input-other',
            `\`${shown}\` was made from \`${input}\`, not from \`${fileName}\``,
          ),
        ]),
    ...(isMoved
      ? [
          finding(
            'place-differs',
            `\`${shown}\` was made for ${was}, seen from the project, and is ${is}`,
          ),
        ]
      : []),
  ];
};

const checkOutput = async (
  record: RecordFile,
  text: string,
  { view, ...context }: CheckContext & { readonly view: OutputView },
) => {
  const isOurs = record.tool === version;
  const graph = isOurs ? record.graph() : undefined;
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
  const { folder, fileName } = findProject(request.input, cwd);
  const output = outputFolder(request.output, { folder, cwd });
  const shown = shownOutput(output, cwd);
  const plain = commandOf(request, recordedOptions(request));
  const { view, text, announced } = openOutput(output, shown);
  const half = announced === undefined ? [] : [interrupted(shown, plain)];
  const named = shownPath(fileName === undefined ? folder : join(folder, fileName), cwd);
  if (text === undefined) {
    if (half.length > 0) return { input: named, output: shown, findings: half, command: plain };
    throw new Lock2nixError('INPUT_MISSING', `there is no recipe in \`${shown}\``, { hint: plain });
  }
  const path = join(shown, recordName);
  const record = parseRecord(text, {
    shown: path,
    hint: recordedFiles(text) === undefined ? repairHint(text, shown) : `write it again: ${plain}`,
  });
  if (fileName !== undefined && fileName !== record.input && !existsSync(join(folder, fileName))) {
    throw missingInput(request.input ?? fileName);
  }
  const command = commandOf(request, mergeOptions(record.options, request));
  const context: CheckContext = { request, folder, output, shown, cwd, command, fileName };
  const before = [
    ...(announced === undefined ? [] : [interrupted(shown, command)]),
    ...checkTool(record, context),
    ...checkPlace(record, context),
    ...checkOptions(record, context),
    ...checkInputs(record, context),
  ];
  const input = shownPath(join(folder, record.input), cwd);
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
