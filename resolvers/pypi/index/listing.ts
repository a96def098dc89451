/**
 * What an index lists for a project, in the form that the cache holds: lines of JSON, one a release,
 * newest first, so that a listing of ten thousand files is read without looking at any of them.
 *
 *     {"at":0,"base":"https://files.example/","etag":"\"1\"","lengths":[68,3],"texts":["1.0"],"keys":["…"]}
 *     [["demo-1.0.tar.gz","ab/cd/ ",["sha256-…"],68,"2024-01-01T00:00:00Z"]]
 *     []
 *
 * The last line has the files that are of no release. Lengths are bytes. Of a file: name, URL behind
 * `base` (a space for the name that it ends in), hashes, size, upload time, `requires-python`,
 * yanked, core metadata; from the first that is missing to the end nothing but `null` is left out.
 */
import { Lock2nixError } from '../../../graph/errors.ts';
import type { Version } from '../../../standards/version.ts';
import type { IndexFile } from '../../registry/types.ts';
import { tryParseHttpUrl } from '../../registry/url.ts';
import { releaseOf } from './release-name.ts';
import { storedVersion } from './stored-version.ts';

/** When an index answered, and what makes its next answer short. */
export interface ListingState {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly etag?: string;
  /** The index has no such project. */
  readonly missing?: true;
}

/** A release of a listing; its files are read when they are asked for. */
export interface ListedRelease {
  readonly version: Version;
  /** As the first of its files spells it. */
  readonly text: string;
  /** In the order of the index. */
  readonly files: readonly IndexFile[];
}

export interface Listing extends ListingState {
  /** Newest first. */
  readonly releases: readonly ListedRelease[];
  /** Files of which the name tells no version. */
  readonly others: readonly IndexFile[];
  /** Whether the index declares metadata files (PEP 658) for any file. */
  readonly declaresMetadata: boolean;
}

interface Head extends ListingState {
  readonly base: string;
  readonly texts: readonly string[];
  readonly keys: readonly string[];
  readonly lengths: readonly number[];
  readonly metadata?: true;
}

type Row = readonly unknown[];

/** What all texts begin with, up to and with a `/`. */
const commonBase = (texts: readonly string[]): string => {
  let base = texts[0] ?? '';
  for (const text of texts) {
    while (!text.startsWith(base)) base = base.slice(0, base.lastIndexOf('/', base.length - 2) + 1);
  }
  const folder = base.slice(0, base.lastIndexOf('/') + 1);
  return tryParseHttpUrl(folder) === undefined ? '' : folder;
};

/** Stands for the file's name; no URL has a space. */
const sameName = ' ';

const toRow = (file: IndexFile, base: string): Row => {
  const { fileName, url, sris, size, uploadTime, requiresPython, yanked } = file;
  const tail = url.slice(base.length);
  const row = [
    fileName,
    tail.endsWith(fileName) ? tail.slice(0, -fileName.length) + sameName : tail,
    sris,
    size ?? null,
    uploadTime ?? null,
    requiresPython ?? null,
    yanked ?? null,
    file.metadataSris ?? file.coreMetadata ?? null,
  ];
  while (row.at(-1) === null) row.pop();
  return row;
};

/** The bytes of a listing, of the files of an index in its order. */
export const formatListing = (
  files: readonly IndexFile[],
  name: string,
  state: ListingState,
): Buffer => {
  const base = commonBase(files.map(({ url }) => url));
  const releases = new Map<string, { readonly text: string; readonly rows: Row[] }>();
  const others: Row[] = [];
  for (const file of files) {
    const found = releaseOf(file.fileName, name);
    const row = toRow(file, base);
    if (found === undefined) {
      others.push(row);
      continue;
    }
    const release = releases.get(found.version.key) ?? { text: found.text, rows: [] };
    releases.set(found.version.key, release);
    release.rows.push(row);
  }
  const sorted = [...releases].sort(([a], [b]) => (a < b ? 1 : -1));
  const lines = [...sorted.map(([, { rows }]) => rows), others].map((rows) =>
    Buffer.from(`${JSON.stringify(rows)}\n`),
  );
  const head: Head = {
    ...state,
    ...(files.some(({ coreMetadata }) => coreMetadata) ? { metadata: true } : {}),
    base,
    lengths: lines.map(({ length }) => length),
    texts: sorted.map(([, { text }]) => text),
    keys: sorted.map(([key]) => key),
  };
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), ...lines]);
};

