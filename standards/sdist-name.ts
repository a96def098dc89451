import { isDistributionFileName } from './file-name.ts';
import { normaliseName } from './name.ts';

/**
 * Endings of source distributions that can be unpacked, in the order in which one is preferred when
 * a release has several: PEP 625's `.tar.gz` first, then what PyPI took before it.
 * `.tar.Z` (compress) is not among them.
 */
export const sdistExtensions = ['.tar.gz', '.zip', '.tar.bz2', '.tgz', '.tar.xz'] as const;

export type SdistExtension = (typeof sdistExtensions)[number];

/** What the file name of a source distribution says. */
export interface SdistName {
  /** Normalised (PEP 503). */
  readonly name: string;
  /** As written in the file name; not necessarily a PEP 440 version. */
  readonly version: string;
  readonly extension: SdistExtension;
}

/** The ending of a source distribution's file name, in lower case; undefined when it is none of them. */
export const tryParseSdistExtension = (fileName: string): SdistExtension | undefined => {
  const lower = fileName.toLowerCase();
  return sdistExtensions.find((extension) => lower.endsWith(extension));
};

/**
 * Parses the file name of a source distribution of a project (PEP 625, and the looser names before
 * it). The project must be known, since neither `-` in names nor in versions was escaped:
 * `backports.ssl-match-hostname-3.7.0.1.tar.gz` can be split in two ways. Names are compared
 * normalised. Undefined when the file is not one of that project.
 *
 * `tryParseSdistName('zope.interface-4.7.2.tar.gz', 'zope-interface')` is
 * `{ name: 'zope-interface', version: '4.7.2', extension: '.tar.gz' }`.
 */
export const tryParseSdistName = (fileName: string, projectName: string): SdistName | undefined => {
  if (!isDistributionFileName(fileName)) return undefined;
  const extension = tryParseSdistExtension(fileName);
  if (extension === undefined) return undefined;
  const stem = fileName.slice(0, -extension.length);
  const name = normaliseName(projectName);
  for (let dash = stem.indexOf('-'); dash !== -1; dash = stem.indexOf('-', dash + 1)) {
    if (normaliseName(stem.slice(0, dash)) !== name) continue;
    const version = stem.slice(dash + 1);
    return version === '' ? undefined : { name, version, extension };
  }
  return undefined;
};
