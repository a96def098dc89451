/** All direct sources of a question: those that the project names, and those that they name in turn. */
import type { AskedRequirement } from '../../../graph/requirements.ts';
import type { Integrity } from '../../../graph/types.ts';
import { hashAlgorithms, toSri } from '../../../standards/integrity.ts';
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

/** The hashes in a URL's fragment, `sha256=HEX`. Throws HASH_INVALID: what is meant as a hash must count. */
const integritiesIn = (fragment: URLSearchParams): readonly Integrity[] =>
  hashAlgorithms.flatMap((algorithm) => {
    const hex = fragment.get(algorithm);
    return hex === null ? [] : [{ sri: toSri(`${algorithm}:${hex}`), of: 'file' as const }];
  });

/** A URL without its password, which the recipe must not have; the user of ssh is part of the address. */
const withoutPassword = (url: string): string => url.replace(/^(https?:\/\/)[^/?#]*@/i, '$1');

/**
 * What a requirement's URL names; undefined for what is neither an archive of the web nor a git
 * repository. User and password are left out. Throws HASH_INVALID.
 */
export const directOfUrl = (
  url: string,
): Pick<DirectRequest, 'source' | 'integrities'> | undefined => {
  const [location = '', rest = ''] = url.split('#', 2);
  const fragment = new URLSearchParams(rest);
  const subdirectory = fragment.get('subdirectory') ?? undefined;
  const folder = subdirectory === undefined ? {} : { subdirectory };
  if (!location.startsWith('git+')) {
    return /^https?:\/\//.test(location)
      ? {
          source: { kind: 'url', url: withoutPassword(location), ...folder },
          integrities: integritiesIn(fragment),
        }
      : undefined;
  }
  // The user of `ssh://git@host/` stands before the path.
  const match = /^git\+([a-z]+:\/\/[^/]+\/.*?)(?:@([^@/-][^@]*))?$/.exec(location);
  const [, repository, rev = 'HEAD'] = match ?? [];
  return repository === undefined
    ? undefined
    : {
        source: { kind: 'git', url: withoutPassword(repository), rev, ...folder },
        integrities: [],
      };
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
      if (need.url === undefined || whereHolds(need.marker).length === 0) return [];
      const found = directOfUrl(need.url);
      if (found === undefined) return [];
      return [{ ...found, name: need.name, extras: need.extras, text: need.text, origin: name }];
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
