/** Branches and tags as the commits that they stand for. */
import type { PinnedGraph, Source } from '../../../graph/types.ts';
import type { Registry } from '../../registry/types.ts';
import { textOfSource } from './source-text.ts';

/** Commits by the text of the source that names them by branch or tag. */
export type Commits = ReadonlyMap<string, string>;

/** A source as it was asked for, with a name in place of the commit that this stood for. */
export const asNamed = (source: Source): Source => {
  if (source.kind !== 'git' || source.ref === undefined) return source;
  const { ref, ...rest } = source;
  return { ...rest, rev: ref };
};

/** The commits of a graph that somebody asked for by name. */
export const commitsOf = (graph: PinnedGraph): Commits => {
  const found = new Map<string, string>();
  for (const { artifacts } of graph.packages.values()) {
    for (const { source } of artifacts) {
      if (source.kind === 'git' && source.ref !== undefined)
        found.set(textOfSource(asNamed(source)), source.rev);
    }
  }
  return found;
};

/** A repository's source by its commit: one that is to be kept, else today's. Throws GIT_FAILED. */
export const atCommit = async (
  source: Source,
  { kept, registry }: { readonly kept: Commits; readonly registry: Registry },
): Promise<Source> => {
  if (source.kind !== 'git') return source;
  const { rev: ref, url } = source;
  const rev = kept.get(textOfSource(source)) ?? (await registry.gitCommit({ url, ref }));
  return rev === ref ? source : { ...source, rev, ref };
};
