import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { findCycle, stronglyConnectedComponents } from '../../graph/algorithms.ts';

type Edges = Readonly<Record<string, readonly string[]>>;

const edgesOf = (edges: Edges) => (node: string) => edges[node] ?? [];

const nodes = ['a', 'b', 'c', 'd', 'e', 'f'];
const anyEdges: fc.Arbitrary<Edges> = fc.record(
  Object.fromEntries(
    nodes.map((node) => [node, fc.uniqueArray(fc.constantFrom(...nodes), { maxLength: 3 })]),
  ),
);

/** All pairs that one or more steps lead to, by Warshall's algorithm. */
const reach = (edges: Edges): ReadonlySet<string> => {
  const pairs = new Set(Object.entries(edges).flatMap(([from, tos]) => tos.map((to) => from + to)));
  for (const by of nodes) {
    for (const from of nodes) {
      for (const to of nodes) {
        if (pairs.has(from + by) && pairs.has(by + to)) pairs.add(from + to);
      }
    }
  }
  return pairs;
};

test('components: nodes that reach each other, after what they point to', () => {
  fc.assert(
    fc.property(anyEdges, (graph) => {
      const pairs = reach(graph);
      const components = stronglyConnectedComponents(nodes, edgesOf(graph));
      const place = new Map(
        components.flatMap((component, index) => component.map((node) => [node, index] as const)),
      );
      expect([...place.keys()].sort()).toEqual(nodes);
      expect(components.flat()).toHaveLength(nodes.length);
      for (const one of nodes) {
        for (const other of nodes) {
          const together = one === other || (pairs.has(one + other) && pairs.has(other + one));
          expect(place.get(one) === place.get(other)).toBe(together);
        }
        for (const to of graph[one] ?? []) {
          expect(place.get(to)).toBeLessThanOrEqual(place.get(one) ?? -1);
        }
      }
    }),
  );
});

test('components are found of what is reached, too, and in an order that is always the same', () => {
  const edges = { a: ['b'], b: ['c', 'd'], c: ['a'], d: ['e'], e: ['d'] };
  expect(stronglyConnectedComponents(['a'], edgesOf(edges))).toEqual([
    ['d', 'e'],
    ['a', 'b', 'c'],
  ]);
});

test('a cycle is a path along edges back to its start; there is one when there is one', () => {
  fc.assert(
    fc.property(anyEdges, (graph) => {
      const cycle = findCycle(nodes, edgesOf(graph));
      const pairs = reach(graph);
      expect(cycle !== undefined).toBe(nodes.some((node) => pairs.has(node + node)));
      if (cycle === undefined) return;
      expect(cycle.length).toBeGreaterThan(1);
      expect(cycle[0]).toBe(cycle.at(-1));
      expect(new Set(cycle).size).toBe(cycle.length - 1);
      for (const [index, to] of cycle.slice(1).entries()) {
        expect(graph[cycle[index] ?? '']).toContain(to);
      }
    }),
  );
});

test.each<[string, Edges, readonly string[] | undefined]>([
  ['none', { a: ['b'], b: ['c'], d: ['c'] }, undefined],
  ['a node that points to itself', { a: ['b'], b: ['b'] }, ['b', 'b']],
  ['the short way round', { a: ['b', 'c'], b: ['c'], c: ['d'], d: ['a'] }, ['a', 'c', 'd', 'a']],
])('cycle: %s', (_, edges, expected) => {
  expect(findCycle(Object.keys(edges), edgesOf(edges))).toEqual(expected);
});

test('a hundred thousand nodes in a row do not overflow the stack', () => {
  const last = 100_000;
  const next = (node: number): readonly number[] => (node < last ? [node + 1] : []);
  expect(stronglyConnectedComponents([0], next)).toHaveLength(last + 1);
  expect(findCycle([0], (node) => (node < last ? [node + 1] : [0]))).toHaveLength(last + 2);
});
