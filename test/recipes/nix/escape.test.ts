import { expect, test } from '@jest/globals';
import { isLock2nixError } from '../../../graph/errors.ts';
import {
  formatAttributeName,
  formatNixPath,
  oneLine,
  quoteNixString,
  storeName,
} from '../../../recipes/nix/escape.ts';

const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (isLock2nixError(error)) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'no error';
};

const open = '${';

test.each([
  ['', '""'],
  ['plain', '"plain"'],
  ['say "x"', '"say \\"x\\""'],
  ['back\\slash', '"back\\\\slash"'],
  ['ends in \\', '"ends in \\\\"'],
  [`${open}x}`, `"\\${open}x}"`],
  [`$${open}x}`, `"$\\${open}x}"`],
  [`$$${open}x}`, `"$$\\${open}x}"`],
  [`\\${open}x}`, `"\\\\\\${open}x}"`],
  ['$ and $$ and $x', '"$ and $$ and $x"'],
  ['ends in $', '"ends in $"'],
  ["''", `"''"`],
  [`''${open}x}`, `"''\\${open}x}"`],
  ['a\nb', '"a\\nb"'],
  ['a\r\nb', '"a\\r\\nb"'],
  ['a\tb', '"a\\tb"'],
  ['\u0001\u001b[31m\u007f', '"\u0001\u001b[31m\u007f"'],
  ['naïve 日本 😀', '"naïve 日本 😀"'],
  ['\u2028', '"\u2028"'],
])('the string %j is %j', (text, expected) => {
  expect(quoteNixString(text)).toBe(expected);
});

test('a very long string stays whole', () => {
  const text = '"'.repeat(200_000);
  expect(quoteNixString(text)).toBe(`"${'\\"'.repeat(200_000)}"`);
});

test.each([
  ['a\0b', 'NIX_TEXT: a Nix string cannot hold the NUL character in `a\\x00b`'],
  ['a\ud800', 'NIX_TEXT: a Nix string cannot hold the lone surrogate in `a\\u{d800}`'],
  ['\udc00a', 'NIX_TEXT: a Nix string cannot hold the lone surrogate in `\\u{dc00}a`'],
])('%j is refused', (text, message) => {
  expect(codeOf(() => quoteNixString(text))).toBe(message);
  expect(codeOf(() => formatAttributeName(text))).toBe(message);
});

test('the message of a long text is short', () => {
  expect(codeOf(() => quoteNixString(`${'x'.repeat(100_000)}\0`)).length).toBeLessThan(400);
});

test.each([
  ['flask', 'flask'],
  ['ruamel-yaml', 'ruamel-yaml'],
  ['numpy_1_26_4', 'numpy_1_26_4'],
  ["x'", "x'"],
  ['_private', '_private'],
  // No keywords, whatever they look like.
  ['import', 'import'],
  ['null', 'null'],
  ['true', 'true'],
  ['builtins', 'builtins'],
  ['2to3', '"2to3"'],
  ['-x', '"-x"'],
  ['', '""'],
  ['zope.interface', '"zope.interface"'],
  ['a b', '"a b"'],
  ['ü', '"ü"'],
  ['a\n', '"a\\n"'],
  [`${open}x}`, `"\\${open}x}"`],
  ...['assert', 'else', 'if', 'in', 'inherit', 'let', 'or', 'rec', 'then', 'with'].map((name) => [
    name,
    `"${name}"`,
  ]),
])('the attribute name %j is %s', (name, expected) => {
  expect(formatAttributeName(name)).toBe(expected);
});

test.each([
  ['./pins.nix', './pins.nix'],
  ['..', '../.'],
  ['.', './.'],
  ['../..', '../..'],
  ['../../a_b+c-1.0', '../../a_b+c-1.0'],
])('the path %s is %s', (path, expected) => {
  expect(formatNixPath(path)).toBe(expected);
});

test.each([
  '',
  '/absolute',
  'plain',
  '~/x',
  './a b',
  './a//b',
  './a/',
  `./${open}x}`,
  './a\nb',
  '.../a',
  './ü',
])('the path %j is refused', (path) => {
  expect(codeOf(() => formatNixPath(path))).toContain('NIX_TEXT: `');
});

test.each([
  ['flask-3.0.3', 'flask-3.0.3'],
  ['a-1!2.0', 'a-1-2.0'],
  ['a-1.0+local', 'a-1.0+local'],
  ['a b/c\\d%20', 'a-b-c-d-20'],
  ['.hidden', 'hidden'],
  ['..', 'source'],
  ['', 'source'],
  ['日本.whl', '--.whl'],
  [`${'x'.repeat(300)}-any.whl`, `${'x'.repeat(192)}-any.whl`],
  [`${'x'.repeat(10)}${'.'.repeat(10)}${'y'.repeat(195)}`, 'y'.repeat(195)],
])('the store name of %j is %s', (text, expected) => {
  expect(storeName(text)).toBe(expected);
});

test.each([
  ['two\nlines\r\n and\ttabs', 'two lines and tabs'],
  ['  edges \u2028', 'edges'],
  ['\u001b[31mred\u0000\u0007', '[31mred'],
  ['pass\u202eword\u2066', 'password'],
  ['a\u0085b', 'a b'],
  ['\ud800', '\ufffd'],
  ['👩‍💻 naïve', '👩‍💻 naïve'],
])('%j on one line is %j', (text, expected) => {
  expect(oneLine(text)).toBe(expected);
});
