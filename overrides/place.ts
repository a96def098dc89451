/** Where in a file of rules something stands, and how its values are read. */
import type { Lock2nixError } from '../graph/errors.ts';
import { parseName } from '../standards/name.ts';
import { errorAt, locationOf, readAt, type TomlDocument } from '../standards/toml-document.ts';
import type { TomlPath } from '../standards/toml-location.ts';

/** How messages call a part of the file. */
export const describe = ([table, index]: TomlPath): {
  readonly subject: string;
  readonly skip: number;
} =>
  typeof index === 'number'
    ? { subject: `\`[[${table}]]\` number ${index + 1}`, skip: 2 }
    : { subject: 'overrides', skip: 0 };

/** `overrides.toml:3` */
export const placeOf = (document: TomlDocument, path: TomlPath): string => {
  const { file, line } = locationOf(document, path);
  return line === undefined ? file : `${file}:${line}`;
};

/** Runs `read`; an error of ours gets the place put before its message, and its line. */
export const readPart = <Value>(document: TomlDocument, path: TomlPath, read: () => Value): Value =>
  readAt({ document, path, subject: describe(path).subject }, read);

/** OVERRIDES_SHAPE at a place. */
export const refuseAt = (
  document: TomlDocument,
  path: TomlPath,
  message: { readonly text: string; readonly hint?: string },
): Lock2nixError =>
  errorAt({ document, path, subject: describe(path).subject }, 'OVERRIDES_SHAPE', message);

/** A normalised name. Throws NAME_INVALID with its place. */
export const nameAt = (document: TomlDocument, path: TomlPath, text: string): string =>
  readPart(document, path, () => parseName(text));

/** Relative, forward, and never above where it starts. */
export const isInside = (path: string): boolean =>
  path !== '' &&
  !path.startsWith('/') &&
  !path.split('/').includes('..') &&
  !/[\p{Cc}\\]/u.test(path);
