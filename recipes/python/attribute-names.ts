import type { PackageId, PinnedGraph, PinnedPackage } from '../../graph/types.ts';

/** A version as part of a Nix attribute name: `1.24.4+cpu` is `1_24_4_cpu`. */
const versionSuffix = (version: string): string => version.replace(/[^0-9A-Za-z]+/g, '_');

const runtimeIds = (graph: PinnedGraph): ReadonlySet<PackageId> =>
  new Set([
    ...[...graph.environments.values()]
      .filter(({ kind }) => kind === 'runtime')
      .flatMap(({ members }) => members.map(({ id }) => id)),
    ...graph.roots.flatMap((root) => (root.package === undefined ? [] : [root.package])),
  ]);

const count = <Key>(keys: readonly Key[]): ReadonlyMap<Key, number> => {
  const counts = new Map<Key, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
};

/**
 * The Nix attribute of each package: its normalised name, or `name_VERSION` where the graph has
 * several. What is there for builds alone gives way to what runs, so that a build tool never
 * renames a dependency.
 */
export const attributeNames = (graph: PinnedGraph): ReadonlyMap<PackageId, string> => {
  const runtime = runtimeIds(graph);
  const packages = [...graph.packages.values()];
  const running = count(packages.filter(({ id }) => runtime.has(id)).map(({ name }) => name));
  const all = count(packages.map(({ name }) => name));
  const isPlain = ({ id, name }: PinnedPackage): boolean =>
    runtime.has(id) ? running.get(name) === 1 : all.get(name) === 1;
  const names = new Map<PackageId, string>();
  const taken = new Set<string>();
  const ordered = [...packages].sort(
    (left, right) => Number(isPlain(right)) - Number(isPlain(left)),
  );
  for (const each of ordered) {
    const base = isPlain(each) ? each.name : `${each.name}_${versionSuffix(each.version)}`;
    let name = base;
    // Versions such as 1.0+1 and 1.0.1 look alike once they are part of a name; `-` is in neither.
    for (let copy = 2; taken.has(name); copy += 1) name = `${base}-${copy}`;
    taken.add(name);
    names.set(each.id, name);
  }
  return names;
};
