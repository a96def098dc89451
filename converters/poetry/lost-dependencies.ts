/** Locks whose dependency tables were emptied, by a tool or by hand. */
import type { LockedDependency, LockedPackage, LockedRoot, PackageId } from '../../graph/types.ts';
import type { Entry } from './packages.ts';

const reachedFrom = (
  { groups }: LockedRoot,
  packages: ReadonlyMap<PackageId, LockedPackage>,
): ReadonlySet<PackageId> => {
  const reached = new Set<PackageId>();
  const add = (list: readonly LockedDependency[]): void => {
    for (const { candidates } of list) for (const id of candidates) reached.add(id);
  };
  for (const list of Object.values(groups)) add(list);
  // A set that grows is walked to its new end.
  for (const id of reached) add(packages.get(id)?.dependencies ?? []);
  return reached;
};

/**
 * The packages that may require more than a lock says: those that it has no dependencies of, where it
 * holds others that neither the project nor anybody else requires. None when all is required. Which
 * packages are optional the project's own manifest decides.
 */
export const lostDependencies = (
  entries: readonly Entry[],
  root: LockedRoot,
  packages: ReadonlyMap<PackageId, LockedPackage>,
): readonly Entry[] => {
  const reached = reachedFrom(root, packages);
  const isOrphaned = entries.some(({ id, locked }) => locked.optional !== true && !reached.has(id));
  if (!isOrphaned) return [];
  return entries.filter(({ locked }) => Object.keys(locked.dependencies ?? {}).length === 0);
};
