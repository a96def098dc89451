/** The parts of an ELF file that a test cares about. */
export interface ElfParts {
  readonly machine?: number;
  readonly interpreter?: string;
  readonly needed?: readonly string[];
  readonly runPath?: string;
}

/** Writes the smallest 64-bit shared object that has these parts; it can be read, not run. */
export const makeElf = ({ machine = 62, interpreter, needed = [], runPath }: ElfParts): Buffer => {
  let strings = Buffer.from([0]);
  const put = (text: string): number => {
    const at = strings.length;
    strings = Buffer.concat([strings, Buffer.from(`${text}\0`)]);
    return at;
  };
  const interpreterAt = interpreter === undefined ? 0 : put(interpreter);
  const entries: [number, number][] = [
    ...needed.map((soname): [number, number] => [1, put(soname)]),
    ...(runPath === undefined ? [] : [[29, put(runPath)] as [number, number]]),
    [5, 0],
    [0, 0],
  ];
  const segments = interpreter === undefined ? 2 : 3;
  const dynamicAt = 64 + segments * 56;
  const stringsAt = dynamicAt + entries.length * 16;
  const bytes = Buffer.alloc(stringsAt + strings.length);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  bytes.writeUInt16LE(3, 16);
  bytes.writeUInt16LE(machine, 18);
  bytes.writeBigUInt64LE(64n, 32);
  bytes.writeUInt16LE(56, 54);
  bytes.writeUInt16LE(segments, 56);
  // The load segment begins at another address than offset, as in real files.
  const base = 0x1000;
  const segment = (index: number, type: number, offset: number, size: number): void => {
    const at = 64 + index * 56;
    bytes.writeUInt32LE(type, at);
    bytes.writeBigUInt64LE(BigInt(offset), at + 8);
    bytes.writeBigUInt64LE(BigInt(base + offset), at + 16);
    bytes.writeBigUInt64LE(BigInt(size), at + 32);
  };
  segment(0, 1, 0, bytes.length);
  segment(1, 2, dynamicAt, entries.length * 16);
  if (interpreter !== undefined) {
    segment(2, 3, stringsAt + interpreterAt, Buffer.byteLength(interpreter) + 1);
  }
  for (const [index, [tag, value]] of entries.entries()) {
    bytes.writeBigInt64LE(BigInt(tag), dynamicAt + index * 16);
    const stored = tag === 5 ? base + stringsAt : value;
    bytes.writeBigUInt64LE(BigInt(stored), dynamicAt + index * 16 + 8);
  }
  bytes.set(strings, stringsAt);
  return bytes;
};
