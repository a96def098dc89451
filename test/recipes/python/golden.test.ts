import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { validateGraph } from '../../../graph/validate.ts';
import { printRecipe } from '../../../recipes/python/index.ts';
import { goldenGraphs } from './golden-graphs.ts';

const folder = join(import.meta.dirname, '..', '..', '..', 'fixtures', 'recipes');

/** The committed text; with UPDATE_GOLDEN=1 it is written anew. */
const golden = (name: string, file: string, actual: string): string => {
  const expected = join(folder, name, 'expected');
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(dirname(join(expected, file)), { recursive: true });
    writeFileSync(join(expected, file), actual);
  }
  return readFileSync(join(expected, file), 'utf8');
};

test.each(Object.entries(goldenGraphs))('the recipe of %s', (name, graph) => {
  expect(() => validateGraph(graph)).not.toThrow();
  const files = printRecipe(graph, {
    // Outside of its project, `src` has no default.
    project: name === 'git' ? undefined : '../..',
    exclude: name === 'git' ? [] : ['nix/lock2nix'],
    banner: 'Written by lock2nix from poetry.lock. Change the lock and run `convert`.',
    runtime: new Map(),
  });
  expect([...files.keys()]).toEqual([
    'default.nix',
    ...(name === 'rules' ? ['patches/pyyaml.patch'] : []),
    'pins.nix',
  ]);
  for (const [file, text] of files) expect(text).toBe(golden(name, file, text));
});

test('each fixture has a graph', () => {
  expect(readdirSync(folder).sort()).toEqual(Object.keys(goldenGraphs).sort());
});
