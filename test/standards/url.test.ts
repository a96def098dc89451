import { expect, test } from '@jest/globals';
import { tryParseUrl } from '../../standards/url.ts';

test.each([
  ['https://a.example/b', undefined, 'https://a.example/b'],
  ['../c', 'https://a.example/b/', 'https://a.example/c'],
  ['https://bücher.example/ü', undefined, 'https://xn--bcher-kva.example/%C3%BC'],
])('%s at %s', (text, base, href) => {
  expect(tryParseUrl(text, base)?.href).toBe(href);
});

test.each(['', '../c', 'https://', 'https://[::1', 'https://a:99999/'])('%j is none', (text) => {
  expect(tryParseUrl(text)).toBeUndefined();
});

test('the ten-thousandth answer is as the first', () => {
  const answers = Array.from(
    { length: 20_000 },
    () => tryParseUrl('https://bücher.example/')?.host,
  );
  expect(new Set(answers)).toEqual(new Set(['xn--bcher-kva.example']));
});
