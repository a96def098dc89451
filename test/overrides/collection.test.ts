import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { readCollectionFile } from '../../cli/collection-files.ts';
import { collectionOf } from '../../overrides/collection.ts';
import { overridesJsonSchema } from '../../overrides/schema.ts';
import { normaliseName } from '../../standards/name.ts';

const folder = join(import.meta.dirname, '..', '..', 'overrides', 'collection', 'pypi');
const files = readdirSync(folder).sort();
const names = files.map((file) => file.replace(/\.toml$/, ''));

test('the collection has a file for each of at least 12 distributions, by its normalised name', () => {
  expect(names.length).toBeGreaterThanOrEqual(12);
  expect(names.map(normaliseName)).toEqual(names);
});

test.each(names)('%s: each rule is about it, and says why and how that is known', (name) => {
  const { packages, collisions, constraints } = collectionOf([name], readCollectionFile);
  expect(packages.length).toBeGreaterThan(0);
  // What is for everyone, and files of their own, have no place there.
  expect([...collisions, ...constraints]).toEqual([]);
  for (const rule of packages) {
    expect(rule).toMatchObject({ name, origin: 'collection', file: `collection/${name}.toml` });
    expect(rule.why).toBeDefined();
    expect(rule.shown).toBeDefined();
    expect((rule.patches ?? []).filter((patch) => 'path' in patch)).toEqual([]);
  }
});

test('no other file is read, and each once, whatever the order', () => {
  const read: string[] = [];
  const of = (...asked: readonly string[]) =>
    collectionOf(asked, (name) => {
      read.push(name);
      return readCollectionFile(name);
    });
  const rules = of('pillow', 'gevent', 'no-such-thing', 'pillow');
  expect(read).toEqual(['gevent', 'no-such-thing', 'pillow']);
  expect(rules).toEqual(of('no-such-thing', 'pillow', 'gevent'));
});

test('the schema for editors is JSON Schema 2020-12, and describes each property', () => {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, strictRequired: false });
  expect(() => ajv.compile(overridesJsonSchema)).not.toThrow();
  const bare: string[] = [];
  const visit = (schema: object, path: string): void => {
    for (const [key, value] of Object.entries(schema) as [string, object][]) {
      if (key !== 'properties') {
        if (typeof value === 'object' && !Array.isArray(value)) visit(value, `${path}/${key}`);
        continue;
      }
      for (const [name, property] of Object.entries(value) as [string, object][]) {
        if (!('description' in property)) bare.push(`${path}/${name}`);
        visit(property, `${path}/${name}`);
      }
    }
  };
  visit(overridesJsonSchema, '');
  expect(bare).toEqual([]);
});
