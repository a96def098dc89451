/** Hashes of files and trees as Subresource Integrity (W3C SRI), the form that Nix and npm read. */
import { createHash } from 'node:crypto';
import { Lock2nixError } from '../graph/errors.ts';
import type { Integrity } from '../graph/types.ts';
import { quoted } from './quoted.ts';

/** Hash algorithms that Nix and npm know, strongest first. */
export const hashAlgorithms = ['sha512', 'sha384', 'sha256', 'sha1', 'md5'] as const;

export type HashAlgorithm = (typeof hashAlgorithms)[number];

const digestLengths = { sha512: 64, sha384: 48, sha256: 32, sha1: 20, md5: 16 } as const;

/** Weakest algorithm that nobody can forge a second file for. */
const weakestStrong: HashAlgorithm = 'sha256';

/** A hash taken apart: `digest` has the algorithm's length. */
export interface Hash {
  readonly algorithm: HashAlgorithm;
  readonly digest: Uint8Array;
}

const hashPattern = /^([A-Za-z0-9]+)([-:=])([^?]*)(?:\?.*)?$/s;
const base64Pattern = /^[A-Za-z0-9+/]*={0,2}$/;
const hexPattern = /^[0-9a-f]*$/i;

const decodeDigest = (text: string, separator: string): Uint8Array | undefined => {
  if (separator !== '-') return hexPattern.test(text) ? Buffer.from(text, 'hex') : undefined;
  if (!base64Pattern.test(text)) return undefined;
  const digest = Buffer.from(text, 'base64');
  // Bits left over behind the last byte would make one digest have several texts.
  const canonical = digest.toString('base64').replace(/=+$/, '');
  return canonical === text.replace(/=+$/, '') ? digest : undefined;
};

/** The hash, or what is wrong with the text. */
const readHash = (text: string): Hash | string => {
  const match = hashPattern.exec(text.trim());
  if (match === null) return 'is neither `ALGORITHM-BASE64` nor `ALGORITHM:HEX`';
  const [, name = '', separator = '', encoded = ''] = match;
  const algorithm = hashAlgorithms.find((known) => known === name.toLowerCase());
  if (algorithm === undefined) {
    return `has an unknown algorithm; known are ${hashAlgorithms.join(', ')}`;
  }
  const digest = decodeDigest(encoded, separator);
  if (digest === undefined) return separator === '-' ? 'is not base64' : 'is not hexadecimal';
  const wanted = digestLengths[algorithm];
  return digest.length === wanted
    ? { algorithm, digest }
    : `has ${digest.length} bytes, ${algorithm} has ${wanted}`;
};

/**
 * Parses a hash: SRI (`sha256-BASE64=`, options behind `?` ignored), or hexadecimal as poetry and
 * pip write it (`sha256:HEX`, `sha256=HEX`). Throws `HASH_INVALID` for an unknown algorithm, a wrong
 * length or a wrong character.
 */
export const parseIntegrity = (text: string): Hash => {
  const hash = readHash(text);
  if (typeof hash !== 'string') return hash;
  throw new Lock2nixError('HASH_INVALID', `hash ${quoted(text)} ${hash}`);
};

/** Like `parseIntegrity`, undefined for what it refuses. */
export const tryParseIntegrity = (text: string): Hash | undefined => {
  const hash = readHash(text);
  return typeof hash === 'string' ? undefined : hash;
};

/** Prints a digest as SRI: `sha256-BASE64=`. Throws `HASH_INVALID` when it has not the algorithm's length. */
export const formatSri = (algorithm: HashAlgorithm, digest: Uint8Array): string => {
  if (digest.length !== digestLengths[algorithm]) {
    throw new Lock2nixError(
      'HASH_INVALID',
      `a digest of ${digest.length} bytes is none of ${algorithm}`,
    );
  }
  return `${algorithm}-${Buffer.from(digest).toString('base64')}`;
};

/** Prints the hash that a text states, SRI or hexadecimal, as SRI. Throws `HASH_INVALID`. */
export const toSri = (text: string): string => {
  const { algorithm, digest } = parseIntegrity(text);
  return formatSri(algorithm, digest);
};

/** Prints a hash as indexes and pip write it: `sha256:HEX`. Throws `HASH_INVALID`. */
export const formatHexHash = (sri: string): string => {
  const { algorithm, digest } = parseIntegrity(sri);
  return `${algorithm}:${Buffer.from(digest).toString('hex')}`;
};

/** The SRI of some bytes: `hashBytes('sha256', contents)`. */
export const hashBytes = (algorithm: HashAlgorithm, bytes: Uint8Array): string =>
  formatSri(algorithm, createHash(algorithm).update(bytes).digest());

const strength = ({ sri }: Integrity): number =>
  hashAlgorithms.indexOf(parseIntegrity(sri).algorithm);

/** Order of integrities, strongest first; equally strong ones by text. Throws `HASH_INVALID`. */
export const compareIntegrity = (left: Integrity, right: Integrity): number =>
  strength(left) - strength(right) || (left.sri === right.sri ? 0 : left.sri < right.sri ? -1 : 1);

/** Whether nobody can make another file with the same hash: sha256 and stronger. */
export const isStrong = (integrity: Integrity): boolean =>
  strength(integrity) <= hashAlgorithms.indexOf(weakestStrong);
