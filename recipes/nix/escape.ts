import { Lock2nixError } from '../../graph/errors.ts';
import { quoted } from '../../standards/quoted.ts';

/** Words that Nix reads as syntax (Nix manual, "Language"): as attribute names they need quotes. */
const keywords = new Set([
  'assert',
  'else',
  'if',
  'in',
  'inherit',
  'let',
  'or',
  'rec',
  'then',
  'with',
]);

const escapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/**
 * A Nix string literal of any text (Nix manual, "String literal"): `say "${x}"` becomes
 * `"say \"\${x}\""`. Throws NIX_TEXT for what a Nix string cannot hold: NUL and lone surrogates.
 */
export const quoteNixString = (text: string): string => {
  if (text.includes('\0')) {
    throw new Lock2nixError(
      'NIX_TEXT',
      `a Nix string cannot hold the NUL character in ${quoted(text)}`,
    );
  }
  if (!text.isWellFormed()) {
    throw new Lock2nixError(
      'NIX_TEXT',
      `a Nix string cannot hold the lone surrogate in ${quoted(text)}`,
    );
  }
  return `"${text.replace(/["\\\n\r\t]|\$(?=\{)/g, (found) => escapes[found] ?? `\\${found}`)}"`;
};

/** An attribute name: bare where Nix reads it as a name, quoted elsewhere (`"2to3"`, `"with"`). */
export const formatAttributeName = (name: string): string =>
  /^[A-Za-z_][A-Za-z0-9_'-]*$/.test(name) && !keywords.has(name) ? name : quoteNixString(name);

/**
 * A relative path literal. Throws NIX_TEXT for anything that Nix would not read as one path:
 * callers make paths of their own names only.
 */
export const formatNixPath = (path: string): string => {
  if (!/^\.{1,2}(?:\/[A-Za-z0-9_.+-]+)*$/.test(path)) {
    throw new Lock2nixError('NIX_TEXT', `${quoted(path)} cannot be written as a Nix path`);
  }
  // `.` and `..` alone are no paths to Nix, `./.` and `../.` are.
  return /^\.{1,2}$/.test(path) ? `${path}/.` : path;
};

/** Nix allows 211 characters, and derivations put `.drv` and their output behind it. */
const longestStoreName = 200;

/**
 * A store path's name made of any text (Nix manual, "Store path"): other characters become `-`, of
 * what is too long the end is kept, since it tells a file's type. Nothing left is `source`.
 */
export const storeName = (text: string): string =>
  text
    .replace(/[^0-9A-Za-z+._?=-]/g, '-')
    .slice(-longestStoreName)
    .replace(/^\.+/, '') || 'source';

/**
 * Untrusted text as one line of prose: what ends a line or is blank becomes one space, other control
 * characters and those that reorder text (Unicode TR 9) go, lone surrogates are replaced.
 */
export const oneLine = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[\s\u0085]+/g, ' ')
    .replace(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '')
    .trim();
