import type { Command } from 'commander';
import {
  askedOf,
  choiceOption,
  exitCodes,
  type RecipeFlags,
  type RunFlags,
  recipeOptions,
  recorded,
  runOptions,
} from './command-options.ts';
import { type ChangeFormat, changeFormats, printChanges } from './print-changes.ts';
import { addOptions, recipeSummary, runWithProgress } from './run-command.ts';
import type { World } from './world.ts';

interface UpdateFlags extends RecipeFlags, RunFlags {
  readonly format?: ChangeFormat;
}

const runUpdate = async (
  names: readonly string[],
  { format = 'text', quiet, progress, offline, cacheDir, ...flags }: UpdateFlags,
  world: World,
): Promise<void> => {
  const { update } = await import('./commands/update.ts');
  const result = await runWithProgress({ progress, ...(quiet && { quiet }) }, world, (context) =>
    update(
      {
        ...askedOf(flags),
        names,
        offline: offline === true,
        ...(cacheDir === undefined ? {} : { cacheDir }),
      },
      context,
    ),
  );
  world.stdout.write(printChanges(result.changes, format));
  if (quiet !== true) world.stderr.write(recipeSummary(result));
};

/** Adds `update`. */
export const addUpdate = (program: Command, world: World): void => {
  const command = program
    .command('update')
    .summary('move the versions of a recipe that was made without a lock')
    .description(
      `Moves the versions of the recipe of the current folder, writes it again, and prints what was
added, removed and changed. Options that are not given are as recorded.

NAME is a package of the recipe: it moves, and others only where it forces them. Without it, all move.`,
    )
    .argument('[NAME...]');
  addOptions(command, [
    ...recipeOptions(recorded('as recorded')),
    choiceOption(
      '--format <format>',
      changeFormats,
      'text, markdown or json: how changes are printed on stdout (default: text)',
    ),
    ...runOptions(),
  ])
    .addHelpText(
      'after',
      `
Example:
  lock2nix update jinja2 --format markdown

${exitCodes}`,
    )
    .action((names: readonly string[], flags: UpdateFlags) => runUpdate(names, flags, world));
};
