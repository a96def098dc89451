/** Whether a release can be used: the files that are left when all conditions are looked at, or why none is. */
import type { Platform } from '../../../graph/platform.ts';
import { tryParseSdistExtension } from '../../../standards/sdist-name.ts';
import type { IndexFile } from '../../registry/types.ts';
import type { CustomCause } from '../../solver/cause.ts';
import {
  needsPython,
  noFileWithHash,
  noUsableFile,
  onlySource,
  onlyWheels,
  tooNew,
} from '../explain/causes.ts';
import { type Circumstances, readablePython } from './circumstances.ts';
import type { Policy } from './policy.ts';
import type { Offer } from './shelf.ts';

export interface Conditions {
  readonly circumstances: Circumstances;
  readonly policy: Policy;
  /** The SRIs that a file of a name may have; undefined: any. */
  readonly hashesOf: (name: string) => ReadonlySet<string> | undefined;
  /** Where a name has to have a file; without any, one platform is enough. */
  readonly requiredOn: (name: string) => readonly Platform[];
}

export const isWheelFile = (fileName: string): boolean => fileName.endsWith('.whl');

const isSdistFile = (fileName: string): boolean =>
  !isWheelFile(fileName) && tryParseSdistExtension(fileName) !== undefined;

const noUploadTime: CustomCause = {
  kind: 'custom',
  reason: 'too-new',
  message: 'has no upload time',
  hint: '`--exclude-newer` needs an index that states when files were uploaded',
};

const isOldEnough = ({ uploadTime }: IndexFile, limit: number): boolean => {
  const time = uploadTime === undefined ? Number.NaN : Date.parse(uploadTime);
  return time < limit;
};

/** A file without a time may be new: it is left out, as uv does. */
const inTime = (files: readonly IndexFile[], { excludeNewer }: Policy): readonly IndexFile[] =>
  excludeNewer === undefined ? files : files.filter((file) => isOldEnough(file, excludeNewer));

const hasHash = ({ sris }: IndexFile, hashes: ReadonlySet<string> | undefined): boolean =>
  hashes === undefined || sris.some((sri) => hashes.has(sri));

/** The files of an offer that exist as far as hashes and times go. */
export const existingFiles = (
  { name, files }: Offer,
  { hashesOf, policy }: Pick<Conditions, 'hashesOf' | 'policy'>,
): readonly IndexFile[] => {
  const hashes = hashesOf(name);
  return inTime(files, policy).filter((file) => hasHash(file, hashes));
};

/** Whether a file can be installed, or built and installed, on a platform; Python is not looked at. */
export const fitsPlatform = (
  name: string,
  { fileName }: IndexFile,
  {
    circumstances,
    policy,
    platform,
  }: Pick<Conditions, 'circumstances' | 'policy'> & { readonly platform: Platform },
): boolean => {
  if (isWheelFile(fileName))
    return !policy.noBinary(name) && circumstances.rankOf(fileName, platform) !== undefined;
  return !policy.onlyBinary(name) && tryParseSdistExtension(fileName) !== undefined;
};

const otherPython = (files: readonly IndexFile[]): CustomCause => {
  const wanted = files.find(({ requiresPython }) => requiresPython !== undefined)?.requiresPython;
  return needsPython(readablePython(wanted ?? ''));
};

const noFile = (
  { name, files }: Offer,
  { circumstances, policy }: Conditions,
  unfit: readonly Platform[],
): CustomCause => {
  const sources = files.filter(({ fileName }) => tryParseSdistExtension(fileName) !== undefined);
  if (policy.onlyBinary(name) && sources.length > 0) return onlySource(name);
  if (policy.noBinary(name) && sources.length === 0) return onlyWheels(name);
  return noUsableFile(
    files.map(({ fileName }) => fileName),
    unfit,
    circumstances.python,
  );
};

/** Why nobody can use an offer; undefined when it can be used. Whether it is yanked is another matter. */
export const whyUnusable = (offer: Offer, conditions: Conditions): CustomCause | undefined => {
  const { circumstances, policy, requiredOn, hashesOf } = conditions;
  const { allowsPython, platforms } = circumstances;
  if (offer.direct !== undefined) return undefined;
  const { firstUpload } = offer;
  const { excludeNewer: limit } = policy;
  if (limit !== undefined && firstUpload !== undefined && firstUpload >= limit)
    return tooNew(limit);
  const recent = inTime(offer.files, policy);
  if (recent.length === 0 && offer.files.length > 0 && policy.excludeNewer !== undefined)
    return offer.files.some(({ uploadTime }) => uploadTime !== undefined)
      ? tooNew(policy.excludeNewer)
      : noUploadTime;
  const hashes = hashesOf(offer.name);
  const trusted = recent.filter((file) => hasHash(file, hashes));
  if (trusted.length === 0 && recent.length > 0) return noFileWithHash;
  const running = trusted.filter(({ requiresPython }) => allowsPython(requiresPython));
  if (running.length === 0 && trusted.length > 0) return otherPython(trusted);
  const unfitWith = (files: readonly IndexFile[]): readonly Platform[] => {
    // A source is for all platforms, and quickly told.
    if (!policy.onlyBinary(offer.name) && files.some(({ fileName }) => isSdistFile(fileName)))
      return [];
    return platforms.filter(
      (platform) =>
        !files.some((file) => fitsPlatform(offer.name, file, { circumstances, policy, platform })),
    );
  };
  const required = requiredOn(offer.name);
  const isEnough = (unfit: readonly Platform[]): boolean =>
    unfit.length < platforms.length && !required.some((each) => unfit.includes(each));
  const unfit = unfitWith(running);
  if (isEnough(unfit)) return undefined;
  if (isEnough(unfitWith(trusted)))
    return otherPython(trusted.filter(({ requiresPython }) => !allowsPython(requiresPython)));
  const missing = required.filter((each) => unfit.includes(each));
  return noFile(offer, conditions, missing.length > 0 ? missing : unfit);
};

/** Whether all files of an offer that exist were yanked, with the reason if there is one. */
export const yankedBecause = (files: readonly IndexFile[]): string | true | undefined => {
  if (files.length === 0 || files.some(({ yanked }) => yanked === undefined)) return undefined;
  const reason = files.find(
    ({ yanked }) => typeof yanked === 'string' && yanked.trim() !== '',
  )?.yanked;
  return typeof reason === 'string' ? reason.replace(/\s+/g, ' ').trim() : true;
};
