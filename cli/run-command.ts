/** What all commands that make or find something have in common: progress, talk and data. */
import type { Command, Option } from 'commander';
import type { Diagnostic } from '../graph/errors.ts';
import type { RunFlags } from './command-options.ts';
import type { RecipeResult } from './pipeline/recipe.ts';
import type { PipelineContext } from './pipeline/request.ts';
import { startProgress } from './progress.ts';
import { formatDiagnostic, plural } from './report.ts';
import type { World } from './world.ts';

/** Runs with a progress line, and tells what there is to tell. */
export const runWithProgress = async <
  Result extends { readonly diagnostics: readonly Diagnostic[] },
>(
  { quiet, progress: wantsProgress }: Pick<RunFlags, 'quiet' | 'progress'>,
  world: World,
  work: (context: PipelineContext) => Promise<Result>,
): Promise<Result> => {
  const progress = await startProgress(wantsProgress && quiet !== true, world);
  const result = await work({ world, say: progress.say }).finally(() => progress.end());
  for (const diagnostic of result.diagnostics) {
    if (quiet !== true || diagnostic.severity === 'warning') {
      world.stderr.write(formatDiagnostic(diagnostic, world));
    }
  }
  return result;
};

/** The one line that says what came of a recipe. */
export const recipeSummary = ({
  output,
  packages,
  python,
  systems,
  written,
  removed,
}: RecipeResult): string => {
  const changes = [
    ...(written.length === 0 ? [] : [`${plural(written.length, 'file')} written`]),
    ...(removed.length === 0 ? [] : [`${plural(removed.length, 'file')} removed`]),
  ];
  const outcome = changes.length === 0 ? 'unchanged' : changes.join(', ');
  return `${output}: ${plural(packages, 'package')} for Python ${python} on ${plural(systems.length, 'system')}, ${outcome}\n`;
};

/** Adds options to a command, in their order. */
export const addOptions = (command: Command, options: readonly Option[]): Command => {
  for (const option of options) command.addOption(option);
  return command;
};
