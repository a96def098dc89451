/** Which file of a release is asked for its metadata. */
import type { IndexFile } from '../../registry/types.ts';
import type { Circumstances } from './circumstances.ts';
import { isWheelFile } from './usable.ts';

const byName = (a: IndexFile, b: IndexFile): number => (a.fileName < b.fileName ? -1 : 1);

/** Metadata that lie beside the file cost least, then small files do. */
const byCost = (a: IndexFile, b: IndexFile): number =>
  Number(b.coreMetadata === true) - Number(a.coreMetadata === true) ||
  (a.size ?? Number.MAX_SAFE_INTEGER) - (b.size ?? Number.MAX_SAFE_INTEGER) ||
  byName(a, b);

/** Where two wheels have no metadata, others are not likely to. */
const mostWheels = 2;

/**
 * The files in the order in which they are asked: the cheapest wheel that fits the first platform that has one,
 * then wheels for others, whose metadata normally are the same, then source distributions.
 */
export const metadataOrder = (
  files: readonly IndexFile[],
  { platforms, rankOf }: Circumstances,
): readonly IndexFile[] => {
  const [only] = files;
  if (only === undefined || files.length === 1) return files;
  const wheels = files.filter(({ fileName }) => isWheelFile(fileName));
  const sources = files.filter(({ fileName }) => !isWheelFile(fileName)).toSorted(byCost);
  if (wheels.length < 2) return [...wheels, ...sources];
  const cheapest = wheels.toSorted(byCost);
  const best = platforms
    .map((platform) => cheapest.find(({ fileName }) => rankOf(fileName, platform) !== undefined))
    .find((wheel) => wheel !== undefined);
  const others = wheels.filter((wheel) => wheel !== best).toSorted(byCost);
  return [...(best === undefined ? [] : [best]), ...others].slice(0, mostWheels).concat(sources);
};
