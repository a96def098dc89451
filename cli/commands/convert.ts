import { besideInput } from '../beside-input.ts';
import { findInput } from '../input.ts';
import { makeRecipe } from '../pipeline/make-recipe.ts';
import type { RecipeResult } from '../pipeline/recipe.ts';
import type { PipelineContext, RecipeRequest } from '../pipeline/request.ts';
import { outputFolder } from '../place.ts';

export interface ConvertRequest extends RecipeRequest {
  /** As they were typed: a file, a folder, packages, or none. */
  readonly inputs: readonly string[];
}

/**
 * Turns an input into a recipe and writes it; versions that the recipe had stay where they satisfy.
 * Nothing is written unless all of it can be. Throws Lock2nixError.
 */
export const convert = async (
  request: ConvertRequest,
  context: PipelineContext,
): Promise<RecipeResult> => {
  const { cwd } = context.world;
  const { ecosystem } = request;
  const input = findInput(request.inputs, { command: 'convert', cwd, ecosystem });
  const { folder } = input;
  const output = outputFolder(request.output, { folder, cwd });
  const asked = besideInput(request, { folder, cwd });
  return makeRecipe({ input, asked, output }, request, context);
};
