/** The text of markers (PEP 508; PEP 685 for `extra`, PEP 751 for `extras`), to a tree and back. */
import { isLock2nixError, Lock2nixError } from '../graph/errors.ts';
import {
  type Marker,
  type MarkerOperator,
  type MarkerValue,
  type MarkerVariable,
  markerVariables,
} from '../graph/marker.ts';
import { normaliseName } from './name.ts';
import { quoted } from './quoted.ts';
import { atEnd, type Scanner, scannerOf, skipBlanks, take } from './scanner.ts';

/** Far deeper than any marker that means something; keeps hostile ones off the call stack. */
const deepestNesting = 64;

const legacyNames: ReadonlyMap<string, MarkerVariable> = new Map([
  ['os.name', 'os_name'],
  ['sys.platform', 'sys_platform'],
  ['platform.version', 'platform_version'],
  ['platform.machine', 'platform_machine'],
  ['platform.python_implementation', 'platform_python_implementation'],
  ['python_implementation', 'platform_python_implementation'],
]);

const operatorWords: readonly MarkerOperator[] = [
  '===',
  '==',
  '~=',
  '!=',
  '<=',
  '>=',
  '<',
  '>',
  'in',
  'not in',
];

/** The variables that hold a set of names and allow membership only: `"x" in extras`. */
export const isSetVariable = (variable: MarkerVariable): boolean =>
  variable === 'extras' || variable === 'dependency_groups';

const invalid = (text: string, why: string): Lock2nixError =>
  new Lock2nixError('MARKER_INVALID', `the marker ${quoted(text)} cannot be read: ${why}`);

const expected = (scanner: Scanner, what: string): Lock2nixError =>
  invalid(
    scanner.text,
    `${what} expected at ${atEnd(scanner) ? 'its end' : `column ${scanner.position + 1}`}`,
  );

const variableOf = (name: string): MarkerVariable | undefined =>
  markerVariables.find((variable) => variable === name) ?? legacyNames.get(name);

const parseValue = (scanner: Scanner): MarkerValue => {
  const literal = take(scanner, /'([^']*)'|"([^"]*)"/y);
  if (literal !== undefined) {
    const text = literal[1] ?? literal[2] ?? '';
    // Python would read escapes here; PEP 508 allows no backslash at all.
    if (/[\\\p{Cc}]/u.test(text)) {
      throw invalid(scanner.text, `${quoted(text)} has a backslash or a control character`);
    }
    return { literal: text };
  }
  const start = scanner.position;
  const name = take(scanner, /[A-Za-z_][A-Za-z0-9_.]*/y)?.[0];
  const variable = name === undefined ? undefined : variableOf(name);
  if (variable === undefined) {
    scanner.position = start;
    throw expected(scanner, 'a marker variable or a quoted text');
  }
  return { variable };
};

const parseOperator = (scanner: Scanner): MarkerOperator => {
  const text = take(scanner, /===|==|~=|!=|<=|>=|<|>|in\b|not[ \t]+in\b/y)?.[0];
  const word = text?.startsWith('not') ? 'not in' : text;
  const operator = operatorWords.find((known) => known === word);
  if (operator === undefined) throw expected(scanner, 'a comparison operator');
  return operator;
};

const isName = (value: MarkerValue): boolean =>
  'variable' in value && (value.variable === 'extra' || isSetVariable(value.variable));

const isSet = (value: MarkerValue): boolean => 'variable' in value && isSetVariable(value.variable);

const normalised = (value: MarkerValue): MarkerValue =>
  'literal' in value ? { literal: normaliseName(value.literal) } : value;

const parseComparison = (scanner: Scanner): Marker => {
  const left = parseValue(scanner);
  skipBlanks(scanner);
  const operator = parseOperator(scanner);
  skipBlanks(scanner);
  const right = parseValue(scanner);
  if ('literal' in left && 'literal' in right) {
    throw invalid(scanner.text, `${quoted(left.literal)} is compared with another quoted text`);
  }
  if (isSet(left) || (isSet(right) && operator !== 'in' && operator !== 'not in')) {
    throw invalid(scanner.text, '`extras` and `dependency_groups` go behind `in` or `not in` only');
  }
  const names = isName(left) || isName(right);
  return names
    ? { kind: 'compare', left: normalised(left), operator, right: normalised(right) }
    : { kind: 'compare', left, operator, right };
};

const parseAtom = (scanner: Scanner, depth: number): Marker => {
  skipBlanks(scanner);
  if (take(scanner, /\(/y) === undefined) {
    const comparison = parseComparison(scanner);
    skipBlanks(scanner);
    return comparison;
  }
  if (depth >= deepestNesting) {
    throw invalid(scanner.text, `parentheses are nested more than ${deepestNesting} deep`);
  }
  const inner = parseExpression(scanner, depth + 1);
  if (take(scanner, /\)/y) === undefined) throw expected(scanner, '`)`, `and` or `or`');
  skipBlanks(scanner);
  return inner;
};

