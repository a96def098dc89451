import { InvalidArgumentError, Option } from 'commander';
import type { AskedOptions } from './options.ts';

export const exitCodes = `Exit codes:
  0   done
  1   the answer is no: no versions go together, a lock is damaged or contradicts itself, a hash differs,
      a source is refused, a recipe is out of date or does not build
  2   wrong usage: a bad option, an input that is not there, a foreign file in the output folder
  3   a registry could not be reached or answers rubbish, or the cache lacks what --offline needs
  70  a bug of lock2nix`;

/** `a,b` and repeated options alike. */
const collect = (text: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  ...text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
];

const listOption = (flags: string, description: string): Option =>
  new Option(flags, description).argParser(collect);

/** An unset variable of a script must not mean nothing, or the current folder. */
const parseWord =
  (what: string) =>
  (text: string): string => {
    if (text !== '') return text;
    throw new InvalidArgumentError(`It must name ${what}.`);
  };

export const parseFolder = parseWord('a folder');

const choose =
  (choices: readonly string[]) =>
  (text: string): string => {
    if (choices.includes(text)) return text;
    throw new InvalidArgumentError(`Allowed choices are ${choices.join(', ')}.`);
  };

/** An option with one of some words. */
export const choiceOption = (flags: string, choices: readonly string[], text: string): Option =>
  new Option(flags, text).argParser(choose(choices));

/** Each time the option stands there it adds one. */
const repeated = (flags: string, description: string, what: string): Option =>
  new Option(flags, description).argParser(
    (text: string, before: readonly string[] | undefined): readonly string[] => [
      ...(before ?? []),
      parseWord(what)(text),
    ],
  );

/** `--prefer`: what to take of both, and names of which a release with a wheel is sought. */
interface Preferred {
  readonly kind?: 'wheel' | 'sdist';
  readonly wheels?: readonly string[];
}

const parsePreferred = (text: string, before: Preferred = {}): Preferred => {
  if (text === 'wheel' || text === 'sdist') return { ...before, kind: text };
  const { name, kind } = /^(?<name>[\w.-]+)=(?<kind>wheel|sdist)$/.exec(text)?.groups ?? {};
  if (name !== undefined && kind === 'wheel') {
    return { ...before, wheels: [...(before.wheels ?? []), name] };
  }
  throw new InvalidArgumentError(
    name === undefined
      ? 'Allowed choices are wheel, sdist, NAME=wheel.'
      : `To build one from source, write --no-binary ${name}.`,
  );
};

/** What the options of a recipe are when they are not given, in words. */
export interface Defaults {
  readonly output: string;
  readonly python: string;
  readonly systems: string;
  readonly names: string;
  readonly prefer: string;
  readonly strict: string;
  readonly collection: string;
  readonly files: string;
  readonly pre: string;
  readonly resolution: string;
  readonly excludeNewer: string;
  readonly index: string;
  readonly extraIndex: string;
  readonly strategy: string;
  readonly constraints: string;
}

/** Options that decide what a recipe holds, as commander gives them. */
export interface RecipeFlags
  extends Omit<AskedOptions, 'prefer' | 'preferWheels' | 'pre' | 'strict' | 'noCollection'> {
  readonly output?: string;
  readonly ecosystem?: 'pypi';
  readonly prefer?: Preferred;
  readonly pre?: true;
  readonly strict?: true;
  readonly noCollection?: true;
}

/** Flags as options of a recipe. */
export const askedOf = ({ prefer, output, ecosystem, ...flags }: RecipeFlags) => ({
  ...flags,
  ...(output === undefined ? {} : { output }),
  ...(ecosystem === undefined ? {} : { ecosystem }),
  ...(prefer?.kind === undefined ? {} : { prefer: prefer.kind }),
  ...(prefer?.wheels === undefined ? {} : { preferWheels: prefer.wheels }),
});

/** Commander takes `--no-x` for the contrary of `--x`; this one stands for itself. */
const plainNo = (option: Option): Option => {
  option.negate = false;
  return option;
};

