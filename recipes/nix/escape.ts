import { Lock2nixError } from '../../graph/errors.ts';

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
      `a Nix string cannot hold the NUL character in ${JSON.stringify(text)}`,
    );
  }
  if (!text.isWellFormed()) {
    throw new Lock2nixError(
      'NIX_TEXT',
      `a Nix string cannot hold the lone surrogate in ${JSON.stringify(text)}`,
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
    throw new Lock2nixError('NIX_TEXT', `\`${path}\` cannot be written as a Nix path`);
  }
  // `.` and `..` alone are no paths to Nix, `./.` and `../.` are.
  return /^\.{1,2}$/.test(path) ? `${path}/.` : path;
};

/** What a store path's name may hold (Nix manual, "Store path"): others become `-`. */
export const storeName = (text: string): string =>
  text.replace(/[^0-9A-Za-z+._?=-]/g, '-').replace(/^\.+/, '');

/** A comment's text on one line, with nothing in it that ends a line. */
export const commentText = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not get through
  text.replace(/[\u0000-\u001f\u007f\u0085\u2028\u2029]+/g, ' ').trim();
