/**
 * Repairs of specifiers that no standard allows and that old metadata have all the same. The kinds
 * of damage are those that uv repairs (`lenient_requirement.rs`), in its order.
 */

interface Repair {
  readonly from: RegExp;
  readonly to: string;
}

/** Each is applied to what the ones before have made. */
const repairs: readonly Repair[] = [
  // `>=7.2.0<8.0.0`
  { from: /(\d)([<>=~^!])/g, to: '$1,$2' },
  // `!=~5.0`
  { from: /!=~((?:\d\.)*\d)/g, to: '!=$1.*' },
  // `>=1.9.*`
  { from: /(<=|>=|<|>)(\s*\d+(?:\.\d+)*)\.\*/g, to: '$1$2' },
  // `!=3.0*`
  { from: /(\d\.\d+)\*/g, to: '$1.*' },
  // `>=3.6,`
  { from: /,\s*(?=$|[;)])/g, to: '' },
  // `>dev`
  { from: />dev/g, to: '>0.0.0dev' },
  // `>=9.0.0a1.0`
  { from: /(\d+(?:\.\d+)*(?:a|b|rc|post|dev)\d+)\.0/g, to: '$1' },
  // `>= '2.7'`
  { from: /["']/g, to: '' },
];

/** More than any specifier that somebody wrote. */
const longest = 10_000;

/**
 * Texts to try, one after the other, in place of one that cannot be read: a requirement (PEP 508) or
 * a specifier set (PEP 440). What stands behind `;` or is a URL is left alone.
 * Example: `repairsOf('foo>=1.0.*<2')` ends with `foo>=1.0,<2`.
 */
export const repairsOf = (text: string): readonly string[] => {
  if (text.length > longest || text.includes('@')) return [];
  const semicolon = text.indexOf(';');
  const end = semicolon < 0 ? text.length : semicolon;
  let repaired = text.slice(0, end);
  const tried: string[] = [];
  for (const { from, to } of repairs) {
    const next = repaired.replace(from, to);
    if (next !== repaired) tried.push(next + text.slice(end));
    repaired = next;
  }
  return tried;
};
