import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readRuntime } from '../../cli/runtime-files.ts';
import type { PinnedGraph } from '../../graph/types.ts';
import { printRecipe } from '../../recipes/python/index.ts';

/** Writes the recipe of a graph to a folder, with the real runtime; without `project`, `src` has no default. */
export const writeRecipe = (folder: string, graph: PinnedGraph, project?: string): string => {
  const files = printRecipe(graph, {
    project,
    exclude: [],
    banner: 'Written by a test.',
    runtime: readRuntime('python'),
  });
  for (const [name, text] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
};

/**
 * A CPython that evaluates and is never built, so that tests do not depend on which interpreters the
 * host has. A Nix function of the package set and the version.
 */
export const stubPython = `pkgs: version: {
  type = "derivation";
  name = "python3-\${version}";
  outPath = "/stub/python3-\${version}";
  inherit version;
  pythonVersion = pkgs.lib.versions.majorMinor version;
  implementation = "cpython";
}`;
