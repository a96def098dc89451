import type { Command } from 'commander';
import {
  askedOf,
  ecosystemOption,
  exitCodes,
  type RecipeFlags,
  type RunFlags,
  recipeOptions,
  recorded,
  runOptions,
} from './command-options.ts';
import { addOptions, runWithProgress } from './run-command.ts';
import type { World } from './world.ts';

interface ExplainFlags extends RecipeFlags, RunFlags {}

const runExplain = async (
  [name, inputs]: readonly [string, readonly string[]],
  { quiet, progress, offline, cacheDir, ...flags }: ExplainFlags,
  world: World,
): Promise<void> => {
  const { explain } = await import('./commands/explain.ts');
  const { text } = await runWithProgress({ progress, ...(quiet && { quiet }) }, world, (context) =>
    explain(
      {
        ...askedOf(flags),
        name,
        inputs,
        offline: offline === true,
        ...(cacheDir === undefined ? {} : { cacheDir }),
      },
      context,
    ),
  );
  world.stdout.write(text);
};

/** Adds `explain`. */
export const addExplain = (program: Command, world: World): void => {
  const command = program
    .command('explain')
    .summary('tell why a package is in a recipe, in that version')
    .description(
      `Tells why a package is there: who requires it, its files, the rules that touched it, and why newer
versions were not taken. Finds the versions again as convert does, and writes nothing.

INPUT is as for convert. Without it, what the recipe of the current folder was made from, with the
options that are recorded.`,
    )
    .argument('<NAME>')
    .argument('[INPUT...]');
  addOptions(command, [
    ...recipeOptions(recorded('as recorded; with INPUT, as of convert')),
    ecosystemOption(),
    ...runOptions(),
  ])
    .addHelpText(
      'after',
      `
Example:
  lock2nix explain markupsafe

${exitCodes}`,
    )
    .action((name: string, inputs: readonly string[], flags: ExplainFlags) =>
      runExplain([name, inputs], flags, world),
    );
};
