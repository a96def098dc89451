import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import type { ArchiveOptions } from '../../standards/archive.ts';
import { listArchive, readArchive } from '../../standards/archive.ts';
import { unpackTree } from '../../standards/archive-tree.ts';
import { narHash } from '../../standards/nar.ts';
import type { TarItem, ZipItem } from './make-archive.ts';
import { makeTar, makeZip } from './make-archive.ts';

const fixture = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../fixtures/standards/archives.json'), 'utf8'),
) as { readonly narHash: string; readonly archives: Readonly<Record<string, string>> };

const archives = Object.entries(fixture.archives).map(
  ([name, data]) => [name, Buffer.from(data, 'base64')] as const,
);

const sample = (name: string): Buffer => Buffer.from(fixture.archives[name] ?? '', 'base64');

/** The message with which an archive is refused. */
const refusal = async (
  bytes: Uint8Array,
  options: ArchiveOptions = {},
  read: (
    bytes: Uint8Array,
    name: string,
    options: ArchiveOptions,
  ) => Promise<unknown> = readArchive,
): Promise<string> => {
  try {
    await read(bytes, 'x.bin', options);
  } catch (error) {
    expect(error).toMatchObject({ code: 'ARCHIVE_INVALID' });
    return (error as Error).message;
  }
  return 'none';
};

test.each(archives)('%s unpacks to the tree that Nix hashes', async (name, bytes) => {
  const entries = await readArchive(bytes, name);
  expect(narHash(unpackTree(entries, { stripRoot: true }))).toBe(fixture.narHash);
});

test.each(archives)('%s is read by its first bytes, whatever its name', async (name, bytes) => {
  const read = await readArchive(bytes, name);
  expect(await readArchive(bytes, 'renamed.bin')).toEqual(read);
  const listed = read.map(({ contents, ...listing }) => {
    expect(contents).toHaveLength(listing.size);
    return listing;
  });
  expect(await listArchive(bytes, name)).toEqual(listed);
});

test.each(archives)('of %s only some', async (name, bytes) => {
  const only = (path: string): boolean => path.endsWith('/setup.py');
  const entries = await readArchive(bytes, name, { only });
  expect(entries).toEqual([
    {
      path: 'sample-1.0/setup.py',
      kind: 'file',
      executable: false,
      size: 37,
      contents: Buffer.from('from setuptools import setup\nsetup()\n'),
    },
  ]);
});

test('a plain tar, and one of before POSIX', async () => {
  const items: TarItem[] = [
    { path: './', type: '5', old: true },
    { path: './a//b/', old: true },
    { path: './a/b/./c', contents: 'text', mode: 0o755, old: true },
    { path: './a/l', type: '2', target: '../../anywhere', old: true },
    { path: './a/h', type: '1', target: './a/b/c', old: true },
  ];
  expect(await listArchive(makeTar(items), 'a.tar')).toEqual([
    { path: 'a/b', kind: 'directory', executable: false, size: 0 },
    { path: 'a/b/c', kind: 'file', executable: true, size: 4 },
    { path: 'a/l', kind: 'symlink', executable: false, size: 0, target: '../../anywhere' },
    { path: 'a/h', kind: 'hardlink', executable: false, size: 0, target: 'a/b/c' },
  ]);
});

test('a tar file without its end blocks', async () => {
  const bytes = makeTar([{ path: 'a/b', contents: 'text' }]).subarray(0, 1024);
  expect(await listArchive(bytes, 'a.tar')).toHaveLength(1);
});

test('zip: modes count for what Unix made, folders by their name', async () => {
  const items: ZipItem[] = [
    { path: 'a/', mode: 0o40755 },
    { path: 'a/run', mode: 0o100755 },
    { path: 'a/dos', mode: 0o100755, dos: true },
    { path: 'a/link', mode: 0o120777, contents: 'run' },
    { path: 'a/dos-link', mode: 0o120777, contents: 'run', dos: true },
    { path: 'a\\back', contents: '' },
  ];
  expect(await listArchive(makeZip(items), 'a.zip')).toEqual([
    { path: 'a', kind: 'directory', executable: false, size: 0 },
    { path: 'a/run', kind: 'file', executable: true, size: 0 },
    { path: 'a/dos', kind: 'file', executable: false, size: 0 },
    { path: 'a/link', kind: 'symlink', executable: false, size: 0, target: 'run' },
    { path: 'a/dos-link', kind: 'file', executable: false, size: 3 },
    { path: 'a/back', kind: 'file', executable: false, size: 0 },
  ]);
});

