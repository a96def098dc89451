import type { PinnedGraph } from '../../graph/types.ts';
import { printNix } from '../nix/print.ts';
import { patchFiles } from './changes.ts';
import { type EntryOptions, printEntry } from './entry.ts';
import { printPins } from './pins.ts';

export interface RecipeOptions extends EntryOptions {
  /** First line of each file that was made: tool, version and input. */
  readonly banner: string;
  /** The runtime's files by name, as they ship with the tool. */
  readonly runtime: ReadonlyMap<string, string>;
}

/** The files of a Python recipe by path relative to the output folder; the record is not among them. */
export const printRecipe = (
  graph: PinnedGraph,
  options: RecipeOptions,
): ReadonlyMap<string, string> => {
  const files = new Map([
    ['default.nix', printNix(printEntry(graph, options), options.banner)],
    ['pins.nix', printNix(printPins(graph), options.banner)],
  ]);
  for (const [name, text] of patchFiles(graph.packages.values())) files.set(name, text);
  for (const [name, text] of options.runtime) files.set(`runtime/${name}`, text);
  return new Map([...files].sort(([left], [right]) => (left < right ? -1 : 1)));
};
