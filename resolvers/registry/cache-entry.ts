/** The text of an entry of the cache; keys are in canonical JSON. */
import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';

const sha256 = (text: string | Uint8Array): string =>
  createHash('sha256').update(text).digest('hex');

/** What files are named by. */
export const keyHash = (key: string): string => sha256(key);

const digestStart = '{"digest":"';
const digestEnd = '",';
/** Where the text begins that the digest is of. */
const bodyOffset = digestStart.length + sha256('').length + digestEnd.length;

/** The part of an entry that its digest is of, up to the value. */
const bodyStart = (key: string): string => `"key":${key},"value":`;

/** `{"digest":…,"key":…,"value":…}` and a line break, the digest being of the text behind it. */
export const formatEntry = (key: string, value: unknown): string => {
  const body = `${bodyStart(key)}${canonicalJson(value)}}\n`;
  return `${digestStart}${sha256(body)}${digestEnd}${body}`;
};

/** The value of an entry; `undefined` when it is damaged or another key's. */
export const tryParseEntry = (entry: Buffer, key: string): unknown => {
  const body = entry.subarray(bodyOffset);
  const start = `${digestStart}${sha256(body)}${digestEnd}`;
  if (entry.toString('latin1', 0, bodyOffset) !== start) return undefined;
  const text = body.toString();
  const opening = bodyStart(key);
  if (!text.startsWith(opening) || !text.endsWith('}\n')) return undefined;
  try {
    return JSON.parse(text.slice(opening.length, -2));
  } catch {
    return undefined;
  }
};
