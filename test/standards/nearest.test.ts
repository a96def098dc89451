import { expect, test } from '@jest/globals';
import { nearest } from '../../standards/nearest.ts';

test.each([
  ['fasst', ['fast', 'slow'], 'fast'],
  ['tests', ['test', 'docs'], 'test'],
  ['documents', ['docs', 'test'], undefined],
  ['dev', ['dev', 'development'], 'dev'],
  ['d', ['e'], 'e'],
  ['docs', ['test', 'lint'], undefined],
  ['', ['a'], 'a'],
  ['anything', [], undefined],
  ['ab', ['ax', 'ay'], 'ax'],
])('the nearest of %j in %j is %j', (text, known, expected) => {
  expect(nearest(text, known)).toBe(expected);
});
