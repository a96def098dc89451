import { type Command, Option } from 'commander';
import { exitCodes, type RecipeFlags, recipeOptions } from './command-options.ts';
import type { ConvertResult } from './commands/convert.ts';
import { theInput } from './input-argument.ts';
import { startProgress } from './progress.ts';
import { formatDiagnostic, plural } from './report.ts';
import type { World } from './world.ts';

interface ConvertFlags extends RecipeFlags {
  readonly offline?: true;
  readonly cacheDir?: string;
  readonly json?: true;
  readonly quiet?: true;
  readonly progress: boolean;
}

/** The one line that says what came of it. */
const summary = ({
  output,
  packages,
  python,
  systems,
  written,
  removed,
}: ConvertResult): string => {
  const changes = [
    ...(written.length === 0 ? [] : [`${plural(written.length, 'file')} written`]),
    ...(removed.length === 0 ? [] : [`${plural(removed.length, 'file')} removed`]),
  ];
  const outcome = changes.length === 0 ? 'unchanged' : changes.join(', ');
  return `${output}: ${plural(packages, 'package')} for Python ${python} on ${plural(systems.length, 'system')}, ${outcome}\n`;
};

const runConvert = async (
  inputs: readonly string[],
  { json, quiet, progress: wantsProgress, ...flags }: ConvertFlags,
  world: World,
): Promise<void> => {
  const input = theInput('convert', inputs);
  const progress = await startProgress(wantsProgress && quiet !== true, world);
  const { convert } = await import('./commands/convert.ts');
  const result = await convert(
    {
      ...flags,
      ...(input === undefined ? {} : { input }),
      extras: flags.extras ?? [],
      groups: flags.groups ?? [],
      prefer: flags.prefer ?? 'wheel',
      strict: flags.strict === true,
      offline: flags.offline === true,
    },
    { world, say: progress.say },
  ).finally(() => progress.end());
  for (const diagnostic of result.diagnostics) {
    if (quiet !== true || diagnostic.severity === 'warning') {
      world.stderr.write(formatDiagnostic(diagnostic, world));
    }
  }
  if (quiet !== true) world.stderr.write(summary(result));
  if (json === true) world.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
};

/** Adds `convert`. */
export const addConvert = (program: Command, world: World): void => {
  const command = program
    .command('convert')
    .summary('turn a lockfile into a pinned Nix recipe')
    .description(
      `Turns a lockfile into a pinned Nix recipe: every version as locked, every artifact by hash.

INPUT is a lockfile (poetry.lock) or a folder that has one; without it, the current folder.`,
    )
    .argument('[INPUT...]');
  const options = [
    ...recipeOptions({
      python: 'the newest that the lock allows',
      systems: 'x86_64 and aarch64, linux and darwin',
      names: 'none',
      prefer: 'wheel',
      strict: 'it is filled and reported',
    }),
    new Option('--offline', 'use the cache alone (default: ask registries for what it lacks)'),
    new Option(
      '--cache-dir <dir>',
      "folder of the cache (default: lock2nix in the user's cache folder)",
    ),
    new Option('--json', 'print the result as JSON on stdout (default: print nothing there)'),
    new Option('--quiet', 'print errors and warnings only (default: notes and a summary too)'),
    new Option('--no-progress', 'no progress line (default: one, on a terminal)'),
  ];
  for (const option of options) command.addOption(option);
  command
    .addHelpText(
      'after',
      `
Example:
  convert poetry.lock --python 3.12 --extras metrics
  nix-build nix/lock2nix -A app

${exitCodes}`,
    )
    .action((inputs: readonly string[], flags: ConvertFlags) => runConvert(inputs, flags, world));
};
