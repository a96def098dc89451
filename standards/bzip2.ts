/**
 * Decoder of bzip2, for old source distributions. Written here since the decoders on npm are either
 * native, or lean on the deprecated `Buffer` constructor, or give all output at once: a bomb.
 */
import { Lock2nixError } from '../graph/errors.ts';

const blockMagic = 0x314159265359;
const endMagic = 0x177245385090;
/** Code lengths of the Huffman tables are 1 to 20 bits. */
const longestCode = 20;
/** Each table codes so many symbols, then a selector names the next. */
const groupSize = 50;
/** More selectors than a block of 900,000 bytes can use are read and ignored, as libbz2 does. */
const mostSelectors = 18_002;

const refuse = (why: string): never => {
  throw new Lock2nixError('ARCHIVE_INVALID', `bzip2 data ${why}`);
};

/** The bits of some bytes, most significant first. */
class BitReader {
  readonly #bytes: Uint8Array;
  #position: number;
  #buffer = 0;
  #available = 0;

  constructor(bytes: Uint8Array, position: number) {
    this.#bytes = bytes;
    this.#position = position;
  }

  /** The next `count` bits, 24 at most. */
  read(count: number): number {
    while (this.#available < count) {
      const byte = this.#bytes[this.#position];
      if (byte === undefined) return refuse('ends too early');
      this.#position += 1;
      this.#buffer = ((this.#buffer << 8) | byte) & 0xffffffff;
      this.#available += 8;
    }
    this.#available -= count;
    return (this.#buffer >>> this.#available) & ((1 << count) - 1);
  }

  readWord(): number {
    return this.read(16) * 0x10000 + this.read(16);
  }

  readMagic(): number {
    return this.read(24) * 0x1000000 + this.read(24);
  }

  /** Where the next whole byte begins. */
  nextByte(): number {
    return this.#position - Math.floor(this.#available / 8);
  }
}

const crcTable = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index << 24;
  for (let bit = 0; bit < 8; bit += 1) value = (value << 1) ^ (value < 0 ? 0x04c11db7 : 0);
  return value >>> 0;
});

const checksum = (bytes: Uint8Array): number => {
  let value = 0xffffffff;
  for (const byte of bytes) value = (value << 8) ^ (crcTable[((value >>> 24) ^ byte) & 0xff] ?? 0);
  return ~value >>> 0;
};

/** Canonical Huffman table: for each code length the last code, and where its symbols begin. */
interface HuffmanTable {
  readonly limits: Int32Array;
  readonly bases: Int32Array;
  readonly symbols: Uint16Array;
}

const readTable = (bits: BitReader, alphabetSize: number): HuffmanTable => {
  const lengths = new Uint8Array(alphabetSize);
  let length = bits.read(5);
  for (let symbol = 0; symbol < alphabetSize; symbol += 1) {
    for (;;) {
      if (length < 1 || length > longestCode) refuse('has an impossible code length');
      if (bits.read(1) === 0) break;
      length += bits.read(1) === 0 ? 1 : -1;
    }
    lengths[symbol] = length;
  }
  const symbols = new Uint16Array(alphabetSize);
  const limits = new Int32Array(longestCode + 2).fill(-1);
  const bases = new Int32Array(longestCode + 2);
  let code = 0;
  let count = 0;
  for (let bitCount = 1; bitCount <= longestCode; bitCount += 1) {
    bases[bitCount] = count - code;
    for (let symbol = 0; symbol < alphabetSize; symbol += 1) {
      if (lengths[symbol] !== bitCount) continue;
      symbols[count] = symbol;
      count += 1;
      code += 1;
    }
    limits[bitCount] = code - 1;
    code <<= 1;
  }
  return { limits, bases, symbols };
};

const readSymbol = (bits: BitReader, { limits, bases, symbols }: HuffmanTable): number => {
  let code = 0;
  for (let bitCount = 1; bitCount <= longestCode; bitCount += 1) {
    code = (code << 1) | bits.read(1);
    if (code > (limits[bitCount] ?? -1)) continue;
    return symbols[code + (bases[bitCount] ?? 0)] ?? refuse('has an impossible code');
  }
  return refuse('has an impossible code');
};

/** Takes the item at `index` to the front. */
const moveToFront = (items: Uint8Array, index: number): number => {
  const item = items[index] ?? 0;
  items.copyWithin(1, 0, index);
  items[0] = item;
  return item;
};

/** The byte values that the block uses, ascending. */
const readAlphabet = (bits: BitReader): Uint8Array => {
  const used: number[] = [];
  const ranges = bits.read(16);
  for (let range = 0; range < 16; range += 1) {
    if ((ranges & (0x8000 >>> range)) === 0) continue;
    const values = bits.read(16);
    for (let value = 0; value < 16; value += 1) {
      if ((values & (0x8000 >>> value)) !== 0) used.push(range * 16 + value);
    }
  }
  return used.length === 0 ? refuse('has a block without bytes') : Uint8Array.from(used);
};

/** Which table codes each group of symbols. */
const readSelectors = (bits: BitReader, tableCount: number): Uint8Array => {
  const count = bits.read(15);
  if (count === 0) refuse('has a block without selectors');
  const order = Uint8Array.from({ length: tableCount }, (_, index) => index);
  const selectors = new Uint8Array(Math.min(count, mostSelectors));
  for (let position = 0; position < count; position += 1) {
    let index = 0;
    while (bits.read(1) === 1) {
      index += 1;
      if (index >= tableCount) refuse('has an impossible selector');
    }
    // Written past the end of a typed array: ignored.
    selectors[position] = moveToFront(order, index);
  }
  return selectors;
};

