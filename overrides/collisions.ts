import type { Diagnostic } from '../graph/errors.ts';
import type { CollisionRule, PackageId, PinnedGraph, PinnedPackage } from '../graph/types.ts';
import { quoted } from '../standards/quoted.ts';
import { readWheelFiles, type WheelFiles } from '../standards/wheel-files.ts';

/** Reads a file below the input's folder; undefined when there is none. */
export type ReadPath = (relativePath: string) => Uint8Array | undefined;

const special = /[.+^${}()|[\]\\]/g;

/** A rule's pattern as an expression: `*` is part of a name, `**` any number of folders. */
export const patternOf = (pattern: string): RegExp => {
  const parts = pattern.split(/(\*\*\/?|\*|\?)/).map((part) => {
    if (part === '**/') return '(?:.*/)?';
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    return part.replace(special, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`, 's');
};

/** Whether a rule says what becomes of a file that these packages bring. */
const decides = ({ path, keep, dropFrom }: CollisionRule, file: string, names: readonly string[]) =>
  patternOf(path).test(file) &&
  (keep === undefined
    ? names.filter((name) => !dropFrom?.includes(name)).length < 2
    : names.includes(keep));

/** Wheels that lie beside the lock: their files can be looked at before anything is built. */
const wheelsAtHand = async (
  { packages }: PinnedGraph,
  read: ReadPath,
): Promise<ReadonlyMap<PackageId, WheelFiles>> => {
  const found = new Map<PackageId, WheelFiles>();
  for (const { id, artifacts } of packages.values()) {
    const [artifact, ...others] = artifacts;
    if (artifact?.kind !== 'wheel' || artifact.source.kind !== 'path' || others.length > 0)
      continue;
    const bytes = read(artifact.source.path);
    if (bytes !== undefined) found.set(id, await readWheelFiles(bytes, artifact.fileName));
  }
  return found;
};

interface Collision {
  readonly owners: readonly PinnedPackage[];
  readonly paths: string[];
}

const collect = (
  graph: PinnedGraph,
  members: readonly PackageId[],
  wheels: ReadonlyMap<PackageId, WheelFiles>,
): readonly Collision[] => {
  const owners = new Map<string, PackageId[]>();
  for (const id of members) {
    for (const path of wheels.get(id)?.keys() ?? []) {
      owners.set(path, [...(owners.get(path) ?? []), id]);
    }
  }
  const groups = new Map<string, Collision>();
  for (const [path, ids] of [...owners].sort(([left], [right]) => (left < right ? -1 : 1))) {
    if (new Set(ids.map((id) => wheels.get(id)?.get(path))).size < 2) continue;
    const packages = ids.flatMap((id) => graph.packages.get(id) ?? []);
    const names = packages.map(({ name }) => name);
    if (graph.collisions?.some((rule) => decides(rule, path, names))) continue;
    const top = path.startsWith('lib/') ? path.split('/').slice(0, 4).join('/') : path;
    const key = JSON.stringify([top, names]);
    const group = groups.get(key) ?? { owners: packages, paths: [] };
    group.paths.push(path);
    groups.set(key, group);
  }
  return [...groups.values()];
};

const report = ({ owners, paths }: Collision): Diagnostic => {
  const [first = '', ...others] = paths;
  const names = owners.map(({ name }) => name);
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  const folder = first.split('/').slice(0, 4).join('/');
  const pattern = others.length === 0 ? first : `${folder}/**`;
  return {
    severity: 'warning',
    code: 'collision',
    message: `${owners.map(({ id }) => quoted(id)).join(' and ')} bring ${quoted(first)}${more} with differing content; the environment will not build`,
    hint: `add to overrides.toml:\n[[collision]]\npath = ${JSON.stringify(pattern)}\nkeep = "${names[0]}" # or ${names
      .slice(1)
      .map((name) => `"${name}"`)
      .join(' or ')}`,
  };
};

/**
 * The collisions in environments that can be told when converting: of wheels that lie beside the
 * lock, but those that the graph's rules decide. Others show when the environment is built. Throws
 * ARCHIVE_INVALID.
 */
export const findCollisions = async (
  graph: PinnedGraph,
  read: ReadPath,
): Promise<readonly Diagnostic[]> => {
  const wheels = await wheelsAtHand(graph, read);
  if (wheels.size < 2) return [];
  const messages = new Map<string, Diagnostic>();
  for (const { kind, members } of graph.environments.values()) {
    if (kind !== 'runtime') continue;
    for (const collision of collect(
      graph,
      members.map(({ id }) => id),
      wheels,
    )) {
      const diagnostic = report(collision);
      messages.set(diagnostic.message, diagnostic);
    }
  }
  return [...messages.values()];
};