test('an empty zip file has no entries', async () => {
  expect(await readArchive(makeZip([]), 'a.zip')).toEqual([]);
});

test.each<[string, readonly TarItem[], string]>([
  ['an absolute path', [{ path: '/etc/passwd' }], 'entry `/etc/passwd` has an absolute path'],
  ['..', [{ path: 'a/../../b' }], 'leaves the archive with `..`'],
  ['.. in a hard link', [{ path: 'a', type: '1', target: '../b' }], 'leaves the archive'],
  ['an absolute hard link', [{ path: 'a', type: '1', target: '/b' }], 'has an absolute path'],
  ['a device', [{ path: 'a', type: '3' }], 'is neither a file nor a folder nor a link'],
  ['a pipe', [{ path: 'a', type: '6' }], 'is neither a file nor a folder nor a link'],
  ['a sparse file', [{ path: 'a', type: 'S' }], 'is neither a file nor a folder nor a link'],
  [
    'a file below a link',
    [{ path: 'a', type: '2', target: '/etc' }, { path: 'a/passwd' }],
    'entry `a/passwd` needs `a` to be a folder, which it is not',
  ],
  [
    'a link in place of a folder',
    [{ path: 'a/b' }, { path: 'a', type: '2', target: '/' }],
    'is a folder as well',
  ],
  [
    'a folder in place of a link',
    [
      { path: 'a', type: '2', target: '/' },
      { path: 'a', type: '5' },
    ],
    'to be a folder',
  ],
  ['a file below a file', [{ path: 'a' }, { path: 'a/b/c' }], 'to be a folder'],
  [
    'two files of one name',
    [
      { path: 'a', contents: '1' },
      { path: './a', contents: '2' },
    ],
    'twice',
  ],
  [
    'two sizes of one name',
    [
      { path: 'a', contents: '1' },
      { path: 'a', contents: '12' },
    ],
    'twice',
  ],
  ['two modes of one name', [{ path: 'a' }, { path: 'a', mode: 0o755 }], 'twice'],
  ['a terminal sequence', [{ path: '/\u001b[2J' }], 'entry `/\\x1b[2J` has an absolute path'],
])('tar: %s is refused', async (_, items, message) => {
  expect(await refusal(makeTar(items))).toContain(message);
  expect(await refusal(gzipSync(makeTar(items)))).toContain(message);
});

test('equal entries of one name are one', async () => {
  const item = { path: 'a/b', contents: 'same' };
  expect(await readArchive(makeTar([item, item]), 'a.tar')).toHaveLength(1);
  expect(await readArchive(makeZip([item, item]), 'a.zip')).toHaveLength(1);
});

test.each<[string, readonly ZipItem[], string]>([
  ['an absolute path', [{ path: '/etc/passwd' }], 'absolute path'],
  ['a drive', [{ path: 'C:\\x' }], 'absolute path'],
  ['..', [{ path: 'a/../../b' }], 'invalid relative path'],
  ['.. with backslashes', [{ path: '..\\b' }], 'invalid relative path'],
  ['a NUL', [{ path: 'a\0b' }], 'NUL'],
  [
    'a file below a link',
    [{ path: 'a', mode: 0o120777, contents: '/' }, { path: 'a/b' }],
    'to be a folder',
  ],
  [
    'two files of one name',
    [
      { path: 'a', contents: '1' },
      { path: 'a', contents: '2' },
    ],
    'twice',
  ],
  ['a wrong checksum', [{ path: 'a', contents: 'x', crc: 1 }], 'wrong checksum'],
  ['an encrypted file', [{ path: 'a', contents: 'x', encrypted: true }], 'is encrypted'],
  [
    'more bytes than stated',
    [{ path: 'a', contents: 'x'.repeat(100), size: 10 }],
    'too many bytes',
  ],
  ['fewer bytes than stated', [{ path: 'a', contents: 'x', size: 10 }], 'not enough bytes'],
  [
    'a link with a long target',
    [{ path: 'a', mode: 0o120777, contents: 'x'.repeat(5000) }],
    'too long',
  ],
])('zip: %s is refused', async (_, items, message) => {
  expect(await refusal(makeZip(items))).toContain(message);
});

