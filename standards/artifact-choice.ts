import type { Platform } from '../graph/platform.ts';
import type { ArtifactKind, PythonTarget } from '../graph/types.ts';
import { sdistExtensions, tryParseSdistExtension } from './sdist-name.ts';
import type { WheelName } from './wheel-name.ts';
import { compareBuildTags, tryParseWheelName } from './wheel-name.ts';
import { supportedTagRanks } from './wheel-tag.ts';

/** The part of an artifact that a choice looks at; locked and pinned artifacts both have it. */
export interface Choosable {
  readonly kind: ArtifactKind;
  readonly fileName: string;
}

export interface ChoiceOptions {
  readonly python: PythonTarget;
  readonly platform: Platform;
  /** What to take when a release has both. */
  readonly prefer: 'wheel' | 'sdist';
  /** Never build from source (pip's `--only-binary`). */
  readonly onlyBinary?: boolean;
  /** Never take a wheel (pip's `--no-binary`). */
  readonly noBinary?: boolean;
}

/**
 * How well a wheel fits: the place in `supportedTags` of the best of its tags, 0 is the best.
 * Undefined when it does not run there, or when the file name is not that of a wheel.
 */
export const wheelRank = (
  wheel: WheelName | string,
  python: PythonTarget,
  platform: Platform,
): number | undefined => {
  const name = typeof wheel === 'string' ? tryParseWheelName(wheel) : wheel;
  if (name === undefined) return undefined;
  const ranks = supportedTagRanks(python, platform);
  let best: number | undefined;
  for (const pythonTag of name.pythonTags) {
    for (const abiTag of name.abiTags) {
      for (const platformTag of name.platformTags) {
        const rank = ranks.get(`${pythonTag}-${abiTag}-${platformTag}`);
        if (rank !== undefined && (best === undefined || rank < best)) best = rank;
      }
    }
  }
  return best;
};

const compareText = (left: string, right: string): number =>
  left === right ? 0 : left < right ? -1 : 1;

const chooseWheel = <T extends Choosable>(
  artifacts: readonly T[],
  { python, platform }: ChoiceOptions,
): T | undefined =>
  artifacts
    .filter(({ kind }) => kind === 'wheel')
    .flatMap((artifact) => {
      const name = tryParseWheelName(artifact.fileName);
      const rank = name && wheelRank(name, python, platform);
      return rank === undefined ? [] : [{ artifact, rank, build: name?.build }];
    })
    .sort(
      (left, right) =>
        left.rank - right.rank ||
        compareBuildTags(right.build, left.build) ||
        compareText(left.artifact.fileName, right.artifact.fileName),
    )[0]?.artifact;

/** Checked-out trees and tarballs of a URL come before files whose ending is not known. */
const sourceRank = ({ kind, fileName }: Choosable): number => {
  if (kind !== 'sdist') return 0;
  const extension = tryParseSdistExtension(fileName);
  return extension === undefined ? sdistExtensions.length : sdistExtensions.indexOf(extension);
};

const chooseSource = <T extends Choosable>(artifacts: readonly T[]): T | undefined =>
  artifacts
    .filter(
      (artifact) => artifact.kind !== 'wheel' && sourceRank(artifact) < sdistExtensions.length,
    )
    .sort(
      (left, right) =>
        sourceRank(left) - sourceRank(right) || compareText(left.fileName, right.fileName),
    )[0];

/**
 * Chooses among the files of one release as pip does: the wheel with the best tag, among those the
 * highest build tag, among those the first by file name. Of several source distributions the first
 * of `sdistExtensions` (`.tar.gz` before `.zip` before the others), then the first by file name.
 * `prefer: 'sdist'` takes a source distribution when there is one. Undefined when no file fits.
 * `Requires-Python` is not looked at.
 */
export const chooseArtifact = <T extends Choosable>(
  artifacts: readonly T[],
  options: ChoiceOptions,
): T | undefined => {
  const wheel = options.noBinary === true ? undefined : chooseWheel(artifacts, options);
  const source = options.onlyBinary === true ? undefined : chooseSource(artifacts);
  return options.prefer === 'sdist' ? (source ?? wheel) : (wheel ?? source);
};
