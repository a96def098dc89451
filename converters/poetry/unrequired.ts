/** An edge list: each id with those that it leads to. */
export type Adjacency<Id> = ReadonlyMap<Id, readonly Id[]>;

interface Frame<Id> {
  readonly id: Id;
  next: number;
}

/** The ids in the order in which a depth-first walk leaves them. */
const finishOrder = <Id>(ids: readonly Id[], edges: Adjacency<Id>): readonly Id[] => {
  const seen = new Set<Id>();
  const finished: Id[] = [];
  for (const start of ids) {
    if (seen.has(start)) continue;
    seen.add(start);
    const stack: Frame<Id>[] = [{ id: start, next: 0 }];
    for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
      const to = edges.get(frame.id)?.[frame.next];
      frame.next += 1;
      if (to === undefined) {
        finished.push(frame.id);
        stack.pop();
      } else if (!seen.has(to)) {
        seen.add(to);
        stack.push({ id: to, next: 0 });
      }
    }
  }
  return finished;
};

const reversed = <Id>(ids: readonly Id[], edges: Adjacency<Id>): Adjacency<Id> => {
  const back = new Map<Id, Id[]>(ids.map((id) => [id, []]));
  for (const id of ids) for (const to of edges.get(id) ?? []) back.get(to)?.push(id);
  return back;
};

/**
 * The nodes that nothing outside of their own cycle leads to (whole strongly connected components,
 * by Kosaraju's algorithm), in the order of `ids`. Everything else can be reached from them.
 */
export const unrequired = <Id>(ids: readonly Id[], edges: Adjacency<Id>): readonly Id[] => {
  const back = reversed(ids, edges);
  const component = new Map<Id, number>();
  const required = new Set<number>();
  [...finishOrder(ids, edges)].reverse().forEach((start, number) => {
    if (component.has(start)) return;
    component.set(start, number);
    const queue = [start];
    for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
      for (const from of back.get(id) ?? []) {
        const other = component.get(from);
        if (other === undefined) {
          component.set(from, number);
          queue.push(from);
        } else if (other !== number) required.add(number);
      }
    }
  });
  return ids.filter((id) => !required.has(component.get(id) ?? -1));
};
