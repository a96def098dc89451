/** Which versions of a recipe are to stay when it is made again. */
import type { PackageId, PinnedGraph } from '../../graph/types.ts';

/** Versions by name. */
export type Preferences = ReadonlyMap<string, readonly string[]>;

const idsOf = (graph: PinnedGraph, kind: 'runtime' | 'build'): ReadonlySet<PackageId> =>
  new Set(
    [...graph.environments.values()]
      .filter((each) => each.kind === kind)
      .flatMap(({ members }) => members.map(({ id }) => id)),
  );

/**
 * The versions that the environments of a kind have, by name, sorted; without the names that are to
 * move.
 */
export const preferredVersions = (
  graph: PinnedGraph,
  kind: 'runtime' | 'build',
  moving: ReadonlySet<string> = new Set(),
): Preferences => {
  const ids = idsOf(graph, kind);
  const versions = new Map<string, string[]>();
  for (const { id, name, version } of graph.packages.values()) {
    if (!ids.has(id) || moving.has(name)) continue;
    const known = versions.get(name) ?? [];
    if (!known.includes(version)) known.push(version);
    versions.set(name, known.sort());
  }
  return versions;
};
