/** What the cache holds of an index, read back with the distrust that a file on disk deserves. */
import type { IndexFile } from '../registry/types.ts';
import { tryParseHttpUrl } from '../registry/url.ts';

/** An index's answer about one project, as bucket `index` holds it. */
export interface IndexEntry {
  readonly files: readonly IndexFile[];
  readonly etag?: string;
  /** Milliseconds since 1970. */
  readonly fetchedAt: number;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isText = (value: unknown): value is string => typeof value === 'string';
const isAbsentOr = (check: (value: unknown) => boolean, value: unknown): boolean =>
  value === undefined || check(value);

/** A URL that may stand in a recipe. */
export const parseStoredUrl = (value: unknown): string | undefined =>
  isText(value) ? tryParseHttpUrl(value)?.href : undefined;

const isIndexFile = (value: unknown): value is IndexFile =>
  isRecord(value) &&
  isText(value['fileName']) &&
  parseStoredUrl(value['url']) !== undefined &&
  Array.isArray(value['sris']) &&
  value['sris'].every(isText) &&
  isAbsentOr(isText, value['requiresPython']) &&
  isAbsentOr((yanked) => yanked === true || isText(yanked), value['yanked']) &&
  isAbsentOr(Number.isSafeInteger, value['size']) &&
  isAbsentOr(isText, value['uploadTime']) &&
  isAbsentOr((declared) => declared === true, value['coreMetadata']);

/** An entry of bucket `index`; `undefined` when it is of another shape. */
export const parseIndexEntry = (value: unknown): IndexEntry | undefined => {
  if (!isRecord(value)) return undefined;
  const { files, etag, fetchedAt } = value;
  if (!Array.isArray(files) || !files.every(isIndexFile)) return undefined;
  if (typeof fetchedAt !== 'number' || !isAbsentOr(isText, etag)) return undefined;
  return { files, fetchedAt, ...(isText(etag) ? { etag } : {}) };
};
