/**
 * The requirements of a distribution, read only as far as somebody asks: those of one extra, or
 * those without. Texts are looked at before they are parsed, since most are of extras that nobody
 * wants; what was parsed once is remembered.
 */
import { isLock2nixError } from '../../../graph/errors.ts';
import type { Marker, Requirement } from '../../../graph/marker.ts';
import { repairsOf } from '../../../standards/lenient.ts';
import { formatMarker } from '../../../standards/marker.ts';
import { markerWithExtra } from '../../../standards/marker-extra.ts';
import { normaliseName } from '../../../standards/name.ts';
import { parseRequirement, tryParseRequirement } from '../../../standards/requirement.ts';
import { redactText } from '../../registry/url.ts';
import { type Asked, askedBy } from './sets.ts';

/** A requirement that holds when its extra is asked for, which is no longer in its marker. */
export interface Need {
  /** Normalised. */
  readonly name: string;
  readonly extras: readonly string[];
  readonly asked: Asked;
  readonly specifier?: string;
  readonly url?: string;
  readonly marker?: Marker;
  /** For explanations: without marker. */
  readonly text: string;
  /** As it was written, when it could be read only after a repair. */
  readonly repaired?: string;
  /** The place of the rule that asks for it. */
  readonly place?: string;
}

/** A requirement that cannot be read: its text, and why. */
export interface Unreadable {
  readonly text: string;
  readonly why: string;
}

interface Parsed {
  readonly requirement: Requirement;
  readonly asked: Asked;
  readonly text: string;
  readonly repaired?: string;
}

const isUnreadable = (value: Parsed | Unreadable): value is Unreadable => 'why' in value;

const headOf = ({ name, extras, specifier = '', url }: Requirement): string => {
  const head = extras.length === 0 ? name : `${name}[${extras.join(',')}]`;
  return url === undefined ? head + specifier : `${head} @ ${redactText(url)}`;
};

const finished = (requirement: Requirement, repaired?: string): Parsed => ({
  requirement,
  asked: askedBy(requirement.specifier),
  text: headOf(requirement),
  ...(repaired === undefined ? {} : { repaired }),
});

const parse = (text: string): Parsed | Unreadable => {
  try {
    return finished(parseRequirement(text));
  } catch (error) {
    if (!isLock2nixError(error)) throw error;
    for (const repaired of repairsOf(text)) {
      const requirement = tryParseRequirement(repaired);
      if (requirement !== undefined) return finished(requirement, text);
    }
    return { text, why: error.message };
  }
};

const known = new Map<string, Parsed | Unreadable>();
const mostKnown = 100_000;

const parsedOf = (text: string): Parsed | Unreadable => {
  const before = known.get(text);
  if (before !== undefined) return before;
  const parsed = parse(text);
  if (known.size >= mostKnown) known.clear();
  known.set(text, parsed);
  return parsed;
};

/** A requirement of a rule, which holds without an extra. */
export const needOfRule = (requirement: Requirement, place: string): Need => {
  const { name, extras, specifier, url, marker } = requirement;
  return {
    name,
    extras,
    asked: askedBy(specifier),
    ...(specifier === undefined ? {} : { specifier }),
    ...(url === undefined ? {} : { url }),
    ...(marker === undefined ? {} : { marker }),
    text: headOf(requirement),
    place,
  };
};

const extraPattern = /\bextra\s*==\s*(?:"([^"]*)"|'([^']*)')/;
const isOr = /\bor\b/;

/** The one extra without which a requirement cannot hold, as far as its text tells by itself. */
const extraOf = (text: string): string | undefined => {
  const semicolon = text.indexOf(';');
  if (semicolon < 0) return undefined;
  const marker = text.slice(semicolon + 1);
  const match = extraPattern.exec(marker);
  if (match === null) return undefined;
  if (isOr.test(marker)) {
    // `(… or …) and extra == "x"`: what is in the only parentheses does not matter.
    if (!/^\s*\([^()]*\)\s*and\s+extra\s*==\s*["'][^"']*["']\s*$/.test(marker)) return undefined;
    if (isOr.test(marker.slice(marker.lastIndexOf(')')))) return undefined;
    if (extraPattern.test(marker.slice(0, marker.lastIndexOf(')')))) return undefined;
  }
  return normaliseName(match[1] ?? match[2] ?? '');
};

const markerText = (marker: Marker | boolean): string =>
  typeof marker === 'boolean' ? String(marker) : formatMarker(marker);

/** The marker that is left when `extra` is asked for; false also when it holds without all the same. */
const markerFor = (marker: Marker, extra: string | undefined): Marker | boolean => {
  const left = markerWithExtra(marker, extra);
  if (extra === undefined || left === false) return left;
  return markerText(markerWithExtra(marker, undefined)) === markerText(left) ? false : left;
};

const needOf = (parsed: Parsed, extra: string | undefined): Need | undefined => {
  const { requirement, asked, text, repaired } = parsed;
  const { name, extras, specifier, url } = requirement;
  const marker = requirement.marker === undefined ? true : markerFor(requirement.marker, extra);
  if (marker === false || (requirement.marker === undefined && extra !== undefined))
    return undefined;
  return {
    name,
    extras,
    asked,
    ...(specifier === undefined ? {} : { specifier }),
    ...(url === undefined ? {} : { url }),
    ...(marker === true ? {} : { marker }),
    text,
    ...(repaired === undefined ? {} : { repaired }),
  };
};

/**
 * The requirements for an extra (normalised), without those that hold anyway; with `undefined` those
 * that need no extra. Or the first one that cannot be read.
 */
export const needsFor = (
  requiresDist: readonly string[],
  extra: string | undefined,
): readonly Need[] | Unreadable => {
  const needs: Need[] = [];
  for (const text of requiresDist) {
    const own = extraOf(text);
    if (own === undefined ? extra !== undefined && !text.includes('extra') : own !== extra)
      continue;
    const parsed = parsedOf(text);
    if (isUnreadable(parsed)) return parsed;
    try {
      const need = needOf(parsed, extra);
      if (need !== undefined) needs.push(need);
    } catch (error) {
      if (!isLock2nixError(error)) throw error;
      return { text, why: error.message };
    }
  }
  return needs;
};
