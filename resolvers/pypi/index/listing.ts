/**
 * What an index lists for a project, in the form that the cache holds: a head, which has all that is
 * needed to choose a version, and lines of JSON, one a release, newest first, which are read when they
 * are asked for. So a listing of ten thousand files is read without looking at any of them.
 *
 *     head {"at":0,"base":"https://files.example/","checks":[1,2],"etag":"\"1\"","keys":["…"],
 *           "lengths":[68,3],"texts":["1.0"]}
 *     body [["demo-1.0.tar.gz","ab/cd/ ",["sha256-…"],68,"2024-01-01T00:00:00Z"]]
 *          []
 *
 * The last line has the files that are of no release. Lengths are bytes, checks CRC-32. Of a file: name,
 * URL behind `base` (a space for the name that it ends in), hashes, size, upload time,
 * `requires-python`, yanked, core metadata; `null` is missing, and left out at the end. In the head may
 * stand `firsts`, when the first file of each release was uploaded (milliseconds since 1970; `null` when
 * that is not stated of all), so that what is too new is known without its line.
 */
import { crc32 } from 'node:zlib';
import { Lock2nixError } from '../../../graph/errors.ts';
import type { Version } from '../../../standards/version.ts';
import type { PagedContent } from '../../registry/cache.ts';
import type { ReadPart } from '../../registry/paged.ts';
import type { IndexFile, Release } from '../../registry/types.ts';
import { tryParseHttpUrl } from '../../registry/url.ts';
import { releaseOf, versionParser } from './release-name.ts';
import { storedVersion } from './stored-version.ts';

/** When an index answered, and what makes its next answer short. */
export interface ListingState {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly etag?: string;
  /** The index has no such project. */
  readonly missing?: true;
}

export interface Listing extends ListingState {
  /** Newest first. */
  readonly releases: readonly Release[];
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
  readonly checks: readonly number[];
  readonly firsts?: readonly (number | null)[];
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

/** When the first of some files was uploaded; null when that is not stated of all. */
const firstUpload = (files: readonly IndexFile[]): number | null => {
  const times = files.map(({ uploadTime }) => Date.parse(uploadTime ?? ''));
  return times.some(Number.isNaN) ? null : Math.min(...times);
};

/** The form of a listing, of the files of an index in its order. */
export const formatListing = (
  files: readonly IndexFile[],
  name: string,
  state: ListingState,
): PagedContent => {
  const base = commonBase(files.map(({ url }) => url));
  const releases = new Map<
    string,
    { readonly text: string; readonly rows: Row[]; readonly files: IndexFile[] }
  >();
  const others: Row[] = [];
  const parse = versionParser();
  for (const file of files) {
    const found = releaseOf(file.fileName, name, parse);
    const row = toRow(file, base);
    if (found === undefined) {
      others.push(row);
      continue;
    }
    const release = releases.get(found.version.key) ?? { text: found.text, rows: [], files: [] };
    releases.set(found.version.key, release);
    release.rows.push(row);
    release.files.push(file);
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
    checks: lines.map((line) => crc32(line)),
    firsts: sorted.map(([, { files: all }]) => firstUpload(all)),
    texts: sorted.map(([, { text }]) => text),
    keys: sorted.map(([key]) => key),
  };
  return { value: head, body: Buffer.concat(lines) };
};

const isText = (value: unknown): value is string => typeof value === 'string';
const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every(isText);
const isLength = (value: unknown): value is number => Number.isSafeInteger(value);

const isLengths = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every(isLength);

const isTimes = (value: unknown): value is readonly (number | null)[] =>
  Array.isArray(value) && value.every((time) => time === null || isLength(time));

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

/** Where a listing's lines come from, and what it is of. */
export interface ListingSource {
  /** Base URL of the index, without credentials. */
  readonly index: string;
  readonly read: ReadPart;
  /**
   * The listing as it is by now, for lines that were replaced in the meantime. Throws `CACHE` when it
   * was that already.
   */
  readonly again: () => Listing | undefined;
}

/** The files of a line; undefined when the line is not what the head says. */
type ReadLine = (line: number) => readonly IndexFile[] | undefined;

const lineReader = ({ base, lengths, checks }: Head, { read }: ListingSource): ReadLine => {
  const offsets: number[] = [];
  let end = 0;
  for (const length of lengths) {
    offsets.push(end);
    end += length;
  }
  return (line) => {
    const bytes = read(offsets[line] ?? 0, lengths[line] ?? 0);
    if (bytes === undefined || crc32(bytes) !== checks[line]) return undefined;
    const rows: unknown = JSON.parse(bytes.toString());
    if (!Array.isArray(rows)) throw damaged();
    return rows.map((row) => fromRow(row, base));
  };
};

/** What the releases of a listing share. */
interface Shelf {
  readonly index: string;
  readonly head: Head;
  readonly load: (line: number) => readonly IndexFile[];
}

/** A release whose version and files are read when they are asked for. */
class StoredRelease implements Release {
  readonly #shelf: Shelf;
  readonly #line: number;
  #version: Version | undefined;
  #files: readonly IndexFile[] | undefined;

