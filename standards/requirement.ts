/** Requirements (PEP 508): `name[extra]>=1.0; marker` and `name @ url ; marker`. */
import { isLock2nixError, Lock2nixError } from '../graph/errors.ts';
import type { Marker, Requirement } from '../graph/marker.ts';
import { formatMarker, scanMarker } from './marker-syntax.ts';
import { isName, normaliseName } from './name.ts';
import { quoted } from './quoted.ts';
import { atEnd, type Scanner, scannerOf, skipBlanks, take } from './scanner.ts';
import { formatSpecifierSet, parseSpecifierSet } from './specifier.ts';

const invalid = (scanner: Scanner, why: string): Lock2nixError =>
  new Lock2nixError(
    'REQUIREMENT_INVALID',
    `the requirement ${quoted(scanner.text)} cannot be read: ${why}`,
  );

const where = (scanner: Scanner): string =>
  atEnd(scanner) ? 'at its end' : `at column ${scanner.position + 1}`;

const scanName = (scanner: Scanner, what: string): string => {
  const name = take(scanner, /[A-Za-z0-9._-]+/y)?.[0];
  if (name === undefined) throw invalid(scanner, `${what} expected ${where(scanner)}`);
  if (!isName(name)) throw invalid(scanner, `${quoted(name)} is not ${what}`);
  return normaliseName(name);
};

const scanExtras = (scanner: Scanner): readonly string[] => {
  if (take(scanner, /\[[ \t]*/y) === undefined) return [];
  const extras = new Set<string>();
  if (take(scanner, /\]/y) !== undefined) return [];
  do {
    extras.add(scanName(scanner, 'the name of an extra'));
    skipBlanks(scanner);
  } while (take(scanner, /,[ \t]*/y) !== undefined);
  if (take(scanner, /\]/y) === undefined) {
    throw invalid(scanner, `\`,\` or \`]\` expected ${where(scanner)}`);
  }
  return [...extras].sort();
};

/** Empty clauses are allowed at the end only (`>=1.0,`), unlike in a specifier set on its own. */
const specifierOf = (scanner: Scanner, text: string): string => {
  if (/^\s*,|,\s*,/.test(text)) throw invalid(scanner, 'there is nothing between two commas');
  return formatSpecifierSet(parseSpecifierSet(text));
};

const scanSpecifier = (scanner: Scanner): string => {
  if (take(scanner, /\(/y) === undefined) {
    return specifierOf(scanner, take(scanner, /[^;]*/y)?.[0] ?? '');
  }
  const text = take(scanner, /[^;)]*/y)?.[0] ?? '';
  if (take(scanner, /\)/y) === undefined) {
    throw invalid(scanner, `\`)\` expected ${where(scanner)}`);
  }
  skipBlanks(scanner);
  return specifierOf(scanner, text);
};

/** A URL ends at white space; `;` before that belongs to it. */
const scanUrl = (scanner: Scanner): string | undefined => {
  if (take(scanner, /@/y) === undefined) return undefined;
  skipBlanks(scanner);
  const url = take(scanner, /[^ \t]+/y)?.[0];
  if (url === undefined) throw invalid(scanner, 'there is no URL behind `@`');
  skipBlanks(scanner);
  return url;
};

const scanTrailingMarker = (scanner: Scanner): Marker | undefined => {
  if (atEnd(scanner)) return undefined;
  if (take(scanner, /;/y) === undefined) {
    throw invalid(scanner, `\`;\` or the end expected ${where(scanner)}`);
  }
  const marker = scanMarker(scanner);
  if (atEnd(scanner)) return marker;
  throw invalid(scanner, `\`and\`, \`or\` or the end expected ${where(scanner)}`);
};

const scanRequirement = (scanner: Scanner): Requirement => {
  // A tab is the one control character that PEP 508 knows.
  if (/[^\P{Cc}\t]/u.test(scanner.text)) throw invalid(scanner, 'it has a control character');
  skipBlanks(scanner);
  const name = scanName(scanner, 'a package name');
  skipBlanks(scanner);
  const extras = scanExtras(scanner);
  skipBlanks(scanner);
  const url = scanUrl(scanner);
  const specifier = url === undefined ? scanSpecifier(scanner) : '';
  const marker = scanTrailingMarker(scanner);
  return {
    name,
    extras,
    ...(specifier === '' ? {} : { specifier }),
    ...(url === undefined ? {} : { url }),
    ...(marker === undefined ? {} : { marker }),
  };
};

/**
 * Reads a requirement; name and extras come out normalised, the specifier sorted. Also the old
 * form with parentheses, `name (>=1.0)`.
 * Example: `parseRequirement('Flask[Async] >=2,<4; python_version >= "3.9"')`.
 * Throws REQUIREMENT_INVALID, which names the part at fault.
 */
export const parseRequirement = (text: string): Requirement => {
  const scanner = scannerOf(text);
  try {
    return scanRequirement(scanner);
  } catch (error) {
    if (!isLock2nixError(error) || error.code === 'REQUIREMENT_INVALID') throw error;
    throw new Lock2nixError(
      'REQUIREMENT_INVALID',
      error.code === 'MARKER_INVALID'
        ? error.message.replace(/^the marker/, 'the requirement')
        : `the requirement ${quoted(text)} cannot be read: ${error.message}`,
      { cause: error },
    );
  }
};

/** `parseRequirement` that gives undefined for what is no requirement. */
export const tryParseRequirement = (text: string): Requirement | undefined => {
  try {
    return parseRequirement(text);
  } catch (error) {
    if (isLock2nixError(error)) return undefined;
    throw error;
  }
};

/** Prints a requirement; `parseRequirement` reads it back. */
export const formatRequirement = (requirement: Requirement): string => {
  const { name, extras, specifier = '', url, marker } = requirement;
  const head = extras.length === 0 ? name : `${name}[${extras.join(',')}]`;
  const tail = marker === undefined ? '' : `; ${formatMarker(marker)}`;
  // The blank before `;` keeps it out of the URL.
  if (url === undefined) return head + specifier + tail;
  return `${head} @ ${url}${tail === '' ? '' : ` ${tail}`}`;
};
