import { describe, expect, test } from '@jest/globals';
import type { Provider } from '../../../resolvers/solver/provider.ts';
import { solve } from '../../../resolvers/solver/solve.ts';
import { type IntegerSet, integerSets, only, parseSet } from './integer-sets.ts';
import { ask, type IntegerProvider, makeProvider, type Universe } from './universe.ts';

const range = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** Decides by name alone. */
const byName = (universe: Universe): IntegerProvider => ({
  ...makeProvider(universe),
  prioritise: () => [],
});

test.each<{ name: string; universe: Universe; asked: string[]; versions: object; tries: number }>([
  { name: 'nothing is asked for', universe: {}, asked: [], versions: {}, tries: 1 },
  {
    name: 'the newest version of all that is needed, and no more',
    universe: {
      a: { 1: [], 2: ['b'] },
      b: { 1: [], 3: ['c <3'] },
      c: { 2: [], 3: [] },
      d: { 1: [] },
    },
    asked: ['a'],
    versions: { a: 2, b: 3, c: 2 },
    tries: 1,
  },
  {
    name: 'what two ask for is what both allow',
    universe: { a: { 1: ['c 2-4'] }, b: { 1: ['c 3-5'] }, c: { 2: [], 3: [], 4: [], 5: [] } },
    asked: ['a', 'b'],
    versions: { a: 1, b: 1, c: 4 },
    tries: 1,
  },
  {
    name: 'a cycle',
    universe: { a: { 1: ['b'] }, b: { 1: ['a'], 2: ['a 2'] } },
    asked: ['a'],
    versions: { a: 1, b: 1 },
    tries: 1,
  },
  {
    name: 'a package that depends on itself, rightly or not',
    universe: { a: { 1: ['a'], 2: ['a 1'], 3: ['a <3'] } },
    asked: ['a'],
    versions: { a: 1 },
    tries: 1,
  },
  {
    name: 'a version is avoided without a mistake where what it needs is excluded by then',
    universe: { a: { 1: [] }, b: { 1: [], 2: ['a 2'] } },
    asked: ['a', 'b'],
    versions: { a: 1, b: 1 },
    tries: 1,
  },
  {
    name: 'a mistake is taken back once and not repeated',
    universe: {
      a: { 1: [], 2: ['c'] },
      b: { 1: [] },
      c: { 1: ['b 2'], 2: ['b 2'], 3: ['b 3'] },
    },
    asked: ['a', 'b'],
    versions: { a: 1, b: 1 },
    tries: 2,
  },
  {
    name: 'an older version needs less than a newer one',
    universe: { a: { 1: [], 2: ['b 2'] }, b: { 1: [] } },
    asked: ['a'],
    versions: { a: 1 },
    tries: 2,
  },
])('$name', async ({ universe, asked, versions, tries }) => {
  const result = await solve(byName(universe), ask(...asked));
  expect(result.kind === 'solution' && Object.fromEntries(result.versions)).toEqual(versions);
  expect(result.statistics.tries).toBe(tries);
});

test('it jumps back over decisions that have nothing to do with the conflict', async () => {
  const free = Object.fromEntries(range(0, 20).map((version) => [version, []]));
  const universe: Universe = {
    a: { 1: [], 2: ['z'] },
    ...Object.fromEntries(range(0, 9).map((index) => [`m${index}`, free])),
    z: { 1: ['zz 1'], 2: ['zz 1'] },
    zz: { 1: ['nowhere'] },
  };
  const names = range(0, 9).map((index) => `m${index}`);
  const { kind, statistics } = await solve(byName(universe), ask('a', ...names));
  // Trying all versions of m0 to m9 would be 21 ** 10 tries.
  expect(kind).toBe('solution');
  expect(statistics).toEqual({ tries: 3, decisions: 35, conflicts: 3, undone: 24 });
});

test('versions with the same dependency are ruled out together', async () => {
  const versions = range(0, 30);
  const universe: Universe = {
    a: Object.fromEntries(versions.map((version) => [version, ['b 1']])),
    b: { 1: [], 2: [] },
  };
  const asked: number[] = [];
  const provider: IntegerProvider = {
    ...byName(universe),
    dependencies: (name, version) => {
      if (name === 'a') asked.push(version);
      const dependencies =
        name === 'a' ? [{ package: 'b', set: only(1), from: integerSets.full }] : [];
      return { kind: 'dependencies', dependencies };
    },
  };
  expect((await solve(provider, ask('a', 'b 2'))).kind).toBe('failure');
  expect(asked).toEqual([30]);
});

test('exclusions hold for whoever asks, and ask for nothing themselves', async () => {
  const universe: Universe = { a: { 1: ['b'] }, b: { 1: [], 2: [] }, c: { 1: [] } };
  const cause = { kind: 'custom', reason: 'constraint', message: 'is excluded' } as const;
  const result = await solve(makeProvider(universe), {
    ...ask('a'),
    exclusions: [
      { package: 'b', set: parseSet('>=2'), cause },
      { package: 'c', set: integerSets.full, cause },
    ],
  });
  expect(result.kind === 'solution' && Object.fromEntries(result.versions)).toEqual({ a: 1, b: 1 });
});

