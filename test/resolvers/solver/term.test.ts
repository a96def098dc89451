import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { intersectTerms, negate, relationOf, type Term } from '../../../resolvers/solver/term.ts';
import { contains, integerSets } from './integer-sets.ts';

const term: fc.Arbitrary<Term<number>> = fc.record({
  package: fc.constant('a'),
  positive: fc.boolean(),
  set: fc.nat({ max: 15 }).map((low) => low | (low % 2 === 0 ? 0 : 0x7ffffff0)),
});
/** All that can be of a package: not chosen, or a version; 4 stands for all above. */
const choices = [undefined, 0, 1, 2, 3, 4];
const holds = ({ positive, set }: Term<number>, choice: number | undefined): boolean =>
  positive === (choice !== undefined && contains(set, choice));

test('terms mean what is true of each choice', () => {
  fc.assert(
    fc.property(term, term, (a, b) => {
      const both = intersectTerms(integerSets, a, b);
      for (const choice of choices) {
        expect(holds(negate(a), choice)).toBe(!holds(a, choice));
        expect(holds(both, choice)).toBe(holds(a, choice) && holds(b, choice));
      }
      const left = choices.filter((choice) => holds(a, choice));
      fc.pre(left.length > 0);
      const count = left.filter((choice) => holds(b, choice)).length;
      const expected =
        count === left.length ? 'satisfied' : count === 0 ? 'contradicted' : 'inconclusive';
      expect(relationOf(integerSets, a, b)).toBe(expected);
    }),
    { numRuns: 1000 },
  );
});
