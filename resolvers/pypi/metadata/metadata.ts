/** What distributions require, found without running anything of them. */
import { isLock2nixError, Lock2nixError } from '../../../graph/errors.ts';
import { tryParseCoreMetadata } from '../../../standards/core-metadata.ts';
import { quoted } from '../../../standards/quoted.ts';
import { readSdistFiles } from '../../../standards/sdist.ts';
import { sdistRequirements } from '../../../standards/sdist-requirements.ts';
import type { Archives } from '../../registry/archives.ts';
import type { Cache, CacheKey } from '../../registry/cache.ts';
import type { Http } from '../../registry/http.ts';
import { createShared } from '../../registry/shared.ts';
import type { DistributionMetadata, MetadataRequest, PackageIndex } from '../../registry/types.ts';
import { hasSecretQuery } from '../../registry/url.ts';
import { createMetadataFiles } from './declared.ts';
import { extrasOf, fromCoreMetadata, isOf, parseStoredMetadata } from './distribution.ts';
import { createJsonReader } from './json.ts';
import { createWheelReader } from './wheel.ts';

export interface MetadataOptions {
  readonly http: Http;
  readonly cache: Cache;
  readonly archives: Archives;
  /** Whether an index, as listings of it have come by, declares metadata files (PEP 658). */
  readonly declares: (index: string) => boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** The index is part of it: what one says beside its files is not taken for another's word. */
const keyOf = ({ index, file }: MetadataRequest): CacheKey => {
  const [sri] = file.sris;
  return sri === undefined ? { index, url: file.url } : { index, sri };
};

/** Whether metadata of this file may be kept: its name in the cache must be no secret. */
const isCacheable = ({ file }: MetadataRequest): boolean =>
  file.sris.length > 0 || !hasSecretQuery(file.url);

/** Nothing, instead of an archive that is damaged or has no project in it. */
const orNothing = async <Value>(
  work: () => Promise<Value | undefined>,
): Promise<Value | undefined> => {
  try {
    return await work();
  } catch (error) {
    if (isLock2nixError(error) && error.code === 'ARCHIVE_INVALID') return undefined;
    throw error;
  }
};

/** Finds metadata, each file's once. */
export const createMetadata = (options: MetadataOptions): Pick<PackageIndex, 'metadata'> => {
  const { http, cache, archives } = options;
  const answers = createShared<DistributionMetadata | undefined>({ keep: true });
  const metadataFile = createMetadataFiles(options);
  const wheelMetadata = createWheelReader({
    http,
    download: ({ url, sris }) => archives.download(url, sris),
  });
  const jsonMetadata = createJsonReader(http);

  const parse = (
    bytes: Uint8Array | undefined,
    request: MetadataRequest,
  ): DistributionMetadata | undefined => {
    const metadata = bytes && tryParseCoreMetadata(bytes);
    return metadata === undefined || !isOf(metadata, request)
      ? undefined
      : fromCoreMetadata(metadata, request.file.fileName.endsWith('.whl'));
  };

  const fromSdist = async (request: MetadataRequest): Promise<DistributionMetadata | undefined> => {
    const { file, name, version } = request;
    const bytes = await archives.download(file.url, file.sris);
    return orNothing(async () => {
      const { files } = await readSdistFiles(bytes, file.fileName);
      await archives.learn(bytes, file, files);
      const found = sdistRequirements(files, name);
      if (found === undefined) return undefined;
      const own = { ...found, name: found.name ?? name, version: found.version ?? version };
      if (!isOf(own, request)) return undefined;
      return { ...own, extras: extrasOf(own.extras, own.requiresDist) };
    });
  };

  const find = async (request: MetadataRequest): Promise<DistributionMetadata | undefined> => {
    const { file, name } = request;
    const declared = parse(await metadataFile(request), request);
    if (declared !== undefined) return declared;
    const own = file.fileName.endsWith('.whl')
      ? parse(await wheelMetadata(file, name), request)
      : await fromSdist(request);
    return own ?? jsonMetadata(request);
  };

  const notCached = ({ index, file }: MetadataRequest): Lock2nixError =>
    new Lock2nixError(
      'OFFLINE',
      `what ${quoted(file.fileName)} from the index \`${index}\` requires is not in the cache`,
      { hint: 'run once without --offline to fill the cache' },
    );

  return {
    metadata(request) {
      const key = keyOf(request);
      return answers(JSON.stringify([request.name, request.version, key]), async () => {
        const known = isCacheable(request)
          ? cache.recall('metadata', key, parseStoredMetadata)
          : undefined;
        if (known !== undefined) return known.metadata;
        if (http.offline) throw notCached(request);
        const found = await find(request);
        // That there is nothing is a fact of the file only when it is known to be the right one.
        if (isCacheable(request) && (found !== undefined || request.file.sris.length > 0)) {
          await cache.write('metadata', key, found ?? null);
        }
        return found;
      });
    },
  };
};
