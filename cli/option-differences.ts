import { platformName } from '../graph/platform.ts';
import { parsePython } from '../resolvers/pypi/target.ts';
import { type AskedOptions, flag, groupsOf, namesOf } from './options.ts';
import { parsePlatforms } from './platforms.ts';
import type { RecordFile } from './read-record.ts';
import { quoteShell } from './shell.ts';
import { noNames, recordedSolveOptions, typedSolveOptions } from './solve-options.ts';

/** An option that a recipe was made with otherwise. */
export interface OptionDifference {
  /** As one types it: `--python 3.11`. */
  readonly given: string;
  /** What the recipe does, in words: `is for 3.12`, `has none`. */
  readonly recorded: string;
}

type Recorded = Pick<RecordFile, 'options' | 'target'>;

interface Compared {
  readonly name: string;
  readonly given: readonly string[] | undefined;
  readonly recorded: readonly string[];
  readonly verb: string;
}

/** `3.12` and its default are the same; a list is the same in any order. */
const compared = (asked: AskedOptions, { options, target }: Recorded): readonly Compared[] => {
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

/** The words behind a name of which the recipe was made with the default. */
const defaults: Readonly<Record<string, string>> = {
  '--resolution': 'highest',
  '--index-strategy': 'first-index',
};

const shownValues = (name: string, values: readonly string[]): string =>
  values.length === 0 ? (defaults[name] ?? 'none') : values.join(', ');

/** An option that is given only to take back what it does: `--no-binary :none:`. */
const taken = (name: string): string => `${name} ${defaults[name] ?? noNames}`;

/** The options of finding versions that are given, and differ. */
const solveDifferences = (
  asked: AskedOptions,
  { options }: Recorded,
): readonly OptionDifference[] => {
  const given = typedSolveOptions(recordedSolveOptions(asked));
  const recorded = typedSolveOptions(options);
  const isGiven: Readonly<Record<string, boolean>> = {
    '--prefer': asked.preferWheels !== undefined,
    '--only-binary': asked.onlyBinary !== undefined,
    '--no-binary': asked.noBinary !== undefined,
    '--pre': asked.pre === true,
    '--resolution': asked.resolution !== undefined,
    '--exclude-newer': asked.excludeNewer !== undefined,
    '--index-url': asked.indexUrl !== undefined,
    '--extra-index-url': asked.extraIndexUrl !== undefined,
    '--index-strategy': asked.indexStrategy !== undefined,
    '--constraints': asked.constraints !== undefined,
  };
  const valuesIn = (list: typeof given, name: string): readonly string[] =>
    list.find((each) => each.name === name)?.values ?? [];
  return Object.keys(isGiven).flatMap((name) => {
    const [mine, theirs] = [valuesIn(given, name), valuesIn(recorded, name)];
    if (isGiven[name] !== true || JSON.stringify(mine) === JSON.stringify(theirs)) return [];
    if (name === '--pre') return [{ given: '--pre', recorded: 'was made without it' }];
    return [
      {
        given: mine.length === 0 ? taken(name) : `${name} ${quoteShell(mine.join(','))}`,
        recorded: `was made with ${shownValues(name, theirs)}`,
      },
    ];
  });
};

/**
 * The options that are given and differ from what a recipe was made with, be it by an option then or
 * by default. Throws PYTHON_UNKNOWN, SYSTEM_UNKNOWN or USAGE.
 */
export const differingOptions = (
  asked: AskedOptions,
  record: Recorded,
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
  return [
    ...different,
    ...(asked.strict === true && !record.options.strict
      ? [{ given: '--strict', recorded: 'was made without it' }]
      : []),
    ...(asked.noCollection === true && record.options.noCollection !== true
      ? [{ given: '--no-collection', recorded: 'was made with the bundled rules' }]
      : []),
    ...solveDifferences(asked, record),
  ];
};
