import { expect, test } from '@jest/globals';
import {
  findZipDirectory,
  type Part,
  readZipDirectory,
  readZipMember,
} from '../../standards/zip-part.ts';
import { makeZip, type ZipItem } from './make-archive.ts';

/** The contents of a member, read as from a server: directory by the last `tailSize` bytes. */
const readMember = (zip: Buffer, path: string, tailSize = zip.length): string | undefined => {
  const start = Math.max(0, zip.length - tailSize);
  const tail: Part = { start, bytes: zip.subarray(start) };
  const directory = findZipDirectory(tail);
  if (directory === undefined) return undefined;
  const members = readZipDirectory(zip.subarray(directory.start, directory.end), directory);
  const member = members?.find((each) => each.path === path);
  if (member === undefined) return undefined;
  const { offset, span } = member;
  return readZipMember(zip.subarray(offset, offset + span), member)?.toString();
};

const items: readonly ZipItem[] = [
  { path: 'demo/__init__.py', contents: 'x'.repeat(5000) },
  { path: 'demo-1.0.dist-info/METADATA', contents: 'Name: demo\n' },
];

const wanted = 'demo-1.0.dist-info/METADATA';

test.each([100, 22 + 2 * 46 + 16 + 27, 10_000])('by the last %i bytes', (tailSize) => {
  const directory = findZipDirectory({
    start: makeZip(items).length - 22,
    bytes: makeZip(items).subarray(-22),
  });
  expect(directory?.count).toBe(2);
  expect(readMember(makeZip(items), wanted, tailSize)).toBe('Name: demo\n');
});

test('a comment at the end', () => {
  const comment = Buffer.from('signed by nobody');
  const zip = makeZip(items);
  zip.writeUInt16LE(comment.length, zip.length - 2);
  expect(readMember(Buffer.concat([zip, comment]), wanted)).toBe('Name: demo\n');
  expect(readMember(Buffer.concat([zip, comment, comment]), wanted)).toBeUndefined();
});

/** The same zip with a Zip64 end, as when there are more members or bytes than the old one can say. */
const asZip64 = (zip: Buffer): Buffer => {
  const end = zip.length - 22;
  const record = Buffer.alloc(56);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeBigUInt64LE(BigInt(zip.readUInt16LE(end + 10)), 32);
  record.writeBigUInt64LE(BigInt(zip.readUInt32LE(end + 12)), 40);
  record.writeBigUInt64LE(BigInt(zip.readUInt32LE(end + 16)), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(end), 8);
  locator.writeUInt32LE(1, 16);
  const last = Buffer.from(zip.subarray(end));
  last.writeUInt16LE(0xffff, 10);
  last.writeUInt32LE(0xffffffff, 16);
  return Buffer.concat([zip.subarray(0, end), record, locator, last]);
};

test('Zip64', () => {
  expect(readMember(asZip64(makeZip(items)), wanted)).toBe('Name: demo\n');
  // Without the record in the part nothing is guessed.
  expect(readMember(asZip64(makeZip(items)), wanted, 50)).toBeUndefined();
});

test.each<[string, Buffer]>([
  ['no zip', Buffer.from('x'.repeat(100))],
  ['empty', Buffer.alloc(0)],
  ['cut off', makeZip(items).subarray(0, -1)],
  ['encrypted', makeZip(items.map((item) => ({ ...item, encrypted: true })))],
  ['a wrong checksum', makeZip(items.map((item) => ({ ...item, crc: 1 })))],
  ['a size that is too small', makeZip(items.map((item) => ({ ...item, size: 3 })))],
  ['a size that is too large', makeZip(items.map((item) => ({ ...item, size: 300 })))],
])('%s: nothing, and no exception', (_, zip) => {
  expect(readMember(zip, wanted)).toBeUndefined();
});

test('whatever byte is wrong, nothing is thrown', () => {
  const zip = makeZip(items);
  for (let offset = 0; offset < zip.length; offset += 1) {
    const damaged = Buffer.from(zip);
    damaged.writeUInt8(0xff ^ damaged.readUInt8(offset), offset);
    expect([undefined, 'Name: demo\n']).toContain(readMember(damaged, wanted));
  }
});