const parseConjunction = (scanner: Scanner, depth: number): Marker => {
  const operands = [parseAtom(scanner, depth)];
  while (take(scanner, /and\b/y) !== undefined) operands.push(parseAtom(scanner, depth));
  return joined('and', operands);
};

const parseExpression = (scanner: Scanner, depth: number): Marker => {
  const operands = [parseConjunction(scanner, depth)];
  while (take(scanner, /or\b/y) !== undefined) operands.push(parseConjunction(scanner, depth));
  return joined('or', operands);
};

/** Flattens operands of the same kind: `(a and b) and c` is `a and b and c`. */
const joined = (kind: 'and' | 'or', markers: readonly Marker[]): Marker => {
  const [only] = markers;
  if (only !== undefined && markers.length === 1) return only;
  const operands = markers.flatMap((marker) => (marker.kind === kind ? marker.operands : [marker]));
  return { kind, operands };
};

/**
 * Reads a marker from where the scanner stands, up to what cannot belong to it; the parts of a
 * requirement are read so. Throws MARKER_INVALID.
 */
export const scanMarker = (scanner: Scanner): Marker => parseExpression(scanner, 0);

/**
 * Reads a marker. Extra names in it are normalised, old names of variables (`os.name`) become
 * today's, and operands of one kind are one list.
 * Example: `parseMarker("os_name == 'posix' and extra == 'Foo_Bar'")`. Throws MARKER_INVALID.
 */
export const parseMarker = (text: string): Marker => {
  const scanner = scannerOf(text);
  const marker = scanMarker(scanner);
  if (!atEnd(scanner)) throw expected(scanner, '`and`, `or` or the end');
  return marker;
};

/** `parseMarker` that gives undefined for what is no marker. */
export const tryParseMarker = (text: string): Marker | undefined => {
  try {
    return parseMarker(text);
  } catch (error) {
    if (isLock2nixError(error)) return undefined;
    throw error;
  }
};

const formatValue = (value: MarkerValue): string => {
  if ('variable' in value) return value.variable;
  if (!value.literal.includes('"')) return `"${value.literal}"`;
  if (!value.literal.includes("'")) return `'${value.literal}'`;
  throw new Lock2nixError(
    'MARKER_INVALID',
    `${quoted(value.literal)} has both kinds of quotes, which no marker can write`,
  );
};

const formatOperand = (parent: 'and' | 'or', marker: Marker): string =>
  parent === 'and' && marker.kind === 'or' ? `(${formatMarker(marker)})` : formatMarker(marker);

/**
 * Prints a marker: double quotes where the text has none, parentheses only around an `or` inside
 * an `and`. `parseMarker` reads it back. Throws MARKER_INVALID for a literal with both quotes.
 */
export const formatMarker = (marker: Marker): string => {
  if (marker.kind !== 'compare') {
    const { kind, operands } = marker;
    return operands.map((operand) => formatOperand(kind, operand)).join(` ${kind} `);
  }
  return `${formatValue(marker.left)} ${marker.operator} ${formatValue(marker.right)}`;
};

/**
 * Joins markers with `and` or `or`; an absent marker always holds. Operands that are there twice
 * are kept once. Undefined when the result always holds.
 */
export const combineMarkers = (
  kind: 'and' | 'or',
  markers: readonly (Marker | undefined)[],
): Marker | undefined => {
  const present = markers.filter((marker) => marker !== undefined);
  if (present.length === 0) return undefined;
  if (kind === 'or' && present.length < markers.length) return undefined;
  const flat = present.flatMap((marker) => (marker.kind === kind ? marker.operands : [marker]));
  const distinct = [...new Map(flat.map((marker) => [formatMarker(marker), marker])).values()];
  return joined(kind, distinct);
};

/** Calls `visit` with every comparison in a marker. */
export const visitComparisons = (
  marker: Marker,
  visit: (comparison: Extract<Marker, { kind: 'compare' }>) => void,
): void => {
  if (marker.kind === 'compare') {
    visit(marker);
    return;
  }
  for (const operand of marker.operands) visitComparisons(operand, visit);
};

/** The variables that a marker compares. */
export const markerVariablesOf = (marker: Marker): ReadonlySet<MarkerVariable> => {
  const variables = new Set<MarkerVariable>();
  visitComparisons(marker, ({ left, right }) => {
    for (const value of [left, right]) if ('variable' in value) variables.add(value.variable);
  });
  return variables;
};
