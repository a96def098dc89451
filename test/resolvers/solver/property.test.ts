import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { explainFailure } from '../../../resolvers/solver/report.ts';
import { solve } from '../../../resolvers/solver/solve.ts';
import { contains, integerSets } from './integer-sets.ts';
import {
  ask,
  type IntegerProvider,
  makeProvider,
  parseDependency,
  type Universe,
  versionsIn,
} from './universe.ts';

const names = ['a', 'b', 'c', 'd', 'e', 'f'];
const requirement = fc
  .tuple(
    // `nowhere` does not exist.
    fc.oneof(
      { weight: 20, arbitrary: fc.constantFrom(...names) },
      { weight: 1, arbitrary: fc.constant('nowhere') },
    ),
    fc.constantFrom('*', '0', '1', '2', '<2', '>=1', '>=2', '0,2', '1-2', '<3'),
  )
  .map(([name, set]) => `${name} ${set}`);
const release = fc.oneof(
  { weight: 8, arbitrary: fc.array(requirement, { maxLength: 3 }) },
  {
    weight: 1,
    arbitrary: fc.constant({ kind: 'custom', reason: 'yanked', message: 'is yanked' } as const),
  },
);
const universe: fc.Arbitrary<Universe> = fc
  .tuple(...names.map(() => fc.array(release, { maxLength: 4 })))
  .map((releases) =>
    Object.fromEntries(names.map((name, index) => [name, { ...releases[index] }])),
  );
const requirements = fc.array(requirement, { minLength: 1, maxLength: 4 });

const dependenciesOf = (all: Universe, name: string, version: number) => {
  const found = all[name]?.[version];
  return Array.isArray(found) ? found.map((text: string) => parseDependency(text)) : undefined;
};

/** Whether any choice of versions satisfies all requirements: depth first, without cleverness. */
const isSolvable = (
  all: Universe,
  open: readonly { package: string; set: number }[],
  chosen: ReadonlyMap<string, number> = new Map(),
): boolean => {
  const [next, ...rest] = open;
  if (next === undefined) return true;
  const known = chosen.get(next.package);
  if (known !== undefined) return contains(next.set, known) && isSolvable(all, rest, chosen);
  return versionsIn(all, next.package, next.set).some((version) => {
    const more = dependenciesOf(all, next.package, version);
    if (more === undefined) return false;
    return isSolvable(all, [...more, ...rest], new Map([...chosen, [next.package, version]]));
  });
};

/** The same answers, each when its delay has passed. */
const slow = (provider: IntegerProvider, delays: readonly number[]): IntegerProvider => {
  let calls = 0;
  const late = async <T>(answer: T): Promise<Awaited<T>> => {
    calls += 1;
    for (let turn = delays[calls % delays.length] ?? 0; turn > 0; turn -= 1)
      await Promise.resolve();
    return await answer;
  };
  return {
    sets: provider.sets,
    choose: (name, set) => late(provider.choose(name, set)),
    dependencies: (name, version) => late(provider.dependencies(name, version)),
    prioritise: (name, set, statistics) => late(provider.prioritise?.(name, set, statistics) ?? []),
  };
};

test('a solution is valid, and where the solver says no there is none', async () => {
  const seen = { solution: 0, failure: 0 };
  await fc.assert(
    fc.asyncProperty(universe, requirements, async (all, asked) => {
      const problem = ask(...asked);
      const result = await solve(makeProvider(all), problem);
      seen[result.kind] += 1;
      if (result.kind === 'failure') {
        expect(isSolvable(all, problem.requirements)).toBe(false);
        const { text } = explainFailure(result.incompatibility, integerSets);
        expect(text.endsWith('there is no solution.')).toBe(true);
        expect(text).not.toContain('undefined');
        return;
      }
      const reached = new Set<string>();
      const open = [...problem.requirements];
      for (const { package: name, set } of open) {
        const version = result.versions.get(name);
        expect(version).toBeDefined();
        if (version === undefined) return;
        expect(contains(set, version)).toBe(true);
        if (reached.has(name)) continue;
        reached.add(name);
        const more = dependenciesOf(all, name, version);
        expect(more).toBeDefined();
        open.push(...(more ?? []));
      }
      expect([...result.versions.keys()].sort()).toEqual([...reached].sort());
    }),
    { numRuns: 3000 },
  );
  expect(Math.min(seen.solution, seen.failure)).toBeGreaterThan(300);
});

test('the answer is the same on every run, however late the provider answers', async () => {
  await fc.assert(
    fc.asyncProperty(
      universe,
      requirements,
      fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 7 }),
      async (all, asked, delays) => {
        const provider = makeProvider(all);
        const first = await solve(provider, ask(...asked));
        const again = await solve(slow(provider, delays), ask(...asked));
        expect(again).toEqual(first);
      },
    ),
    { numRuns: 1000 },
  );
});
