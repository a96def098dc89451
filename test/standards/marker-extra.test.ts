import { expect, test } from '@jest/globals';
import { formatMarker, parseMarker } from '../../standards/marker.ts';
import { markerWithExtra } from '../../standards/marker-extra.ts';

const left = (text: string, extra: string | undefined): string | boolean => {
  const marker = markerWithExtra(parseMarker(text), extra);
  return typeof marker === 'boolean' ? marker : formatMarker(marker);
};

test.each<[string, string | undefined, string | boolean]>([
  ['extra == "a"', 'a', true],
  ['extra == "a"', 'b', false],
  ['extra == "a"', undefined, false],
  ['extra == "A_b"', 'a-b', true],
  ['extra != "a"', undefined, true],
  ['os_name == "posix"', 'a', 'os_name == "posix"'],
  ['os_name == "posix" and extra == "a"', 'a', 'os_name == "posix"'],
  ['os_name == "posix" and extra == "a"', undefined, false],
  ['os_name == "posix" or extra == "a"', 'a', true],
  ['os_name == "posix" or extra == "a"', undefined, 'os_name == "posix"'],
  [
    '(os_name == "posix" or extra == "b") and (extra == "a" or python_version < "3")',
    'b',
    'python_version < "3"',
  ],
])('%s with %s', (text, extra, expected) => {
  expect(left(text, extra)).toBe(expected);
});
