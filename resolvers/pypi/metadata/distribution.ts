/** The requirements of a distribution as they are given and as the cache holds them. */
import type { CoreMetadata } from '../../../standards/core-metadata.ts';
import { hasStaticRequirements } from '../../../standards/core-metadata.ts';
import { normaliseName } from '../../../standards/name.ts';
import { tryParseVersion } from '../../../standards/version.ts';
import type { DistributionMetadata } from '../../registry/types.ts';

/** Names of extras in markers: `extra == "x"`, either way round. */
const extraPattern =
  /\bextra\s*===?\s*(?:"([^"]*)"|'([^']*)')|(?:"([^"]*)"|'([^']*)')\s*===?\s*extra\b/g;

/** The extras that are declared, or else those that markers speak of; normalised and sorted. */
export const extrasOf = (
  declared: readonly string[],
  requiresDist: readonly string[],
): readonly string[] => {
  const found =
    declared.length > 0
      ? declared
      : requiresDist.flatMap((text) =>
          [...text.matchAll(extraPattern)].map((match) => match.slice(1).join('')),
        );
  return [...new Set(found.map(normaliseName))].filter((extra) => extra !== '').sort();
};

/** Of a wheel all is as it says; a source distribution may leave it to its build (PEP 643). */
export const fromCoreMetadata = (
  metadata: CoreMetadata,
  isWheel: boolean,
): DistributionMetadata => {
  const { name, version, requiresDist, requiresPython, providesExtra } = metadata;
  return {
    name,
    version,
    requiresDist,
    ...(requiresPython === undefined ? {} : { requiresPython }),
    extras: extrasOf(providesExtra, requiresDist),
    reliable: isWheel || hasStaticRequirements(metadata),
  };
};

/** Whether metadata are of the release that they were sought for; others are somebody's mistake, or worse. */
export const isOf = (
  metadata: { readonly name: string; readonly version: string },
  wanted: { readonly name: string; readonly version: string },
): boolean => {
  if (normaliseName(metadata.name) !== wanted.name) return false;
  const [found, sought] = [metadata.version, wanted.version].map(tryParseVersion);
  return found === undefined || sought === undefined
    ? metadata.version === wanted.version
    : found.key === sought.key;
};

const isText = (value: unknown): value is string => typeof value === 'string';
const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every(isText);

/** What the cache holds of a file: `null` when it has no metadata that can be read. */
export const parseStoredMetadata = (
  value: unknown,
): { readonly metadata: DistributionMetadata | undefined } | undefined => {
  if (value === null) return { metadata: undefined };
  if (typeof value !== 'object') return undefined;
  const { name, version, requiresDist, requiresPython, extras, reliable } = value as Record<
    string,
    unknown
  >;
  if (!isText(name) || !isText(version) || typeof reliable !== 'boolean') return undefined;
  if (!isTexts(requiresDist) || !isTexts(extras)) return undefined;
  if (requiresPython !== undefined && !isText(requiresPython)) return undefined;
  return {
    metadata: {
      name,
      version,
      requiresDist,
      ...(requiresPython === undefined ? {} : { requiresPython }),
      extras,
      reliable,
    },
  };
};
