/** Makes archives for tests, also such as no archiver would make. */
import { crc32, deflateRawSync } from 'node:zlib';

export interface TarItem {
  readonly path: string;
  readonly contents?: string | Uint8Array;
  /** Type flag of the header: `0` file, `1` hard link, `2` symbolic link, `5` folder. */
  readonly type?: string;
  readonly target?: string;
  readonly mode?: number;
  /** Size that the header states, if it is not the true one. */
  readonly size?: number;
  /** Without the `ustar` magic, as before POSIX. */
  readonly old?: boolean;
}

const tarBlock = 512;

const tarHeader = (item: TarItem, size: number): Buffer => {
  const header = Buffer.alloc(tarBlock);
  const octal = (value: number, width: number): string =>
    `${value.toString(8).padStart(width - 1, '0')}\0`;
  header.write(item.path, 0, 100);
  header.write(octal(item.mode ?? 0o644, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(item.size ?? size, 12), 124);
  header.write(octal(0, 12), 136);
  header.write(' '.repeat(8), 148);
  header.write(item.type ?? '0', 156);
  header.write(item.target ?? '', 157, 100);
  if (item.old !== true) header.write('ustar\x0000', 257);
  header.write(
    `${octal(
      header.reduce((sum, byte) => sum + byte, 0),
      7,
    )} `,
    148,
  );
  return header;
};

/** A tar file of the items, with its two empty blocks at the end. */
export const makeTar = (items: readonly TarItem[]): Buffer =>
  Buffer.concat([
    ...items.flatMap((item) => {
      const contents = Buffer.from(item.contents ?? '');
      const rest = (tarBlock - (contents.length % tarBlock)) % tarBlock;
      return [tarHeader(item, contents.length), contents, Buffer.alloc(rest)];
    }),
    Buffer.alloc(2 * tarBlock),
  ]);

export interface ZipItem {
  readonly path: string;
  readonly contents?: string | Uint8Array;
  /** Unix mode with file type. */
  readonly mode?: number;
  /** Uncompressed size that the directory states, if it is not the true one. */
  readonly size?: number;
  readonly crc?: number;
  readonly encrypted?: boolean;
  /** Made on DOS: the mode means nothing. */
  readonly dos?: boolean;
}

const localHeader = (
  item: ZipItem,
  sizes: { packed: number; size: number; crc: number },
): Buffer => {
  const name = Buffer.from(item.path);
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(20, 4);
  header.writeUInt16LE(0x800 | (item.encrypted === true ? 1 : 0), 6);
  header.writeUInt16LE(8, 8);
  header.writeUInt32LE(sizes.crc, 14);
  header.writeUInt32LE(sizes.packed, 18);
  header.writeUInt32LE(sizes.size, 22);
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, name]);
};

/** A zip file of the items, deflated. */
export const makeZip = (items: readonly ZipItem[]): Buffer => {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const item of items) {
    const contents = Buffer.from(item.contents ?? '');
    const packed = deflateRawSync(contents);
    const sizes = {
      packed: packed.length,
      size: item.size ?? contents.length,
      crc: item.crc ?? crc32(contents),
    };
    const local = localHeader(item, sizes);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE((item.dos === true ? 0 : 0x300) | 20, 4);
    local.copy(central, 6, 4, 30);
    central.writeUInt32LE(((item.mode ?? 0o100644) << 16) >>> 0, 38);
    central.writeUInt32LE(offset, 42);
    centrals.push(central, Buffer.from(item.path));
    locals.push(local, packed);
    offset += local.length + packed.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(items.length, 8);
  end.writeUInt16LE(items.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
};
