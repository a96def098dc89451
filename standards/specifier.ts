/** Version specifiers (PEP 440): clauses such as `>=1.0`, and sets of them joined by commas. */
import { Lock2nixError } from '../graph/errors.ts';
import { quoted } from './quoted.ts';
import { formatVersion, isPrerelease, tryParseVersion, type Version } from './version.ts';
import {
  allVersions,
  complement,
  contains,
  type IntervalOperator,
  intersection,
  noVersions,
  onlyVersion,
  type VersionSet,
  versionsMatching,
  versionsWithPrefix,
} from './version-set.ts';

export type SpecifierOperator = IntervalOperator | '===';

/** One clause. `versions` is what it matches; for `===` that is only the nearest set (see there). */
export interface Specifier {
  readonly operator: SpecifierOperator;
  /** The version as written, white space removed: `1.0`, `1.*`; for `===` any text. */
  readonly text: string;
  readonly versions: VersionSet;
  /** Whether its version is a pre-release, which asks for pre-releases (not with `!=`). */
  readonly prerelease: boolean;
}

/** Clauses that all must hold, in the order written. None: everything matches. */
export interface SpecifierSet {
  readonly clauses: readonly Specifier[];
  readonly versions: VersionSet;
}

const operatorPattern = /^(?:===|~=|==|!=|<=|>=|<|>)/;
const operators: readonly string[] = ['===', '~=', '==', '!=', '<=', '>=', '<', '>'];
const isOperator = (text: string | undefined): text is SpecifierOperator =>
  text !== undefined && operators.includes(text);

/** What can be said of `===` without the candidate's own spelling: its version, if it is one. */
const arbitrary = (text: string): Specifier | undefined => {
  if (/[\s;)\p{Cc}]/u.test(text)) return undefined;
  const version = tryParseVersion(text);
  return {
    operator: '===',
    text,
    versions: version === undefined ? noVersions : onlyVersion(version),
    prerelease: version !== undefined && isPrerelease(version),
  };
};

const prefix = (operator: '==' | '!=', text: string): Specifier | undefined => {
  const version = tryParseVersion(text.slice(0, -'.*'.length));
  if (version === undefined || isPrerelease(version)) return undefined;
  if (version.post !== undefined || version.local.length > 0) return undefined;
  const matching = versionsWithPrefix(version);
  const versions = operator === '==' ? matching : complement(matching);
  return { operator, text, versions, prerelease: false };
};

/** One clause, without commas; undefined when PEP 440 does not allow it. */
export const tryParseSpecifier = (text: string): Specifier | undefined => {
  const clause = text.trim();
  const operator = operatorPattern.exec(clause)?.[0];
  if (!isOperator(operator)) return undefined;
  const versionText = clause.slice(operator.length).trim();
  if (operator === '===') return arbitrary(versionText);
  if (/\s/.test(versionText)) return undefined;
  const exact = operator === '==' || operator === '!=';
  if (exact && versionText.endsWith('.*')) return prefix(operator, versionText);
  const version = tryParseVersion(versionText);
  if (version === undefined) return undefined;
  if (version.local.length > 0 && !exact) return undefined;
  if (operator === '~=' && version.release.length < 2) return undefined;
  return {
    operator,
    text: versionText,
    versions: versionsMatching(operator, version),
    prerelease: operator !== '!=' && isPrerelease(version),
  };
};

const splitClauses = (text: string): readonly string[] =>
  text === '' ? [] : !text.includes(',') && text.trim() === text ? [text] : splitAtCommas(text);

const splitAtCommas = (text: string): readonly string[] =>
  text
    .split(',')
    .map((clause) => clause.trim())
    .filter((clause) => clause !== '');

/** Halves rather than one after the other: thousands of `!=` then cost no square of time. */
const intersectionOf = (clauses: readonly Specifier[]): VersionSet => {
  const [first] = clauses;
  if (first === undefined) return allVersions;
  if (clauses.length === 1) return first.versions;
  const middle = clauses.length >>> 1;
  return intersection(
    intersectionOf(clauses.slice(0, middle)),
    intersectionOf(clauses.slice(middle)),
  );
};

const specifierSet = (clauses: readonly Specifier[]): SpecifierSet => ({
  clauses,
  versions: intersectionOf(clauses),
});

/** `parseSpecifierSet` that gives undefined for what is none. */
export const tryParseSpecifierSet = (text: string): SpecifierSet | undefined => {
  const clauses = splitClauses(text).map(tryParseSpecifier);
  const valid = clauses.filter((clause) => clause !== undefined);
  return valid.length === clauses.length ? specifierSet(valid) : undefined;
};

