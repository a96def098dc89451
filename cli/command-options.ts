import { InvalidArgumentError, Option } from 'commander';

export const exitCodes = `Exit codes:
  0   done
  1   the answer is no: the lock is damaged or contradicts itself, a hash differs, a source is refused,
      a recipe is out of date
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

const kinds = ['wheel', 'sdist'];

const parseKind = (text: string): string => {
  if (kinds.includes(text)) return text;
  throw new InvalidArgumentError(`Allowed choices are ${kinds.join(', ')}.`);
};

/** What the options of a recipe are when they are not given, in words. */
export interface Defaults {
  readonly python: string;
  readonly systems: string;
  readonly names: string;
  readonly prefer: string;
  readonly strict: string;
}

/** Options that decide what a recipe holds, as commander gives them. */
export interface RecipeFlags {
  readonly output?: string;
  readonly python?: string;
  readonly systems?: readonly string[];
  readonly extras?: readonly string[];
  readonly groups?: readonly string[];
  readonly prefer?: 'wheel' | 'sdist';
  readonly strict?: true;
}

/** The options of a recipe, with the words for their defaults. */
export const recipeOptions = (defaults: Defaults): readonly Option[] => [
  new Option(
    '-o, --output <dir>',
    "folder of the recipe (default: nix/lock2nix under the input's folder)",
  ),
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
    `wheel or sdist: what to take when a release has both (default: ${defaults.prefer})`,
  ).argParser(parseKind),
  new Option('--strict', `a gap in the lock is an error (default: ${defaults.strict})`),
];