/** Undoes Huffman coding, run lengths of the front symbol, and move-to-front. */
const readSorted = (bits: BitReader, blockSize: number): Uint8Array => {
  const alphabet = readAlphabet(bits);
  const tableCount = bits.read(3);
  if (tableCount < 2 || tableCount > 6) refuse('has an impossible number of tables');
  const selectors = readSelectors(bits, tableCount);
  const endOfBlock = alphabet.length + 1;
  const tables = Array.from({ length: tableCount }, () => readTable(bits, endOfBlock + 1));
  const sorted = new Uint8Array(blockSize);
  let length = 0;
  let run = 0;
  let runUnit = 1;
  for (let position = 0; ; position += 1) {
    const table = tables[selectors[Math.floor(position / groupSize)] ?? tableCount];
    if (table === undefined) return refuse('has a block longer than its selectors');
    const symbol = readSymbol(bits, table);
    if (symbol <= 1) {
      run += runUnit << symbol;
      runUnit <<= 1;
      if (run > blockSize) refuse('has a block that is too long');
      continue;
    }
    if (length + run + (symbol === endOfBlock ? 0 : 1) > blockSize) {
      refuse('has a block that is too long');
    }
    sorted.fill(alphabet[0] ?? 0, length, length + run);
    length += run;
    run = 0;
    runUnit = 1;
    if (symbol === endOfBlock) return sorted.subarray(0, length);
    sorted[length] = moveToFront(alphabet, symbol - 1);
    length += 1;
  }
};

/** Undoes the Burrows-Wheeler transform. */
const unsort = (sorted: Uint8Array, origin: number): Uint8Array => {
  if (origin >= sorted.length) return refuse('has a block whose origin is outside of it');
  const next = new Uint32Array(257);
  for (const byte of sorted) next[byte + 1] = (next[byte + 1] ?? 0) + 1;
  for (let value = 0; value < 256; value += 1) {
    next[value + 1] = (next[value + 1] ?? 0) + (next[value] ?? 0);
  }
  const followers = new Uint32Array(sorted.length);
  for (let index = 0; index < sorted.length; index += 1) {
    const byte = sorted[index] ?? 0;
    const place = next[byte] ?? 0;
    followers[place] = index;
    next[byte] = place + 1;
  }
  const bytes = new Uint8Array(sorted.length);
  let position = followers[origin] ?? 0;
  for (let index = 0; index < bytes.length; index += 1) {
    bytes[index] = sorted[position] ?? 0;
    position = followers[position] ?? 0;
  }
  return bytes;
};

/** Calls back with each run: four equal bytes are followed by a count of more of them. */
const eachRun = (bytes: Uint8Array, use: (byte: number, count: number) => void): void => {
  let equal = 0;
  let previous = -1;
  for (const byte of bytes) {
    if (equal === 4) {
      use(previous, byte);
      equal = 0;
      previous = -1;
      continue;
    }
    equal = byte === previous ? equal + 1 : 1;
    previous = byte;
    use(byte, 1);
  }
};

const expandRuns = (bytes: Uint8Array): Uint8Array => {
  let length = 0;
  eachRun(bytes, (_, count) => {
    length += count;
  });
  const expanded = new Uint8Array(length);
  let position = 0;
  eachRun(bytes, (byte, count) => {
    if (count === 1) expanded[position] = byte;
    else expanded.fill(byte, position, position + count);
    position += count;
  });
  return expanded;
};

/** Decodes one stream that begins at `start`; returns where it ends. */
function* decodeStream(bytes: Uint8Array, start: number): Generator<Uint8Array, number> {
  const level = (bytes[start + 3] ?? 0) - 0x30;
  if (level < 1 || level > 9) refuse('has an impossible block size');
  const bits = new BitReader(bytes, start + 4);
  let combined = 0;
  for (;;) {
    const magic = bits.readMagic();
    const expected = bits.readWord();
    if (magic === endMagic) {
      if (expected !== combined) refuse('does not have the checksum that it states');
      return bits.nextByte();
    }
    if (magic !== blockMagic) refuse('has neither a block nor its end where one must be');
    if (bits.read(1) === 1) refuse('is of the randomised kind that bzip2 wrote before 0.9.5');
    const origin = bits.read(24);
    const block = expandRuns(unsort(readSorted(bits, level * 100_000), origin));
    if (checksum(block) !== expected) refuse('has a block with a wrong checksum');
    combined = (((combined << 1) | (combined >>> 31)) ^ expected) >>> 0;
    yield block;
  }
}

/** Whether a bzip2 stream begins at a place: `BZh`. */
const isBzip2 = (bytes: Uint8Array, start = 0): boolean =>
  bytes[start] === 0x42 && bytes[start + 1] === 0x5a && bytes[start + 2] === 0x68;

/**
 * Decodes bzip2, block by block (46 MB at most each), so that whoever asks can stop. Several streams
 * behind each other count as one; what follows them and is none is ignored, as `bzip2` does. Throws
 * `ARCHIVE_INVALID`.
 */
export function* decodeBzip2(bytes: Uint8Array): Generator<Uint8Array> {
  if (!isBzip2(bytes)) refuse('does not begin with `BZh`');
  for (let start = 0; isBzip2(bytes, start); ) start = yield* decodeStream(bytes, start);
}
