/** All direct sources of a question: those that the project names, and those that they name in turn. */
import type { AskedRequirement } from '../../../graph/requirements.ts';
import type { Source } from '../../../graph/types.ts';
import { inOrder } from '../in-order.ts';
import type { Circumstances } from './circumstances.ts';
import {
  type DirectFound,
  type DirectRequest,
  type DirectSources,
  directRequestOf,
  findDirect,
} from './direct.ts';
import { makeFacts } from './library.ts';
import { textOfSource } from './source-text.ts';

/** Deeper than any project; a chain of sources that never ends is somebody's joke. */
const deepest = 20;

/** The source of a requirement's URL; undefined for what is neither an archive of the web nor a git repository. */
export const sourceOfUrl = (url: string): Source | undefined => {
  const [location = '', fragment = ''] = url.split('#', 2);
  const subdirectory = new URLSearchParams(fragment).get('subdirectory') ?? undefined;
  const folder = subdirectory === undefined ? {} : { subdirectory };
  if (!location.startsWith('git+')) {
    return /^https?:\/\//.test(location) ? { kind: 'url', url: location, ...folder } : undefined;
  }
  // The user of `ssh://git@host/` stands before the path.
  const match = /^git\+([a-z]+:\/\/[^/]+\/.*?)(?:@([^@/-][^@]*))?$/.exec(location);
  const [, repository, rev = 'HEAD'] = match ?? [];
  return repository === undefined ? undefined : { kind: 'git', url: repository, rev, ...folder };
};

/** What a source names in turn, for the extras that are asked of it. */
const namedBy = (
  { name, direct }: DirectFound,
  extras: readonly string[],
  { whereHolds }: Circumstances,
): readonly (DirectRequest & { readonly name: string; readonly extras: readonly string[] })[] => {
  const facts = makeFacts(direct.facts);
  return [undefined, ...extras].flatMap((extra) => {
    const needs = facts.needs(extra);
    if ('why' in needs) return [];
    return needs.flatMap((need) => {
      const source = need.url === undefined ? undefined : sourceOfUrl(need.url);
      if (source === undefined || whereHolds(need.marker).length === 0) return [];
      return [
        {
          source,
          name: need.name,
          extras: need.extras,
          integrities: [],
          text: need.text,
          origin: name,
        },
      ];
    });
  });
};

export interface FoundDirects {
  readonly directs: ReadonlyMap<AskedRequirement, DirectFound>;
  readonly further: ReadonlyMap<string, DirectFound>;
}

/**
 * Looks into all sources, those of different requirements at once. What a source names is allowed as
 * if the project itself had named it; what packages of an index name is not (as in uv). Throws as
 * `findDirect` does.
 */
export const findDirects = async (
  asked: readonly AskedRequirement[],
  circumstances: Circumstances,
  sources: DirectSources,
): Promise<FoundDirects> => {
  const known = new Map<string, Promise<DirectFound>>();
  const find = (request: DirectRequest): Promise<DirectFound> => {
    const key = `${request.name ?? ''} ${textOfSource(request.source)}`;
    const found = known.get(key) ?? findDirect(request, sources);
    known.set(key, found);
    return found;
  };
  const named = asked.flatMap((each) =>
    each.source === undefined ? [] : [{ each, source: each.source }],
  );
  const found = await inOrder(named.map(({ each, source }) => find(directRequestOf(each, source))));
  const directs = new Map(
    named.flatMap(({ each }, index) => {
      const direct = found[index];
      return direct === undefined ? [] : [[each, direct] as const];
    }),
  );
  const further = new Map<string, DirectFound>();
  let open = [...directs].map(([{ extras }, direct]) => ({ extras, direct }));
  for (let depth = 0; open.length > 0 && depth < deepest; depth += 1) {
    const requests = open
      .flatMap(({ extras, direct }) => namedBy(direct, extras, circumstances))
      .filter(({ name }) => !further.has(name));
    const more = await inOrder(requests.map(find));
    open = [];
    for (const [index, direct] of more.entries()) {
      if (further.has(direct.name)) continue;
      further.set(direct.name, direct);
      open.push({ extras: requests[index]?.extras ?? [], direct });
    }
  }
  return { directs, further };
};
