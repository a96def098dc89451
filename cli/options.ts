import { platformName } from '../graph/platform.ts';
import { parsePython } from '../resolvers/pypi/target.ts';
import { normaliseName } from '../standards/name.ts';
import { parsePlatforms } from './platforms.ts';
import type { RecordFile } from './read-record.ts';
import { allNames, type RecordOptions } from './record.ts';
import { quoteShell } from './shell.ts';

/** Options of a recipe as they stand on the command line; absent: not given. */
export interface AskedOptions {
  readonly python?: string;
  readonly systems?: readonly string[];
  readonly extras?: readonly string[];
  readonly groups?: readonly string[];
  readonly prefer?: 'wheel' | 'sdist';
  readonly strict?: boolean;
}

const namesOf = (asked: readonly string[]): readonly string[] =>
  asked.includes(allNames) ? [allNames] : [...new Set(asked.map(normaliseName))].sort();

const groupsOf = (asked: readonly string[]): readonly string[] =>
  namesOf(asked.filter((name) => name !== 'main'));

/** Options as the record holds them: what means the same reads the same. */
export const recordedOptions = (asked: AskedOptions): RecordOptions => ({
  ...(asked.python === undefined ? {} : { python: asked.python }),
  ...(asked.systems === undefined ? {} : { systems: [...new Set(asked.systems)].sort() }),
  extras: namesOf(asked.extras ?? []),
  groups: groupsOf(asked.groups ?? []),
  prefer: asked.prefer ?? 'wheel',
  strict: asked.strict === true,
});

/** Recorded options, replaced by what is asked for now. */
export const mergeOptions = (recorded: RecordOptions, asked: AskedOptions): RecordOptions =>
  recordedOptions({ ...recorded, ...asked });

const flag = (name: string, values: readonly string[]): string =>
  `${name} ${quoteShell(values.join(','))}`;

/** Options as one types them; what is the default anyway is left out. */
export const formatOptions = (options: RecordOptions): readonly string[] => [
  ...(options.python === undefined ? [] : [flag('--python', [options.python])]),
  ...(options.systems === undefined ? [] : [flag('--systems', options.systems)]),
  ...(options.extras.length === 0 ? [] : [flag('--extras', options.extras)]),
  ...(options.groups.length === 0 ? [] : [flag('--groups', options.groups)]),
  ...(options.prefer === 'wheel' ? [] : [flag('--prefer', [options.prefer])]),
  ...(options.strict ? ['--strict'] : []),
];

/** An option that a recipe was made with otherwise. */
export interface OptionDifference {
  /** As one types it: `--python 3.11`. */
  readonly given: string;
  /** What the recipe does, in words: `is for 3.12`, `has none`. */
  readonly recorded: string;
}

interface Compared {
  readonly name: string;
  readonly given: readonly string[] | undefined;
  readonly recorded: readonly string[];
  readonly verb: string;
}

/** `3.12` and its default are the same; a list is the same in any order. */
const compared = (
  asked: AskedOptions,
  { options, target }: Pick<RecordFile, 'options' | 'target'>,
): readonly Compared[] => {
  const { python, systems, extras, groups, prefer } = asked;
  const parsed = python === undefined ? undefined : parsePython(python);
  return [
    {
      name: '--python',
      given: parsed && [parsed.fullVersion ?? parsed.version],
      recorded: target.python === undefined ? [] : [target.python],
      verb: 'is for',
    },
    {
      name: '--systems',
      given: systems && parsePlatforms(systems).map(platformName),
      recorded: target.systems,
      verb: 'is for',
    },
    { name: '--extras', given: extras && namesOf(extras), recorded: options.extras, verb: 'has' },
    { name: '--groups', given: groups && groupsOf(groups), recorded: options.groups, verb: 'has' },
    { name: '--prefer', given: prefer && [prefer], recorded: [options.prefer], verb: 'prefers' },
  ];
};

/**
 * The options that are given and differ from what a recipe was made with, be it by an option then or
 * by default. Throws PYTHON_UNKNOWN or SYSTEM_UNKNOWN.
 */
export const differingOptions = (
  asked: AskedOptions,
  record: Pick<RecordFile, 'options' | 'target'>,
): readonly OptionDifference[] => {
  const different = compared(asked, record).flatMap(({ name, given, recorded, verb }) =>
    given === undefined || given.join() === recorded.join()
      ? []
      : [
          {
            given: given.length === 0 ? name : flag(name, given),
            recorded: `${verb} ${recorded.length === 0 ? 'none' : recorded.join(', ')}`,
          },
        ],
  );
  return asked.strict === true && !record.options.strict
    ? [...different, { given: '--strict', recorded: 'was made without it' }]
    : different;
};
