/** Selections of all platforms put together: what is where, and which edge holds where. */
import { type Platform, type PlatformName, platformName } from '../../graph/platform.ts';
import type { Edge, LockedGraph, LockedPackage, Member, PackageId } from '../../graph/types.ts';
import { formatMarker } from '../../standards/marker.ts';
import { narrow } from './python-range.ts';
import type { Selection } from './select.ts';

export type Selections = ReadonlyMap<PlatformName, Selection>;

/** What every platform's selection says of one package. */
export interface Merged {
  readonly locked: LockedPackage;
  readonly platforms: readonly Platform[];
  readonly dependencies: readonly Edge[];
}

/** Order of texts by code unit, the same in every locale. */
export const byText = (left: string, right: string): number =>
  left === right ? 0 : left < right ? -1 : 1;

/** `platforms` of an item that holds on `some` of `all`; nothing when it holds on all. */
export const limitedTo = (
  some: ReadonlySet<PlatformName>,
  all: readonly Platform[],
): { readonly platforms?: readonly PlatformName[] } =>
  some.size === all.length
    ? {}
    : { platforms: all.map(platformName).filter((name) => some.has(name)) };

/**
 * What either of two selections holds. Of a dependency for which they picked different packages the
 * first one's pick is the edge, so that a package needs one version of a name.
 */
export const uniteSelections = (one: Selections, other: Selections): Selections =>
  new Map(
    [...one].map(([platform, first]) => {
      const second = other.get(platform) ?? first;
      const edges = new Map(first.edges);
      for (const [id, more] of second.edges) {
        const known = first.edges.get(id) ?? [];
        const taken = new Set(known.map(({ dependency }) => dependency));
        edges.set(id, [...known, ...more.filter(({ dependency }) => !taken.has(dependency))]);
      }
      return [
        platform,
        {
          packages: new Set([...first.packages, ...second.packages]),
          edges,
          patchRange: narrow(first.patchRange, second.patchRange),
        },
      ];
    }),
  );

/** Whether two selections install the same packages on every platform. */
export const installsSame = (one: Selections, other: Selections): boolean =>
  [...one].every(([platform, { packages }]) => {
    const others = other.get(platform)?.packages ?? new Set();
    return packages.size === others.size && [...packages].every((id) => others.has(id));
  });

/** The edges of a package over all platforms, each with the platforms on which it holds. */
export const mergeEdges = (
  id: PackageId,
  platforms: readonly Platform[],
  selections: Selections,
): readonly Edge[] => {
  const merged = new Map<string, { edge: Edge; on: Set<PlatformName> }>();
  for (const platform of platforms) {
    const name = platformName(platform);
    for (const { dependency, to } of selections.get(name)?.edges.get(id) ?? []) {
      const { extras, extra, kind, marker } = dependency;
      const edge: Edge = {
        to,
        extras,
        ...(marker === undefined ? {} : { marker: formatMarker(marker) }),
        ...(extra === undefined ? {} : { extra }),
        kind,
      };
      const key = JSON.stringify(edge);
      const entry = merged.get(key) ?? { edge, on: new Set() };
      entry.on.add(name);
      merged.set(key, entry);
    }
  }
  return [...merged]
    .sort(([left], [right]) => byText(left, right))
    .map(([, { edge, on }]) => ({ ...edge, ...limitedTo(on, platforms) }));
};

/** The packages that any platform wants, by id. */
export const mergeSelections = (
  graph: LockedGraph,
  platforms: readonly Platform[],
  selections: Selections,
): readonly Merged[] =>
  [...graph.packages.values()]
    .map((locked): Merged => {
      const mine = platforms.filter((platform) =>
        selections.get(platformName(platform))?.packages.has(locked.id),
      );
      return {
        locked,
        platforms: mine,
        dependencies: mergeEdges(locked.id, mine, selections),
      };
    })
    .filter((merged) => merged.platforms.length > 0)
    .sort((left, right) => byText(left.locked.id, right.locked.id));

/** A package as a member of an environment. */
export const memberOf = (
  id: PackageId,
  mine: readonly Platform[],
  all: readonly Platform[],
): Member => ({ id, ...limitedTo(new Set(mine.map(platformName)), all) });
