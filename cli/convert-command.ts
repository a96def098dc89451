import { type Command, Option } from 'commander';
import {
  askedOf,
  ecosystemOption,
  exitCodes,
  fresh,
  type RecipeFlags,
  type RunFlags,
  recipeOptions,
  runOptions,
} from './command-options.ts';
import { addOptions, recipeSummary, runWithProgress } from './run-command.ts';
import type { World } from './world.ts';

interface ConvertFlags extends RecipeFlags, RunFlags {
  readonly json?: true;
}

const runConvert = async (
  inputs: readonly string[],
  { json, quiet, progress, offline, cacheDir, ...flags }: ConvertFlags,
  world: World,
): Promise<void> => {
  const { convert } = await import('./commands/convert.ts');
  const result = await runWithProgress({ progress, ...(quiet && { quiet }) }, world, (context) =>
    convert(
      {
        ...askedOf(flags),
        inputs,
        offline: offline === true,
        ...(cacheDir === undefined ? {} : { cacheDir }),
      },
      context,
    ),
  );
  if (quiet !== true) world.stderr.write(recipeSummary(result));
  if (json === true) world.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
};

/** Adds `convert`. */
export const addConvert = (program: Command, world: World): void => {
  const command = program
    .command('convert')
    .summary('turn a lockfile, a manifest or package names into a pinned Nix recipe')
    .description(
      `Turns a lockfile, a manifest or package names into a pinned Nix recipe: every artifact by hash.
Of a lock the versions are as locked; otherwise they are found, and those of the last recipe stay
where they satisfy.

INPUT is a lockfile (poetry.lock), a manifest (pyproject.toml, setup.cfg, setup.py, a requirements
file), a folder that has one, or packages: pypi:NAME, pypi:NAME==1.2. Without it, the current folder.`,
    )
    .argument('[INPUT...]');
  addOptions(command, [
    ...recipeOptions(fresh),
    ecosystemOption(),
    ...runOptions(),
    new Option('--json', 'print the result as JSON on stdout (default: print nothing there)'),
  ])
    .addHelpText(
      'after',
      `
Example:
  convert pypi:flask==3.0.3 --python 3.12
  nix-build nix/lock2nix -A env

${exitCodes}`,
    )
    .action((inputs: readonly string[], flags: ConvertFlags) => runConvert(inputs, flags, world));
};
