/** A recipe made again, from what it was made from and with its recorded options. */
import { mergeAsked } from '../options.ts';
import { outputFolder, shownOutput } from '../place.ts';
import { makeRecipe } from './make-recipe.ts';
import type { RecipeResult } from './recipe.ts';
import { readRecorded, recordedInput, tryReadRecorded } from './recorded.ts';
import type { PipelineContext, RecipeRequest } from './request.ts';

/** Whether there is a recipe of the project in `cwd` that can be made again. */
export const hasRecipe = (request: Pick<RecipeRequest, 'output'>, cwd: string): boolean =>
  tryReadRecorded(outputFolder(request.output, { folder: cwd, cwd })) !== undefined;

/**
 * Converts again what the recipe of the current folder was made from; its versions stay where they
 * satisfy. Throws Lock2nixError.
 */
export const convertAgain = async (
  request: RecipeRequest,
  context: PipelineContext,
): Promise<RecipeResult> => {
  const { cwd } = context.world;
  const output = outputFolder(request.output, { folder: cwd, cwd });
  const { record } = readRecorded(output, shownOutput(output, cwd));
  const input = recordedInput(record, cwd);
  return makeRecipe({ input, asked: mergeAsked(record.options, {}), output }, request, context);
};
