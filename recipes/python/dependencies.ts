import { type PlatformName, platformName } from '../../graph/platform.ts';
import type { Edge, PackageId, PinnedGraph } from '../../graph/types.ts';

/** What holds on every platform of the target, and what on some; sorted, nothing twice. */
export interface ByPlatform {
  readonly everywhere: readonly PackageId[];
  readonly only: ReadonlyMap<PlatformName, readonly PackageId[]>;
}

/** Splits sets by platform into their common part and the rest. */
export const byPlatform = (sets: ReadonlyMap<PlatformName, ReadonlySet<PackageId>>): ByPlatform => {
  const all = [...sets.values()];
  const [first = new Set<PackageId>()] = all;
  const common = new Set([...first].filter((id) => all.every((set) => set.has(id))));
  const only = new Map<PlatformName, readonly PackageId[]>();
  for (const [name, set] of sets) {
    const rest = [...set].filter((id) => !common.has(id)).sort();
    if (rest.length > 0) only.set(name, rest);
  }
  return { everywhere: [...common].sort(), only };
};

const holdsOn = (
  item: { readonly platforms?: readonly PlatformName[] },
  name: PlatformName,
): boolean => item.platforms === undefined || item.platforms.includes(name);

/** The packages that a package needs on a platform; the extras of its requirements are followed. */
const needsOf = (graph: PinnedGraph, id: PackageId, name: PlatformName): ReadonlySet<PackageId> => {
  const needs = new Set<PackageId>();
  const seen = new Set<string>();
  const follow = (edges: readonly Edge[]): void => {
    for (const edge of edges) {
      if (!holdsOn(edge, name)) continue;
      if (edge.to !== id) needs.add(edge.to);
      for (const extra of edge.extras) {
        const key = `${edge.to}[${extra}]`;
        if (seen.has(key)) continue;
        seen.add(key);
        const target = graph.packages.get(edge.to)?.dependencies ?? [];
        follow(target.filter((other) => other.extra === extra));
      }
    }
  };
  follow((graph.packages.get(id)?.dependencies ?? []).filter(({ extra }) => extra === undefined));
  return needs;
};

/** The run-time dependencies of a package, extras followed, by platform. */
export const dependenciesOf = (graph: PinnedGraph, id: PackageId): ByPlatform =>
  byPlatform(
    new Map(
      graph.target.platforms.map((platform) => {
        const name = platformName(platform);
        return [name, needsOf(graph, id, name)];
      }),
    ),
  );

/** The members of an environment by platform. */
export const membersOf = (
  graph: PinnedGraph,
  environment: {
    readonly members: readonly {
      readonly id: PackageId;
      readonly platforms?: readonly PlatformName[];
    }[];
  },
): ByPlatform =>
  byPlatform(
    new Map(
      graph.target.platforms.map((platform) => {
        const name = platformName(platform);
        return [
          name,
          new Set(
            environment.members.filter((member) => holdsOn(member, name)).map(({ id }) => id),
          ),
        ];
      }),
    ),
  );
