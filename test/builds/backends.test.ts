/** Sources of each kind of backend: solved, built in the sandbox, imported, built again with the same bytes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { type PinnedGraph, packageId } from '../../graph/types.ts';
import { openRegistry } from '../../resolvers/registry/registry.ts';
import { findInterpreters } from '../host/interpreters.ts';
import { hostInterpreters, lintOutput } from '../host/lint-output.ts';
import { type HostNix, openHostNix } from '../host/nix.ts';
import { requirement, testWith } from '../host/requirements.ts';
import { writeRecipe } from '../recipes/write-recipe.ts';
import { backendsCache } from '../support/convert.ts';
import { oldSamples, pinSamples, samples } from './backends-recipe.ts';

/** The newest interpreter that the cache was filled for. */
const minor =
  ['3.13', '3.12', '3.11'].find((known) =>
    findInterpreters().found.some((interpreter) => interpreter.minor === known),
  ) ?? '3.11';

let opened: HostNix | undefined;
const nix = (): HostNix => {
  if (opened === undefined) throw new Error('no Nix');
  return opened;
};

beforeAll(() => {
  if (requirement('nix').available) opened = openHostNix();
});
afterAll(() => opened?.close());

describe.each([
  [minor, samples],
  ['2.7', oldSamples],
] as const)('sources on Python %s', (python, chosen) => {
  const needs = ['nix', `python${python}`];
  const recipe = mkdtempSync(join(tmpdir(), 'l2n-backends-'));
  const names = chosen.map(({ pin }) => pin.split('==')[0] ?? '');
  const target = {
    file: recipe,
    ...(python === '2.7' ? { arguments: { allowInsecurePython: 'true' } } : {}),
  };
  let graph: PinnedGraph | undefined;

  beforeAll(async () => {
    const sources = openRegistry({
      cacheDir: backendsCache,
      env: {},
      offline: true,
      userAgent: 'lock2nix-test',
      onProgress: () => {},
    });
    graph = await pinSamples(
      chosen.map(({ pin }) => pin),
      { python, sources },
    ).finally(() => sources.close());
    writeRecipe(recipe, graph);
  });
  afterAll(() => rmSync(recipe, { recursive: true, force: true }));

  testWith(needs, 'each is built and imported', async () => {
    const kinds = chosen.map(({ pin }) => {
      const [name = '', version = ''] = pin.split('==');
      return graph?.packages.get(packageId(name, version))?.artifacts.map(({ kind }) => kind);
    });
    expect(kinds).toEqual(chosen.map(() => ['sdist']));
    const { paths } = await nix().nixBuild({ ...target, attributes: ['env'] });
    const program = chosen.map(({ module }) => `import ${module}`).join('\n');
    const { exitCode, log } = await nix().run([`${paths[0]}/bin/python`, '-c', program]);
    expect({ exitCode, log }).toEqual({ exitCode: 0, log: '' });
    // What versions are read from is not there: the pins tell them.
    const found = `
import json, os
names = os.listdir(${JSON.stringify(`${paths[0]}/lib/python${python}/site-packages`)})
print(json.dumps(sorted(name for name in names if name.endswith('.dist-info'))))
`;
    const { output } = await nix().run([`${paths[0]}/bin/python`, '-c', found]);
    const spelt = (JSON.parse(output) as readonly string[]).map((name) =>
      name
        .toLowerCase()
        .replace('.dist-info', '')
        .replaceAll('_', '-')
        .replace(/-(?=[^-]*$)/, '=='),
    );
    expect(spelt).toEqual(expect.arrayContaining(chosen.map(({ pin }) => pin)));
  });

  testWith(needs, 'each is built again with the same bytes, and passes the linter', async () => {
    const attributes = names.map((name) => `packages.${name}`);
    const { paths } = await nix().nixBuild({ ...target, attributes });
    const options = {
      storeDir: nix().storeDir,
      hostInterpreters,
      provided: [`libpython${python}.so.1.0`],
      allRecorded: true,
    };
    expect(paths.flatMap((path) => lintOutput(path, options))).toEqual([]);
    const checks = await nix().nixBuild({ ...target, attributes: ['checks.default'] });
    const { failed, checked, log } = await nix().rebuildCheck(checks.paths[0] ?? '');
    expect({ failed, log: failed.length > 0 ? log : '' }).toEqual({ failed: [], log: '' });
    expect(checked.length).toBeGreaterThan(names.length);
  });
});
