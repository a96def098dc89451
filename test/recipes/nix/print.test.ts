import { expect, test } from '@jest/globals';
import {
  apply,
  attributes,
  binding,
  bindings,
  boolean,
  list,
  type NixExpression,
  path,
  setBindings,
  string,
  strings,
  variable,
} from '../../../recipes/nix/expression.ts';
import { printNix } from '../../../recipes/nix/print.ts';

const pair = attributes([binding('a', string('1')), binding('b', boolean(true))]);
const identity: NixExpression = { kind: 'constant', argument: 'x', body: variable('x') };
const fallback: NixExpression = { kind: 'or', target: variable('a', 'b'), fallback: variable('c') };
const lambda: NixExpression = {
  kind: 'function',
  formals: [{ name: 'a' }],
  ellipsis: false,
  body: variable('a'),
};

test.each<readonly [string, NixExpression, string]>([
  ['a string', string('x'), '"x"'],
  ['true', boolean(true), 'true'],
  ['null', { kind: 'literal', value: null }, 'null'],
  ['a path', path('../..'), '../..'],
  ['a lookup', { kind: 'lookup', name: 'nixpkgs' }, '<nixpkgs>'],
  ['a variable', variable('a'), 'a'],
  ['a selection', variable('a', 'b-c', '2to3'), 'a.b-c."2to3"'],
  ['an empty list', list([]), '[ ]'],
  ['a list of one string', strings(['a']), '[ "a" ]'],
  ['a list of strings', strings(['a', 'b']), '[\n  "a"\n  "b"\n]'],
  ['a list of one set', list([pair]), '[\n  {\n    a = "1";\n    b = true;\n  }\n]'],
  [
    'a list of what must stand alone',
    list([apply(variable('f'), string('x')), identity, fallback, lambda]),
    '[\n  (f "x")\n  (x: x)\n  (a.b or c)\n  ({ a }:\n  a)\n]',
  ],
  ['an empty set', attributes([]), '{ }'],
  ['a set', pair, '{\n  a = "1";\n  b = true;\n}'],
  [
    'a recursive set',
    { kind: 'attributes', bindings: [binding('a', string('1'))], recursive: true },
    'rec {\n  a = "1";\n}',
  ],
  [
    'names in quotes',
    attributes([binding(['with', 'a.b'], string('x'))]),
    '{\n  "with"."a.b" = "x";\n}',
  ],
  [
    'comments and blank lines',
    attributes([
      binding('a', string('1')),
      { ...binding('b', string('2')), comment: 'says\nwhy */ x', blankBefore: true },
    ]),
    '{\n  a = "1";\n\n  # says why */ x\n  b = "2";\n}',
  ],
  [
    'a short inherit',
    attributes([{ kind: 'inherit', names: ['a', 'b', 'c'] }]),
    '{\n  inherit a b c;\n}',
  ],
  [
    'a long inherit',
    attributes([{ kind: 'inherit', names: ['a', 'b', 'c', 'd'] }]),
    '{\n  inherit\n    a\n    b\n    c\n    d\n    ;\n}',
  ],
  [
    'an application',
    apply(apply(variable('f'), string('x')), pair),
    'f "x" {\n  a = "1";\n  b = true;\n}',
  ],
  ['an application to one', apply(variable('f'), apply(variable('g'), string('x'))), 'f (g "x")'],
  ['the application of a function', apply(identity, string('x')), '(x: x) "x"'],
  ['or', fallback, 'a.b or c'],
  [
    'or with a compound',
    { kind: 'or', target: variable('a', 'b'), fallback: apply(variable('f'), string('x')) },
    'a.b or (f "x")',
  ],
  ['a function of a name', { kind: 'constant', argument: 'x', body: identity }, 'x: x: x'],
  ['a function', lambda, '{ a }:\na'],
  [
    'a function of nothing',
    { kind: 'function', formals: [], ellipsis: false, body: pair },
    '{ }:\n{\n  a = "1";\n  b = true;\n}',
  ],
  [
    'an open function',
    { kind: 'function', formals: [{ name: 'a' }, { name: 'b' }], ellipsis: true, body: pair },
    '{ a, b, ... }:\n{\n  a = "1";\n  b = true;\n}',
  ],
  [
    'a function with many formals',
    {
      kind: 'function',
      formals: [{ name: 'a' }, { name: 'b' }, { name: 'c' }],
      ellipsis: true,
      body: variable('a'),
    },
    '{\n  a,\n  b,\n  c,\n  ...\n}:\na',
  ],
  [
    'a function with defaults',
    {
      kind: 'function',
      formals: [{ name: 'a', fallback }, { name: 'b' }],
      ellipsis: false,
      body: variable('a'),
    },
    '{\n  a ? a.b or c,\n  b,\n}:\na',
  ],
])('%s', (_, expression, expected) => {
  expect(printNix(expression)).toBe(`${expected}\n`);
});

test.each([
  ['Written by hand', '# Written by hand\n"x"\n'],
  ['ends\n"y"', '# ends "y"\n"x"\n'],
])('the banner %j stays a comment', (banner, expected) => {
  expect(printNix(string('x'), banner)).toBe(expected);
});

test('bindings leave out what is undefined', () => {
  expect(
    printNix(
      attributes(
        bindings([
          ['a', undefined],
          ['b', string('x')],
        ]),
      ),
    ),
  ).toBe('{\n  b = "x";\n}\n');
});

test.each([
  ['none', [], '{ }\n'],
  ['one', [binding('a', string('1'))], '{\n  s.a = "1";\n}\n'],
  ['one that is nested', setBindings('t', [binding('a', string('1'))]), '{\n  s.t.a = "1";\n}\n'],
  [
    'two',
    [binding('a', string('1')), binding('b', string('2'))],
    '{\n  s = {\n    a = "1";\n    b = "2";\n  };\n}\n',
  ],
])('a set with %s', (_, items, expected) => {
  expect(printNix(attributes(setBindings('s', items)))).toBe(expected);
});
