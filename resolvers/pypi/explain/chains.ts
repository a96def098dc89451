/** The chains of requirements that lead from the project to a package. */
import { type Platform, platformName } from '../../../graph/platform.ts';
import type {
  LockedDependency,
  LockedGraph,
  PackageId,
  PinnedGraph,
} from '../../../graph/types.ts';
import { formatMarker } from '../../../standards/marker.ts';
import { evaluateForMinor } from '../../../standards/marker-environment.ts';
import { byText } from '../merge.ts';
import type { Wanted } from '../select.ts';

/** A step of a chain: somebody's requirement, and the package that meets it. */
export interface Step {
  /** A package, or the name of a project that asks. */
  readonly from: PackageId | { readonly root: string; readonly group: string };
  readonly to: PackageId;
  /** As written where that is known; with the extra and the marker on which it depends. */
  readonly text: string;
}

const textOf = (dependency: LockedDependency): string => {
  const { name, extras, text, marker, extra, origin } = dependency;
  const head = text ?? (extras.length === 0 ? name : `${name}[${extras.join(',')}]`);
  const notes = [
    ...(extra === undefined ? [] : [`for its extra ${extra}`]),
    ...(origin === undefined ? [] : [origin]),
  ];
  const condition = marker === undefined ? '' : `; ${formatMarker(marker)}`;
  return `${head}${condition}${notes.length === 0 ? '' : ` (${notes.join(', ')})`}`;
};

/** The platforms that a package is wanted on. */
export const platformsOf = (
  { environments, target }: PinnedGraph,
  id: PackageId,
): readonly Platform[] => {
  const members = [...environments.values()].flatMap((each) =>
    each.members.filter((member) => member.id === id),
  );
  return target.platforms.filter((platform) =>
    members.some(
      ({ platforms }) => platforms === undefined || platforms.includes(platformName(platform)),
    ),
  );
};

/** Whether a requirement of the project has to do with a package that it may be met by. */
const isActive = (
  { marker, candidates }: LockedDependency,
  id: PackageId,
  graph: PinnedGraph,
): boolean => {
  const { python } = graph.target;
  if (!candidates.includes(id) || !graph.packages.has(id)) return false;
  return (
    marker === undefined ||
    python === undefined ||
    platformsOf(graph, id).some((platform) => evaluateForMinor(marker, python, platform).value)
  );
};

const rootSteps = (
  graph: PinnedGraph,
  { roots }: LockedGraph,
  wanted: Wanted | undefined,
): readonly Step[] =>
  roots.flatMap(({ name: root, groups }) =>
    Object.entries(groups)
      .filter(([group]) => group === 'main' || wanted?.groups.includes(group) !== false)
      .flatMap(([group, dependencies]) =>
        dependencies
          .filter(({ extra }) => extra === undefined || wanted?.extras.includes(extra) !== false)
          .flatMap((dependency) =>
            dependency.candidates
              .filter((id) => isActive(dependency, id, graph))
              .map((to): Step => ({ from: { root, group }, to, text: textOf(dependency) })),
          ),
      ),
  );

const packageSteps = ({ packages }: PinnedGraph, locked: LockedGraph): readonly Step[] =>
  [...packages.values()].flatMap(({ id, dependencies }) =>
    dependencies.map(({ to, extra, extras }): Step => {
      const known = locked.packages
        .get(id)
        ?.dependencies.find((each) => each.candidates.includes(to) && each.extra === extra);
      const name = packages.get(to)?.name ?? to;
      const plain = extras.length === 0 ? name : `${name}[${extras.join(',')}]`;
      return { from: id, to, text: known === undefined ? plain : textOf(known) };
    }),
  );

/** The first step of the shortest way back to the project, for each package that has one. */
const waysBack = (steps: readonly Step[]): ReadonlyMap<PackageId, Step> => {
  const byFrom = new Map<PackageId, Step[]>();
  for (const step of steps)
    if (typeof step.from === 'string')
      byFrom.set(step.from, [...(byFrom.get(step.from) ?? []), step]);
  const ways = new Map<PackageId, Step>();
  const queue = steps.filter(({ from }) => typeof from !== 'string');
  for (const step of queue) {
    if (ways.has(step.to)) continue;
    ways.set(step.to, step);
    queue.push(...(byFrom.get(step.to) ?? []));
  }
  return ways;
};

const keyOf = (chain: readonly Step[]): string =>
  chain.map(({ to, text }) => `${to} ${text}`).join('\n');

/** For each requirement on the package, the shortest chain that ends with it; shortest first. */
export const chainsTo = (
  target: PackageId,
  {
    graph,
    locked,
    wanted,
  }: { readonly graph: PinnedGraph; readonly locked: LockedGraph; readonly wanted?: Wanted },
): readonly (readonly Step[])[] => {
  const steps = [...rootSteps(graph, locked, wanted), ...packageSteps(graph, locked)];
  steps.sort((a, b) => byText(`${a.to} ${a.text}`, `${b.to} ${b.text}`));
  const ways = waysBack(steps);
  const chains = steps
    .filter(({ to }) => to === target)
    .map((last): readonly Step[] => {
      const chain = [last];
      let { from } = last;
      while (typeof from === 'string') {
        const before = ways.get(from);
        // A loop that leads back to itself is no reason to be there.
        if (before === undefined || chain.includes(before)) return [];
        chain.unshift(before);
        from = before.from;
      }
      return chain;
    })
    .filter((chain) => chain.length > 0 && !chain.slice(0, -1).some(({ to }) => to === target));
  const unique = [...new Map(chains.map((chain) => [keyOf(chain), chain])).values()];
  return unique.sort((a, b) => a.length - b.length || byText(keyOf(a), keyOf(b)));
};
