import { expect, test } from '@jest/globals';
import { parseInstant } from '../../cli/instant.ts';

test.each([
  ['2024-03-25', '2024-03-26T00:00:00.000Z', '2024-03-25'],
  ['2024-02-29', '2024-03-01T00:00:00.000Z', '2024-02-29'],
  ['2024-03-25T12:00:00Z', '2024-03-25T12:00:00.000Z', '2024-03-25T12:00:00.000Z'],
  ['2024-03-25t12:00:00z', '2024-03-25T12:00:00.000Z', '2024-03-25T12:00:00.000Z'],
  ['2024-03-25T12:00:00.5+02:00', '2024-03-25T10:00:00.500Z', '2024-03-25T10:00:00.500Z'],
])('%s', (text, moment, recorded) => {
  const instant = parseInstant(text);
  expect(new Date(instant.milliseconds).toISOString()).toBe(moment);
  expect(instant.text).toBe(recorded);
  // What is recorded means the same when it is read again.
  expect(parseInstant(recorded)).toEqual(instant);
});

test.each([
  '',
  'yesterday',
  '2024',
  '2024-3-25',
  '2024-02-30',
  '2024-13-01',
  '2024-03-25T12:00',
  '2024-03-25 12:00:00Z',
  '2024-03-25T25:00:00Z',
  '1711324800',
])('%j is refused', (text) => {
  expect(() => parseInstant(text)).toThrow(expect.objectContaining({ code: 'USAGE' }));
});
