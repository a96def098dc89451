import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  compareIntegrity,
  formatHexHash,
  formatSri,
  hashAlgorithms,
  hashBytes,
  isStrong,
  parseIntegrity,
  toSri,
  tryParseIntegrity,
} from '../../standards/integrity.ts';

const emptySha256 = 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';
const emptyHex = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

test.each([
  [emptySha256, emptySha256],
  [emptySha256.slice(0, -1), emptySha256],
  [`${emptySha256}?opt`, emptySha256],
  [`sha256:${emptyHex}`, emptySha256],
  [`sha256=${emptyHex}`, emptySha256],
  [` SHA256:${emptyHex.toUpperCase()}\n`, emptySha256],
  ['md5:d41d8cd98f00b204e9800998ecf8427e', 'md5-1B2M2Y8AsgTpgAmY7PhCfg=='],
  ['sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709', 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk='],
])('%j is %s', (text, sri) => {
  expect(toSri(text)).toBe(sri);
});

test.each([
  ['', 'is neither'],
  [emptyHex, 'is neither'],
  ['sha256', 'is neither'],
  ['sha256-', 'has 0 bytes, sha256 has 32'],
  ['sha256:', 'has 0 bytes'],
  ['sha512-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=', 'has 32 bytes, sha512 has 64'],
  ['sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=', 'is not base64'],
  ['sha256-47DEQpj8HBSa+_TImW+5JCeuQeRkm5NMpJWZG3hSuFU=', 'is not base64'],
  ['sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuF"=', 'is not base64'],
  [`sha256:${emptyHex.slice(1)}`, 'has 31 bytes'],
  [`sha256:${emptyHex.slice(1)}g`, 'is not hexadecimal'],
  ['sha3-47DEQpj8HBSa', 'has an unknown algorithm; known are sha512, sha384, sha256, sha1, md5'],
  ['__proto__-AAAA', 'is neither'],
  [`sha256-${'='.repeat(100_000)}`, 'is not base64'],
])('%j is refused: %s', (text, why) => {
  expect(() => parseIntegrity(text)).toThrow(why);
  expect(() => parseIntegrity(text)).toThrow(expect.objectContaining({ code: 'HASH_INVALID' }));
  expect(tryParseIntegrity(text)).toBeUndefined();
});

test('hashing bytes', () => {
  expect(hashBytes('sha256', new Uint8Array(0))).toBe(emptySha256);
  expect(formatHexHash(emptySha256)).toBe(`sha256:${emptyHex}`);
});

test('a digest of the wrong length is no SRI', () => {
  expect(() => formatSri('sha512', new Uint8Array(32))).toThrow(
    expect.objectContaining({ code: 'HASH_INVALID' }),
  );
});

test('strongest first, then by text', () => {
  const bytes = Buffer.from('x');
  const all = hashAlgorithms.map((name) => ({ sri: hashBytes(name, bytes), of: 'file' as const }));
  const other = { sri: emptySha256, of: 'file' as const };
  const sorted = [...all, other].reverse().sort(compareIntegrity);
  expect(sorted.map(({ sri }) => sri.split('-')[0])).toEqual([
    'sha512',
    'sha384',
    'sha256',
    'sha256',
    'sha1',
    'md5',
  ]);
  expect(sorted[2]).toBe(other);
  expect(sorted.map(isStrong)).toEqual([true, true, true, true, false, false]);
});

test('what is printed is read back', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.constantFrom(...hashAlgorithms), (bytes, algorithm) => {
      const sri = hashBytes(algorithm, bytes);
      expect(toSri(sri)).toBe(sri);
      expect(toSri(formatHexHash(sri))).toBe(sri);
    }),
  );
});
