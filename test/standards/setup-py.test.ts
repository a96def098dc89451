import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { type SetupFacts, scriptNamesOf } from '../../standards/setup-facts.ts';
import { readSetupPy } from '../../standards/setup-py.ts';

type Value =
  | string
  | null
  | readonly string[]
  | Readonly<Record<string, string | readonly string[]>>;
type Row = readonly ['literal' | 'computed', string, Readonly<Record<string, Value>>];

const rows: readonly Row[] = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../fixtures/standards/setup-py.json'), 'utf8'),
);

const fields: Readonly<Record<string, keyof SetupFacts>> = {
  name: 'name',
  version: 'version',
  python_requires: 'pythonRequires',
  install_requires: 'installRequires',
  setup_requires: 'setupRequires',
  tests_require: 'testsRequire',
  extras_require: 'extrasRequire',
  entry_points: 'entryPoints',
  scripts: 'scripts',
};

/** A value of `setup()` as setuptools understands it. */
const lines = (value: string | readonly string[]): readonly string[] =>
  [value]
    .flat()
    .flatMap((text) => text.split('\n'))
    .map((text) => text.trim())
    .filter((text) => text !== '' && !text.startsWith('#'));

const expected = (key: string, value: Value): unknown => {
  if (value === null) return undefined;
  if (['name', 'version', 'python_requires'].includes(key)) return value;
  if (typeof value === 'string' || Array.isArray(value)) return lines(value);
  return Object.fromEntries(Object.entries(value).map(([name, list]) => [name, lines(list)]));
};

const found = (facts: SetupFacts, key: string): unknown => {
  const stated = facts[fields[key] ?? 'name'];
  if (stated.kind !== 'literal') return stated.kind;
  return stated.value instanceof Map ? Object.fromEntries(stated.value) : stated.value;
};

test.each(rows.filter(([kind]) => kind === 'literal'))('%s: %j', (_, source, values) => {
  const facts = readSetupPy(source);
  for (const [key, value] of Object.entries(values)) {
    if (key === 'entry_points' && typeof value === 'string') {
      expect(found(facts, key)).toEqual({ console_scripts: ['a = b:c'], other: ['d = e'] });
    } else expect([key, found(facts, key)]).toEqual([key, expected(key, value) ?? 'absent']);
  }
});

test.each(rows.filter(([kind]) => kind === 'computed'))('%s: %j', (_, source, values) => {
  const facts = readSetupPy(source);
  for (const [key, value] of Object.entries(values)) {
    expect([
      ['computed', key],
      [expected(key, value), key],
    ]).toContainEqual([found(facts, key), key]);
  }
});

test.each([
  ['no call', 'import os\n'],
  ['a definition only', 'def setup(name): pass\n'],
  ['another setup', 'import django\ndjango.setup(install_requires=["a"])\n'],
  ['no Python', 'setup(name="a\n'],
  ['nothing', ''],
])('%s: nothing is known', (_, source) => {
  const facts = readSetupPy(source);
  expect(facts.installRequires.kind).toBe('computed');
  expect(facts.name.kind).toBe('computed');
});

test('a call that spreads unknown arguments may have any', () => {
  const facts = readSetupPy('from x import k\nsetup(name="a", **k)');
  expect(facts.name).toEqual({ kind: 'literal', value: 'a', line: 2 });
  expect(facts.setupRequires).toEqual({ kind: 'computed', line: 2 });
});

test('an argument that is not there is absent, and one that is computed has its line', () => {
  const facts = readSetupPy('setup(\n  name="a",\n  install_requires=get(),\n)');
  expect(facts.setupRequires).toEqual({ kind: 'absent' });
  expect(facts.installRequires).toEqual({ kind: 'computed', line: 3 });
});

test('several calls count where they agree', () => {
  const facts = readSetupPy(
    'if x:\n  setup(name="a", install_requires=["b"])\nelse:\n  setup(name="a", install_requires=["c"])',
  );
  expect(facts.name).toMatchObject({ kind: 'literal', value: 'a' });
  expect(facts.installRequires.kind).toBe('computed');
});

test('names of scripts', () => {
  const facts = readSetupPy(
    'setup(entry_points={"console_scripts": ["b = x:y", "a=x:z"], "other": ["c=d"]}, scripts=["bin/run.sh"])',
  );
  expect(scriptNamesOf(facts)).toEqual(['a', 'b', 'run.sh']);
});

test('nested and long sources take linear time', () => {
  const started = performance.now();
  readSetupPy(`setup(name=${'{'.repeat(20_000)}`);
  readSetupPy(`setup(install_requires=[${'"a", '.repeat(50_000)}])`);
  readSetupPy(`x = """${"'".repeat(200_000)}`);
  readSetupPy(Array.from({ length: 2000 }, (_, n) => `a${n + 1} = a${n} + a${n}`).join('\n'));
  expect(performance.now() - started).toBeLessThan(3000);
});
