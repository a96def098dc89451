/** Names of Python distributions and of extras: PEP 503 (normal form), PEP 508 (grammar). */
import { Lock2nixError } from '../graph/errors.ts';
import { quoted } from './quoted.ts';

const grammar = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/;

/** Whether `text` is a name under PEP 508's grammar: ASCII letters, digits, `-`, `_`, `.`. */
export const isName = (text: string): boolean => grammar.test(text);

/**
 * The normal form (PEP 503): lower case, runs of `-`, `_` and `.` as one `-`. `text` is taken to
 * be a name; `parseName` is for text that nobody has looked at.
 */
export const normaliseName = (text: string): string => text.replace(/[-_.]+/g, '-').toLowerCase();

/**
 * The normal form of a name that comes from outside. Example: `parseName('Zope.Interface')` is
 * `zope-interface`. Throws NAME_INVALID for anything outside the grammar.
 */
export const parseName = (text: string): string => {
  if (isName(text)) return normaliseName(text);
  throw new Lock2nixError(
    'NAME_INVALID',
    `${quoted(text)} is not a package name: letters, digits, \`-\`, \`_\` and \`.\` only, with a letter or digit at both ends`,
  );
};
