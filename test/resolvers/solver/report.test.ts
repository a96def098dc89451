import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { CustomCause } from '../../../resolvers/solver/cause.ts';
import type { Incompatibility } from '../../../resolvers/solver/incompatibility.ts';
import { explainFailure, type Report } from '../../../resolvers/solver/report.ts';
import type { Problem } from '../../../resolvers/solver/root.ts';
import { solve } from '../../../resolvers/solver/solve.ts';
import { type IntegerSet, integerSets, only, parseSet } from './integer-sets.ts';
import { ask, makeProvider, parseDependency, type Universe, wordsFor } from './universe.ts';

const formatReport = ({ text, hints }: Report): string =>
  [text, ...(hints.length === 0 ? [] : ['', ...hints.map((hint) => `hint: ${hint}`)])].join('\n');

const failureOf = async (universe: Universe, problem: Problem<IntegerSet>) => {
  const result = await solve(makeProvider(universe), problem);
  if (result.kind === 'solution') throw new Error('there is a solution');
  return result.incompatibility;
};

const explain = async (universe: Universe, problem: Problem<IntegerSet>): Promise<string> =>
  formatReport(explainFailure(await failureOf(universe, problem), integerSets, wordsFor(universe)));

const documentation = readFileSync(
  join(import.meta.dirname, '..', '..', '..', 'docs', 'solver.md'),
  'utf8',
);

const linear: Universe = { a: { 1: ['b 1'] }, b: { 1: ['c 1'], 2: [] }, c: { 1: [], 2: [] } };
const branching: Universe = {
  foo: { 1: ['a', 'b 1'], 2: ['x', 'y 1'] },
  a: { 1: ['b 2'] },
  b: { 1: [], 2: [] },
  x: { 1: ['y 2'] },
  y: { 1: [], 2: [] },
};

test.each<[string, Universe, string[], string]>([
  [
    'a line',
    linear,
    ['a', 'c 2'],
    `Because every version of a depends on b 1 which depends on c 1, every version of a requires c 1.
So, because the project depends on both a and c 2, there is no solution.`,
  ],
  [
    'branches',
    branching,
    ['foo'],
    `    Because foo 1 depends on a which depends on b 2, foo 1 requires b 2.
(1) So, because foo 1 depends on b 1, foo 1 cannot be used.

    Because foo 2 depends on x which depends on y 2, foo 2 requires y 2.
    And because foo 2 depends on y 1, foo 2 cannot be used.
    And because foo 1 cannot be used (1), no version of foo can be used.
    So, because the project depends on foo, there is no solution.`,
  ],
])('%s of conclusions, as documented', async (_, universe, asked, expected) => {
  expect(await explain(universe, ask(...asked))).toBe(expected);
  expect(documentation).toContain(`\`\`\`text\n${expected}\n\`\`\``);
});

const yanked: CustomCause = {
  kind: 'custom',
  reason: 'yanked',
  message: 'is yanked',
  hint: 'pin b exactly',
};
const python = {
  kind: 'custom',
  reason: 'python',
  message: 'needs Python >=3.9 (the target has 3.8)',
  hint: 'use --python 3.9',
} as const;

test.each<[string, Universe, string[], string]>([
  [
    'no such version',
    { a: { 1: [] } },
    ['a 2'],
    `Because the project depends on a 2 which matches no version, there is no solution.`,
  ],
  [
    'no such package',
    {},
    ['a'],
    `Because the project depends on a which has no versions, there is no solution.`,
  ],
  [
    'a package without versions, needed by another',
    { a: { 1: ['b'] } },
    ['a'],
    `Because every version of a depends on b which has no versions, no version of a can be used.
So, because the project depends on a, there is no solution.`,
  ],
  [
    'two wishes of the project',
    { a: { 1: [], 2: [] } },
    ['a 2', 'a 1'],
    `Because the project depends on both a 2 and a 1, there is no solution.`,
  ],
  [
    'two of a package',
    { a: { 1: ['b 1', 'b 2'] }, b: { 1: [], 2: [] } },
    ['a'],
    `Because every version of a depends on both b 1 and b 2, no version of a can be used.
So, because the project depends on a, there is no solution.`,
  ],
  [
    'a custom cause with a hint',
    { a: { 1: ['b >=2'] }, b: { 1: [], 2: yanked } },
    ['a'],
    `Because every version of a depends on b 2 which is yanked, no version of a can be used.
So, because the project depends on a, there is no solution.

hint: pin b exactly`,
  ],
  [
    'several custom causes, each hint once',
    { a: { 1: python, 2: python, 3: { kind: 'custom', reason: 'yanked', message: 'is yanked' } } },
    ['a'],
    `Because a 1-2 needs Python >=3.9 (the target has 3.8) and a 3 is yanked, no version of a can be used.
So, because the project depends on a, there is no solution.

hint: use --python 3.9`,
  ],
  [
    'conclusions of which one sums up two',
    {
      a: { 1: ['b'] },
      b: { 1: ['c'], 2: ['c'] },
      c: { 1: ['d 2'], 2: ['d 3'] },
      d: { 1: [], 2: [], 3: [] },
      e: { 1: ['d 1'] },
      f: { 1: ['e'] },
    },
    ['a', 'f'],
    `Because every version of a depends on b which depends on c, every version of a requires c.
Because c 1 depends on d 2 and c 2 depends on d 3, every version of c requires d 2-3.
Thus, every version of a requires d 2-3.
And because every version of e depends on d 1 and every version of f depends on e, every version of a is incompatible with f.
So, because the project depends on both a and f, there is no solution.`,
  ],
  [
    'three that cannot be together',
    {
      a: { 0: ['x', 'y'], 1: ['x 1', 'y 1'], 2: ['b', 'c'] },
      b: { 1: ['d 1'] },
      c: { 1: ['d 2'] },
      d: { 1: [], 2: [] },
      x: { 1: ['z 1'], 2: ['z 1'] },
      y: { 1: ['z 2'], 2: ['z 2'] },
      z: { 1: [], 2: [] },
    },
    ['a'],
    `    Because every version of y depends on z 2 and every version of x depends on z 1, every version of y is incompatible with x.
(1) So, because a 0 depends on both x and y, a 0 cannot be used.

    Because x 1 depends on z 1 and y 1 depends on z 2, x 1 is incompatible with y 1.
    And because a 1 depends on both x 1 and y 1, a 1 cannot be used.
(2) So, because a 0 cannot be used (1), a <2 cannot be used.

    Because every version of b depends on d 1 and every version of c depends on d 2, every version of b is incompatible with c.
    And because a 2 depends on both b and c, a 2 cannot be used.
    And because a <2 cannot be used (2), no version of a can be used.
    So, because the project depends on a, there is no solution.`,
  ],
])('%s', async (_, universe, asked, expected) => {
  expect(await explain(universe, ask(...asked))).toBe(expected);
});

