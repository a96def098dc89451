/** Files for the versions of a project, with its overrides applied. */
import type { Diagnostic } from '../../graph/errors.ts';
import type { PinnedGraph } from '../../graph/types.ts';
import { validateGraph } from '../../graph/validate.ts';
import { buildRequires } from '../../overrides/build-requires.ts';
import { solveRules } from '../../overrides/solve-rules.ts';
import type { RecordedVersions } from '../../resolvers/pypi/preferences.ts';
import type { AskedOptions } from '../options.ts';
import type { Project } from './project.ts';
import type { Sources } from './sources.ts';
import type { Versions } from './versions.ts';

export interface PinnedProject {
  readonly graph: PinnedGraph;
  readonly diagnostics: readonly Diagnostic[];
}

/** Pins the versions of a project. Throws Lock2nixError. */
export const pinProject = async (
  { siblings, overrides }: Project,
  versions: Versions,
  {
    asked,
    kept,
    sources,
  }: {
    readonly asked: AskedOptions;
    readonly kept: RecordedVersions;
    readonly sources: Sources;
  },
): Promise<PinnedProject> => {
  const { python, platforms, wanted, choices } = versions;
  const { indexes, excludeNewer, onlyBinary, noBinary } = choices;
  const { pinGraph } = await import('../../resolvers/pypi/pin.ts');
  const { applyToLock } = await import('../../overrides/lock.ts');
  const { rootId } = await import('../../resolvers/pypi/select.ts');
  const { repairLock } = await import('../../resolvers/pypi/repair.ts');
  const repaired =
    asked.strict === true
      ? { graph: versions.locked, diagnostics: [] }
      : await repairLock(versions.locked, wanted, {
          ...sources,
          python,
          platforms,
          readPath: siblings.readBytes,
          indexes,
        });
  const outcome = applyToLock(repaired.graph, overrides, {
    python,
    platforms,
    solved: versions.resolution !== undefined,
    rootId,
  });
  const pinned = await pinGraph(
    outcome.graph,
    {
      python,
      platforms,
      wanted,
      prefer: asked.prefer ?? 'wheel',
      strict: asked.strict === true,
      readPath: siblings.readBytes,
      onlyBinary,
      noBinary,
      builds: {
        indexes,
        ...(excludeNewer === undefined ? {} : { excludeNewer }),
        preferences: kept.builds,
        rules: solveRules(overrides, python),
        requires: buildRequires(overrides),
      },
    },
    sources,
  );
  validateGraph(pinned.graph);
  const idle = versions.idleRules.filter(({ rule }) => !pinned.rulesUsed.has(rule));
  const { applyOverrides } = await import('../../overrides/apply.ts');
  const { graph, diagnostics } = applyOverrides(pinned.graph, overrides, outcome);
  const { findCollisions } = await import('../../overrides/collisions.ts');
  const collisions = await findCollisions(graph, siblings.readBytes);
  return {
    graph,
    diagnostics: [
      ...versions.diagnostics,
      ...idle.map(({ diagnostic }) => diagnostic),
      ...repaired.diagnostics,
      ...outcome.diagnostics,
      ...pinned.diagnostics,
      ...diagnostics,
      ...collisions,
    ],
  };
};
