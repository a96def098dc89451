/**
 * Reading one member of a zip file of which only parts are at hand (APPNOTE 6.3.10, 4.3 and 4.5), as of
 * a wheel on a server. Nothing throws: what is damaged, encrypted or odd is `undefined`, and the whole
 * file has to be looked at instead.
 */
import { crc32, inflateRawSync } from 'node:zlib';

/** Bytes of a file, from `start` on. */
export interface Part {
  readonly start: number;
  readonly bytes: Buffer;
}

/** Where the directory lies: from `start` to before `end`. */
export interface ZipDirectory {
  readonly start: number;
  readonly end: number;
  readonly count: number;
}

export interface ZipMember {
  readonly path: string;
  readonly method: number;
  readonly encrypted: boolean;
  readonly crc32: number;
  readonly compressedSize: number;
  readonly size: number;
  /** Where its header lies. */
  readonly offset: number;
  /** So many bytes from `offset` on hold it, unless its header is unusually long. */
  readonly span: number;
}

const signatures = {
  local: 0x04034b50,
  member: 0x02014b50,
  end: 0x06054b50,
  end64: 0x06064b50,
  locator64: 0x07064b50,
} as const;
const endSize = 22;
const locatorSize = 20;
const memberSize = 46;
const localSize = 30;
/** More in a header than the directory says. */
const slack = 512;
const unknown16 = 0xffff;
const unknown32 = 0xffffffff;

const readUInt64 = (bytes: Buffer, offset: number): number | undefined => {
  const value = Number(bytes.readBigUInt64LE(offset));
  return Number.isSafeInteger(value) ? value : undefined;
};

/** The end record is behind all; its comment, if any, reaches exactly to the end of the file. */
const findEnd = (bytes: Buffer): number | undefined => {
  const lowest = Math.max(0, bytes.length - endSize - unknown16);
  for (let offset = bytes.length - endSize; offset >= lowest; offset -= 1) {
    if (
      bytes.readUInt32LE(offset) === signatures.end &&
      offset + endSize + bytes.readUInt16LE(offset + 20) === bytes.length
    ) {
      return offset;
    }
  }
  return undefined;
};

/** The Zip64 end record, when it is in the part. */
const findDirectory64 = (part: Part, end: number): ZipDirectory | undefined => {
  const { start, bytes } = part;
  const locator = end - locatorSize;
  if (locator < 0 || bytes.readUInt32LE(locator) !== signatures.locator64) return undefined;
  const offset = (readUInt64(bytes, locator + 8) ?? -1) - start;
  if (offset < 0 || offset + 56 > locator) return undefined;
  if (bytes.readUInt32LE(offset) !== signatures.end64) return undefined;
  const count = readUInt64(bytes, offset + 32);
  const size = readUInt64(bytes, offset + 40);
  const from = readUInt64(bytes, offset + 48);
  if (count === undefined || size === undefined || from === undefined) return undefined;
  return from + size > start + offset ? undefined : { start: from, end: from + size, count };
};

/** Finds the directory of a zip file by its last bytes, of which 64 KiB are enough with any comment. */
export const findZipDirectory = (tail: Part): ZipDirectory | undefined => {
  const { start, bytes } = tail;
  const end = findEnd(bytes);
  if (end === undefined) return undefined;
  const count = bytes.readUInt16LE(end + 10);
  const size = bytes.readUInt32LE(end + 12);
  const from = bytes.readUInt32LE(end + 16);
  if (count === unknown16 || size === unknown32 || from === unknown32) {
    return findDirectory64(tail, end);
  }
  return from + size > start + end ? undefined : { start: from, end: from + size, count };
};

/** Sizes and offset as the directory has them; a field of Zip64 (4.5.3) holds those that do not fit. */
const readNumbers = (
  bytes: Buffer,
  position: number,
  extra: Buffer,
): readonly [size: number, compressedSize: number, offset: number] | undefined => {
  const small = [24, 20, 42].map((field) => bytes.readUInt32LE(position + field));
  let field = extra;
  while (field.length >= 4 && field.readUInt16LE(0) !== 1) {
    field = field.subarray(4 + field.readUInt16LE(2));
  }
  let next = 4;
  const numbers = small.map((value) => {
    if (value !== unknown32) return value;
    if (next + 8 > field.length) return undefined;
    const large = readUInt64(field, next);
    next += 8;
    return large;
  });
  const [size, compressedSize, offset] = numbers;
  if (size === undefined || compressedSize === undefined || offset === undefined) return undefined;
  return [size, compressedSize, offset];
};

/** The members that a directory lists, in its order; `bytes` are exactly the directory. */
export const readZipDirectory = (
  bytes: Buffer,
  { count }: Pick<ZipDirectory, 'count'>,
): readonly ZipMember[] | undefined => {
  const members: ZipMember[] = [];
  let position = 0;
  while (members.length < count) {
    if (position + memberSize > bytes.length) return undefined;
    if (bytes.readUInt32LE(position) !== signatures.member) return undefined;
    const [nameLength = 0, extraLength = 0, commentLength = 0] = [28, 30, 32].map((field) =>
      bytes.readUInt16LE(position + field),
    );
    const nameEnd = position + memberSize + nameLength;
    const extra = bytes.subarray(nameEnd, nameEnd + extraLength);
    const numbers = readNumbers(bytes, position, extra);
    if (numbers === undefined) return undefined;
    const [size, compressedSize, offset] = numbers;
    members.push({
      path: bytes.toString('utf8', position + memberSize, nameEnd),
      method: bytes.readUInt16LE(position + 10),
      encrypted: (bytes.readUInt16LE(position + 8) & 1) !== 0,
      crc32: bytes.readUInt32LE(position + 16),
      compressedSize,
      size,
      offset,
      span: localSize + nameLength + extraLength + slack + compressedSize,
    });
    position = nameEnd + extraLength + commentLength;
  }
  return members;
};

const inflate = (bytes: Buffer, size: number): Buffer | undefined => {
  try {
    return inflateRawSync(bytes, { maxOutputLength: Math.max(size, 1) });
  } catch {
    return undefined;
  }
};

/** The contents of a member; `bytes` begin at its `offset`. */
export const readZipMember = (bytes: Buffer, member: ZipMember): Buffer | undefined => {
  if (member.encrypted || bytes.length < localSize) return undefined;
  if (bytes.readUInt32LE(0) !== signatures.local) return undefined;
  const start = localSize + bytes.readUInt16LE(26) + bytes.readUInt16LE(28);
  const packed = bytes.subarray(start, start + member.compressedSize);
  if (packed.length !== member.compressedSize) return undefined;
  const contents =
    member.method === 0 ? packed : member.method === 8 ? inflate(packed, member.size) : undefined;
  if (contents === undefined || contents.length !== member.size) return undefined;
  return crc32(contents) === member.crc32 ? contents : undefined;
};
