/** The versions that a graph recorded, which the next resolution keeps where they still satisfy. */
import type { Environment, PinnedGraph } from '../../graph/types.ts';
import { compareVersions, tryParseVersion } from '../../standards/version.ts';
import { byText } from './merge.ts';
import { type Commits, commitsOf } from './solve/commits.ts';

/** Versions by normalised name, newest first. */
export type Preferences = ReadonlyMap<string, readonly string[]>;

export interface RecordedVersions {
  /** What the environments run: `ResolveOptions.preferences`. */
  readonly runtime: Preferences;
  /** What packages are built with, pip of the checks among it: `BuildOptions.preferences`. */
  readonly builds: Preferences;
  /** What branches and tags stood for: `ResolveOptions.keptCommits`. */
  readonly commits: Commits;
}

const newestFirst = (left: string, right: string): number => {
  const [one, other] = [tryParseVersion(left), tryParseVersion(right)];
  if (one === undefined || other === undefined) return byText(left, right);
  return compareVersions(other, one) || byText(left, right);
};

const versionsIn = ({ environments, packages }: PinnedGraph, kind: Environment['kind']) => {
  const versions = new Map<string, Set<string>>();
  for (const environment of environments.values()) {
    if (environment.kind !== kind) continue;
    for (const { id } of environment.members) {
      const pinned = packages.get(id);
      if (pinned === undefined) continue;
      const known = versions.get(pinned.name) ?? new Set();
      versions.set(pinned.name, known.add(pinned.version));
    }
  }
  return new Map(
    [...versions]
      .sort(([left], [right]) => byText(left, right))
      .map(([name, all]) => [name, [...all].sort(newestFirst)]),
  );
};

/** The versions of a recorded graph, but those of the names that are to move. */
export const preferencesOf = (
  graph: PinnedGraph,
  moving: ReadonlySet<string> = new Set(),
): RecordedVersions => {
  const packages = [...graph.packages].filter(([, { name }]) => !moving.has(name));
  const kept = { ...graph, packages: new Map(packages) };
  return {
    runtime: versionsIn(kept, 'runtime'),
    builds: versionsIn(kept, 'build'),
    commits: commitsOf(kept),
  };
};
