import type { PinnedGraph } from './types.ts';

type Value = NonNullable<unknown>;
type EdgesOf<Node> = (node: Node) => Iterable<Node>;

/** All that can be reached from `start`, itself included, in the order in which it is found. */
export const closure = <Node extends Value>(
  edgesOf: EdgesOf<Node>,
  start: Iterable<Node>,
): ReadonlySet<Node> => {
  const found = new Set(start);
  // A set that grows is walked to its new end.
  for (const node of found) for (const to of edgesOf(node)) found.add(to);
  return found;
};

/**
 * Tarjan's strongly connected components of all that `nodes` reach: what a component points to comes
 * before it, nodes of a component are in the order in which they are found. Without recursion, so
 * that long chains do not overflow.
 */
export const stronglyConnectedComponents = <Node extends Value>(
  nodes: Iterable<Node>,
  edgesOf: EdgesOf<Node>,
): readonly (readonly Node[])[] => {
  const components: Node[][] = [];
  const open: Node[] = [];
  const indices = new Map<Node, number>();
  const enter = (node: Node) => {
    const index = indices.size;
    indices.set(node, index);
    const position = open.push(node) - 1;
    return { index, lowest: index, position, edges: edgesOf(node)[Symbol.iterator]() };
  };
  for (const start of nodes) {
    const path = indices.has(start) ? [] : [enter(start)];
    for (let frame = path.at(-1); frame !== undefined; frame = path.at(-1)) {
      const next = frame.edges.next();
      if (next.done !== true) {
        const index = indices.get(next.value);
        if (index === undefined) path.push(enter(next.value));
        else frame.lowest = Math.min(frame.lowest, index);
        continue;
      }
      path.pop();
      const parent = path.at(-1);
      if (parent !== undefined) parent.lowest = Math.min(parent.lowest, frame.lowest);
      if (frame.lowest < frame.index) continue;
      const component = open.splice(frame.position);
      // Edges into a finished component join nothing.
      for (const node of component) indices.set(node, Number.POSITIVE_INFINITY);
      components.push(component);
    }
  }
  return components;
};

/** A cycle as a path whose last node is its first, short and always the same; undefined without one. */
export const findCycle = <Node extends Value>(
  nodes: Iterable<Node>,
  edgesOf: EdgesOf<Node>,
): readonly Node[] | undefined => {
  for (const component of stronglyConnectedComponents(nodes, edgesOf)) {
    const inside = new Set(component);
    const [start] = component;
    const cameFrom = new Map<Node, Node>();
    const queue = component.slice(0, 1);
    for (const node of queue) {
      for (const to of edgesOf(node)) {
        if (to === start) {
          const path = [to];
          for (let at: Node | undefined = node; at !== undefined; at = cameFrom.get(at))
            path.push(at);
          return path.reverse();
        }
        if (!inside.has(to) || cameFrom.has(to)) continue;
        cameFrom.set(to, node);
        queue.push(to);
      }
    }
  }
  return undefined;
};

/** What `diffGraphs` finds, each list by name. */
export interface GraphDiff {
  readonly added: readonly { readonly name: string; readonly to: string }[];
  readonly removed: readonly { readonly name: string; readonly from: string }[];
  readonly changed: readonly {
    readonly name: string;
    readonly from: string;
    readonly to: string;
  }[];
}

/** Versions by package name: what stands behind `NAME@` in an id, so that sources are told apart. */
const versionsOf = ({ packages }: PinnedGraph): ReadonlyMap<string, readonly string[]> => {
  const versions = new Map<string, string[]>();
  for (const { id, name } of packages.values()) {
    const known = versions.get(name) ?? [];
    known.push(id.slice(name.length + 1));
    versions.set(name, known);
  }
  return versions;
};

/**
 * The packages whose ids differ, by name and version (`1.0`, or `1.0#SOURCE`). Versions that a name
 * lost and gained are paired in their order as text. Files that changed below one id do not show.
 */
export const diffGraphs = (before: PinnedGraph, after: PinnedGraph): GraphDiff => {
  const olds = versionsOf(before);
  const news = versionsOf(after);
  const added: GraphDiff['added'][number][] = [];
  const removed: GraphDiff['removed'][number][] = [];
  const changed: GraphDiff['changed'][number][] = [];
  for (const name of [...new Set([...olds.keys(), ...news.keys()])].sort()) {
    const old = olds.get(name) ?? [];
    const now = news.get(name) ?? [];
    const lost = old.filter((version) => !now.includes(version)).sort();
    const gained = now.filter((version) => !old.includes(version)).sort();
    for (const [index, from] of lost.entries()) {
      const to = gained[index];
      if (to === undefined) removed.push({ name, from });
      else changed.push({ name, from, to });
    }
    for (const to of gained.slice(lost.length)) added.push({ name, to });
  }
  return { added, removed, changed };
};
