/** Requirements as a `RequirementSet` has them. */
import type { Marker } from '../../graph/marker.ts';
import type { AskedRequirement } from '../../graph/requirements.ts';
import { parseRequirement } from '../../standards/requirement.ts';
import { redact } from './redact.ts';
import { parseReference, type Reference } from './reference.ts';

const union = (left: readonly string[], right: readonly string[]): readonly string[] =>
  [...new Set([...left, ...right])].sort();

/** A direct reference as a requirement. */
export const askReference = (
  reference: Reference,
  {
    name = reference.name,
    extras = [],
    marker,
    text,
    origin,
  }: {
    readonly name?: string | undefined;
    readonly extras?: readonly string[];
    readonly marker?: Marker | undefined;
    readonly text: string;
    readonly origin: string;
  },
): AskedRequirement => ({
  ...(name === undefined ? {} : { name }),
  extras: union(extras, reference.extras),
  source: reference.source,
  ...(marker === undefined ? {} : { marker }),
  text: redact(text),
  origin,
  integrities: reference.integrities,
});

/**
 * Reads a requirement (PEP 508). `shown` is what stands in the file, when that is not what is read.
 * Throws REQUIREMENT_INVALID, and what `parseReference` throws.
 */
export const askRequirement = (
  text: string,
  origin: string,
  shown: string = text,
): AskedRequirement => {
  const { name, extras, specifier, url, marker } = parseRequirement(text);
  if (url !== undefined) {
    return askReference(parseReference(url), { name, extras, marker, text: shown, origin });
  }
  return {
    name,
    extras,
    ...(specifier === undefined ? {} : { specifier }),
    ...(marker === undefined ? {} : { marker }),
    text: redact(shown),
    origin,
    integrities: [],
  };
};
