import type { Command } from 'commander';
import {
  askedOf,
  choiceOption,
  ecosystemOption,
  exitCodes,
  fresh,
  type RecipeFlags,
  type RunFlags,
  runOptions,
  versionOptions,
} from './command-options.ts';
import type { ResolveFormat } from './commands/resolve.ts';
import { addOptions, runWithProgress } from './run-command.ts';
import type { World } from './world.ts';

interface ResolveFlags extends RecipeFlags, RunFlags {
  readonly format?: ResolveFormat;
}

const runResolve = async (
  inputs: readonly string[],
  { format = 'requirements', quiet, progress, offline, cacheDir, ...flags }: ResolveFlags,
  world: World,
): Promise<void> => {
  const { resolveVersions } = await import('./commands/resolve.ts');
  const { text } = await runWithProgress({ progress, ...(quiet && { quiet }) }, world, (context) =>
    resolveVersions(
      {
        ...askedOf(flags),
        inputs,
        format,
        offline: offline === true,
        ...(cacheDir === undefined ? {} : { cacheDir }),
      },
      context,
    ),
  );
  world.stdout.write(text);
};

/** Adds `resolve`. */
export const addResolve = (program: Command, world: World): void => {
  const command = program
    .command('resolve')
    .summary('print the versions that a recipe would have')
    .description(
      `Finds versions as convert does, prints them on stdout and writes nothing. Only --format json
chooses files and solves build requirements.

INPUT is as for convert.`,
    )
    .argument('[INPUT...]');
  addOptions(command, [
    choiceOption(
      '--format <format>',
      ['requirements', 'tree', 'json'],
      'requirements (name==version lines), tree, or json, the whole graph (default: requirements)',
    ),
    ...versionOptions(fresh),
    ecosystemOption(),
    ...runOptions(),
  ])
    .addHelpText(
      'after',
      `
Example:
  lock2nix resolve pypi:flask --format tree

${exitCodes}`,
    )
    .action((inputs: readonly string[], flags: ResolveFlags) => runResolve(inputs, flags, world));
};
