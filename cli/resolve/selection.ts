/** Found versions as they are wanted, before any file of them is chosen. */
import { platformName } from '../../graph/platform.ts';
import type { Edge, LockedDependency, LockedRoot } from '../../graph/types.ts';
import { createJudge } from '../../resolvers/pypi/judge.ts';
import {
  limitedTo,
  type Merged,
  mergeSelections,
  type Selections,
} from '../../resolvers/pypi/merge.ts';
import { select } from '../../resolvers/pypi/select.ts';
import { formatMarker } from '../../standards/marker.ts';
import type { Versions } from '../pipeline/versions.ts';

/** What a group of a root asks for directly. */
export interface AskedEdge extends Edge {
  /** Of the root; `main` at run time. */
  readonly group: string;
}

export interface VersionSelection {
  /** Every package that any platform wants, by id. */
  readonly packages: readonly Merged[];
  /** What the roots ask for, in the order of root, group and name. */
  readonly asked: readonly AskedEdge[];
}

/** Where a dependency of a root leads on each platform. */
const askedEdges = (
  versions: Versions,
  selections: Selections,
  { dependency, group }: { readonly dependency: LockedDependency; readonly group: string },
): readonly AskedEdge[] => {
  const { locked, python, platforms } = versions;
  const found = new Map<string, { edge: AskedEdge; on: Set<ReturnType<typeof platformName>> }>();
  for (const platform of platforms) {
    if (!createJudge(locked, python, platform).holds(dependency).value) continue;
    const name = platformName(platform);
    const to = dependency.candidates.find((id) => selections.get(name)?.packages.has(id));
    if (to === undefined) continue;
    const { extras, kind, marker } = dependency;
    const edge: AskedEdge = {
      to,
      extras,
      kind,
      group,
      ...(marker === undefined ? {} : { marker: formatMarker(marker) }),
    };
    const entry = found.get(to) ?? { edge, on: new Set() };
    found.set(to, { ...entry, on: entry.on.add(name) });
  }
  return [...found.values()].map(({ edge, on }) => ({ ...edge, ...limitedTo(on, platforms) }));
};

const dependenciesOf = ({ groups }: LockedRoot, { groups: more, extras }: Versions['wanted']) =>
  ['main', ...more].flatMap((group) =>
    (Object.hasOwn(groups, group) ? (groups[group] ?? []) : [])
      .filter(({ extra }) => extra === undefined || extras.includes(extra))
      .map((dependency) => ({ dependency, group })),
  );

/** Throws LOCK_CONTRADICTION or MARKER_INVALID for versions that do not go together. */
export const selectVersions = (versions: Versions): VersionSelection => {
  const { locked, python, platforms, wanted } = versions;
  const selections: Selections = new Map(
    platforms.map((platform) => [
      platformName(platform),
      select(locked, python, { platform, wanted }),
    ]),
  );
  return {
    packages: mergeSelections(locked, platforms, selections),
    asked: locked.roots.flatMap((root) =>
      dependenciesOf(root, wanted)
        .sort(({ dependency: one }, { dependency: other }) => (one.name < other.name ? -1 : 1))
        .flatMap((each) => askedEdges(versions, selections, each)),
    ),
  };
};
