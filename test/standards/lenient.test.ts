import { expect, test } from '@jest/globals';
import { repairsOf } from '../../standards/lenient.ts';
import { formatRequirement, tryParseRequirement } from '../../standards/requirement.ts';

const repaired = (text: string): string | undefined => {
  for (const each of repairsOf(text)) {
    const requirement = tryParseRequirement(each);
    if (requirement !== undefined) return formatRequirement(requirement);
  }
  return undefined;
};

test.each([
  ['elasticsearch-dsl (>=7.2.0<8.0.0)', 'elasticsearch-dsl<8.0.0,>=7.2.0'],
  ['jupyter-core (!=~5.0,>=4.12)', 'jupyter-core!=5.0.*,>=4.12'],
  ['torch (>=1.9.*)', 'torch>=1.9'],
  ['torch (<= 1.9.*)', 'torch<=1.9'],
  ['pyzmq (>=2.7,!=3.0*,!=3.1*,<4.0)', 'pyzmq!=3.0.*,!=3.1.*,<4.0,>=2.7'],
  ['flask >=1.0,,', 'flask>=1.0'],
  ['x (>dev)', 'x>0.0.0dev'],
  ['x >=9.0.0a1.0', 'x>=9.0.0a1'],
  [`x (>='2.7'); extra == "y"`, 'x>=2.7; extra == "y"'],
  ['x>=banana', undefined],
  ['x @ https://example.org/>=1<2', undefined],
])('%s', (text, expected) => {
  expect(repaired(text)).toBe(expected);
});
