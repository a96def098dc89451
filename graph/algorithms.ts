type Value = NonNullable<unknown>;
type EdgesOf<Node> = (node: Node) => Iterable<Node>;

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
