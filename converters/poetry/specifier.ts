/** Poetry's constraints as specifier sets (PEP 440). */
import { Lock2nixError } from '../../graph/errors.ts';
import { quoted } from '../../standards/quoted.ts';
import {
  formatSpecifierSet,
  parseSpecifierSet,
  tryParseSpecifierSet,
} from '../../standards/specifier.ts';
import { formatVersion, type Version } from '../../standards/version.ts';
import {
  allVersions,
  difference,
  equals,
  intersection,
  isEmpty,
  isSubset,
  noVersions,
  union,
  type VersionSet,
  versionsMatching,
} from '../../standards/version-set.ts';
import { type Clause, type Constraint, constraintVersions, parseConstraint } from './constraint.ts';

/** A clause in PEP 440's form. */
export const clauseText = ({ operator, version }: Clause): string => {
  const epoch = version.epoch === 0 ? '' : `${version.epoch}!`;
  if (operator === 'in') return `==${epoch}${version.release.join('.')}.*`;
  if (operator === 'not in') return `!=${epoch}${version.release.join('.')}.*`;
  return `${operator}${formatVersion(version)}`;
};

const mostClauses = 100;

const compareReleases = (a: readonly number[], b: readonly number[]): number => {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const order = (a[index] ?? 0) - (b[index] ?? 0);
    if (order !== 0) return order;
  }
  return 0;
};

/** `!=X.*` clauses for the releases from `from` up to, and without, `to`; undefined for too many. */
const gapClauses = (from: Version, to: Version): readonly string[] | undefined => {
  const clauses: string[] = [];
  let at = [...from.release];
  while (compareReleases(at, to.release) < 0) {
    if (clauses.length > mostClauses) return undefined;
    // The shortest prefix that begins here and ends in the gap.
    let length = 1;
    for (; length <= 6; length += 1) {
      const prefix = Array.from({ length }, (_, index) => at[index] ?? 0);
      const next = prefix.with(-1, (prefix.at(-1) ?? 0) + 1);
      const isStart = at.slice(length).every((part) => part === 0);
      if (isStart && compareReleases(next, to.release) <= 0) {
        clauses.push(`!=${prefix.join('.')}.*`);
        at = next;
        break;
      }
    }
    if (length > 6) return undefined;
  }
  return clauses;
};

interface Range {
  readonly lower: Clause | undefined;
  readonly upper: Clause | undefined;
  readonly rest: readonly Clause[];
}

const rangeOf = (clauses: readonly Clause[]): Range => ({
  lower: clauses.find(({ operator }) => operator === '>=' || operator === '>'),
  upper: clauses.find(({ operator }) => operator === '<' || operator === '<='),
  rest: clauses.filter(({ operator }) => !['>=', '>', '<', '<='].includes(operator)),
});

const byLower = (left: Range, right: Range): number =>
  compareReleases(left.lower?.version.release ?? [], right.lower?.version.release ?? []);

/** `>=1,<2` and `>=3,<4` together: `>=1,<4,!=2.*`. Undefined when that form does not do. */
const unionText = (constraint: Constraint): string | undefined => {
  const ranges = constraint.map(rangeOf).sort(byLower);
  const [first] = ranges;
  const last = ranges.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const gaps: string[] = [];
  for (const [index, { upper }] of ranges.entries()) {
    const lower = ranges[index + 1]?.lower;
    if (index === ranges.length - 1) break;
    if (upper === undefined || lower === undefined) return undefined;
    const clauses = gapClauses(upper.version, lower.version);
    if (clauses === undefined) return undefined;
    gaps.push(...clauses);
  }
  const ends = [first.lower, last.upper].flatMap((clause) =>
    clause === undefined ? [] : [clauseText(clause)],
  );
  const rest = ranges.flatMap((range) => range.rest.map(clauseText));
  return [...ends, ...gaps, ...rest].join(',');
};

/** The pre-releases of the ends, such as `3.0a1` of `>=3`: whether a union has them is nobody's wish. */
const endPrereleases = (constraint: Constraint): VersionSet =>
  constraint
    .flat()
    .filter(({ operator }) => operator === '<' || operator === '>=')
    .map(({ version }) => {
      const text = `${version.epoch}!${version.release.join('.')}`;
      const from = parseSpecifierSet(`>=${text}.dev0`).versions;
      return difference(
        intersection(from, versionsMatching('<=', version)),
        versionsMatching('==', version),
      );
    })
    .reduce(union, noVersions);

/**
 * A constraint of Poetry, or a specifier set, as the text of a specifier set; undefined when every
 * version will do. Throws SPECIFIER_INVALID, also for alternatives that no specifier set can state.
 *
 * @example specifierOf('^1.2 || ^3') // '!=2.*,<4,>=1.2'
 */
export const specifierOf = (text: string): string | undefined => {
  const plain = tryParseSpecifierSet(text);
  if (plain !== undefined) {
    return plain.clauses.length === 0 ? undefined : formatSpecifierSet(plain);
  }
  const constraint = parseConstraint(text);
  const versions = constraintVersions(constraint);
  if (equals(versions, allVersions)) return undefined;
  const [only] = constraint;
  if (constraint.length === 1 && only !== undefined) {
    return formatSpecifierSet(parseSpecifierSet(only.map(clauseText).join(',')));
  }
  const candidate = unionText(constraint);
  const set = candidate === undefined ? undefined : tryParseSpecifierSet(candidate);
  if (set !== undefined && isSubset(versions, set.versions)) {
    const more = difference(set.versions, versions);
    if (isEmpty(difference(more, endPrereleases(constraint)))) return formatSpecifierSet(set);
  }
  throw new Lock2nixError(
    'SPECIFIER_INVALID',
    `${quoted(text)} has alternatives that cannot be written as one set of specifiers`,
    { hint: 'write one range, with `!=` for what is not wanted in it' },
  );
};
