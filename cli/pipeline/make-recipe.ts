/** From an input that was found to the recipe of it. */
import type { Input } from '../input.ts';
import type { AskedOptions } from '../options.ts';
import { pinProject } from './pin.ts';
import { keptAt } from './preferences.ts';
import { openProject } from './project.ts';
import { type RecipeResult, writeRecipe } from './recipe.ts';
import type { PipelineContext, RecipeRequest } from './request.ts';
import { withSources } from './sources.ts';
import { findVersions } from './versions.ts';

/** An input, how it is to be converted, and the folder of the recipe. */
export interface RecipeOrder {
  readonly input: Input;
  readonly asked: AskedOptions;
  readonly output: string;
}

/**
 * Converts an input and writes the recipe; versions that the recipe had stay where they satisfy.
 * Nothing is written unless all of it can be. Throws Lock2nixError.
 */
export const makeRecipe = async (
  { input, asked, output }: RecipeOrder,
  request: RecipeRequest,
  context: PipelineContext,
): Promise<RecipeResult> => {
  const { world } = context;
  const project = await openProject(input, asked, world);
  const kept = await keptAt(output, asked);
  return withSources(request, context, async (sources) => {
    const versions = await findVersions(project, { asked, kept, world, sources });
    const pinned = await pinProject(project, versions, { asked, kept, sources: await sources() });
    return writeRecipe(project, pinned, { asked, output, world });
  });
};
