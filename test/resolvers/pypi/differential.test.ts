/**
 * Our versions against those of uv, pip 20.3.4 and pip 19.2.3 (first-wins), on what PyPI had on a day. Sets and answers
 * are in fixtures/resolve, with the scripts that made them.
 */
import { describe, expect, test } from '@jest/globals';
import { isLock2nixError } from '../../../graph/errors.ts';
import { resolveRequirements } from '../../../resolvers/pypi/resolve.ts';
import type { PackageIndex } from '../../../resolvers/registry/types.ts';
import { fakeRegistry } from '../../support/fake-registry.ts';
import { frozenIndex, readFrozenStore } from '../../support/frozen-index.ts';
import {
  type Answer,
  expectedOf,
  optionsOf,
  type ResolveSet,
  readAnswers,
  readSets,
  requirementSetOf,
  versionsOf,
} from '../../support/resolve-sets.ts';

const { date, sets } = readSets();
const answers = readAnswers();

const answerOf = async (set: ResolveSet, index: PackageIndex): Promise<Answer> => {
  try {
    const { graph } = await resolveRequirements(requirementSetOf(set), optionsOf(set, date), {
      index,
      registry: fakeRegistry(),
    });
    return versionsOf(graph);
  } catch (error) {
    if (isLock2nixError(error) && error.code === 'UNSATISFIABLE') return 'no solution';
    throw error;
  }
};

describe('what the sets cover', () => {
  test.each([
    ['uv', 25],
    ['pip-20', 3],
    ['pip-19', 3],
  ])('%s answered at least %i', (oracle, least) => {
    const asked = sets.filter((set) => set.oracle === oracle).map(({ name }) => name);
    expect(asked.filter((name) => name in answers)).toEqual(asked);
    expect(asked.length).toBeGreaterThanOrEqual(least);
  });

  test('a set that differs says why, and does differ', () => {
    for (const set of sets.filter(({ differs }) => differs !== undefined)) {
      expect(set.differs?.why).toMatch(/./);
      const answer = answers[set.name] ?? 'no solution';
      expect(expectedOf(set, answer)).not.toEqual(answer);
    }
  });
});

describe('the versions that the others choose', () => {
  const index = frozenIndex(readFrozenStore());
  const named = sets.map((set) => ({
    ...set,
    set,
    says: set.differs === undefined ? 'as' : 'other than',
  }));
  test.each(named)('$name: $says $oracle', async ({ name, set }) => {
    const answer = answers[name];
    if (answer === undefined)
      throw new Error(`${name} has no answer; run fixtures/resolve/make-answers.mjs`);
    expect(await answerOf(set, index)).toEqual(expectedOf(set, answer));
  });
});
