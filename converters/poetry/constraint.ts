/**
 * Poetry's version constraints (https://python-poetry.org/docs/dependency-specification/): carets,
 * tildes, wildcards, PEP 440 clauses, joined by commas or spaces, with `||` between alternatives.
 */
import { Lock2nixError } from '../../graph/errors.ts';
import { quoted } from '../../standards/quoted.ts';
import { tryParseVersion, type Version } from '../../standards/version.ts';
import {
  allVersions,
  complement,
  type IntervalOperator,
  intersection,
  noVersions,
  union,
  type VersionSet,
  versionsMatching,
  versionsWithPrefix,
} from '../../standards/version-set.ts';

/** One comparison. `in` and `not in` are `==V.*` and `!=V.*`: only the release of `version` counts. */
export interface Clause {
  readonly operator: Exclude<IntervalOperator, '~='> | 'in' | 'not in';
  readonly version: Version;
}

/** Alternatives, each a list of clauses that all must hold. `[[]]` is any version. */
export type Constraint = readonly (readonly Clause[])[];

const operators = ['^', '~=', '~', '===', '==', '=', '!=', '<>', '<=', '>=', '<', '>'] as const;
type Operator = (typeof operators)[number];

const anyVersion = /^v?[xX*](?:\.[xX*])*$/;
const wildcard = /(?:\.[xX*])+$/;

const invalid = (text: string, why: string): Lock2nixError =>
  new Lock2nixError(
    'SPECIFIER_INVALID',
    `${quoted(text)} is not a version constraint of Poetry: ${why}`,
  );

const versionOf = (text: string, whole: string): Version => {
  // `>4dev` stands in old metadata; `dev` alone is the least version.
  const version = tryParseVersion(text === 'dev' ? '0.0.dev0' : text);
  if (version !== undefined) return version;
  throw invalid(whole, `${quoted(text)} is not a version`);
};

/** The release `version` begins, with its part at `index` one higher and nothing behind it. */
const bump = (version: Version, index: number): Version => {
  const release = Array.from({ length: index + 1 }, (_, at) => version.release[at] ?? 0);
  release[index] = (release[index] ?? 0) + 1;
  const text = `${version.epoch === 0 ? '' : `${version.epoch}!`}${release.join('.')}`;
  const bumped = tryParseVersion(text);
  if (bumped === undefined) throw invalid(text, 'its numbers are too large');
  return bumped;
};

/** Which part of the release a caret lets stand: the first that is not zero, or the last one given. */
const caretIndex = ({ release }: Version): number => {
  const [major = 0, minor, patch] = release;
  if (major > 0 || minor === undefined) return 0;
  return minor > 0 || patch === undefined ? 1 : 2;
};

const upTo = (version: Version, index: number): readonly Clause[] => [
  { operator: '>=', version },
  { operator: '<', version: bump(version, index) },
];

const equality = (negated: boolean, text: string, whole: string): readonly Clause[] => {
  if (!wildcard.test(text)) {
    return [{ operator: negated ? '!=' : '==', version: versionOf(text, whole) }];
  }
  const version = versionOf(text.replace(wildcard, ''), whole);
  if (version.pre !== undefined || version.post !== undefined || version.dev !== undefined) {
    throw invalid(whole, 'a wildcard goes behind a plain release only');
  }
  return [{ operator: negated ? 'not in' : 'in', version }];
};

const clausesOf = (operator: Operator | undefined, text: string, whole: string) => {
  switch (operator) {
    case '^': {
      const version = versionOf(text, whole);
      return upTo(version, caretIndex(version));
    }
    case '~': {
      const version = versionOf(text, whole);
      return upTo(version, version.release.length === 1 ? 0 : 1);
    }
    case '~=': {
      const version = versionOf(text, whole);
      return upTo(version, Math.max(0, version.release.length - 2));
    }
    case undefined:
    case '=':
    case '==':
    case '===':
      return anyVersion.test(text) ? [] : equality(false, text, whole);
    case '!=':
    case '<>':
      return equality(true, text, whole);
    default:
      // As pip and Poetry do, `>=1.0.*` is read as `>=1.0`.
      return [{ operator, version: versionOf(text.replace(wildcard, ''), whole) }];
  }
};

const parseAlternative = (text: string, whole: string): readonly Clause[] => {
  const clauses: Clause[] = [];
  let position = 0;
  while (position < text.length) {
    if (/[\s,]/.test(text[position] ?? '')) {
      position += 1;
      continue;
    }
    const operator = operators.find((known) => text.startsWith(known, position));
    position += operator?.length ?? 0;
    while (/\s/.test(text[position] ?? '')) position += 1;
    const start = position;
    while (position < text.length && !/[\s,]/.test(text[position] ?? '')) position += 1;
    if (position === start) throw invalid(whole, `nothing follows \`${operator ?? ''}\``);
    clauses.push(...clausesOf(operator, text.slice(start, position), whole));
  }
  return clauses;
};

/**
 * Reads a constraint. Throws SPECIFIER_INVALID.
 *
 * @example parseConstraint('^1.2 || 3.*') // [[>=1.2, <2], [in 3]]
 */
export const parseConstraint = (text: string): Constraint => {
  const alternatives = text.split(/\|\|?/);
  if (alternatives.length > 1 && alternatives.some((part) => part.trim() === '')) {
    throw invalid(text, 'an alternative is empty');
  }
  return alternatives.map((alternative) => parseAlternative(alternative, text));
};

const clauseVersions = ({ operator, version }: Clause): VersionSet => {
  if (operator === 'in') return versionsWithPrefix(version);
  if (operator === 'not in') return complement(versionsWithPrefix(version));
  return versionsMatching(operator, version);
};

/** The versions that a constraint allows, pre-releases included. */
export const constraintVersions = (constraint: Constraint): VersionSet =>
  constraint
    .map((clauses) =>
      clauses.reduce((set, clause) => intersection(set, clauseVersions(clause)), allVersions),
    )
    .reduce(union, noVersions);