const isText = (value: unknown): value is string => typeof value === 'string';
const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every(isText);
const isLength = (value: unknown): value is number => Number.isSafeInteger(value);

const damaged = (): Lock2nixError =>
  new Lock2nixError('CACHE', 'a listing in the cache is not of the shape that it should be', {
    hint: 'use another --cache-dir',
  });

const fromRow = (row: unknown, base: string): IndexFile => {
  if (!Array.isArray(row)) throw damaged();
  const [fileName, tail, sris, size, uploadTime, requiresPython, yanked, metadata]: Row = row;
  if (!isText(fileName) || !isText(tail) || !isTexts(sris)) throw damaged();
  const url = base + (tail.endsWith(sameName) ? tail.slice(0, -1) + fileName : tail);
  if (!/^https?:\/\//.test(url)) throw damaged();
  return {
    fileName,
    url,
    sris,
    ...(isText(requiresPython) ? { requiresPython } : {}),
    ...(yanked === true || isText(yanked) ? { yanked } : {}),
    ...(isLength(size) ? { size } : {}),
    ...(isText(uploadTime) ? { uploadTime } : {}),
    ...(metadata === true || isTexts(metadata) ? { coreMetadata: true } : {}),
    ...(isTexts(metadata) ? { metadataSris: metadata } : {}),
  };
};

/** Files of a line, read once, when they are asked for. */
class StoredFiles {
  #bytes: Buffer | undefined;
  readonly #base: string;
  #files: readonly IndexFile[] = [];

  constructor(bytes: Buffer, base: string) {
    this.#bytes = bytes;
    this.#base = base;
  }

  get files(): readonly IndexFile[] {
    if (this.#bytes !== undefined) {
      const rows: unknown = JSON.parse(this.#bytes.toString());
      if (!Array.isArray(rows)) throw damaged();
      this.#files = rows.map((row) => fromRow(row, this.#base));
      this.#bytes = undefined;
    }
    return this.#files;
  }
}

class StoredRelease extends StoredFiles implements ListedRelease {
  readonly text: string;
  readonly version: Version;

  constructor(bytes: Buffer, head: Head, index: number) {
    super(bytes, head.base);
    this.text = head.texts[index] ?? '';
    this.version = storedVersion(this.text, head.keys[index] ?? '');
  }
}

const isHead = (value: unknown): value is Head => {
  if (typeof value !== 'object' || value === null) return false;
  const { at, etag, missing, base, texts, keys, lengths } = value as Record<string, unknown>;
  return (
    typeof at === 'number' &&
    (etag === undefined || isText(etag)) &&
    (missing === undefined || missing === true) &&
    (base === '' || (isText(base) && tryParseHttpUrl(base) !== undefined)) &&
    isTexts(texts) &&
    isTexts(keys) &&
    Array.isArray(lengths) &&
    lengths.every(isLength) &&
    texts.length === keys.length &&
    lengths.length === texts.length + 1
  );
};

/** Reads the bytes of a listing; undefined when they are of another shape. */
export const tryParseListing = (bytes: Buffer): Listing | undefined => {
  const end = bytes.indexOf('\n');
  let head: unknown;
  try {
    head = JSON.parse(bytes.toString('utf8', 0, end));
  } catch {
    return undefined;
  }
  if (!isHead(head)) return undefined;
  const { at, etag, missing, base, texts, lengths, metadata } = head;
  let position = end + 1;
  const lines = lengths.map((length) => {
    const line = bytes.subarray(position, position + length);
    position += length;
    return line;
  });
  if (position !== bytes.length) return undefined;
  const last = new StoredFiles(lines[texts.length] ?? Buffer.alloc(0), base);
  return {
    at,
    ...(etag === undefined ? {} : { etag }),
    ...(missing === undefined ? {} : { missing }),
    releases: texts.map((_, index) => new StoredRelease(lines[index] ?? bytes, head, index)),
    get others() {
      return last.files;
    },
    declaresMetadata: metadata === true,
  };
};

/** All files of a listing, those of a release in the order of the index. */
export const filesOf = ({ releases, others }: Listing): readonly IndexFile[] => [
  ...releases.flatMap(({ files }) => files),
  ...others,
];
