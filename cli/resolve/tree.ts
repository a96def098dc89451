/** Versions as an indented tree of who needs whom. */
import type { Edge, PackageId } from '../../graph/types.ts';
import type { Merged } from '../../resolvers/pypi/merge.ts';
import type { AskedEdge, VersionSelection } from './selection.ts';

/** Deeper than any graph of the world; what is below is cut. */
const deepest = 200;

type ById = ReadonlyMap<PackageId, Merged>;

const label = (edge: Edge | AskedEdge, { locked: { name, version } }: Merged): string => {
  const extras = edge.extras.length === 0 ? '' : `[${edge.extras.join(',')}]`;
  const platforms = edge.platforms === undefined ? '' : ` (${edge.platforms.join(', ')})`;
  const group = 'group' in edge && edge.group !== 'main' ? ` (group ${edge.group})` : '';
  return `${name}${extras}==${version}${platforms}${group}`;
};

/** Edges of a package, those of extras only where they are asked for; each package once. */
const edgesBelow = ({ dependencies }: Merged, extras: readonly string[]): readonly Edge[] => {
  const edges = dependencies.filter(({ extra }) => extra === undefined || extras.includes(extra));
  const byTarget = new Map<PackageId, Edge>();
  for (const edge of edges) {
    const known = byTarget.get(edge.to);
    const all = [...new Set([...(known?.extras ?? []), ...edge.extras])].sort();
    byTarget.set(edge.to, { ...edge, extras: all });
  }
  return [...byTarget.values()].sort((one, other) => (one.to < other.to ? -1 : 1));
};

/**
 * The tree, two blanks a level. A package stands with its extras and, where it is not for all, its
 * platforms; what is below one that stood there before is left out, and `(*)` says so.
 */
export const printTree = ({ packages, asked }: VersionSelection): string => {
  const byId: ById = new Map(packages.map((each) => [each.locked.id, each]));
  const shown = new Set<string>();
  const lines: string[] = [];
  const add = (edge: Edge | AskedEdge, depth: number): void => {
    const merged = byId.get(edge.to);
    if (merged === undefined) return;
    const below = edgesBelow(merged, edge.extras);
    const key = `${edge.to} ${edge.extras.join(',')}`;
    const isRepeat = below.length > 0 && (shown.has(key) || depth >= deepest);
    lines.push(`${'  '.repeat(depth)}${label(edge, merged)}${isRepeat ? ' (*)' : ''}\n`);
    if (isRepeat) return;
    shown.add(key);
    for (const each of below) add(each, depth + 1);
  };
  for (const edge of asked) add(edge, 0);
  return lines.join('');
};
