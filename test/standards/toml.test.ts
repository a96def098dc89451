import { expect, test } from '@jest/globals';
import { parseToml } from '../../standards/toml.ts';

/** A parsed document as plain text; the parser's tables have hidden properties. */
const json = (text: string): string => JSON.stringify(parseToml(text));

test.each([
  ['', '{}'],
  ['a = 1\n[b]\nc.d = "x"', '{"a":1,"b":{"c":{"d":"x"}}}'],
  ['[[a]]\nb = [1, 2]\n[[a]]\nc = { d.e = true }', '{"a":[{"b":[1,2]},{"c":{"d":{"e":true}}}]}'],
])('%j', (text, expected) => {
  expect(json(text)).toBe(expected);
});

const inherited = Object.getOwnPropertyNames(Object.prototype);

/** What JavaScript's own objects have, by name. */
const builtins = (): readonly unknown[] =>
  [Object, Object.prototype, ...inherited.map((name) => Reflect.get(Object.prototype, name))]
    .filter((value) => typeof value === 'object' || typeof value === 'function')
    .map((value) => (value === null ? null : Reflect.ownKeys(value)));

test.each(inherited.filter((name) => name !== '__proto__'))(
  'a table called %s is the document’s own',
  (name) => {
    const before = builtins();
    const { keys } = Object;
    const at = (value: string): string => `{"a":{"${name}":${value}}}`;
    expect(json(`[a.${name}]\nkeys = 1`)).toBe(at('{"keys":1}'));
    expect(json(`[a."${name}"]\n[a.${name}.keys]`)).toBe(at('{"keys":{}}'));
    expect(json(`[a]\n${name}.keys = 1\n${name}.b = 2`)).toBe(at('{"keys":1,"b":2}'));
    expect(json(`a = { ${name}.keys = 1, ${name}.c.${name}.d = 2 }`)).toBe(
      at(`{"keys":1,"c":{"${name}":{"d":2}}}`),
    );
    expect(json(`[[a.${name}]]\nkeys = 1`)).toBe(at('[{"keys":1}]'));
    expect(json(`[${name}]\nkeys = 1`)).toBe(`{"${name}":{"keys":1}}`);
    expect(json(`[a]\n${name} = 1`)).toBe(at('1'));
    expect(() => parseToml(`[a.${name}]\n[a.${name}]`)).toThrow("Can't redefine existing key");
    expect(Object.keys).toBe(keys);
    expect(builtins()).toEqual(before);
  },
);

test('a table called __proto__ is no prototype', () => {
  for (const text of ['[a.__proto__]\nb = 1', 'a.__proto__.b = 1', 'a = { __proto__.b = 1 }']) {
    const { a } = parseToml(text);
    expect(Object.entries(a as object)).toEqual([['__proto__', { b: 1 }]]);
    expect(Object.getPrototypeOf(a)).toBe(Object.prototype);
  }
  expect(Reflect.get({}, 'b')).toBeUndefined();
});

test.each([
  ['a = ', 0, 5],
  ['a = 1\nb = "x\n', 1, 6],
  ['a = 1\na = 2', 1, 5],
])('%j is no TOML: the error knows its place', (text, line, col) => {
  expect(() => parseToml(text)).toThrow(expect.objectContaining({ line, col }));
});

test('nesting of any depth neither fails nor takes long', () => {
  const depth = 100_000;
  let value = parseToml(`a = ${'['.repeat(depth)}${']'.repeat(depth)}`)['a'];
  let found = 0;
  for (; Array.isArray(value); found += 1) [value] = value;
  expect(found).toBe(depth);
  expect(() => parseToml(`${'a.'.repeat(depth)}a = 1`)).not.toThrow();
});