  constructor(shelf: Shelf, line: number) {
    this.#shelf = shelf;
    this.#line = line;
  }

  get text(): string {
    return this.#shelf.head.texts[this.#line] ?? '';
  }

  get key(): string {
    return this.#shelf.head.keys[this.#line] ?? '';
  }

  get index(): string {
    return this.#shelf.index;
  }

  get version(): Version {
    this.#version ??= storedVersion(this.text, this.key);
    return this.#version;
  }

  get files(): readonly IndexFile[] {
    this.#files ??= this.#shelf.load(this.#line);
    return this.#files;
  }

  get firstUpload(): number | undefined {
    return this.#shelf.head.firsts?.[this.#line] ?? undefined;
  }
}

const isHead = (value: unknown): value is Head => {
  if (typeof value !== 'object' || value === null) return false;
  const { at, etag, missing, base, texts, keys, lengths, checks, firsts } = value as Record<
    string,
    unknown
  >;
  return (
    typeof at === 'number' &&
    (etag === undefined || isText(etag)) &&
    (missing === undefined || missing === true) &&
    (base === '' || (isText(base) && tryParseHttpUrl(base) !== undefined)) &&
    isTexts(texts) &&
    isTexts(keys) &&
    isLengths(lengths) &&
    isLengths(checks) &&
    texts.length === keys.length &&
    (firsts === undefined || (isTimes(firsts) && firsts.length === texts.length)) &&
    lengths.length === texts.length + 1 &&
    checks.length === lengths.length
  );
};

/** Reads a listing by its head; undefined when that is of another shape. */
export const tryParseListing = (head: unknown, source: ListingSource): Listing | undefined => {
  if (!isHead(head)) return undefined;
  const { at, etag, missing, texts, keys, metadata } = head;
  const { index, again } = source;
  const readLine = lineReader(head, source);
  const shelf: Shelf = {
    index,
    head,
    load: (line) =>
      readLine(line) ??
      again()?.releases.find(({ version }) => version.key === keys[line])?.files ??
      [],
  };
  const releases = texts.map((_, line) => new StoredRelease(shelf, line));
  let others: readonly IndexFile[] | undefined;
  return {
    at,
    ...(etag === undefined ? {} : { etag }),
    ...(missing === undefined ? {} : { missing }),
    releases,
    get others() {
      others ??= readLine(texts.length) ?? again()?.others ?? [];
      return others;
    },
    declaresMetadata: metadata === true,
  };
};

/** All files of a listing, those of a release in the order of the index. */
export const filesOf = ({ releases, others }: Listing): readonly IndexFile[] => [
  ...releases.flatMap(({ files }) => files),
  ...others,
];
