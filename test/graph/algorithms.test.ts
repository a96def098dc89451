import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  closure,
  diffGraphs,
  findCycle,
  stronglyConnectedComponents,
} from '../../graph/algorithms.ts';
import { packageId } from '../../graph/types.ts';
import { makeGraph, pinned } from './make-graph.ts';

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

test('closure: all that can be reached, in the order of finding', () => {
  const edges = { a: ['b', 'c'], b: ['d'], c: ['a'], e: ['a'] };
  expect([...closure(edgesOf(edges), ['a'])]).toEqual(['a', 'b', 'c', 'd']);
  expect([...closure(edgesOf(edges), [])]).toEqual([]);
  expect([...closure(edgesOf({}), ['x', 'x'])]).toEqual(['x']);
  fc.assert(
    fc.property(anyEdges, fc.subarray(nodes), (graph, start) => {
      const pairs = reach(graph);
      const expected = nodes.filter(
        (node) => start.includes(node) || start.some((from) => pairs.has(from + node)),
      );
      expect([...closure(edgesOf(graph), start)].sort()).toEqual(expected);
    }),
  );
});

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
  expect(closure(next, [0]).size).toBe(last + 1);
  expect(stronglyConnectedComponents([0], next)).toHaveLength(last + 1);
  expect(findCycle([0], (node) => (node < last ? [node + 1] : [0]))).toHaveLength(last + 2);
});

const graphOf = (...ids: readonly string[]) =>
  makeGraph({
    packages: ids.map((text) => {
      const [plain = '', source] = text.split('#');
      const at = plain.lastIndexOf('@');
      const [name, version] = [plain.slice(0, at), plain.slice(at + 1)];
      return pinned(name, version, { id: packageId(name, version, source) });
    }),
  });

test.each<[string, readonly string[], readonly string[], ReturnType<typeof diffGraphs>]>([
  ['nothing', ['a@1', 'b@2'], ['b@2', 'a@1'], { added: [], removed: [], changed: [] }],
  [
    'one of each',
    ['a@1', 'b@1', 'c@1'],
    ['b@2', 'c@1', 'd@1'],
    {
      added: [{ name: 'd', to: '1' }],
      removed: [{ name: 'a', from: '1' }],
      changed: [{ name: 'b', from: '1', to: '2' }],
    },
  ],
  [
    'several versions of a name',
    ['a@1', 'a@2', 'a@3'],
    ['a@2', 'a@4'],
    {
      added: [],
      removed: [{ name: 'a', from: '3' }],
      changed: [{ name: 'a', from: '1', to: '4' }],
    },
  ],
  [
    'another source of the version',
    ['a@1'],
    ['a@1#main'],
    { added: [], removed: [], changed: [{ name: 'a', from: '1', to: '1#main' }] },
  ],
  [
    'names with an @',
    ['@scope/a@1'],
    ['@scope/a@2'],
    { added: [], removed: [], changed: [{ name: '@scope/a', from: '1', to: '2' }] },
  ],
])('diff: %s', (_, before, after, expected) => {
  expect(diffGraphs(graphOf(...before), graphOf(...after))).toEqual(expected);
});

test('a diff accounts for every id, and backwards it is its own opposite', () => {
  const ids = fc.uniqueArray(fc.constantFrom('a@1', 'a@2', 'a@3', 'b@1', 'b@2', 'c@1'));
  fc.assert(
    fc.property(ids, ids, (before, after) => {
      const { added, removed, changed } = diffGraphs(graphOf(...before), graphOf(...after));
      const lost = [...removed, ...changed].map(({ name, from }) => `${name}@${from}`);
      const gained = [...added, ...changed].map(({ name, to }) => `${name}@${to}`);
      expect(lost.sort()).toEqual(before.filter((each) => !after.includes(each)).sort());
      expect(gained.sort()).toEqual(after.filter((each) => !before.includes(each)).sort());
      const back = diffGraphs(graphOf(...after), graphOf(...before));
      expect(back.added.map(({ name, to }) => `${name}@${to}`)).toEqual(
        removed.map(({ name, from }) => `${name}@${from}`),
      );
    }),
  );
});
