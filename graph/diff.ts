/** What is different between two pinned graphs: what an update moved. */
import type { Artifact, PackageId, PinnedGraph, PinnedPackage } from './types.ts';

/** `build`: it is there to build others, and in no environment that runs. */
export type Scope = 'runtime' | 'build';

/** What became of a name in a scope. */
export interface Change {
  readonly scope: Scope;
  readonly name: string;
  /** `files`: the versions are the same, and are taken from other files or built otherwise. */
  readonly kind: 'added' | 'removed' | 'changed' | 'files';
  /** Versions, sorted by text; several where the graph forks. */
  readonly from: readonly string[];
  readonly to: readonly string[];
  /** With `files`: names of files that are used no more, and of those that are used now. */
  readonly filesFrom?: readonly string[];
  readonly filesTo?: readonly string[];
}

type ByName = ReadonlyMap<string, readonly PinnedPackage[]>;

const byText = (left: string, right: string): number =>
  left === right ? 0 : left < right ? -1 : 1;

const sorted = (texts: Iterable<string>): readonly string[] => [...new Set(texts)].sort(byText);

const idsOf = ({ environments }: PinnedGraph, kind: Scope): ReadonlySet<PackageId> =>
  new Set(
    [...environments.values()]
      .filter((each) => each.kind === kind)
      .flatMap(({ members }) => members.map(({ id }) => id)),
  );

const group = (packages: readonly PinnedPackage[]): ByName => {
  const groups = new Map<string, PinnedPackage[]>();
  for (const each of packages) {
    const known = groups.get(each.name);
    if (known === undefined) groups.set(each.name, [each]);
    else known.push(each);
  }
  return groups;
};

/** The packages of a scope by name. What belongs to no environment runs: it is a root's own. */
const scoped = (graph: PinnedGraph, scope: Scope): ByName => {
  const ids = idsOf(graph, scope);
  const others = idsOf(graph, scope === 'runtime' ? 'build' : 'runtime');
  return group(
    [...graph.packages.values()].filter(
      ({ id }) => ids.has(id) || (scope === 'runtime' && !others.has(id)),
    ),
  );
};

const versionsOf = (packages: readonly PinnedPackage[]): readonly string[] =>
  sorted(packages.map(({ version }) => version));

/** What a file is: its contents, wherever they are fetched from, and where it is used. */
const fileKey = ({ fileName, source, integrity, platforms }: Artifact): string =>
  JSON.stringify([fileName, integrity?.sri ?? source, platforms]);

const filesOf = (packages: readonly PinnedPackage[]): ReadonlyMap<string, string> =>
  new Map(
    packages.flatMap(({ artifacts }) =>
      artifacts.map((artifact) => [fileKey(artifact), artifact.fileName] as const),
    ),
  );

/** Names of the files of one side that the other does not have as they are. */
const filesBeyond = (
  one: ReadonlyMap<string, string>,
  other: ReadonlyMap<string, string>,
): readonly string[] =>
  sorted([...one].filter(([key]) => !other.has(key)).map(([, fileName]) => fileName));

const changeOf = (
  before: readonly PinnedPackage[],
  after: readonly PinnedPackage[],
): Pick<Change, 'kind' | 'from' | 'to' | 'filesFrom' | 'filesTo'> | undefined => {
  const [from, to] = [versionsOf(before), versionsOf(after)];
  if (from.length === 0) return { kind: 'added', from, to };
  if (to.length === 0) return { kind: 'removed', from, to };
  if (from.join('\n') !== to.join('\n')) return { kind: 'changed', from, to };
  const [old, now] = [filesOf(before), filesOf(after)];
  const [filesFrom, filesTo] = [filesBeyond(old, now), filesBeyond(now, old)];
  return filesFrom.length + filesTo.length === 0
    ? undefined
    : { kind: 'files', from, to, filesFrom, filesTo };
};

const diffScope = (before: PinnedGraph, after: PinnedGraph, scope: Scope): readonly Change[] => {
  const [old, now] = [scoped(before, scope), scoped(after, scope)];
  return sorted([...old.keys(), ...now.keys()]).flatMap((name): readonly Change[] => {
    const change = changeOf(old.get(name) ?? [], now.get(name) ?? []);
    return change === undefined ? [] : [{ scope, name, ...change }];
  });
};

/**
 * What is different between two graphs, run-time packages first, each scope by name. A name that is
 * there to run and to build is told in both scopes, for their versions may differ. Empty when
 * versions and files are the same.
 */
export const diffGraphs = (before: PinnedGraph, after: PinnedGraph): readonly Change[] => [
  ...diffScope(before, after, 'runtime'),
  ...diffScope(before, after, 'build'),
];
