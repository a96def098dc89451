import type { ResolutionStrategy } from '../resolvers/pypi/resolution.ts';
import { normaliseName } from '../standards/name.ts';
import { allNames, type RecordOptions } from './record.ts';
import { quoteShell } from './shell.ts';
import { formatSolveOptions, recordedSolveOptions } from './solve-options.ts';

/** Options that only finding versions knows, as they stand on the command line; absent: not given. */
export interface AskedSolveOptions {
  /** Names of which the newest release with a wheel is taken. */
  readonly preferWheels?: readonly string[];
  /** Names, or `:all:`; `:none:` takes back what stands before it. */
  readonly onlyBinary?: readonly string[];
  readonly noBinary?: readonly string[];
  readonly pre?: boolean;
  readonly resolution?: ResolutionStrategy;
  /** RFC 3339, a date or a time. */
  readonly excludeNewer?: string;
  /** URLs may hold credentials. */
  readonly indexUrl?: string;
  readonly extraIndexUrl?: readonly string[];
  readonly indexStrategy?: 'first-index' | 'best-match';
  /** Paths relative to the input's folder. */
  readonly constraints?: readonly string[];
}

/** Options of a recipe as they stand on the command line; absent: not given. */
export interface AskedOptions extends AskedSolveOptions {
  readonly python?: string;
  readonly systems?: readonly string[];
  readonly extras?: readonly string[];
  readonly groups?: readonly string[];
  readonly prefer?: 'wheel' | 'sdist';
  readonly strict?: boolean;
  /** Without the bundled rules. */
  readonly noCollection?: boolean;
}

export const namesOf = (asked: readonly string[]): readonly string[] =>
  asked.includes(allNames) ? [allNames] : [...new Set(asked.map(normaliseName))].sort();

export const groupsOf = (asked: readonly string[]): readonly string[] =>
  namesOf(asked.filter((name) => name !== 'main'));

/**
 * Options as the record holds them: what means the same reads the same, and URLs are without
 * credentials. Throws USAGE for values that mean nothing.
 */
export const recordedOptions = (asked: AskedOptions): RecordOptions => ({
  ...(asked.python === undefined ? {} : { python: asked.python }),
  ...(asked.systems === undefined ? {} : { systems: [...new Set(asked.systems)].sort() }),
  extras: namesOf(asked.extras ?? []),
  groups: groupsOf(asked.groups ?? []),
  prefer: asked.prefer ?? 'wheel',
  strict: asked.strict === true,
  ...(asked.noCollection === true ? { noCollection: true as const } : {}),
  ...recordedSolveOptions(asked),
});

/** Recorded options, replaced by what is asked for now; URLs may hold credentials. */
export const mergeAsked = (recorded: AskedOptions, asked: AskedOptions): AskedOptions => ({
  ...recorded,
  ...asked,
});

/** Recorded options, replaced by what is asked for now. */
export const mergeOptions = (recorded: RecordOptions, asked: AskedOptions): RecordOptions =>
  recordedOptions(mergeAsked(recorded, asked));

export const flag = (name: string, values: readonly string[]): string =>
  `${name} ${quoteShell(values.join(','))}`;

/** Options as one types it; what is the default anyway is left out. */
export const formatOptions = (options: RecordOptions): readonly string[] => [
  ...(options.python === undefined ? [] : [flag('--python', [options.python])]),
  ...(options.systems === undefined ? [] : [flag('--systems', options.systems)]),
  ...(options.extras.length === 0 ? [] : [flag('--extras', options.extras)]),
  ...(options.groups.length === 0 ? [] : [flag('--groups', options.groups)]),
  ...(options.prefer === 'wheel' ? [] : [flag('--prefer', [options.prefer])]),
  ...(options.strict ? ['--strict'] : []),
  ...(options.noCollection === true ? ['--no-collection'] : []),
  ...formatSolveOptions(options),
];
