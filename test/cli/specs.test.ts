import { expect, test } from '@jest/globals';
import { isSpec, looksLikePackage, parseSpec } from '../../cli/specs.ts';

test.each([
  ['pypi:flask', 'pypi:flask', 'flask'],
  ['pypi:Flask_Login==0.6', 'pypi:flask-login==0.6', 'flask-login==0.6'],
  ['pypi:flask[B,a] >=3, <4', 'pypi:flask[a,b]<4,>=3', 'flask[a,b]<4,>=3'],
  ['flask==3.0', 'pypi:flask==3.0', 'flask==3.0'],
  [
    'pypi:flask @ https://user:secret@files.example/flask-3.0-py3-none-any.whl',
    'pypi:flask @ https://files.example/flask-3.0-py3-none-any.whl',
    'flask @ https://user:secret@files.example/flask-3.0-py3-none-any.whl',
  ],
])('%s', (argument, text, requirement) => {
  expect(parseSpec(argument)).toEqual({ text, requirement });
});

test.each([
  ['npm:express', 'INPUT_UNKNOWN'],
  ['pypi:', 'USAGE'],
  ['pypi:fl ask', 'USAGE'],
  ['pypi:flask=3', 'USAGE'],
  ['pypi:../x', 'USAGE'],
])('%s is refused with %s', (argument, code) => {
  expect(() => parseSpec(argument)).toThrow(expect.objectContaining({ code }));
});

test('a password in a URL that is refused is not told', () => {
  expect(() => parseSpec('pypi:x @ https://user:secret@host/x ; nonsense')).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining('secret') }),
  );
});

test.each([
  ['pypi:x', true],
  ['npm:x', true],
  ['x', false],
  ['C:\\x', false],
])('%s is a spec: %s', (argument, is) => {
  expect(isSpec(argument)).toBe(is);
});

test.each([
  ['flask', true],
  ['flask>=3', true],
  ['poetry.lock', false],
  ['requirements.txt', false],
  ['./flask', false],
  ['no such thing', false],
])('%s may be a package: %s', (argument, may) => {
  expect(looksLikePackage(argument)).toBe(may);
});
