import { type Change, diffGraphs } from '../../graph/diff.ts';
import { Lock2nixError } from '../../graph/errors.ts';
import type { PinnedGraph } from '../../graph/types.ts';
import { preferencesOf, type RecordedVersions } from '../../resolvers/pypi/preferences.ts';
import { normaliseName } from '../../standards/name.ts';
import { nearest } from '../../standards/nearest.ts';
import { quoted } from '../../standards/quoted.ts';
import { besideInput } from '../beside-input.ts';
import { mergeAsked } from '../options.ts';
import { pinProject } from '../pipeline/pin.ts';
import { nothingKept } from '../pipeline/preferences.ts';
import { openProject, type Project } from '../pipeline/project.ts';
import { type RecipeResult, writeRecipe } from '../pipeline/recipe.ts';
import { readRecorded, recordedInput } from '../pipeline/recorded.ts';
import type { PipelineContext, RecipeRequest } from '../pipeline/request.ts';
import { withSources } from '../pipeline/sources.ts';
import { findVersions } from '../pipeline/versions.ts';
import { outputFolder, shownOutput } from '../place.ts';

/** Options that are not given are those of the record. */
export interface UpdateRequest extends RecipeRequest {
  /** Distributions to move; none: all. */
  readonly names: readonly string[];
}

export interface UpdateResult extends RecipeResult {
  readonly changes: readonly Change[];
}

/** What locks again, by the file that it writes. */
const lockers: Readonly<Record<string, string>> = { 'poetry.lock': 'poetry update' };

const refuseLock = ({ input, converted }: Project): void => {
  if (input.kind !== 'file' || converted.kind !== 'locked') return;
  const command = lockers[input.fileName] ?? 'its tool';
  throw new Lock2nixError(
    'USAGE',
    `\`${input.shown}\` is a lock: its own tool moves its versions`,
    {
      hint: `update it with ${command}, then convert`,
    },
  );
};

/** The names that are to move. Throws PACKAGE_UNKNOWN for one that the recipe does not have. */
const movingNames = (
  names: readonly string[],
  graph: PinnedGraph,
  shown: string,
): ReadonlySet<string> => {
  const known = [...new Set([...graph.packages.values()].map(({ name }) => name))].sort();
  const moving = names.map(normaliseName);
  const missing = moving.find((name) => !known.includes(name));
  if (missing === undefined) return new Set(moving);
  const near = nearest(missing, known);
  throw new Lock2nixError('PACKAGE_UNKNOWN', `\`${shown}\` has no package ${quoted(missing)}`, {
    hint:
      near === undefined
        ? `\`lock2nix resolve --format tree\` lists what it has; a new package is added to the input`
        : `did you mean \`${near}\`?`,
  });
};

const keptOf = (names: readonly string[], graph: PinnedGraph, shown: string): RecordedVersions => {
  const moving = movingNames(names, graph, shown);
  return moving.size === 0 ? nothingKept : preferencesOf(graph, moving);
};

/**
 * Moves the versions of the recipe of the current folder, all or those of `names` and what they
 * force, and writes it again. Throws Lock2nixError; USAGE for a recipe that was made from a lock.
 */
export const update = async (
  request: UpdateRequest,
  context: PipelineContext,
): Promise<UpdateResult> => {
  const { world } = context;
  const { cwd } = world;
  const output = outputFolder(request.output, { folder: cwd, cwd });
  const shown = shownOutput(output, cwd);
  const { record, graph: before } = readRecorded(output, shown);
  const input = recordedInput(record, cwd);
  const asked = mergeAsked(record.options, besideInput(request, { folder: input.folder, cwd }));
  const project = await openProject(input, asked, world);
  refuseLock(project);
  const kept = keptOf(request.names, before, shown);
  return withSources(request, context, async (sources) => {
    const versions = await findVersions(project, { asked, kept, world, sources });
    const pinned = await pinProject(project, versions, { asked, kept, sources: await sources() });
    const result = await writeRecipe(project, pinned, { asked, output, world });
    return { ...result, changes: diffGraphs(before, pinned.graph) };
  });
};
