/** Files with a line at their head and a long body, of which only what is needed is read. */
import { closeSync, openSync, readSync } from 'node:fs';

/** Bytes of the body; undefined when there are not so many, or the file is gone. */
export type ReadPart = (offset: number, length: number) => Buffer | undefined;

export interface Paged {
  /** The first line, with its break; all, when there is none. */
  readonly head: Buffer;
  readonly read: ReadPart;
}

/** So much is read at once: most heads, and the beginning of the body. */
const chunkSize = 64 * 1024;
/** So much of the body is kept of that. */
const keptSize = 16 * 1024;
const lineBreak = 10;

/** Reads into a buffer, from a place of the file on; how many bytes there were. */
const readInto = (file: number, buffer: Buffer, position: number): number => {
  let length = 0;
  while (length < buffer.length) {
    const count = readSync(file, buffer, length, buffer.length - length, position + length);
    if (count === 0) break;
    length += count;
  }
  return length;
};

const withFile = <Value>(path: string, work: (file: number) => Value): Value => {
  const file = openSync(path, 'r');
  try {
    return work(file);
  } finally {
    closeSync(file);
  }
};

const scratch = Buffer.alloc(chunkSize);

/** The beginning of a file, up to its first line break and beyond; good until the next call. */
const readStart = (file: number): Buffer => {
  for (let buffer = scratch; ; buffer = Buffer.alloc(buffer.length * 4)) {
    const start = buffer.subarray(0, readInto(file, buffer, 0));
    if (start.length < buffer.length || start.includes(lineBreak)) return start;
  }
};

/** Opens a file for reading in parts; each part that was not at its beginning is read when asked for. */
export const readPaged = (path: string): Paged => {
  const start = withFile(path, readStart);
  const headLength = start.indexOf(lineBreak) + 1 || start.length;
  const kept = Buffer.from(start.subarray(headLength, headLength + keptSize));
  return {
    head: Buffer.from(start.subarray(0, headLength)),
    read(offset, length) {
      if (offset + length <= kept.length) return kept.subarray(offset, offset + length);
      try {
        const part = Buffer.alloc(length);
        const count = withFile(path, (file) => readInto(file, part, headLength + offset));
        return count === length ? part : undefined;
      } catch {
        return undefined;
      }
    },
  };
};
