/**
 * Environment markers (PEP 508): their text (see `marker-syntax.ts`) and what they say of an
 * environment, decided as Python's `packaging` decides it.
 */
import { Lock2nixError } from '../graph/errors.ts';
import type { Marker, MarkerOperator, MarkerValue, MarkerVariable } from '../graph/marker.ts';
import { formatMarker, isSetVariable } from './marker-syntax.ts';
import { normaliseName } from './name.ts';
import { quoted } from './quoted.ts';
import { clauseMatches, tryParseSpecifier } from './specifier.ts';

export {
  combineMarkers,
  formatMarker,
  markerVariablesOf,
  parseMarker,
  tryParseMarker,
  visitComparisons,
} from './marker-syntax.ts';

/** The variables whose value is a text. */
export type TextVariable = Exclude<MarkerVariable, 'extra' | 'extras' | 'dependency_groups'>;

/**
 * The values that markers are compared with. `extras` holds for `extra` and for `extras`: the
 * normalised names of the extras asked for.
 */
export interface MarkerEnvironment extends Readonly<Record<TextVariable, string>> {
  readonly extras: ReadonlySet<string>;
  readonly dependency_groups: ReadonlySet<string>;
}

type Comparison = Extract<Marker, { kind: 'compare' }>;

/** Only these are ever compared as versions. */
const versionVariables: ReadonlySet<MarkerVariable> = new Set([
  'implementation_version',
  'platform_release',
  'python_full_version',
  'python_version',
] as const);

/** Texts have no order: `<` and `>` never hold, `<=` and `>=` hold for the same text. */
const compareTexts = (
  left: string,
  operator: MarkerOperator,
  right: string,
): boolean | undefined => {
  switch (operator) {
    case '==':
    case '<=':
    case '>=':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
    case '>':
      return false;
    case 'in':
      return right.includes(left);
    case 'not in':
      return !right.includes(left);
    default:
      return undefined;
  }
};

const undefinedComparison = (comparison: Comparison): Lock2nixError =>
  new Lock2nixError(
    'MARKER_INVALID',
    `the comparison ${quoted(formatMarker(comparison))} has no meaning: \`${comparison.operator}\` compares versions only`,
  );

/** `extra` stands for each extra asked for, or for the empty text when there is none. */
const compareExtra = (comparison: Comparison, environment: MarkerEnvironment): boolean => {
  const { left, operator, right } = comparison;
  const extras = environment.extras.size === 0 ? [''] : environment.extras;
  const textFor = (value: MarkerValue, extra: string): string => {
    if ('literal' in value) return normaliseName(value.literal);
    return value.variable === 'extra' ? extra : textOf(value, environment);
  };
  const negative = operator === '!=' || operator === 'not in';
  let holds = negative;
  for (const extra of extras) {
    const result = compareTexts(textFor(left, extra), operator, textFor(right, extra));
    if (result === undefined) throw undefinedComparison(comparison);
    holds = negative ? holds && result : holds || result;
  }
  return holds;
};

const textOf = (value: MarkerValue, environment: MarkerEnvironment): string => {
  if ('literal' in value) return value.literal;
  const { variable } = value;
  if (variable === 'extra' || variable === 'extras' || variable === 'dependency_groups') return '';
  return environment[variable];
};

const compareSet = (comparison: Comparison, environment: MarkerEnvironment): boolean => {
  const { left, operator, right } = comparison;
  if ((operator !== 'in' && operator !== 'not in') || !('variable' in right)) {
    throw undefinedComparison(comparison);
  }
  const names = right.variable === 'extras' ? environment.extras : environment.dependency_groups;
  const member = names.has(normaliseName(textOf(left, environment)));
  return operator === 'in' ? member : !member;
};

/** A build of CPython between releases calls itself `3.13.0+`, which is no version. */
const repaired = (variable: MarkerVariable, text: string): string =>
  variable === 'python_full_version' && text.endsWith('+') ? `${text}local` : text;

/** What was compared before: the same few comparisons come thousands of times. */
const versionVerdicts = new Map<string, boolean | 'no version'>();
const mostVerdicts = 10_000;

/** Compares as versions; undefined when the right side cannot be one. */
const compareVersions = (left: string, operator: string, right: string): boolean | undefined => {
  const key = `${left}\0${operator}${right}`;
  let verdict = versionVerdicts.get(key);
  if (verdict === undefined) {
    const clause = tryParseSpecifier(operator + right);
    verdict = clause === undefined ? 'no version' : clauseMatches(clause, left);
    if (versionVerdicts.size >= mostVerdicts) versionVerdicts.clear();
    versionVerdicts.set(key, verdict);
  }
  return verdict === 'no version' ? undefined : verdict;
};

const compare = (comparison: Comparison, environment: MarkerEnvironment): boolean => {
  const { left, operator, right } = comparison;
  const variables = [left, right].flatMap((value) => ('variable' in value ? value.variable : []));
  if (variables.some(isSetVariable)) return compareSet(comparison, environment);
  if (variables.includes('extra')) return compareExtra(comparison, environment);
  const [leftText = '', rightText = ''] = [left, right].map((value) =>
    'variable' in value ? repaired(value.variable, textOf(value, environment)) : value.literal,
  );
  const [decisive] = variables;
  if (decisive !== undefined && versionVariables.has(decisive)) {
    const verdict = compareVersions(leftText, operator, rightText);
    if (verdict !== undefined) return verdict;
  }
  const result = compareTexts(leftText, operator, rightText);
  if (result === undefined) throw undefinedComparison(comparison);
  return result;
};

/**
 * Whether a marker holds. `python_version`, `python_full_version`, `implementation_version` and
 * `platform_release` are compared as versions where the right side can be one; all else as text.
 * Every comparison is looked at, so one without a meaning (`os_name ~= "posix"`) always throws
 * MARKER_INVALID.
 */
export const evaluateMarker = (marker: Marker, environment: MarkerEnvironment): boolean => {
  if (marker.kind === 'compare') return compare(marker, environment);
  const results = marker.operands.map((operand) => evaluateMarker(operand, environment));
  return marker.kind === 'and' ? results.every(Boolean) : results.some(Boolean);
};