test('the words, texts and origins of the ecosystem are used', async () => {
  const problem = {
    requirements: [
      { ...parseDependency('a'), text: 'A~=1.0', origin: 'requirements.txt:3' },
      { ...parseDependency('b 2'), text: 'b==2', origin: 'requirements.txt:4' },
    ],
    exclusions: [
      {
        package: 'c',
        set: integerSets.full,
        cause: {
          kind: 'custom',
          reason: 'no-such-package',
          about: 'package',
          message: 'is not on the index',
          hint: 'did you mean `cc`?',
        },
      },
    ],
  } satisfies Problem<IntegerSet>;
  const failure = await failureOf({ a: { 1: ['c'] }, b: { 2: [] } }, problem);
  const report = explainFailure(failure, integerSets, {
    root: 'requirements.txt',
    package: (name) => name.toUpperCase(),
  });
  expect(report).toEqual({
    text: `Because every version of A depends on C which is not on the index, no version of A can be used.
So, because requirements.txt depends on A~=1.0 (requirements.txt:3), there is no solution.`,
    hints: ['did you mean `cc`?'],
  });
});

test('a project that asks for what cannot be', async () => {
  const problem = {
    requirements: [{ package: 'a', set: integerSets.empty, text: 'a <1,>2' }],
  };
  const expected =
    'Because the project depends on a <1,>2 which no version can match, there is no solution.';
  expect(await explain({}, problem)).toBe(expected);
});

test('without words, sets are written as the algebra does', async () => {
  const failure = await failureOf({ a: { 1: ['b 3'] }, b: { 1: [] } }, ask('a'));
  expect(
    explainFailure(failure, integerSets).text,
  ).toBe(`Because every version of a depends on b 3 which matches no version, no version of a can be used.
So, because the project depends on a, there is no solution.`);
});

test('a conclusion that is used twice has a number', () => {
  type Terms = Incompatibility<IntegerSet>['terms'];
  const terms = (...texts: readonly string[]): Terms =>
    texts.map((text) => {
      const { package: name, set } = parseDependency(text.replace('not ', ''));
      return { package: name, positive: !text.startsWith('not '), set };
    });
  const needs = (a: string, b: string): Incompatibility<IntegerSet> => {
    const { package: on, set } = parseDependency(b);
    const cause = { kind: 'dependency', package: a.split(' ')[0] ?? '', on, set } as const;
    return { terms: terms(a, `not ${b}`), cause };
  };
  type Fact = Incompatibility<IntegerSet>;
  const join = (conflict: Fact, other: Fact, ...left: readonly string[]): Fact => ({
    terms: terms(...left),
    cause: { kind: 'conflict', conflict, other },
  });
  const shared = join(needs('a', 'b'), needs('b', 'c 1'), 'a', 'not c 1');
  const one = join(shared, needs('x', 'c 2'), 'a', 'x');
  const two = join(shared, needs('y', 'c 2'), 'a', 'y');
  const first = join(one, needs('z 1', 'x'), 'a', 'z 1');
  const second = join(two, needs('z 2', 'y'), 'a', 'z 2');
  const proof = join(first, second);
  expect(
    explainFailure(proof, integerSets).text,
  ).toBe(`(1) Because every version of a depends on b which depends on c 1, every version of a requires c 1.
(2) So, because z 1 depends on x which depends on c 2, every version of a is incompatible with z 1.

    Because every version of y depends on c 2 and every version of a requires c 1 (1), every version of a is incompatible with y.
    And because z 2 depends on y, every version of a is incompatible with z 2.
    So, because every version of a is incompatible with z 1 (2), there is no solution.`);
});

test('a proof of many thousand steps is written without overflow', () => {
  let proof: Incompatibility<IntegerSet> = {
    terms: [{ package: 'p0', positive: true, set: only(1) }],
    cause: { kind: 'no-versions' },
  };
  for (let step = 1; step <= 20_000; step += 1) {
    const [name, on] = [`p${step}`, `p${step - 1}`];
    const needs: Incompatibility<IntegerSet> = {
      terms: [
        { package: name, positive: true, set: only(1) },
        { package: on, positive: false, set: only(1) },
      ],
      cause: { kind: 'dependency', package: name, on, set: only(1) },
    };
    const terms = step === 20_000 ? [] : [{ package: name, positive: true, set: parseSet('1') }];
    proof = { terms, cause: { kind: 'conflict', conflict: proof, other: needs } };
  }
  const lines = explainFailure(proof, integerSets).text.split('\n');
  expect(lines).toHaveLength(10_001);
});