const whyInvalid = (clause: string): string => {
  if (!operatorPattern.test(clause)) {
    return 'it has none of the operators `==`, `!=`, `<=`, `>=`, `<`, `>`, `~=`, `===`';
  }
  if (clause.endsWith('.*')) {
    return '`.*` goes with `==` and `!=` only, behind a plain release such as `1.2`';
  }
  if (clause.includes('+')) return 'a local label (`+…`) goes with `==` and `!=` only';
  if (clause.startsWith('~=') && !clause.includes('.'))
    return '`~=` needs two numbers at least, such as `~=1.2`';
  return 'what follows the operator is not a version';
};

/**
 * Reads a set of clauses as Python's `packaging` does: empty clauses are passed over
 * (`>=3.6,`), the empty text matches everything. Example: `parseSpecifierSet('>=1.0,!=1.5.*')`.
 * Throws SPECIFIER_INVALID with the clause at fault.
 */
export const parseSpecifierSet = (text: string): SpecifierSet => {
  const set = tryParseSpecifierSet(text);
  if (set !== undefined) return set;
  const clause = splitClauses(text).find((part) => tryParseSpecifier(part) === undefined) ?? text;
  throw new Lock2nixError(
    'SPECIFIER_INVALID',
    `${quoted(clause)} is not a version specifier: ${whyInvalid(clause)}`,
  );
};

/** Prints a clause as written, without white space. */
const formatSpecifier = ({ operator, text }: Specifier): string => operator + text;

/** Clauses that say the same, such as `==1.0` and `==1.0.0`, have the same one. */
const meaning = ({ operator, text, versions }: Specifier): string =>
  operator === '===' ? `===${text}` : [operator, ...versions.cuts].join(' ');

/**
 * Prints a set: clauses as written, sorted, each once, of those with one meaning the first.
 * `parseSpecifierSet` reads it back.
 */
export const formatSpecifierSet = ({ clauses }: SpecifierSet): string => {
  const sorted = clauses
    .map((clause) => ({ text: formatSpecifier(clause), meaning: meaning(clause) }))
    .sort((a, b) => (a.text < b.text ? -1 : 1));
  const seen = new Set<string>();
  return sorted
    .filter((clause) => !seen.has(clause.meaning) && seen.add(clause.meaning))
    .map(({ text }) => text)
    .join(',');
};

export interface ContainsOptions {
  /**
   * `false` leaves pre-releases out, whatever the set says. Otherwise they match: one version has
   * no rivals, so PEP 440's "unless nothing else satisfies" holds. Choosing among several is the
   * caller's; `mentionsPrerelease` tells whether the set asks for them.
   */
  readonly prereleases?: boolean;
}

const clauseContains = (
  clause: Specifier,
  version: Version | undefined,
  spelling: string,
): boolean => {
  if (clause.operator === '===') return clause.text.toLowerCase() === spelling.toLowerCase();
  return version !== undefined && contains(clause.versions, version);
};

/** `specifierContains` for one clause. */
export const clauseMatches = (clause: Specifier, candidate: Version | string): boolean =>
  typeof candidate === 'string'
    ? clauseContains(clause, tryParseVersion(candidate), candidate)
    : clauseContains(clause, candidate, formatVersion(candidate));

/**
 * Whether a version satisfies a set. As text, `===` sees its very spelling, and what is no version
 * can match nothing else; a parsed `Version` is compared with `===` in its normal form.
 */
export const specifierContains = (
  set: SpecifierSet,
  candidate: Version | string,
  options: ContainsOptions = {},
): boolean => {
  const version = typeof candidate === 'string' ? tryParseVersion(candidate) : candidate;
  if (options.prereleases === false && version !== undefined && isPrerelease(version)) return false;
  const arbitraryClauses = set.clauses.some(({ operator }) => operator === '===');
  if (!arbitraryClauses && version !== undefined) return contains(set.versions, version);
  if (set.clauses.length === 0) return true;
  const spelling = typeof candidate === 'string' ? candidate : formatVersion(candidate);
  return set.clauses.every((clause) => clauseContains(clause, version, spelling));
};

/** Whether a clause other than `!=` names a pre-release, which opts in to pre-releases. */
export const mentionsPrerelease = (set: SpecifierSet): boolean =>
  set.clauses.some(({ prerelease }) => prerelease);
