import { besideInput } from '../beside-input.ts';
import { findInput } from '../input.ts';
import { pinProject } from '../pipeline/pin.ts';
import { keptAt } from '../pipeline/preferences.ts';
import { openProject } from '../pipeline/project.ts';
import { type RecipeResult, writeRecipe } from '../pipeline/recipe.ts';
import type { PipelineContext, RecipeRequest } from '../pipeline/request.ts';
import { withSources } from '../pipeline/sources.ts';
import { findVersions } from '../pipeline/versions.ts';
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
  const { world } = context;
  const { cwd } = world;
  const { ecosystem } = request;
  const input = findInput(request.inputs, { command: 'convert', cwd, ecosystem });
  const output = outputFolder(request.output, { folder: input.folder, cwd });
  const asked = besideInput(request, { folder: input.folder, cwd });
  const project = await openProject(input, asked, world);
  const kept = await keptAt(output, asked);
  return withSources(request, context, async (sources) => {
    const versions = await findVersions(project, { asked, kept, world, sources });
    const pinned = await pinProject(project, versions, { asked, kept, sources: await sources() });
    return writeRecipe(project, pinned, { asked, output, world });
  });
};
