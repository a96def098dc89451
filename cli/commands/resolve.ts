import type { Diagnostic } from '../../graph/errors.ts';
import { besideInput } from '../beside-input.ts';
import { findInput } from '../input.ts';
import { keptAt } from '../pipeline/preferences.ts';
import { openProject } from '../pipeline/project.ts';
import type { PipelineContext, RecipeRequest } from '../pipeline/request.ts';
import { withSources } from '../pipeline/sources.ts';
import { findVersions } from '../pipeline/versions.ts';
import { outputFolder } from '../place.ts';

const resolveFormats = ['requirements', 'tree', 'json'] as const;
export type ResolveFormat = (typeof resolveFormats)[number];

export interface ResolveRequest extends RecipeRequest {
  readonly inputs: readonly string[];
  readonly format: ResolveFormat;
}

export interface ResolveResult {
  /** For stdout. */
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Finds versions as `convert` does, and writes nothing. Only `json` chooses files and solves build
 * requirements. Throws Lock2nixError.
 */
export const resolveVersions = async (
  request: ResolveRequest,
  context: PipelineContext,
): Promise<ResolveResult> => {
  const { world } = context;
  const { cwd } = world;
  const { ecosystem, format } = request;
  const input = findInput(request.inputs, { command: 'lock2nix resolve', cwd, ecosystem });
  const asked = besideInput(request, { folder: input.folder, cwd });
  const project = await openProject(input, asked, world);
  const kept = await keptAt(outputFolder(undefined, { folder: input.folder, cwd }), asked);
  return withSources(request, context, async (sources) => {
    const versions = await findVersions(project, { asked, kept, world, sources });
    if (format === 'json') {
      const { pinProject } = await import('../pipeline/pin.ts');
      const { formatJson, graphToJson } = await import('../../graph/serialise.ts');
      const { graph, diagnostics } = await pinProject(project, versions, {
        asked,
        kept,
        sources: await sources(),
      });
      return { text: formatJson(graphToJson(graph)), diagnostics };
    }
    const { selectVersions } = await import('../resolve/selection.ts');
    const selection = selectVersions(versions);
    const idle = versions.idleRules.map(({ diagnostic }) => diagnostic);
    const diagnostics = [...versions.diagnostics, ...idle];
    if (format === 'tree') {
      const { printTree } = await import('../resolve/tree.ts');
      return { text: printTree(selection), diagnostics };
    }
    const { printRequirements } = await import('../resolve/requirements.ts');
    return { text: printRequirements(selection, versions), diagnostics };
  });
};