/** The options that only finding versions knows. */
const solveOptions = (defaults: Defaults): readonly Option[] => [
  listOption(
    '--only-binary <names>',
    `comma-separated names, or :all:, that are never built from source (default: ${defaults.files})`,
  ),
  plainNo(
    listOption(
      '--no-binary <names>',
      `comma-separated names, or :all:, that are always built from source (default: ${defaults.files})`,
    ),
  ),
  new Option('--pre', `pre-releases are as good as any version (default: ${defaults.pre})`),
  choiceOption(
    '--resolution <strategy>',
    ['highest', 'lowest', 'first-wins'],
    `highest, lowest, or first-wins as pip had it before 20.3 (default: ${defaults.resolution})`,
  ),
  new Option(
    '--exclude-newer <date>',
    `RFC 3339 date or time: nothing uploaded after it counts (default: ${defaults.excludeNewer})`,
  ).argParser(parseWord('a date')),
  new Option(
    '--index-url <url>',
    `simple index to take packages from (default: ${defaults.index})`,
  ).argParser(parseWord('a URL')),
  repeated(
    '--extra-index-url <url>',
    `index that is asked before it; may be repeated (default: ${defaults.extraIndex})`,
    'a URL',
  ),
  choiceOption(
    '--index-strategy <strategy>',
    ['first-index', 'best-match'],
    `first-index: a name is taken from the first index that has it; best-match: from all (default: ${defaults.strategy})`,
  ),
  repeated(
    '-c, --constraints <file>',
    `bounds for what is needed anyway; may be repeated (default: ${defaults.constraints})`,
    'a file',
  ),
];

const outputOption = (defaults: Defaults): Option =>
  new Option('-o, --output <dir>', `folder of the recipe (default: ${defaults.output})`).argParser(
    parseFolder,
  );

export const ecosystemOption = (): Option =>
  choiceOption(
    '--ecosystem <name>',
    ['pypi'],
    'pypi: packages may be named without pypi: in front (default: with it only)',
  );

/** The options that versions, and what is made of them, depend on. */
export const versionOptions = (defaults: Defaults): readonly Option[] => [
  new Option('--python <version>', `such as 3.12 or 3.12.1 (default: ${defaults.python})`),
  listOption(
    '--systems <systems>',
    `comma-separated; -musl behind a Linux one means musl (default: ${defaults.systems})`,
  ),
  listOption('--extras <extras>', `comma-separated extras, or :all: (default: ${defaults.names})`),
  listOption(
    '--groups <groups>',
    `comma-separated groups besides main, or :all: (default: ${defaults.names})`,
  ),
  new Option(
    '--prefer <kind>',
    `wheel or sdist: what to take when a release has both; NAME=wheel: its newest release that has a wheel (default: ${defaults.prefer})`,
  ).argParser(parsePreferred),
  ...solveOptions(defaults),
  new Option('--strict', `a gap in the lock is an error (default: ${defaults.strict})`),
  plainNo(
    new Option(
      '--no-collection',
      `without the rules that lock2nix brings along (default: ${defaults.collection})`,
    ),
  ),
];

/** The options of a recipe, with the words for their defaults. */
export const recipeOptions = (defaults: Defaults): readonly Option[] => [
  outputOption(defaults),
  ...versionOptions(defaults),
];

/** The same words for all: the options of the recipe that is there. */
export const recorded = (words: string): Defaults => ({
  output: 'nix/lock2nix under the current folder',
  python: words,
  systems: words,
  names: words,
  prefer: words,
  strict: words,
  collection: words,
  files: words,
  pre: words,
  resolution: words,
  excludeNewer: words,
  index: words,
  extraIndex: words,
  strategy: words,
  constraints: words,
});

/** The defaults of commands that start from an input. */
export const fresh: Defaults = {
  output: "nix/lock2nix under the input's folder",
  python: 'the newest that the input allows',
  systems: "for locks x86_64 and aarch64, linux and darwin; else this machine's",
  names: 'none',
  prefer: 'wheel',
  strict: 'it is filled and reported',
  collection: 'with them',
  files: 'none',
  pre: 'only where one is asked for, or nothing else is there',
  resolution: 'highest',
  excludeNewer: 'all counts',
  index: "the input's, else PyPI",
  extraIndex: "the input's",
  strategy: 'first-index',
  constraints: 'none',
};

/** How a command runs, as commander gives it. */
export interface RunFlags {
  readonly offline?: true;
  readonly cacheDir?: string;
  readonly quiet?: true;
  readonly progress: boolean;
}

/** The options of commands that ask registries. */
export const runOptions = (): readonly Option[] => [
  new Option('--offline', 'use the cache alone (default: ask registries for what it lacks)'),
  new Option(
    '--cache-dir <dir>',
    "folder of the cache (default: lock2nix in the user's cache folder)",
  ).argParser(parseFolder),
  new Option('--quiet', 'print errors and warnings only (default: notes and a summary too)'),
  new Option('--no-progress', 'no progress line (default: one, on a terminal)'),
];
