import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from '@jest/globals';
import fc from 'fast-check';
import { isLock2nixError } from '../../../graph/errors.ts';
import type { PinnedGraph } from '../../../graph/types.ts';
import { attributes, binding, boolean, strings } from '../../../recipes/nix/expression.ts';
import { printNix } from '../../../recipes/nix/print.ts';
import { attributeNames } from '../../../recipes/python/attribute-names.ts';
import { printRecipe } from '../../../recipes/python/index.ts';
import { type HostNix, openHostNix } from '../../host/nix.ts';
import { requirement, testWith } from '../../host/requirements.ts';
import { anyText, nixText, pinnedGraph } from '../arbitrary-graph.ts';

let scratch = '';
let opened: HostNix | undefined;
const nix = (): HostNix => {
  if (!opened) throw new Error('no Nix');
  return opened;
};
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'l2n-read-back-'));
  if (requirement('nix').available) opened = openHostNix();
});
afterAll(() => {
  opened?.close();
  rmSync(scratch, { recursive: true, force: true });
});

const write = (name: string, text: string): string => {
  const path = join(scratch, name);
  writeFileSync(path, text);
  return path;
};

testWith(['nix'], 'Nix reads every string as the text it was printed from', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(nixText(30), { maxLength: 500, size: 'max' }), async (texts) => {
      const file = write('strings.nix', printNix(strings(texts)));
      expect(await nix().nixInstantiate({ file })).toEqual(texts);
    }),
    { numRuns: 8 },
  );
});

testWith(['nix'], 'Nix reads every attribute name as the text it was printed from', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(nixText(), { maxLength: 300, size: 'max' }), async (names) => {
      const set = attributes(names.map((name) => binding(name, boolean(true))));
      const file = write('names.nix', printNix(set));
      const read = await nix().nixInstantiate({
        expression: `builtins.attrNames (import ${file})`,
      });
      expect([...(read as string[])].sort()).toEqual([...names].sort());
    }),
    { numRuns: 5 },
  );
});

const recipeOf = (graph: PinnedGraph, text: string): ReadonlyMap<string, string> =>
  printRecipe(graph, {
    project: '../..',
    exclude: [text],
    banner: text,
    // Gives back what it is given.
    runtime: new Map([
      [
        'default.nix',
        `{ pins, fetchers, platforms, exclude, environments, buildEnvironments, roots, pythonVersion, ... }:
{
  inherit platforms exclude environments buildEnvironments roots pythonVersion;
  pins = pins (fetchers // { source = path: { inherit path; }; wheel = x: x; sdist = x: x; });
}
`,
      ],
    ]),
  });

const writeRecipe = (name: string, files: ReadonlyMap<string, string>): string => {
  mkdirSync(join(scratch, name, 'runtime'), { recursive: true });
  for (const [file, text] of files) writeFileSync(join(scratch, name, file), text);
  return join(scratch, name);
};

interface ReadBack {
  readonly pins: Readonly<Record<string, unknown>>;
  readonly exclude: readonly string[];
  readonly environments: Readonly<Record<string, unknown>>;
  readonly buildEnvironments: Readonly<Record<string, unknown>>;
  readonly pythonVersion: string;
}

/** What the graph says, in the form in which the recipe says it. */
const expectedOf = (graph: PinnedGraph, text: string): ReadBack => {
  const names = attributeNames(graph);
  const ofKind = (kind: string): Readonly<Record<string, unknown>> =>
    Object.fromEntries(
      [...graph.environments]
        .filter(([, each]) => each.kind === kind)
        .map(([name]) => [name, expect.anything()]),
    );
  return {
    pins: Object.fromEntries(
      [...graph.packages.values()].map(({ id, name, version }) => [
        names.get(id) ?? '',
        expect.objectContaining({ pname: name, version }),
      ]),
    ),
    exclude: [text],
    environments: ofKind('runtime'),
    buildEnvironments: ofKind('build'),
    pythonVersion: graph.target.python?.version ?? '',
  };
};

const stub = 'pkgs = { fetchurl = x: x; fetchgit = x: x; fetchzip = x: x; }; python = null;';

testWith(
  ['nix'],
  'Nix reads the recipe of any graph, and finds in it what the graph says',
  async () => {
    const graphs = fc.array(fc.tuple(pinnedGraph(nixText()), nixText()), {
      maxLength: 40,
      size: 'max',
    });
    await fc.assert(
      fc.asyncProperty(graphs, async (entries) => {
        const folders = entries.map(([graph, text], index) =>
          writeRecipe(`graph-${index}`, recipeOf(graph, text)),
        );
        const calls = folders.map((folder) => `(import ${folder} { ${stub} })`);
        const file = write('all.nix', `[\n${calls.join('\n')}\n]\n`);
        const read = await nix().nixInstantiate({ file });
        const expected = entries.map(([graph, text]) =>
          expect.objectContaining({ ...expectedOf(graph, text) }),
        );
        expect(read).toEqual(expected);
      }),
      { numRuns: 8 },
    );
  },
);

testWith(['nix'], 'what Nix cannot hold is refused, everything else parses', async () => {
  const printed: string[] = [];
  let refused = 0;
  fc.assert(
    fc.property(pinnedGraph(anyText()), (graph) => {
      try {
        const files = recipeOf(graph, 'text');
        printed.push(
          ...[...files].map(([name, text]) =>
            write(`${printed.length}-${name.replace('/', '-')}`, text),
          ),
        );
      } catch (error) {
        if (!isLock2nixError(error) || error.code !== 'NIX_TEXT') throw error;
        refused += 1;
      }
    }),
    { numRuns: 150 },
  );
  expect(refused).toBeGreaterThan(0);
  const { exitCode, log } = await nix().run(['nix-instantiate', '--parse', ...printed]);
  expect(log).toBe('');
  expect(exitCode).toBe(0);
});
