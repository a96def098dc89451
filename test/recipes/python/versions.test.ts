import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { tryParsePlatform } from '../../../graph/platform.ts';
import type { PinnedGraph } from '../../../graph/types.ts';
import { validateGraph } from '../../../graph/validate.ts';
import { pinGraph } from '../../../resolvers/pypi/pin.ts';
import { parsePython } from '../../../resolvers/pypi/target.ts';
import { convertTexts, readFixture } from '../../converters/poetry/support.ts';
import { type HostNix, openHostNix } from '../../host/nix.ts';
import { requirement, testWith } from '../../host/requirements.ts';
import { buildTools } from '../../support/build-tools.ts';
import { fakeIndex } from '../../support/fake-index.ts';
import { fakeRegistry } from '../../support/fake-registry.ts';
import { commonPlatforms } from '../graphs.ts';
import { stubPython, writeRecipe } from '../write-recipe.ts';

/** A row of `expected.json`, which Python's `packaging` computed: see `fixtures/poetry/expected.py`. */
interface Row {
  readonly python: string;
  readonly system: string;
  readonly versions: Readonly<Record<string, string | null>>;
}

const locks = ['markers-2.0', 'markers-2.1'];
const rowsOf = (lock: string): readonly Row[] =>
  JSON.parse(readFixture(lock, 'expected.json')) as readonly Row[];

let scratch = '';
let opened: HostNix | undefined;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'l2n-versions-'));
  if (requirement('nix').available) opened = openHostNix();
});
afterAll(() => {
  opened?.close();
  rmSync(scratch, { recursive: true, force: true });
});

const pinLock = async (
  lock: string,
  python: string,
  withManifest: boolean,
): Promise<PinnedGraph> => {
  const manifest = withManifest ? readFixture(lock, 'pyproject.toml') : undefined;
  const { graph } = await pinGraph(
    convertTexts(readFixture(lock, 'poetry.lock'), manifest),
    {
      python: parsePython(python),
      platforms: commonPlatforms.flatMap((name) => tryParsePlatform(name) ?? []),
      wanted: { groups: ['dev'], extras: [] },
      prefer: 'wheel',
      strict: false,
      readPath: () => undefined,
    },
    { registry: fakeRegistry(), index: fakeIndex(buildTools) },
  );
  validateGraph(graph);
  return graph;
};

/** Every row of a lock, by Nix: an environment's members, and what each package says of itself. */
const readRows = async (
  lock: string,
  rows: readonly Row[],
  withManifest: boolean,
): Promise<readonly Row[]> => {
  const pythons = [...new Set(rows.map(({ python }) => python))];
  for (const python of pythons) {
    writeRecipe(
      join(scratch, `${lock}-${python}-${withManifest}`),
      await pinLock(lock, python, withManifest),
      '..',
    );
  }
  const calls = rows.map(
    ({ python, system, versions }) => `(
    let
      pkgs = import <nixpkgs> { system = "${system}"; };
      recipe = import (${scratch} + "/${lock}-${python}-${withManifest}") { inherit pkgs; python = stub pkgs "${python}.1"; };
      read = name:
        let found = builtins.filter (each: each.pname == name) recipe.env.packages; in
        assert builtins.length found <= 1;
        if found == [ ] then null else (builtins.head found).version;
    in
    {
      python = recipe.env.meta.mainProgram;
      system = recipe.env.system;
      versions = pkgs.lib.genAttrs [ ${Object.keys(versions)
        .map((name) => `"${name}"`)
        .join(' ')} ] read;
      evaluated = recipe.env.outPath;
    })`,
  );
  const expression = `let stub = ${stubPython}; in [ ${calls.join('\n')} ]`;
  if (opened === undefined) throw new Error('no Nix');
  return (await opened.nixInstantiate({ expression })) as readonly Row[];
};

test.each(locks)(
  '%s has a row for each Python and system, and names with several versions',
  (lock) => {
    const rows = rowsOf(lock);
    expect(rows.map(({ python, system }) => `${python} ${system}`)).toEqual(
      ['3.9', '3.12'].flatMap((python) => commonPlatforms.map((system) => `${python} ${system}`)),
    );
    const names = Object.keys(rows[0]?.versions ?? {});
    expect(names.length).toBeGreaterThan(5);
    for (const name of names) {
      expect(new Set(rows.map(({ versions }) => versions[name])).size).toBeGreaterThan(1);
    }
  },
);

// Of the two only 2.1 says by itself where a version is wanted.
for (const [lock, withManifest] of [
  ...locks.map((name) => [name, true] as const),
  ['markers-2.1', false] as const,
]) {
  const what = withManifest ? lock : `${lock} without pyproject.toml`;
  testWith(['nix'], `Nix finds the versions of ${what} on each Python and system`, async () => {
    const rows = rowsOf(lock);
    const read = await readRows(lock, rows, withManifest);
    expect(read).toEqual(
      rows.map(({ python, system, versions }) => ({
        python: `python${python}`,
        system,
        versions,
        evaluated: expect.stringContaining('-env'),
      })),
    );
  });
}
