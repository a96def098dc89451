/** What the linter asks of an ELF file: the parts of its header and dynamic section that decide whether it loads. */
export interface Elf {
  readonly machine: number;
  /** Shared objects and position-independent programs are 3, programs 2, objects 1. */
  readonly type: number;
  readonly interpreter: string | undefined;
  readonly needed: readonly string[];
  /** The entries of DT_RUNPATH, or of DT_RPATH where that is absent. */
  readonly runPath: readonly string[];
}

const PT_DYNAMIC = 2;
const PT_INTERP = 3;
const PT_LOAD = 1;
const DT_NEEDED = 1;
const DT_STRTAB = 5;
const DT_RPATH = 15;
const DT_RUNPATH = 29;

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

const segmentsOf = (bytes: Buffer): Segment[] => {
  const table = Number(bytes.readBigUInt64LE(32));
  const size = bytes.readUInt16LE(54);
  return Array.from({ length: bytes.readUInt16LE(56) }, (_, index) => {
    const at = table + index * size;
    return {
      type: bytes.readUInt32LE(at),
      offset: Number(bytes.readBigUInt64LE(at + 8)),
      address: Number(bytes.readBigUInt64LE(at + 16)),
      size: Number(bytes.readBigUInt64LE(at + 32)),
    };
  });
};

const stringAt = (bytes: Buffer, offset: number): string =>
  bytes.toString('utf8', offset, bytes.indexOf(0, offset));

const dynamicEntries = (bytes: Buffer, segment: Segment): [number, number][] =>
  Array.from({ length: Math.floor(segment.size / 16) }, (_, index): [number, number] => {
    const at = segment.offset + index * 16;
    return [Number(bytes.readBigInt64LE(at)), Number(bytes.readBigUInt64LE(at + 8))];
  });

/** Reads a little-endian 64-bit ELF file (the gABI's layout); undefined for anything else. */
export const tryParseElf = (bytes: Buffer): Elf | undefined => {
  const isElf64 = bytes.length >= 64 && bytes.readUInt32BE(0) === 0x7f454c46 && bytes[4] === 2;
  if (!isElf64 || bytes[5] !== 1) return undefined;
  const segments = segmentsOf(bytes);
  const interpreter = segments.find(({ type }) => type === PT_INTERP);
  const dynamic = segments.find(({ type }) => type === PT_DYNAMIC);
  const entries = dynamic ? dynamicEntries(bytes, dynamic) : [];
  const end = entries.findIndex(([tag]) => tag === 0);
  const live = end < 0 ? entries : entries.slice(0, end);
  const table = live.find(([tag]) => tag === DT_STRTAB)?.[1] ?? 0;
  const holder = segments.find(
    ({ type, address, size }) => type === PT_LOAD && address <= table && table < address + size,
  );
  const start = holder ? table - holder.address + holder.offset : table;
  const strings = (wanted: number): string[] =>
    live.filter(([tag]) => tag === wanted).map(([, value]) => stringAt(bytes, start + value));
  const runPath = strings(DT_RUNPATH)[0] ?? strings(DT_RPATH)[0] ?? '';
  return {
    machine: bytes.readUInt16LE(18),
    type: bytes.readUInt16LE(16),
    interpreter: interpreter ? stringAt(bytes, interpreter.offset) : undefined,
    needed: strings(DT_NEEDED),
    runPath: runPath.split(':').filter((entry) => entry !== ''),
  };
};
