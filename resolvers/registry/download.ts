import { createHash } from 'node:crypto';
import { Lock2nixError } from '../../graph/errors.ts';
import { formatSri, hashBytes, parseIntegrity } from '../../standards/integrity.ts';
import type { Answer, Http } from './http.ts';
import { answerError } from './http-errors.ts';
import { publicUrl } from './url.ts';

/** Archives are read in memory. */
const maxArchiveBytes = 512 * 2 ** 20;
/** A file that is only hashed goes through in parts. */
const maxFileBytes = 16 * 2 ** 30;

type Found = Extract<Answer, { kind: 'found' }>;

/** `REGISTRY_ANSWER`: a file that an index lists, or a lock names, is not there. */
export const missingFile = (url: string, status: number): Lock2nixError =>
  answerError(url, `answers ${status}`);

/** A login page or a notice with status 200 is not the file. */
const expectFile = (url: string, answer: Answer): Found => {
  if (answer.kind !== 'found') {
    throw missingFile(url, answer.kind === 'missing' ? answer.status : 304);
  }
  if (answer.contentType === 'text/html' && !/\.html?$/i.test(new URL(url).pathname)) {
    throw answerError(url, 'answers with a web page instead of a file');
  }
  return answer;
};

/** The bytes of an archive. Throws as `Http.get`, also for a file that is not there. */
export const downloadArchive = async (http: Http, url: string): Promise<Buffer> =>
  expectFile(url, await http.get(url, { maxBytes: maxArchiveBytes })).body;

/** The SHA-256 of a file, as SRI. Throws as `downloadArchive`. */
export const downloadHash = async (http: Http, url: string): Promise<string> => {
  let hasher = createHash('sha256');
  const answer = await http.get(url, {
    maxBytes: maxFileBytes,
    collect: () => {
      hasher = createHash('sha256');
      return (part) => hasher.update(part);
    },
  });
  expectFile(url, answer);
  return formatSri('sha256', hasher.digest());
};

/** Compares bytes with their integrity. Throws `HASH_MISMATCH`. */
export const verifyBytes = (bytes: Uint8Array, sri: string, url: string): void => {
  const actual = hashBytes(parseIntegrity(sri).algorithm, bytes);
  if (actual === sri) return;
  throw new Lock2nixError(
    'HASH_MISMATCH',
    `\`${publicUrl(url)}\` has the hash \`${actual}\` and not \`${sri}\``,
    { hint: 'the file was changed since it was locked: find out why before locking it again' },
  );
};
