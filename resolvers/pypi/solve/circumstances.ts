/** Where the versions are to run: markers, Python requirements and files for some platforms at once. */

import type { Marker } from '../../../graph/marker.ts';
import { type Platform, type PlatformName, platformName } from '../../../graph/platform.ts';
import type { PythonTarget } from '../../../graph/types.ts';
import { wheelRank } from '../../../standards/artifact-choice.ts';
import { repairsOf } from '../../../standards/lenient.ts';
import { evaluateForMinor } from '../../../standards/marker-environment.ts';
import { tryParseSpecifierSet } from '../../../standards/specifier.ts';
import { evaluatePython } from '../python-range.ts';

export interface Circumstances {
  readonly python: PythonTarget;
  /** `CPython 3.12`, as explanations say it. */
  readonly platforms: readonly Platform[];
  /** The platforms on which a marker (absent: none) holds. Throws MARKER_INVALID. */
  readonly whereHolds: (marker: Marker | undefined) => readonly Platform[];
  /** Whether what a marker says depends on the patch release of Python. */
  readonly dependsOnPatch: (marker: Marker) => boolean;
  /** Whether a `Requires-Python` lets the target run. */
  readonly allowsPython: (specifier: string | undefined) => boolean;
  /** How well a wheel fits a platform; undefined: not at all. */
  readonly rankOf: (fileName: string, platform: Platform) => number | undefined;
}

/** A Python requirement as it can be read, repaired if need be; else as it is, and it says nothing. */
export const readablePython = (specifier: string): string => {
  if (tryParseSpecifierSet(specifier) !== undefined) return specifier;
  return repairsOf(specifier).find((each) => tryParseSpecifierSet(each) !== undefined) ?? specifier;
};

/** What is decided for a Python is the same for each group of platforms. */
export const createCircumstances = (
  python: PythonTarget,
): ((platforms: readonly Platform[]) => Circumstances) => {
  const pythons = new Map<string, boolean>();
  const allowsPython: Circumstances['allowsPython'] = (specifier) => {
    if (specifier === undefined || specifier === '') return true;
    const known = pythons.get(specifier);
    if (known !== undefined) return known;
    const { value } = evaluatePython(readablePython(specifier), python);
    pythons.set(specifier, value);
    return value;
  };

  const holds = new Map<PlatformName, WeakMap<Marker, { value: boolean; byPatch: boolean }>>();
  const judge = (marker: Marker, platform: Platform): { value: boolean; byPatch: boolean } => {
    const name = platformName(platform);
    const mine = holds.get(name) ?? new WeakMap<Marker, { value: boolean; byPatch: boolean }>();
    holds.set(name, mine);
    const known = mine.get(marker);
    if (known !== undefined) return known;
    const { value, patchRange } = evaluateForMinor(marker, python, platform);
    const answer = { value, byPatch: patchRange !== undefined };
    mine.set(marker, answer);
    return answer;
  };

  const ranks = new Map<PlatformName, Map<string, number | undefined>>();
  const rankOf: Circumstances['rankOf'] = (fileName, platform) => {
    const name = platformName(platform);
    const mine = ranks.get(name) ?? new Map<string, number | undefined>();
    ranks.set(name, mine);
    if (mine.has(fileName)) return mine.get(fileName);
    const rank = wheelRank(fileName, python, platform);
    mine.set(fileName, rank);
    return rank;
  };

  return (platforms) => ({
    python,
    platforms,
    whereHolds: (marker) =>
      marker === undefined ? platforms : platforms.filter((each) => judge(marker, each).value),
    dependsOnPatch: (marker) => platforms.some((each) => judge(marker, each).byPatch),
    allowsPython,
    rankOf,
  });
};
