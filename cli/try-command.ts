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
import { startProgress } from './progress.ts';
import { formatDiagnostic, plural } from './report.ts';
import { addOptions } from './run-command.ts';
import type { World } from './world.ts';

interface TryFlags extends RecipeFlags, RunFlags {
  readonly yes?: true;
}

const runTry = async (
  inputs: readonly string[],
  { yes, quiet, progress: wantsProgress, offline, cacheDir, ...flags }: TryFlags,
  world: World,
): Promise<void> => {
  const { tryInput } = await import('./commands/try.ts');
  const result = await tryInput(
    {
      ...askedOf(flags),
      inputs,
      yes: yes === true,
      offline: offline === true,
      ...(cacheDir === undefined ? {} : { cacheDir }),
    },
    {
      world,
      tell: (text) => {
        if (quiet !== true) world.stderr.write(text);
      },
      step: async (work) => {
        const progress = await startProgress(wantsProgress && quiet !== true, world);
        return work(progress.say).finally(() => progress.end());
      },
    },
  );
  const { recipe, paths, added, rulesFile, diagnostics } = result;
  for (const diagnostic of diagnostics) {
    if (quiet !== true || diagnostic.severity === 'warning') {
      world.stderr.write(formatDiagnostic(diagnostic, world));
    }
  }
  if (quiet !== true) {
    const after =
      added.length === 0
        ? ''
        : `, with ${plural(added.length, 'rule')} that ${added.length === 1 ? 'was' : 'were'} written to ${rulesFile}`;
    world.stderr.write(`${recipe.output}: env and checks build${after}\n`);
  }
  world.stdout.write(paths.map((path) => `${path}\n`).join(''));
};

/** Adds `try`. */
export const addTry = (program: Command, world: World): void => {
  const command = program
    .command('try')
    .summary('convert and build, and write the rules that failures teach')
    .description(
      `Converts, builds env and checks of the recipe with nix-build, and reads the logs of what fails:
proposes rules for overrides.toml, writes them after one confirmation, and begins anew, until it
builds or nothing new is learnt. Prints the paths that were built.

INPUT is as for convert.`,
    )
    .argument('[INPUT...]');
  addOptions(command, [
    ...recipeOptions(fresh),
    ecosystemOption(),
    new Option('--yes', 'write rules without asking (default: ask once, on a terminal)'),
    ...runOptions(),
  ])
    .addHelpText(
      'after',
      `
Example:
  lock2nix try requirements.txt --python 2.7 --yes

${exitCodes}`,
    )
    .action((inputs: readonly string[], flags: TryFlags) => runTry(inputs, flags, world));
};
