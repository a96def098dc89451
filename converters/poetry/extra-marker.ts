import type { Marker, MarkerValue } from '../../graph/marker.ts';
import { combineMarkers, markerVariablesOf } from '../../standards/marker.ts';

/** A marker of which the part about extras is decided: it holds, it does not, or what is left of it. */
export type Decided = boolean | Marker;

const isExtra = (value: MarkerValue): boolean =>
  'variable' in value && (value.variable === 'extra' || value.variable === 'extras');

const literalOf = (marker: Extract<Marker, { kind: 'compare' }>): string | undefined => {
  for (const value of [marker.left, marker.right]) if ('literal' in value) return value.literal;
  return undefined;
};

/**
 * Decides the comparisons with `extra`, given the extras that are asked for. `any`: each
 * comparison holds, which leaves the conditions under which the marker can hold at all.
 */
export const decideExtras = (marker: Marker, extras: ReadonlySet<string> | 'any'): Decided => {
  if (marker.kind === 'compare') {
    if (!isExtra(marker.left) && !isExtra(marker.right)) return marker;
    if (extras === 'any') return true;
    const isAsked = extras.has(literalOf(marker) ?? '');
    return marker.operator === '!=' || marker.operator === 'not in' ? !isAsked : isAsked;
  }
  const decided = marker.operands.map((operand) => decideExtras(operand, extras));
  // `false` decides an `and`, `true` an `or`.
  const deciding = marker.kind === 'or';
  if (decided.includes(deciding)) return deciding;
  const open = decided.filter((operand) => typeof operand !== 'boolean');
  return combineMarkers(marker.kind, open) ?? !deciding;
};

/** Whether a marker compares an extra. */
export const mentionsExtra = (marker: Marker | undefined): boolean => {
  if (marker === undefined) return false;
  const variables = markerVariablesOf(marker);
  return variables.has('extra') || variables.has('extras');
};

/** The names of extras that a marker compares, normalised (the parser does that), sorted. */
export const extrasOf = (marker: Marker): readonly string[] => {
  if (marker.kind !== 'compare') return [...new Set(marker.operands.flatMap(extrasOf))].sort();
  const literal = isExtra(marker.left) || isExtra(marker.right) ? literalOf(marker) : undefined;
  return literal === undefined ? [] : [literal];
};