test.each<[string, Uint8Array, string]>([
  ['nothing', Buffer.alloc(0), 'archive `x.bin`: is empty'],
  ['text', Buffer.from('not an archive'), 'is none of zip, tar, tar.gz, tar.bz2 and tar.xz'],
  ['an HTML page', Buffer.from('\n<!DOCTYPE html><p>Sign in'), 'is an HTML page and no archive'],
  ['zeroes', Buffer.alloc(2048), 'is none of'],
  ['gzip of text', gzipSync('not a tar file'), 'Unexpected end of data'],
  ['gzip of rubbish', gzipSync(Buffer.alloc(2048, 'x')), 'Invalid tar header'],
  ['compress', Buffer.from([0x1f, 0x9d, 0x90, 0]), 'is compressed with compress (`.Z`), which'],
  ['zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), 'is compressed with zstd, which'],
  ['a zip header alone', Buffer.from('PK\x03\x04'), 'End of central directory'],
  [
    'a tar file that ends too early',
    makeTar([{ path: 'a', size: 5000 }]),
    'Unexpected end of data',
  ],
  ['a tar file with a huge size', makeTar([{ path: 'a', size: 2 ** 32 }]), 'unpacks to more than'],
])('%s is no archive', async (_, bytes, message) => {
  expect(await refusal(bytes)).toContain(message);
});

test.each(archives)('%s cut off anywhere is refused, and nothing hangs', async (_, bytes) => {
  for (const part of [0.02, 0.3, 0.6, 0.95]) {
    expect(await refusal(bytes.subarray(0, Math.floor(bytes.length * part)))).not.toBe('none');
  }
});

test.each(archives)('%s with flipped bits is read or refused, never worse', async (_, bytes) => {
  for (let position = 0; position < bytes.length; position += Math.ceil(bytes.length / 40)) {
    const bad = Buffer.from(bytes);
    bad[position] = (bad[position] ?? 0) ^ 0x55;
    await refusal(bad);
    await refusal(bad, {}, listArchive);
  }
});

test.each(archives)('%s is held to the limits', async (_, bytes) => {
  expect(await refusal(bytes, { maxBytes: 500 })).toContain('unpacks to more than 500 bytes');
  expect(await refusal(bytes, { maxEntries: 3 })).toBe('archive `x.bin`: has more than 3 entries');
  expect(await refusal(bytes, { maxEntries: 3 }, listArchive)).toContain('more than 3 entries');
});

test('bombs are stopped', async () => {
  const zeroes = Buffer.alloc(30_000_000);
  const limits = { maxBytes: 1_000_000 };
  const tar = gzipSync(makeTar([{ path: 'a', contents: zeroes }]));
  expect(await refusal(tar, limits)).toContain('unpacks to more than 1000000 bytes');
  expect(await refusal(tar, { ...limits, only: () => false })).toContain('unpacks to more than');
  expect(await refusal(tar, limits, listArchive)).toContain('unpacks to more than');
  const zip = makeZip([{ path: 'a', contents: zeroes }]);
  expect(await refusal(zip, limits)).toContain('unpacks to more than 1000000 bytes');
  const lying = makeZip([{ path: 'a', contents: zeroes, size: 10 }]);
  expect(await refusal(lying, limits)).toContain('too many bytes');
});

test('names that objects have by nature are plain names', async () => {
  const items = ['__proto__', 'constructor/prototype'].map((path) => ({ path, contents: 'x' }));
  const tree = unpackTree(await readArchive(makeTar(items), 'a.tar'), { stripRoot: false });
  expect(tree.kind === 'directory' && [...tree.entries.keys()]).toEqual([
    '__proto__',
    'constructor',
  ]);
});

test.each<[string, readonly TarItem[]]>([
  ['two folders', [{ path: 'a/x' }, { path: 'b/x' }]],
  ['a file beside the folder', [{ path: 'a/x' }, { path: '.hidden' }]],
  ['a file alone', [{ path: 'a' }]],
  ['nothing', [{ path: './', type: '5' }]],
])('%s is no root folder to strip', async (_, items) => {
  const entries = await readArchive(makeTar(items), 'a.tar');
  expect(() => unpackTree(entries, { stripRoot: true })).toThrow('where one folder must be');
});

test.each(['a/missing', 'a', 'a/self'])('a hard link to %s is refused', async (target) => {
  const items = [{ path: 'a/x' }, { path: 'a/self', type: '1', target }];
  const entries = await readArchive(makeTar(items), 'a.tar');
  expect(() => unpackTree(entries, { stripRoot: true })).toThrow('which is no file before it');
});

test('the samples are all there', () => {
  expect(sample('sample-1.0.tar.xz').length).toBeGreaterThan(0);
  expect(archives).toHaveLength(5);
});
