/** Poetry's `python` and `platform` keys as markers (PEP 508) and as Requires-Python (PEP 440). */
import { Lock2nixError } from '../../graph/errors.ts';
import type { Marker, MarkerOperator, MarkerVariable } from '../../graph/marker.ts';
import { combineMarkers } from '../../standards/marker.ts';
import { quoted } from '../../standards/quoted.ts';
import { formatSpecifierSet, tryParseSpecifierSet } from '../../standards/specifier.ts';
import { formatVersion, tryParseVersion } from '../../standards/version.ts';
import { allVersions, contains, equals, type VersionSet } from '../../standards/version-set.ts';
import { type Clause, constraintVersions, parseConstraint } from './constraint.ts';
import { clauseText } from './specifier.ts';

const compare = (variable: MarkerVariable, operator: MarkerOperator, literal: string): Marker => ({
  kind: 'compare',
  left: { variable },
  operator,
  right: { literal },
});

/**
 * `python_version` has two numbers, so bounds with more are for `python_full_version`, and so are
 * those that 3.6 and 3.6.1 lie on different sides of, as Poetry does it: `<=3.6` leaves out 3.6.1.
 */
const clauseMarker = ({ operator, version }: Clause): Marker | undefined => {
  const text = formatVersion(version);
  const isShort = version.release.length < 3;
  if (operator === 'in' || operator === 'not in') {
    const release = version.release.join('.');
    const next = version.release.map((part, index, all) =>
      index === all.length - 1 ? part + 1 : part,
    );
    const variable = isShort ? 'python_version' : 'python_full_version';
    const [lower, upper] = operator === 'in' ? (['>=', '<'] as const) : (['<', '>='] as const);
    return combineMarkers(operator === 'in' ? 'and' : 'or', [
      compare(variable, lower, release),
      compare(variable, upper, next.join('.')),
    ]);
  }
  if (!isShort) return compare('python_full_version', operator, text);
  if (operator === '>' || operator === '<=' || operator === '!=') {
    const release = [0, 1, 2].map((index) => version.release[index] ?? 0);
    return compare('python_full_version', operator, formatVersion({ ...version, release }));
  }
  return compare('python_version', operator, text);
};

/** The marker that a Python constraint stands for; undefined when it allows every version. */
export const pythonMarker = (text: string): Marker | undefined =>
  combineMarkers(
    'or',
    parseConstraint(text).map((clauses) => combineMarkers('and', clauses.map(clauseMarker))),
  );

const platformClause = (text: string, whole: string): Marker | undefined => {
  const match = /^(?<operator>==?|!=)?\s*(?<value>[A-Za-z0-9_.+-]+|\*)$/.exec(text);
  const value = match?.groups?.['value'];
  if (value === undefined) {
    throw new Lock2nixError(
      'SPECIFIER_INVALID',
      `${quoted(whole)} is not a platform: names such as \`linux\` with \`,\` or \`||\` between them`,
    );
  }
  if (value === '*') return undefined;
  return compare('sys_platform', match?.groups?.['operator'] === '!=' ? '!=' : '==', value);
};

/** The marker that a `platform` key stands for: `darwin`, `!=win32`, `linux || darwin`. */
export const platformMarker = (text: string): Marker | undefined =>
  combineMarkers(
    'or',
    text.split(/\|\|?/).map((alternative) =>
      combineMarkers(
        'and',
        alternative.split(',').map((part) => platformClause(part.trim(), text)),
      ),
    ),
  );

/** Minor versions of Python, and more than will come for long. */
const minorVersions = ['2.7', ...Array.from({ length: 40 }, (_, minor) => `3.${minor}`)] as const;
/** More patch releases than any minor version has. */
const patchReleases = 40;

const allows = (set: VersionSet, text: string): boolean => {
  const version = tryParseVersion(text);
  return version !== undefined && contains(set, version);
};

/** What a minor version has that is not in the set, as clauses; undefined when that is all of it. */
const missingOf = (set: VersionSet, minor: string): readonly string[] | undefined => {
  const patches = Array.from({ length: patchReleases }, (_, patch) => `${minor}.${patch}`);
  const missing = patches.filter((patch) => !allows(set, patch));
  return missing.length === patches.length ? undefined : missing.map((patch) => `!=${patch}`);
};

/** A union of ranges as Poetry writes Requires-Python: its ends, and what it leaves out between. */
const unionText = (set: VersionSet): string => {
  const rows = minorVersions.map((minor) => ({ minor, missing: missingOf(set, minor) }));
  const first = rows.findIndex(({ missing }) => missing !== undefined);
  const last = rows.findLastIndex(({ missing }) => missing !== undefined);
  const next = rows[last + 1]?.minor ?? '4';
  const isOpen = last === rows.length - 1 && allows(set, '4.0');
  const isOpenBelow = first === 0 && allows(set, '2.6');
  return [
    ...(first >= 0 && !isOpenBelow ? [`>=${rows[first]?.minor ?? ''}`] : []),
    ...rows
      .slice(Math.max(first, 0), last + 1)
      .flatMap(({ minor, missing }) => missing ?? [`!=${minor}.*`]),
    ...(isOpen ? [] : [`<${next}`]),
  ].join(',');
};

/**
 * A Python constraint as a PEP 440 specifier set; undefined when it allows every version.
 * Alternatives with a gap between them become `!=` clauses for the releases in the gap.
 *
 * @example requiresPythonOf('^3.8') // '>=3.8,<4'
 */
export const requiresPythonOf = (text: string): string | undefined => {
  const plain = tryParseSpecifierSet(text);
  if (plain !== undefined)
    return plain.clauses.length === 0 ? undefined : formatSpecifierSet(plain);
  const constraint = parseConstraint(text);
  const [only] = constraint;
  if (constraint.length === 1 && only !== undefined) {
    return only.length === 0 ? undefined : only.map(clauseText).join(',');
  }
  const set = constraintVersions(constraint);
  if (equals(set, allVersions)) return undefined;
  return unionText(set);
};
