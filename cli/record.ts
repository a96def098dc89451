import { formatJson, graphToJson } from '../graph/serialise.ts';
import type { PinnedGraph } from '../graph/types.ts';
import { hashBytes } from '../standards/integrity.ts';

/** Raised when the record's form changes, so that an older one is told from a damaged one. */
export const recordVersion = 1;

/** What a recipe was made from, besides the tool. All of it decides about the output's bytes. */
export interface RecordOptions {
  readonly python?: string;
  readonly systems?: readonly string[];
  readonly extras: readonly string[];
  readonly groups: readonly string[];
  readonly prefer: 'wheel' | 'sdist';
  readonly strict: boolean;
}

export interface RecordContent {
  readonly tool: string;
  /** Path relative to the project -> contents; undefined: it was looked for and was not there. */
  readonly inputs: ReadonlyMap<string, string | Uint8Array | undefined>;
  readonly options: RecordOptions;
  readonly graph: PinnedGraph;
  readonly files: ReadonlyMap<string, string>;
}

type Contents = string | Uint8Array;

/** The digest of a file as the record holds it: SRI, sha256 of its bytes (of a text: in UTF-8). */
export const digest = (contents: Contents): string =>
  hashBytes('sha256', typeof contents === 'string' ? Buffer.from(contents, 'utf8') : contents);

const digests = (files: ReadonlyMap<string, Contents | undefined>): Record<string, string | null> =>
  Object.fromEntries(
    [...files].map(([name, contents]) => [name, contents === undefined ? null : digest(contents)]),
  );

/** `lock2nix.json`: inputs and output by digest, options, and the whole graph. */
export const formatRecord = ({ tool, inputs, options, graph, files }: RecordContent): string =>
  formatJson({
    lock2nix: tool,
    record: recordVersion,
    inputs: digests(inputs),
    options: { ...options },
    graph: graphToJson(graph),
    files: digests(files),
  });

/** The files that a record lists, by path with their digests; undefined when it is no record of ours. */
export const recordedFiles = (text: string): ReadonlyMap<string, string> | undefined => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || !('lock2nix' in value)) return undefined;
  const files = 'files' in value ? value.files : undefined;
  if (typeof files !== 'object' || files === null) return undefined;
  return new Map(
    Object.entries(files).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );
};
