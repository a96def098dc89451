/** Metadata files beside distributions (PEP 658, 714), declared or not. */
import { isLock2nixError } from '../../../graph/errors.ts';
import { tryParseCoreMetadata } from '../../../standards/core-metadata.ts';
import type { Cache } from '../../registry/cache.ts';
import { verifyBytes } from '../../registry/download.ts';
import type { Http } from '../../registry/http.ts';
import { createShared } from '../../registry/shared.ts';
import type { MetadataRequest } from '../../registry/types.ts';

/** The longest descriptions are some hundred KiB. */
const maxMetadataBytes = 16 * 2 ** 20;
/** So long it is remembered whether an index has metadata files that it does not declare. */
const rememberedFor = 24 * 3600 * 1000;

export interface MetadataFilesOptions {
  readonly http: Http;
  readonly cache: Cache;
  /** Whether an index, as listings of it have come by, declares metadata files. */
  readonly declares: (index: string) => boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

interface Trait {
  readonly has: boolean;
  readonly at: number;
}

const parseTrait = (value: unknown): Trait | undefined => {
  if (typeof value !== 'object' || value === null) return undefined;
  const { has, at } = value as Record<string, unknown>;
  return typeof has === 'boolean' && typeof at === 'number' ? { has, at } : undefined;
};

/** `URL.metadata`, in front of a query. */
const metadataUrl = (url: string): string => {
  const copy = new URL(url);
  copy.pathname += '.metadata';
  return copy.href;
};

/**
 * Gets metadata files: of files that declare one, and, where an index declares none at all, of wheels
 * after trying one. That is tried once for an index and remembered for a day. Undefined when there is
 * none. Throws as `Http.get` for declared ones, and `HASH_MISMATCH`.
 */
export const createMetadataFiles = ({ http, cache, declares, now }: MetadataFilesOptions) => {
  const probes = createShared<boolean>({ keep: true });

  const get = async ({ file }: MetadataRequest, retries?: number): Promise<Buffer | undefined> => {
    const url = metadataUrl(file.url);
    const answer = await http.get(url, {
      maxBytes: maxMetadataBytes,
      small: true,
      ...(retries === undefined ? {} : { retries }),
    });
    if (answer.kind !== 'found') return undefined;
    for (const sri of file.metadataSris ?? []) verifyBytes(answer.body, sri, url);
    return answer.body;
  };

  /** As `get`; that a file which nobody promised cannot be had is no failure. */
  const tryGet = async (request: MetadataRequest): Promise<Buffer | 'failed' | undefined> => {
    try {
      return await get(request, 0);
    } catch (error) {
      if (isLock2nixError(error)) return 'failed';
      throw error;
    }
  };

  const probe = async (request: MetadataRequest): Promise<boolean> => {
    const key = { index: request.index };
    const known = cache.recall('index-trait', key, parseTrait);
    const age = known === undefined ? -1 : now() - known.at;
    if (known !== undefined && age >= 0 && age < rememberedFor) return known.has;
    const answer = await tryGet(request);
    // Trouble says nothing about the next time.
    if (answer === 'failed') return false;
    const has = answer !== undefined && tryParseCoreMetadata(answer) !== undefined;
    await cache.write('index-trait', key, { has, at: now() });
    return has;
  };

  return async (request: MetadataRequest): Promise<Buffer | undefined> => {
    const { file, index } = request;
    if (file.coreMetadata) return get(request);
    if (!file.fileName.endsWith('.whl') || declares(index)) return undefined;
    if (!(await probes(index, () => probe(request)))) return undefined;
    const answer = await tryGet(request);
    return answer === 'failed' ? undefined : answer;
  };
};