test('the provider is told at once of all that is needed, with the set that is left', async () => {
  const universe: Universe = {
    a: { 1: ['c 1-2', 'd'] },
    b: { 1: [] },
    c: { 1: [], 2: [] },
    d: { 1: [] },
  };
  const told: string[] = [];
  const provider: IntegerProvider = {
    ...byName(universe),
    choose: (name, set) => {
      told.push(`choose ${name}`);
      return makeProvider(universe).choose(name, set);
    },
    prefetch: (name, set) => told.push(`${name} ${integerSets.format(set)}`),
  };
  await solve(provider, ask('a <3', 'b', 'c 2-3'));
  expect(told).toEqual([
    'c 2-3',
    'b >=0',
    'a <3',
    'choose a',
    'd >=0',
    'c 2',
    'choose b',
    'choose c',
    'choose d',
  ]);
});

test('a priority is asked for only when what it depends on has changed', async () => {
  const universe: Universe = { a: { 1: ['c 2'] }, b: { 1: [] }, c: { 1: [], 2: [] } };
  const asked: string[] = [];
  const provider: IntegerProvider = {
    ...makeProvider(universe),
    prioritise: (name, set, { discovered }) => {
      asked.push(`${name} ${integerSets.format(set)}`);
      return [discovered];
    },
  };
  const result = await solve(provider, ask('c', 'b', 'a'));
  expect(asked).toEqual(['a >=0', 'b >=0', 'c >=0']);
  expect(result.kind === 'solution' && [...result.versions.keys()]).toEqual(['c', 'b', 'a']);
});

test('what is asked for first was discovered first', async () => {
  const universe: Universe = {
    c: { 1: ['f', 'e'] },
    b: { 1: ['d'] },
    a: { 1: [] },
    d: { 1: [] },
    e: { 1: [] },
    f: { 1: [] },
  };
  const provider: IntegerProvider = {
    ...makeProvider(universe),
    prioritise: (_name, _set, { discovered }) => [discovered],
  };
  const result = await solve(provider, ask('c', 'b', 'a'));
  const decided = result.kind === 'solution' ? [...result.versions.keys()] : [];
  expect(decided).toEqual(['c', 'b', 'a', 'f', 'e', 'd']);
});

describe('a decision that ruled out much', () => {
  const universe: Universe = {
    old: { 1: [], 2: [] },
    new: Object.fromEntries(
      range(0, 9).map((version) => [version, version === 0 ? [] : [`old ${version < 8 ? 1 : 3}`]]),
    ),
  };
  const late: IntegerProvider['reconsider'] = (_name, _set, { culprit }) => culprit >= 3;
  const provider: IntegerProvider = {
    ...makeProvider(universe),
    prioritise: (name, set, statistics) =>
      late(name, set, statistics) ? [1, statistics.discovered] : [0, statistics.discovered],
  };
  test.each([
    ['is kept', provider, { new: 0, old: 2 }],
    [
      'is taken back when the provider says so',
      { ...provider, reconsider: late },
      { new: 7, old: 1 },
    ],
  ])('%s', async (_what, each, expected) => {
    const result = await solve(each, ask('old', 'new'));
    const versions = result.kind === 'solution' ? Object.fromEntries(result.versions) : undefined;
    expect(versions).toEqual(expected);
  });

  test('is taken back once, so that nothing goes round for ever', async () => {
    const asked: string[] = [];
    const always: IntegerProvider = {
      ...provider,
      reconsider: (name) => {
        asked.push(name);
        return true;
      },
    };
    expect((await solve(always, ask('old', 'new'))).kind).toBe('solution');
    expect(asked).toEqual([...new Set(asked)]);
  });
});

test('the work grows nearly linearly where nothing contradicts', async () => {
  const work = async (count: number): Promise<number> => {
    const universe: Universe = Object.fromEntries(
      range(0, count - 1).map((index) => [
        `p${index}`,
        {
          1: [],
          2: [1, 2, 3, 5, 8]
            .map((step) => `p${index + step} >=1`)
            .filter((_, at) => index + ([1, 2, 3, 5, 8][at] ?? 0) < count)
            .concat(index === 0 ? [] : ['p0']),
        },
      ]),
    );
    let operations = 0;
    const counted =
      <A extends readonly unknown[], R>(operation: (...given: A) => R) =>
      (...given: A): R => {
        operations += 1;
        return operation(...given);
      };
    const provider: IntegerProvider = {
      ...makeProvider(universe),
      sets: {
        ...integerSets,
        intersect: counted(integerSets.intersect),
        isSubset: counted(integerSets.isSubset),
        union: counted(integerSets.union),
      },
    };
    const { kind, statistics } = await solve(provider, ask('p0'));
    expect([kind, statistics.tries, statistics.decisions]).toEqual(['solution', 1, count]);
    return operations;
  };
  const [small, large] = [await work(200), await work(800)];
  expect(large / small).toBeLessThan(4.4);
});

test.each<[string, Partial<Provider<IntegerSet, number>>]>([
  ['is not in the set', { choose: () => ({ kind: 'candidate', version: 9, set: only(9) }) }],
  [
    'that nobody asked about',
    { choose: () => ({ kind: 'unusable', set: only(9), cause: { kind: 'no-versions' } }) },
  ],
  [
    'not one of the version asked about',
    {
      dependencies: () => ({
        kind: 'dependencies',
        dependencies: [{ package: 'b', set: only(1), from: only(7) }],
      }),
    },
  ],
  [
    'excluded versions of a that nobody asked about',
    {
      dependencies: () => ({ kind: 'unusable', set: only(7), cause: { kind: 'no-versions' } }),
    },
  ],
  ['no network', { choose: () => Promise.reject(new Error('no network')) }],
])('a provider that breaks its promises ends the search: %s', async (message, broken) => {
  const provider = { ...makeProvider({ a: { 1: [] } }), ...broken };
  await expect(solve(provider, ask('a <3'))).rejects.toThrow(message);
});
