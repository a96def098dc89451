import { type Command, Option } from 'commander';
import { Lock2nixError } from '../graph/errors.ts';
import { countCauses } from './check/finding.ts';
import {
  askedOf,
  ecosystemOption,
  exitCodes,
  type RecipeFlags,
  recipeOptions,
  recorded,
} from './command-options.ts';
import type { CheckResult } from './commands/check.ts';
import { formatFindings, plural } from './report.ts';
import type { World } from './world.ts';

interface CheckFlags extends RecipeFlags {
  readonly json?: true;
  readonly quiet?: true;
}

const summary = ({ input, output, recipe }: CheckResult): string =>
  recipe === undefined
    ? ''
    : `${output}: up to date with ${input}, ${plural(recipe.packages, 'package')} for Python ${recipe.python} on ${plural(recipe.systems.length, 'system')}\n`;

const runCheck = async (
  inputs: readonly string[],
  { json, quiet, ...flags }: CheckFlags,
  world: World,
): Promise<void> => {
  const { check } = await import('./commands/check.ts');
  const result = await check({ ...askedOf(flags), inputs }, world);
  const { output, findings, command } = result;
  if (json === true) {
    const data = { upToDate: findings.length === 0, ...result };
    world.stdout.write(`${JSON.stringify(data, null, 2)}\n`);
  }
  if (findings.length === 0) {
    if (quiet !== true) world.stderr.write(summary(result));
    return;
  }
  const [hint, ...others] = new Set(findings.map((each) => each.hint));
  const hasOne = hint !== undefined && others.length === 0;
  if (quiet !== true) world.stderr.write(formatFindings(findings, !hasOne, world));
  throw new Lock2nixError(
    'OUT_OF_DATE',
    `\`${output}\` is not up to date: ${countCauses(findings)}`,
    {
      hint: hasOne ? hint : command,
    },
  );
};

/** Adds `check`. */
export const addCheck = (program: Command, world: World): void => {
  const command = program
    .command('check')
    .summary('tell whether a recipe is what its inputs and options give')
    .description(
      `Tells whether a recipe is up to date: whether input, options, overrides, lock2nix and its files
agree. Reads them only, and never asks the network or the cache.

INPUT is as for convert; without it, the current folder.
Options that are given must be what the recipe was made with.`,
    )
    .argument('[INPUT...]');
  const options = [
    ...recipeOptions({
      ...recorded('as recorded'),
      output: "nix/lock2nix under the input's folder",
    }),
    ecosystemOption(),
    new Option('--offline', 'for the sake of convert (default: always offline)'),
    new Option('--cache-dir <dir>', 'for the sake of convert (default: no cache is used)'),
    new Option('--json', 'print the findings as JSON on stdout (default: print nothing there)'),
    new Option('--quiet', 'print errors only (default: findings or a summary too)'),
    new Option('--no-progress', 'for the sake of convert (default: there is none)'),
  ];
  for (const option of options) command.addOption(option);
  command
    .addHelpText(
      'after',
      `
Example:
  lock2nix check && nix-build nix/lock2nix -A app

${exitCodes}`,
    )
    .action((inputs: readonly string[], flags: CheckFlags) => runCheck(inputs, flags, world));
};
