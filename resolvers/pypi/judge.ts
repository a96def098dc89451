/** What holds on one platform: markers of dependencies and packages, and their Python versions. */
import { isLock2nixError, Lock2nixError } from '../../graph/errors.ts';
import type { Marker } from '../../graph/marker.ts';
import { type Platform, platformName } from '../../graph/platform.ts';
import type { LockedGraph, PackageId, PythonTarget } from '../../graph/types.ts';
import { evaluateForMinor, type MinorEvaluation } from '../../standards/marker-environment.ts';
import { evaluatePython, narrow } from './python-range.ts';

export interface Judge {
  /** Whether a dependency holds here at all. */
  readonly holds: (dependency: {
    readonly name: string;
    readonly marker?: Marker;
  }) => MinorEvaluation;
  /** Whether a package may be installed here. */
  readonly isUsable: (id: PackageId) => MinorEvaluation;
}

const both = (one: MinorEvaluation, other: MinorEvaluation): MinorEvaluation => {
  const patchRange = narrow(one.patchRange ?? {}, other.patchRange ?? {});
  const value = one.value && other.value;
  return Object.keys(patchRange).length === 0 ? { value } : { value, patchRange };
};

/**
 * A judge of the dependencies and packages of a graph, for one Python and one platform. It throws
 * MARKER_INVALID with the name of the package for a marker without a meaning.
 */
export const createJudge = (
  graph: LockedGraph,
  target: PythonTarget,
  platform: Platform,
): Judge => {
  const evaluate = (marker: Marker, subject: string): MinorEvaluation => {
    try {
      return evaluateForMinor(marker, target, platform);
    } catch (error) {
      if (!isLock2nixError(error)) throw error;
      throw new Lock2nixError(error.code, `the marker of \`${subject}\`: ${error.message}`, {
        cause: error,
        hint: error.hint ?? 'lock again with the tool that wrote the lock',
        location: { file: graph.format.file },
      });
    }
  };
  const verdicts = new WeakMap<Marker, MinorEvaluation>();
  const holds: Judge['holds'] = ({ name, marker }) => {
    if (marker === undefined) return { value: true };
    const answer = verdicts.get(marker) ?? evaluate(marker, name);
    verdicts.set(marker, answer);
    return answer;
  };

  const pythons = new Map<string, MinorEvaluation>();
  const allowsPython = (specifier: string | undefined): MinorEvaluation => {
    if (specifier === undefined) return { value: true };
    const answer = pythons.get(specifier) ?? evaluatePython(specifier, target);
    pythons.set(specifier, answer);
    return answer;
  };

  const here = platformName(platform);
  const known = new Map<PackageId, MinorEvaluation>();
  const judgePackage = (id: PackageId): MinorEvaluation => {
    const locked = graph.packages.get(id);
    if (locked?.platforms?.includes(here) === false || locked === undefined)
      return { value: false };
    // Not the whole package: its files may be costly to list, and do not matter here.
    const { marker } = locked;
    const wanted = holds({ name: id, ...(marker === undefined ? {} : { marker }) });
    return wanted.value ? both(wanted, allowsPython(locked.requiresPython)) : wanted;
  };
  const isUsable: Judge['isUsable'] = (id) => {
    const answer = known.get(id) ?? judgePackage(id);
    known.set(id, answer);
    return answer;
  };
  return { holds, isUsable };
};
