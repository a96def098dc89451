import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { detectFormat } from '../../converters/registry.ts';
import type { RequirementSet } from '../../graph/requirements.ts';
import { formatMarker } from '../../standards/marker.ts';

const fixtures = join(import.meta.dirname, '../../fixtures');

const reader = (folder: string) => (path: string) => {
  const file = join(folder, path);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
};

const setOf = async (folder: string, file: string): Promise<RequirementSet> => {
  const read = reader(join(fixtures, folder));
  const text = read(file) ?? '';
  const converter = await detectFormat(file, text).load();
  const converted = converter.convert({ file, text, read });
  if (converted.kind !== 'requirements') throw new Error('it has pins');
  return converted.set;
};

/** Markers as text, which is what a reader of a golden file understands. */
const readable = (key: string, value: unknown): unknown =>
  key === 'marker' ? formatMarker(value as Parameters<typeof formatMarker>[0]) : value;

test.each([
  ['requirements/service', 'requirements.txt'],
  ['pyproject/uv', 'pyproject.toml'],
])('%s asks for what its golden file says', async (folder, file) => {
  const path = join(fixtures, folder, 'expected-set.json');
  const text = `${JSON.stringify(await setOf(folder, file), readable, 2)}\n`;
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, text);
  expect(text).toBe(readFileSync(path, 'utf8'));
});

const poetryFixtures = readdirSync(join(fixtures, 'poetry'))
  .filter((name) => existsSync(join(fixtures, 'poetry', name, 'pyproject.toml')))
  .sort();

// The manifests were locked by Poetry itself; its lock says what the root depends on.
test.each(poetryFixtures)('the manifest of %s asks for what its lock has', async (name) => {
  const folder = join('poetry', name);
  const set = await setOf(folder, 'pyproject.toml');
  const read = reader(join(fixtures, folder));
  const { convert } = await import('../../converters/poetry/convert.ts');
  const locked = convert({ file: 'poetry.lock', text: read('poetry.lock') ?? '', read }).graph;
  const [root] = set.roots;
  const [ofLock] = locked.roots;
  expect(set.requiresPython).toBe(locked.requiresPython);
  expect([root?.name, root?.version, root?.path, root?.scripts]).toEqual([
    ofLock?.name,
    ofLock?.version,
    ofLock?.path,
    ofLock?.scripts,
  ]);
  expect(Object.keys(root?.extras ?? {}).sort()).toEqual(ofLock?.extras);
  for (const [group, dependencies] of Object.entries(ofLock?.groups ?? {})) {
    const asked = [
      ...(root?.groups[group] ?? []),
      ...(group === 'main' ? Object.values(root?.extras ?? {}).flat() : []),
    ];
    const names = new Set(asked.map((one) => one.name));
    expect([group, dependencies.filter((one) => !names.has(one.name))]).toEqual([group, []]);
  }
});
