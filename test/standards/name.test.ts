import { expect, test } from '@jest/globals';
import { isName, normaliseName, parseName } from '../../standards/name.ts';

test.each([
  ['flask', 'flask'],
  ['Zope.Interface', 'zope-interface'],
  ['backports.functools_lru_cache', 'backports-functools-lru-cache'],
  ['a-_.-b', 'a-b'],
  ['A', 'a'],
  ['0x10c-asm', '0x10c-asm'],
])('%s is the name %s', (text, name) => {
  expect(isName(text)).toBe(true);
  expect(parseName(text)).toBe(name);
  expect(normaliseName(name)).toBe(name);
});

test.each([
  '',
  ' flask',
  'flask\n',
  '-flask',
  'flask_',
  'fla sk',
  'flask/x',
  '../flask',
  'flask"',
  "flask'",
  '$' + '{flask}',
  'fl\u0000ask',
  'fläsk',
  'ﬂask',
  'flas\u212a',
  'a@b',
])('%j is refused', (text) => {
  expect(isName(text)).toBe(false);
  expect(() => parseName(text)).toThrow(expect.objectContaining({ code: 'NAME_INVALID' }));
});

test('the message shows hostile text harmlessly, and not all of it', () => {
  expect(() => parseName(`a\u001b[2J\`${'x'.repeat(10_000)}`)).toThrow(
    /^`a\\x1b\[2J\\x60x{194}…` is not a package name/,
  );
});
