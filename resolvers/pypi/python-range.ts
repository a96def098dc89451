/** Requirements on the Python version, for "any patch release of 3.12". */
import type { Marker } from '../../graph/marker.ts';
import type { Platform } from '../../graph/platform.ts';
import type { PythonTarget } from '../../graph/types.ts';
import {
  evaluateForMinor,
  type MinorEvaluation,
  type PatchRange,
} from '../../standards/marker-environment.ts';
import { tryParseSpecifierSet } from '../../standards/specifier.ts';
import { parseVersion } from '../../standards/version.ts';

const patchOf = (version: string): number => parseVersion(version).release[2] ?? 0;

/** The patch releases that both ranges hold. */
export const narrow = (one: PatchRange, other: PatchRange): PatchRange => {
  const later = (
    a: string | undefined,
    b: string | undefined,
    sign: 1 | -1,
  ): string | undefined => {
    if (a === undefined || b === undefined) return a ?? b;
    return Math.sign(patchOf(a) - patchOf(b)) === sign ? a : b;
  };
  const from = later(one.from, other.from, 1);
  const to = later(one.to, other.to, -1);
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
};

/** What a Python is asked about does not depend on it. */
const anyPlatform: Platform = { system: 'x86_64-linux' };

/**
 * Whether a specifier set over Python versions allows the target. Example: `>=3.8,!=3.9.7` allows
 * 3.9, from 3.9.8 on. A text that is no specifier set allows everything.
 */
export const evaluatePython = (specifier: string, python: PythonTarget): MinorEvaluation => {
  const comparisons = (tryParseSpecifierSet(specifier)?.clauses ?? []).map(
    ({ operator, text }): Marker => ({
      kind: 'compare',
      left: { variable: 'python_full_version' },
      operator,
      right: { literal: text },
    }),
  );
  const [first, ...others] = comparisons;
  if (first === undefined) return { value: true };
  const marker: Marker = others.length === 0 ? first : { kind: 'and', operands: comparisons };
  return evaluateForMinor(marker, python, anyPlatform);
};
