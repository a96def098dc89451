/** `METADATA` of a wheel on a server, of which as little as possible is got. */
import { normaliseName } from '../../../standards/name.ts';
import {
  findZipDirectory,
  type Part,
  readZipDirectory,
  readZipMember,
  type ZipMember,
} from '../../../standards/zip-part.ts';
import { missingFile } from '../../registry/download.ts';
import type { Http, Part as HttpPart, Range } from '../../registry/http.ts';
import type { IndexFile } from '../../registry/types.ts';

export interface WheelReaderOptions {
  readonly http: Http;
  /** The bytes of a whole file, verified. */
  readonly download: (file: IndexFile) => Promise<Buffer>;
}

/** Wheels up to this size are got whole: that is one question, and their hash can be verified. */
const wholeUpTo = 256 * 1024;
/**
 * So much of the end is asked for first. Of 40 well-known wheels over 256 KiB it held the directory and
 * METADATA of three in four.
 */
const tailSize = 64 * 1024;
/** When the directory begins before the tail, so much before it is got along: METADATA lies there. */
const lead = 128 * 1024;
/** What a part may have; more is for downloads. */
const maxPartBytes = 16 * 2 ** 20;

/** Gets bytes from `start` to before `end`; undefined when the server sends others. */
type Fetch = (start: number, end: number) => Promise<Buffer | undefined>;

/** The METADATA of the project; a wheel may hold other packages' folders. */
const chooseMember = (members: readonly ZipMember[], name: string): ZipMember | undefined => {
  const all = members.filter(({ path }) => /^[^/]+\.dist-info\/METADATA$/.test(path));
  const own = all.filter(({ path }) => normaliseName(path.split('-')[0] ?? '') === name);
  const [first, ...others] = all.length === 1 ? all : own;
  return others.length === 0 ? first : undefined;
};

const slice = ({ start, bytes }: Part, from: number, to: number): Buffer | undefined =>
  from < start || from > to ? undefined : bytes.subarray(from - start, to - start);

/** Finds METADATA by the end of a wheel; what is missing for it is fetched. */
const findMetadata = async (
  tail: Part,
  name: string,
  fetch: Fetch,
): Promise<Uint8Array | undefined> => {
  const directory = findZipDirectory(tail);
  if (directory === undefined) return undefined;
  let part = tail;
  if (directory.start < part.start) {
    const from = Math.max(0, directory.start - lead);
    const missing = await fetch(from, part.start);
    if (missing === undefined) return undefined;
    part = { start: from, bytes: Buffer.concat([missing, part.bytes]) };
  }
  const listed = slice(part, directory.start, directory.end);
  const member = chooseMember((listed && readZipDirectory(listed, directory)) ?? [], name);
  if (member === undefined) return undefined;
  const end = Math.min(member.offset + member.span, directory.start);
  const bytes =
    slice(part, member.offset, end) ?? (member.offset < end && (await fetch(member.offset, end)));
  return bytes ? readZipMember(bytes, member) : undefined;
};

/** METADATA of a wheel that is at hand whole. */
const metadataIn = (bytes: Buffer, name: string): Promise<Uint8Array | undefined> =>
  findMetadata({ start: 0, bytes }, name, async () => undefined);

/** Where a file's ranges are asked for: servers that know none are remembered by this. */
const originOf = (url: string): string => new URL(url).origin;

/**
 * Reads METADATA of wheels of a project (`name` normalised): of small ones, and where a server knows no
 * ranges, from the whole file; else from its end. Undefined when there is none that can be read. Throws
 * as `Http.get`, and `HASH_MISMATCH` for a whole file.
 */
export const createWheelReader = ({ http, download }: WheelReaderOptions) => {
  const unranged = new Set<string>();

  const readParts = async (file: IndexFile, name: string): Promise<Uint8Array | undefined> => {
    const { url, size } = file;
    const ask = async (range: Range): Promise<HttpPart | undefined> => {
      const answer = await http.getRange(url, { range, maxBytes: maxPartBytes, small: true });
      if (answer.kind === 'unranged') unranged.add(originOf(url));
      if (answer.kind === 'missing') throw missingFile(url, answer.status);
      return answer.kind === 'part' ? answer : undefined;
    };
    const tail = await ask(
      size === undefined
        ? { last: tailSize }
        : { start: Math.max(0, size - tailSize), end: size - 1 },
    );
    if (tail === undefined || tail.start + tail.body.length !== tail.total) return undefined;
    return findMetadata({ start: tail.start, bytes: tail.body }, name, async (start, end) => {
      if (end - start > maxPartBytes) return undefined;
      const answer = await ask({ start, end: end - 1 });
      const isWanted = answer?.total === tail.total && answer.body.length === end - start;
      return isWanted ? answer.body : undefined;
    });
  };

  return async (file: IndexFile, name: string): Promise<Uint8Array | undefined> => {
    const isSmall = file.size !== undefined && file.size <= wholeUpTo;
    if (!isSmall && !unranged.has(originOf(file.url))) {
      const found = await readParts(file, name);
      if (found !== undefined) return found;
    }
    return metadataIn(await download(file), name);
  };
};
