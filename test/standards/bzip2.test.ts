import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { decodeBzip2 } from '../../standards/bzip2.ts';

interface Row {
  readonly name: string;
  readonly length: number;
  readonly sha256: string;
  readonly data: string;
}

const { bzip2: rows } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../fixtures/standards/archives.json'), 'utf8'),
) as { readonly bzip2: readonly Row[] };

const decode = (bytes: Uint8Array): Buffer => Buffer.concat([...decodeBzip2(bytes)]);

const row = (name: string): Buffer =>
  Buffer.from(rows.find((candidate) => candidate.name === name)?.data ?? '', 'base64');

test.each(rows)('$name', ({ data, length, sha256 }) => {
  const plain = decode(Buffer.from(data, 'base64'));
  expect(plain).toHaveLength(length);
  expect(createHash('sha256').update(plain).digest('hex')).toBe(sha256);
});

test('blocks come one by one, so that whoever asks can stop', () => {
  const blocks = decodeBzip2(row('several blocks of text'));
  const first = blocks.next().value;
  expect(first.length).toBeLessThanOrEqual(100_000);
});

test.each([0, 3, 4, 10, 14, 30, 60, 100])('cut off after %d bytes', (length) => {
  expect(() => decode(row('noise and zeroes').subarray(0, length))).toThrow(
    expect.objectContaining({ code: 'ARCHIVE_INVALID' }),
  );
});

test('each flipped bit is found out, or changes nothing', () => {
  const good = row('every byte');
  const plain = decode(good);
  for (let position = 0; position < good.length * 8; position += 3) {
    const bad = Buffer.from(good);
    const index = Math.floor(position / 8);
    bad[index] = (bad[index] ?? 0) ^ (1 << (position % 8));
    try {
      // Padding behind the last bit, and a larger block size, mean nothing.
      expect(Buffer.compare(decode(bad), plain)).toBe(0);
    } catch (error) {
      expect(error).toMatchObject({ code: 'ARCHIVE_INVALID' });
    }
  }
});
