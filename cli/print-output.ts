import type { PinnedGraph } from '../graph/types.ts';
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

const printFiles = async (
  graph: PinnedGraph,
  { input, place }: OutputContent,
): Promise<ReadonlyMap<string, string>> => {
  const { printRecipe } = await import('../recipes/python/index.ts');
  return printRecipe(graph, {
    project: place.project,
    exclude: place.exclude,
    banner: `Written by lock2nix ${version} from ${input}. Change the lock and run \`convert\` again.`,
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
