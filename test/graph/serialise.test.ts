import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatJson, graphToJson, type JsonValue } from '../../graph/serialise.ts';
import { fullGraph, makeGraph, pinned } from './make-graph.ts';

test('maps are objects, keys are sorted, what is undefined is left out', () => {
  const graph = makeGraph({ packages: [pinned('b', '1'), pinned('a', '1')] });
  const json = graphToJson({ ...graph, target: { ...graph.target, python: undefined } as never });
  const { packages } = json as { packages: Record<string, object> };
  expect(Object.keys(json as object)).toEqual([
    'ecosystem',
    'environments',
    'packages',
    'roots',
    'target',
  ]);
  expect(Object.keys(packages)).toEqual(['a@1', 'b@1']);
  expect(Object.keys(packages['a@1'] ?? {})).toEqual([
    'artifacts',
    'dependencies',
    'id',
    'metadata',
    'name',
    'version',
  ]);
  expect(json).toMatchObject({ target: { platforms: [{ system: 'aarch64-darwin' }, {}] } });
  expect(Object.keys((json as { target: object }).target)).toEqual(['platforms']);
});

test('the bytes depend on the graph alone, not on the order in which it was made', () => {
  const { ecosystem, target, roots, packages, environments } = fullGraph;
  const reversed = {
    environments: new Map([...environments].reverse()),
    packages: new Map([...packages].reverse()),
    roots,
    target,
    ecosystem,
  };
  expect(formatJson(graphToJson(reversed))).toBe(formatJson(graphToJson(fullGraph)));
});

test('the order of keys is the same in every locale', () => {
  const text = formatJson({ é: 1, z: 2, a: 3, B: 4, '10': 5, '9': 6 });
  expect(text).toBe('{\n  "9": 6,\n  "10": 5,\n  "B": 4,\n  "a": 3,\n  "z": 2,\n  "é": 1\n}\n');
});

test('`__proto__` is a key like any other', () => {
  const value = JSON.parse('{"__proto__":{"b":1,"a":2},"constructor":3}') as JsonValue;
  const text = formatJson(value);
  expect(text).toBe('{\n  "__proto__": {\n    "a": 2,\n    "b": 1\n  },\n  "constructor": 3\n}\n');
  expect(({} as { a?: unknown }).a).toBeUndefined();
});

test('any JSON comes back as it was, and its text is stable', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = formatJson(value as JsonValue);
      expect(text.endsWith('\n')).toBe(true);
      const back = JSON.parse(text) as JsonValue;
      expect(back).toEqual(JSON.parse(JSON.stringify(value)));
      expect(formatJson(back)).toBe(text);
    }),
  );
});
