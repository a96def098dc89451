/** The recipe that is in an output folder already. */
import { join } from 'node:path';
import { isLock2nixError, Lock2nixError } from '../../graph/errors.ts';
import type { PinnedGraph } from '../../graph/types.ts';
import { findInput, type Input, specInput } from '../input.ts';
import { announcementName, recordName, viewOutput } from '../output-view.ts';
import { parseRecord, type RecordFile } from '../read-record.ts';
import { recordedFiles, repairHint } from '../record.ts';
import { parseSpec } from '../specs.ts';

export interface Recorded {
  readonly record: RecordFile;
  readonly graph: PinnedGraph;
}

const parse = (text: string, shown: string, hint: string): Recorded => {
  const record = parseRecord(text, { shown, hint });
  return { record, graph: record.graph(hint) };
};

/**
 * The recipe of a folder, or the one that an interrupted run was writing; undefined when there is
 * none that can be read, which the run that writes it anew will find out for itself.
 */
export const tryReadRecorded = (folder: string): Recorded | undefined => {
  try {
    const view = viewOutput(folder);
    const text = view.textOf(announcementName) ?? view.textOf(recordName);
    return text === undefined ? undefined : parse(text, recordName, '');
  } catch (error) {
    const isOfDisk = typeof error === 'object' && error !== null && 'syscall' in error;
    if (isLock2nixError(error) || isOfDisk) return undefined;
    throw error;
  }
};

/** The recipe of a folder. Throws INPUT_MISSING, RECORD_INVALID, RECORD_VERSION or GRAPH_INVALID. */
export const readRecorded = (folder: string, shown: string): Recorded => {
  const view = viewOutput(folder);
  const text = view.textOf(announcementName) ?? view.read(recordName);
  if (text === undefined) {
    throw new Lock2nixError('INPUT_MISSING', `there is no recipe in \`${shown}\``, {
      hint: 'make one: convert, or convert pypi:NAME',
    });
  }
  const hint =
    recordedFiles(text) === undefined ? repairHint(text, shown) : 'make the recipe anew: convert';
  return parse(text, join(shown, recordName), hint);
};

/** The input of a recipe whose project is in a folder. Throws INPUT_MISSING. */
export const recordedInput = ({ input }: RecordFile, folder: string): Input =>
  typeof input === 'string'
    ? findInput([join(folder, input)], { command: 'update', cwd: folder })
    : specInput(input.map(parseSpec), folder);
