/** The listings of projects, asked for once and kept. */
import { Lock2nixError } from '../../../graph/errors.ts';
import { quoted } from '../../../standards/quoted.ts';
import type { Cache } from '../../registry/cache.ts';
import type { Http } from '../../registry/http.ts';
import { createShared } from '../../registry/shared.ts';
import { parseHttpUrl, publicUrl } from '../../registry/url.ts';
import { indexAccept, parseIndexAnswer } from './answer.ts';
import { filesOf, formatListing, type Listing, tryParseListing } from './listing.ts';

/** So long an answer is taken as it is, as PyPI's `max-age` says. */
const freshFor = 600_000;
/** The longest pages are some 10 MB. */
const maxPageBytes = 128 * 2 ** 20;

/** A project on an index. `url` may hold credentials and is for asking only. */
export interface Project {
  readonly url: string;
  /** The index as messages, keys and recipes have it. */
  readonly index: string;
  readonly name: string;
}

/** A project (name normalised) on the index of this base URL. Throws `URL_INVALID`. */
export const projectOn = (index: string, name: string): Project => {
  const base = parseHttpUrl(index);
  base.hash = '';
  base.pathname = base.pathname.replace(/\/+$/, '');
  const url = new URL(base);
  url.pathname += `/${encodeURIComponent(name)}/`;
  base.search = '';
  return { url: url.href, index: publicUrl(base), name };
};

/** `OFFLINE`: `what` of a project is not known. */
export const notCached = ({ name, index }: Project, what: string): Lock2nixError =>
  new Lock2nixError(
    'OFFLINE',
    `${what} of ${quoted(name)} from the index \`${index}\` is not in the cache`,
    { hint: 'run once without --offline to fill the cache' },
  );

export interface ListingsOptions {
  readonly http: Http;
  readonly cache: Cache;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface Listings {
  /** The last answer, however old; undefined when there is none in the cache. */
  recall(project: Project): Listing | undefined;
  /**
   * What the index says now, which for some minutes is what it said last; offline, what it said last.
   * Undefined when it has no such project. `what` is for the error when offline nothing is known.
   */
  current(project: Project, what: string): Promise<Listing | undefined>;
  /** Whether a listing of this index that came by declares metadata files (PEP 658). */
  declaresMetadata(index: string): boolean;
}

/** Asks indexes for projects. An answer counts as fresh for some minutes, then the index is asked again. */
export const createListings = ({ http, cache, now }: ListingsOptions): Listings => {
  const declaring = new Set<string>();
  const asked = createShared<Listing | undefined>({ keep: true });

  /** Lines that are not what their head says were replaced by another run, or are damaged. */
  const giveUp = ({ index, name }: Project): never => {
    cache.forget('listing', { index, name });
    throw new Lock2nixError(
      'CACHE',
      `what the cache has of ${quoted(name)} from the index \`${index}\` is damaged`,
      { hint: 'run the same once more, without --offline' },
    );
  };

  const recall = (project: Project, again?: () => Listing | undefined): Listing | undefined => {
    const { index, name } = project;
    return cache.recallPaged('listing', { index, name }, (head, read) =>
      tryParseListing(head, {
        index,
        read,
        again: again ?? (() => recall(project, () => giveUp(project))),
      }),
    );
  };

  const isFresh = ({ at }: Listing): boolean => {
    const age = now() - at;
    return age >= 0 && age < freshFor;
  };

  const ask = async (project: Project, old: Listing | undefined): Promise<Listing> => {
    const { url, index, name } = project;
    const answer = await http.get(url, {
      accept: indexAccept,
      maxBytes: maxPageBytes,
      small: true,
      ...(old?.etag === undefined ? {} : { etag: old.etag }),
    });
    const etag = answer.kind === 'found' ? answer.etag : undefined;
    const files =
      answer.kind === 'found'
        ? parseIndexAnswer({ ...answer, body: answer.body.toString('utf8') })
        : answer.kind === 'unchanged' && old !== undefined
          ? filesOf(old)
          : [];
    const content = formatListing(files, name, {
      at: now(),
      ...(answer.kind === 'missing' ? { missing: true } : {}),
      ...(answer.kind === 'unchanged' && old?.etag !== undefined ? { etag: old.etag } : {}),
      ...(etag === undefined ? {} : { etag }),
    });
    await cache.writePaged('listing', { index, name }, content);
    const body = Buffer.from(content.body);
    const listing = tryParseListing(content.value, {
      index,
      read: (offset, length) => body.subarray(offset, offset + length),
      again: () => giveUp(project),
    });
    if (listing === undefined) throw new Error(`the listing of ${name} cannot be read back`);
    return listing;
  };

  return {
    recall: (project) => recall(project),
    async current(project, what) {
      http.remember(project.url);
      const listing = await asked(`${project.index} ${project.name}`, async () => {
        const known = recall(project);
        if (known !== undefined && (http.offline || isFresh(known))) return known;
        if (http.offline) throw notCached(project, what);
        return ask(project, known);
      });
      if (listing?.declaresMetadata) declaring.add(project.index);
      return listing?.missing ? undefined : listing;
    },
    declaresMetadata: (index) => declaring.has(index),
  };
};
