/** A recipe made again, from what it was made from and with its recorded options. */
import { mergeAsked } from '../options.ts';
import { outputFolder, shownOutput } from '../place.ts';
import { pinProject } from './pin.ts';
import { keptAt } from './preferences.ts';
import { openProject } from './project.ts';
import { type RecipeResult, writeRecipe } from './recipe.ts';
import { readRecorded, recordedInput, tryReadRecorded } from './recorded.ts';
import type { PipelineContext, RecipeRequest } from './request.ts';
import { withSources } from './sources.ts';
import { findVersions } from './versions.ts';

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
  const { world } = context;
  const { cwd } = world;
  const output = outputFolder(request.output, { folder: cwd, cwd });
  const { record } = readRecorded(output, shownOutput(output, cwd));
  const input = recordedInput(record, cwd);
  const asked = mergeAsked(record.options, {});
  const project = await openProject(input, asked, world);
  const kept = await keptAt(output, asked);
  return withSources(request, context, async (sources) => {
    const versions = await findVersions(project, { asked, kept, world, sources });
    const pinned = await pinProject(project, versions, { asked, kept, sources: await sources() });
    return writeRecipe(project, pinned, { asked, output, world });
  });
};
