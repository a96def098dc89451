import { Lock2nixError } from '../graph/errors.ts';
import { formatJson, graphToJson } from '../graph/serialise.ts';
import type { PinnedGraph } from '../graph/types.ts';
import { hashBytes } from '../standards/integrity.ts';
import { quoted } from '../standards/quoted.ts';
import type { Place } from './place.ts';
import { quoteShell } from './shell.ts';

/** Raised when the record's form changes, so that an older one is told from a damaged one. */
const recordVersion = 1;

/** Stands for all extras or groups, as pip's `--no-binary` has it. */
export const allNames = ':all:';

/** Options that only finding versions knows; absent: the default. Lists are sorted, each once. */
export interface RecordSolveOptions {
  /** Names of which the newest release with a wheel is taken. */
  readonly preferWheels?: readonly string[];
  /** Normalised names, or `:all:` alone. */
  readonly onlyBinary?: readonly string[];
  readonly noBinary?: readonly string[];
  readonly pre?: boolean;
  readonly resolution?: 'lowest' | 'first-wins';
  /** A date, or a time in UTC (RFC 3339). */
  readonly excludeNewer?: string;
  /** URLs are without credentials. */
  readonly indexUrl?: string;
  /** In the order that they are asked in. */
  readonly extraIndexUrl?: readonly string[];
  readonly indexStrategy?: 'best-match';
  /** Paths relative to the project. */
  readonly constraints?: readonly string[];
}

/** What a recipe was made from, besides the tool. All of it decides about the output's bytes. */
export interface RecordOptions extends RecordSolveOptions {
  readonly python?: string;
  /** Sorted, each once. */
  readonly systems?: readonly string[];
  /** As they were asked for: normalised and sorted, or `:all:` alone. */
  readonly extras: readonly string[];
  readonly groups: readonly string[];
  readonly prefer: 'wheel' | 'sdist';
  readonly strict: boolean;
  /** Whether the bundled rules were left out. */
  readonly noCollection?: true;
}

/** Path -> digest. */
export type Digests = ReadonlyMap<string, string>;

export interface RecordContent {
  /** Version of lock2nix. */
  readonly tool: string;
  /** File name of the lock or manifest, or the specs, sorted: `["pypi:flask==3.0.3"]`. */
  readonly input: string | readonly string[];
  /** What was read, by path relative to the project; null: it was looked for and was not there. */
  readonly inputs: ReadonlyMap<string, string | null>;
  readonly options: RecordOptions;
  readonly place: Place;
  readonly graph: PinnedGraph;
  /** The other files, by path relative to the output folder. */
  readonly files: Digests;
}

/** The digest of a file as the record holds it: SRI, sha256 of its bytes (of a text: in UTF-8). */
export const digest = (contents: string | Uint8Array): string =>
  hashBytes('sha256', typeof contents === 'string' ? Buffer.from(contents, 'utf8') : contents);

/** `lock2nix.json`: inputs and output by digest, options, and the whole graph. Read by `parseRecord`. */
export const formatRecord = (content: RecordContent): string =>
  formatJson({
    lock2nix: content.tool,
    record: recordVersion,
    input: content.input,
    inputs: Object.fromEntries(content.inputs),
    options: { ...content.options },
    place: { ...content.place },
    graph: graphToJson(content.graph),
    files: Object.fromEntries(content.files),
  });

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The object of a text that says that it is a record; undefined for everything else. */
export const tryReadRecord = (text: string): Readonly<Record<string, unknown>> | undefined => {
  const value = parseJson(text);
  return isObject(value) && 'lock2nix' in value ? value : undefined;
};

/** The files that a record lists, as far as they can be read; undefined when it is no record of ours. */
export const recordedFiles = (text: string): Digests | undefined => {
  const files = tryReadRecord(text)?.['files'];
  if (!isObject(files)) return undefined;
  return new Map(
    Object.entries(files).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );
};

/** RECORD_VERSION for a record of a form that only later versions know: not ours to judge or replace. */
export const refuseNewerRecord = (
  { record, lock2nix }: Readonly<Record<string, unknown>>,
  path: string,
): void => {
  if (typeof record !== 'number' || record <= recordVersion) return;
  throw new Lock2nixError(
    'RECORD_VERSION',
    `\`${path}\` was written by lock2nix ${quoted(String(lock2nix))}, in form ${record}, and this version knows forms up to ${recordVersion}`,
    { hint: 'use that version of lock2nix, or a newer one', location: { file: path } },
  );
};

const conflictMarks = /^(?:<{7}|={7}|>{7})(?: |$)/m;

/** What to do about a text that should be a record and is none. */
export const repairHint = (text: string, folder: string): string => {
  if (conflictMarks.test(text)) {
    return `a merge left its marks there: take one side of the whole folder (git checkout --ours -- ${quoteShell(folder)}), then convert`;
  }
  return parseJson(text) === undefined
    ? 'it is damaged: bring it back from version control, or move the folder away and convert anew'
    : 'move it away, or choose another folder with `-o DIR`';
};
