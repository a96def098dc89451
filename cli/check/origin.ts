import { join } from 'node:path';
import { differingOptions } from '../option-differences.ts';
import type { AskedOptions } from '../options.ts';
import { announcementName, recordName } from '../output-view.ts';
import { type Place, placeOf } from '../place.ts';
import type { RecordFile } from '../read-record.ts';
import { version } from '../version.ts';
import type { Finding } from './finding.ts';

/** Where and for what a recipe is checked. */
export interface CheckContext {
  /** Options that were given. */
  readonly asked: AskedOptions;
  /** Absolute. */
  readonly folder: string;
  readonly output: string;
  /** The output folder as messages show it. */
  readonly shown: string;
  readonly cwd: string;
  readonly command: string;
  /** The file, or the specs, that were named, when they were. */
  readonly named: string | readonly string[] | undefined;
}

/** Files are being written, or a run that wrote them did not end. */
export const interrupted = (shown: string, command: string): Finding => ({
  cause: 'interruption',
  code: 'interrupted',
  file: join(shown, announcementName),
  message: `a run was interrupted while it wrote \`${shown}\`, or is still at it`,
  hint: `repair it: ${command}`,
});

/** Whether another version of lock2nix wrote it. */
export const checkTool = (
  { tool }: RecordFile,
  { shown, command }: CheckContext,
): readonly Finding[] =>
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

/** Options that are asked for and are not those of the recipe. Throws PYTHON_UNKNOWN or SYSTEM_UNKNOWN. */
export const checkOptions = (record: RecordFile, { asked, shown, command }: CheckContext) =>
  differingOptions(asked, record).map(
    ({ given, recorded }): Finding => ({
      cause: 'option',
      code: 'option-differs',
      file: join(shown, recordName),
      message: `\`${given}\` is asked for, and \`${shown}\` ${recorded}`,
      hint: `make the recipe for it: ${command}`,
    }),
  );

const where = ({ exclude: [path] }: Place): string =>
  path === undefined ? 'outside of the project' : `at \`${path}\` in the project`;

const inputWords = (input: string | readonly string[]): string =>
  [input]
    .flat()
    .map((each) => `\`${each}\``)
    .join(', ');

/** Whether it was made from another input, or for another folder. */
export const checkPlace = (
  { place, input }: RecordFile,
  { folder, output, shown, command, named }: CheckContext,
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
  return [
    ...(named === undefined || inputWords(named) === inputWords(input)
      ? []
      : [
          finding(
            'input-other',
            `\`${shown}\` was made from ${inputWords(input)}, not from ${inputWords(named)}`,
          ),
        ]),
    ...(isMoved
      ? [
          finding(
            'place-differs',
            `\`${shown}\` was made to lie ${where(place)}, and lies ${where(now)}`,
          ),
        ]
      : []),
  ];
};
