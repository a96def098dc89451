/**
 * Core metadata of a distribution: `METADATA` of a wheel, `PKG-INFO` of a source distribution
 * (PEP 241, 314, 345, 566, 643, 639; e-mail headers, as Python's `email.parser` reads them).
 */
import { isLock2nixError, Lock2nixError } from '../graph/errors.ts';
import type { PackageMetadata } from '../graph/types.ts';

/** What is read of core metadata. Texts are as written: neither parsed nor normalised. */
export interface CoreMetadata {
  /** `2.1`; files that do not say are taken as `1.0`. */
  readonly metadataVersion: string;
  readonly name: string;
  readonly version: string;
  readonly summary?: string;
  readonly homePage?: string;
  readonly projectUrls: readonly { readonly label: string; readonly url: string }[];
  readonly licence?: string;
  /** SPDX expression (PEP 639). */
  readonly licenceExpression?: string;
  readonly classifiers: readonly string[];
  readonly requiresDist: readonly string[];
  readonly requiresPython?: string;
  readonly providesExtra: readonly string[];
  /** Lower-case names of the fields that a build may still change (PEP 643). */
  readonly dynamic: readonly string[];
}

/** A header: printable ASCII without `:`, then `:`. */
const headerPattern = /^([\x21-\x39\x3b-\x7e]+)[ \t]*:(.*)$/s;

/** What distutils wrote for fields that nobody had filled. */
const unfilled = 'UNKNOWN';

/** UTF-8, or Latin-1 for the old files that are not: that one takes any bytes. */
const decode = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('latin1').decode(bytes);
  }
};

/** Header lines up to the first empty or malformed one, where the description begins. */
const readHeaders = (text: string): ReadonlyMap<string, string[]> => {
  const headers = new Map<string, string[]>();
  let values: string[] | undefined;
  for (const line of text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/)) {
    if (/^[ \t]/.test(line)) {
      const last = values?.pop();
      if (last !== undefined) values?.push(`${last}\n${line}`);
      continue;
    }
    const match = headerPattern.exec(line);
    if (match === null) break;
    const name = (match[1] ?? '').toLowerCase();
    values = headers.get(name) ?? [];
    headers.set(name, values);
    values.push(match[2] ?? '');
  }
  return headers;
};

const refuse = (message: string): never => {
  throw new Lock2nixError('MANIFEST_SHAPE', `core metadata ${message}`);
};

const projectUrl = (value: string): { label: string; url: string } => {
  const comma = value.indexOf(',');
  return comma === -1
    ? { label: '', url: value }
    : { label: value.slice(0, comma).trim(), url: value.slice(comma + 1).trim() };
};

/**
 * Parses core metadata. Unknown fields and the description are passed over; a field that may stand
 * once and stands twice counts with its first value; empty values and distutils' `UNKNOWN` count as
 * absent. Throws `MANIFEST_SHAPE` when name or version are missing.
 *
 * `parseCoreMetadata('Metadata-Version: 2.1\nName: six\nVersion: 1.16.0\n')` has the name `six`.
 */
export const parseCoreMetadata = (input: Uint8Array | string): CoreMetadata => {
  const headers = readHeaders(typeof input === 'string' ? input : decode(input));
  const all = (field: string): string[] =>
    (headers.get(field) ?? []).map((value) => value.trim()).filter((value) => value !== '');
  const first = (field: string): string | undefined =>
    all(field).find((value) => value !== unfilled);
  const oneLine = (field: string): string[] =>
    all(field).map((value) => value.replace(/\s+/g, ' '));
  const optional = <K extends string>(key: K, value: string | undefined): { [P in K]?: string } =>
    value === undefined ? {} : ({ [key]: value } as { [P in K]: string });
  return {
    metadataVersion: first('metadata-version') ?? '1.0',
    name: first('name') ?? refuse('has no `Name`'),
    version: first('version') ?? refuse('has no `Version`'),
    ...optional('summary', first('summary')?.replace(/\s+/g, ' ')),
    ...optional('homePage', first('home-page')),
    projectUrls: oneLine('project-url').map(projectUrl),
    ...optional('licence', first('license')),
    ...optional('licenceExpression', first('license-expression')),
    classifiers: oneLine('classifier').filter((value) => value !== unfilled),
    requiresDist: oneLine('requires-dist'),
    ...optional('requiresPython', first('requires-python')),
    providesExtra: oneLine('provides-extra'),
    dynamic: oneLine('dynamic').map((field) => field.toLowerCase()),
  };
};

/** Like `parseCoreMetadata`, undefined for what it refuses. */
export const tryParseCoreMetadata = (input: Uint8Array | string): CoreMetadata | undefined => {
  try {
    return parseCoreMetadata(input);
  } catch (error) {
    if (isLock2nixError(error)) return undefined;
    throw error;
  }
};

/**
 * Whether the requirements of a source distribution's metadata hold for what is built from it
 * (PEP 643): version 2.2 or newer, and neither `Requires-Dist` nor `Requires-Python` nor
 * `Provides-Extra` dynamic. Those of older files are a good guess.
 */
export const hasStaticRequirements = ({
  metadataVersion,
  dynamic,
}: Pick<CoreMetadata, 'metadataVersion' | 'dynamic'>): boolean => {
  const [major = 0, minor = 0] = metadataVersion.split('.').map(Number);
  if (!(major > 2 || (major === 2 && minor >= 2))) return false;
  return !['requires-dist', 'requires-python', 'provides-extra'].some((name) =>
    dynamic.includes(name),
  );
};

/** A licence that names itself, and is not the whole text of one. */
const isLicenceName = (text: string): boolean => text.length <= 100 && !text.includes('\n');

const licenceOf = (metadata: CoreMetadata): string | undefined => {
  if (metadata.licenceExpression !== undefined) return metadata.licenceExpression;
  if (metadata.licence !== undefined && isLicenceName(metadata.licence)) return metadata.licence;
  return metadata.classifiers
    .find((classifier) => classifier.startsWith('License ::'))
    ?.split('::')
    .at(-1)
    ?.trim();
};

const isWebAddress = (url: string | undefined): url is string =>
  url !== undefined && /^https?:\/\/[^\s]+$/i.test(url);

/** What recipes say about a package: summary, home page (labels as PEP 753 reads them), licence. */
export const packageMetadata = (metadata: CoreMetadata): PackageMetadata => {
  const labelled = metadata.projectUrls.find(
    ({ label }) => label.toLowerCase().replace(/[\s\p{P}]/gu, '') === 'homepage',
  );
  const homepage = [metadata.homePage, labelled?.url].find(isWebAddress);
  const licence = licenceOf(metadata);
  return {
    ...(metadata.summary === undefined ? {} : { description: metadata.summary }),
    ...(homepage === undefined ? {} : { homepage }),
    ...(licence === undefined ? {} : { licence }),
  };
};
