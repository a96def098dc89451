import type { Diagnostic } from '../../graph/errors.ts';
import { besideInput } from '../beside-input.ts';
import { findInput, type Input } from '../input.ts';
import { type AskedOptions, mergeAsked } from '../options.ts';
import { pinProject } from '../pipeline/pin.ts';
import { keptAt } from '../pipeline/preferences.ts';
import { openProject } from '../pipeline/project.ts';
import { readRecorded, recordedInput } from '../pipeline/recorded.ts';
import type { PipelineContext, RecipeRequest } from '../pipeline/request.ts';
import { withSources } from '../pipeline/sources.ts';
import { findVersions } from '../pipeline/versions.ts';
import { outputFolder, shownOutput } from '../place.ts';

/** Without inputs, options that are not given are those of the record. */
export interface ExplainRequest extends RecipeRequest {
  readonly name: string;
  readonly inputs: readonly string[];
}

export interface ExplainResult {
  /** For stdout. */
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** The input that is named, else the one that the recipe of the current folder was made from. */
const whatToExplain = (
  request: ExplainRequest,
  cwd: string,
): { readonly input: Input; readonly asked: AskedOptions; readonly output: string } => {
  if (request.inputs.length > 0) {
    const { ecosystem } = request;
    const input = findInput(request.inputs, { command: 'lock2nix explain NAME', cwd, ecosystem });
    const { folder } = input;
    const output = outputFolder(request.output, { folder, cwd });
    return { input, asked: besideInput(request, { folder, cwd }), output };
  }
  const output = outputFolder(request.output, { folder: cwd, cwd });
  const { record } = readRecorded(output, shownOutput(output, cwd));
  const input = recordedInput(record, cwd);
  const own = besideInput(request, { folder: input.folder, cwd });
  return { input, asked: mergeAsked(record.options, own), output };
};

/**
 * Why a package is in a recipe: finds the versions again, as `convert` would, and writes nothing.
 * Throws PACKAGE_UNKNOWN with the nearest name, and what `convert` throws.
 */
export const explain = async (
  request: ExplainRequest,
  context: PipelineContext,
): Promise<ExplainResult> => {
  const { world } = context;
  const { input, asked, output } = whatToExplain(request, world.cwd);
  const project = await openProject(input, asked, world);
  const kept = await keptAt(output, asked);
  return withSources(request, context, async (sources) => {
    const versions = await findVersions(project, { asked, kept, world, sources });
    const pinned = await pinProject(project, versions, { asked, kept, sources: await sources() });
    const { explainPackage } = await import('../../resolvers/pypi/explain/package.ts');
    const { normaliseName } = await import('../../standards/name.ts');
    const { locked, wanted, resolution } = versions;
    const known = [...locked.packages.values()].map(({ name }) => name);
    const name = normaliseName(request.name);
    const rejected = known.includes(name) ? await resolution?.rejected(name) : undefined;
    const lines = explainPackage(request.name, {
      graph: pinned.graph,
      locked,
      wanted,
      ...(rejected === undefined ? {} : { rejected }),
      constraints: project.overrides.constraints,
    });
    return { text: lines.map((line) => `${line}\n`).join(''), diagnostics: pinned.diagnostics };
  });
};
