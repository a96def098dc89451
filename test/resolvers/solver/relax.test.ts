import { expect, test } from '@jest/globals';
import { evidenceOf } from '../../../resolvers/solver/incompatibility.ts';
import { type Relax, solveWithRelaxations } from '../../../resolvers/solver/relax.ts';
import { explainFailure } from '../../../resolvers/solver/report.ts';
import { type IntegerSet, integerSets, parseSet } from './integer-sets.ts';
import { ask, makeProvider, type Universe, wordsFor } from './universe.ts';

/** Ignores the first requirement in the proof that is not the project's own. */
const ignoreOne: Relax<IntegerSet> = ({ incompatibility }) => {
  const causes = evidenceOf(incompatibility).map(({ cause }) => cause);
  const found = causes.find((cause) => cause.kind === 'dependency' && cause.package !== '');
  return found?.kind === 'dependency'
    ? [{ package: found.package, on: found.on, use: undefined }]
    : [];
};

const universe: Universe = {
  a: { 1: ['b 1'] },
  b: { 1: [], 2: [] },
  c: { 1: ['d 1'] },
  d: { 1: [], 2: [] },
};

test('each independent contradiction is met in one run, and the rest is solved', async () => {
  const { failures, solution } = await solveWithRelaxations(
    makeProvider(universe),
    ask('a', 'b 2', 'c', 'd 2'),
    ignoreOne,
  );
  const told = failures.map(({ failure, relaxations }) => ({
    relaxations,
    text: explainFailure(failure.incompatibility, integerSets, wordsFor(universe)).text,
  }));
  expect(told).toEqual([
    {
      relaxations: [{ package: 'a', on: 'b', use: undefined }],
      text: 'Because the project depends on a which depends on b 1, b 1 is required.\nSo, because the project depends on b 2, there is no solution.',
    },
    {
      relaxations: [{ package: 'c', on: 'd', use: undefined }],
      text: 'Because the project depends on c which depends on d 1, d 1 is required.\nSo, because the project depends on d 2, there is no solution.',
    },
  ]);
  expect(Object.fromEntries(solution?.versions ?? [])).toEqual({ a: 1, b: 2, c: 1, d: 2 });
});

test('a requirement is replaced; one for everybody holds where none is named', async () => {
  const all: Universe = { ...universe, a: { 1: ['b 1', 'd 7'] }, c: { 1: ['d 8', 'b 1'] } };
  const { failures, solution } = await solveWithRelaxations(
    makeProvider(all),
    ask('a', 'c'),
    () => [
      { package: undefined, on: 'd', use: { set: parseSet('1') } },
      { package: 'a', on: 'd', use: { set: parseSet('<2') } },
    ],
  );
  expect(failures).toHaveLength(1);
  expect(Object.fromEntries(solution?.versions ?? [])).toEqual({ a: 1, b: 1, c: 1, d: 1 });
});

test.each<[string, Relax<IntegerSet>, number]>([
  ['nothing', () => [], 1],
  ['the same again', () => [{ package: 'a', on: 'x', use: undefined }], 2],
])('the search ends where %s is proposed', async (_, relax, count) => {
  const result = await solveWithRelaxations(makeProvider(universe), ask('a', 'b 2'), relax);
  expect(result.solution).toBeUndefined();
  expect(result.failures).toHaveLength(count);
  expect(result.failures.at(-1)?.relaxations).toEqual([]);
});
