import type { PinnedGraph } from '../graph/types.ts';
import { isLockName } from './manifest-names.ts';
import { digest, formatRecord, type RecordContent } from './record.ts';
import { readRuntime } from './runtime-files.ts';
import { version } from './version.ts';

/** All that the bytes of an output depend on, besides the version of lock2nix. */
export type OutputContent = Omit<RecordContent, 'tool' | 'files'>;

export interface PrintedOutput {
  /** By path relative to the output folder, sorted; the record is not among them. */
  readonly files: ReadonlyMap<string, string>;
  readonly record: string;
}

const sortedMap = <Key extends string, Value>(
  map: ReadonlyMap<Key, Value>,
): ReadonlyMap<Key, Value> => new Map([...map].sort(([left], [right]) => (left < right ? -1 : 1)));

/** What the recipe was made from, and what is to be done instead of editing it. */
const bannerOf = (input: OutputContent['input']): string => {
  const what = [input].flat().join(' ');
  const next =
    typeof input !== 'string'
      ? 'Run `lock2nix update` to move its versions.'
      : isLockName(input)
        ? 'Change the lock and run `convert` again.'
        : 'Change it and run `convert` again.';
  return `Written by lock2nix ${version} from ${what}. ${next}`;
};

const printFiles = async (
  graph: PinnedGraph,
  { input, place }: OutputContent,
): Promise<ReadonlyMap<string, string>> => {
  const { printRecipe } = await import('../recipes/python/index.ts');
  return printRecipe(graph, {
    project: place.project,
    exclude: place.exclude,
    banner: bannerOf(input),
    runtime: readRuntime('python'),
  });
};

/** Maps in the order that they have when they are read back: printing goes by it. */
const sorted = (graph: PinnedGraph): PinnedGraph => ({
  ...graph,
  packages: sortedMap(graph.packages),
  environments: sortedMap(graph.environments),
});

/**
 * Prints what an output folder holds: the recipe and its record. The same content gives the same
 * bytes, also when it was read back from a record. Throws NIX_TEXT for what Nix cannot hold.
 */
export const printOutput = async (content: OutputContent): Promise<PrintedOutput> => {
  const files = await printFiles(sorted(content.graph), content);
  const digests = new Map([...files].map(([name, text]) => [name, digest(text)]));
  return { files, record: formatRecord({ ...content, tool: version, files: digests }) };
};
