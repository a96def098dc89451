import type { SetAlgebra } from '../../../resolvers/solver/set-algebra.ts';

/** Sets of the versions 0 to 30, as bits. */
export type IntegerSet = number;

const full = 0x7fffffff;

export const only = (version: number): IntegerSet => 1 << version;

export const contains = (set: IntegerSet, version: number): boolean => (set & only(version)) !== 0;

/** The versions from `low` to `high`. */
export const range = (low: number, high: number): IntegerSet => {
  let set = 0;
  for (let version = low; version <= high; version += 1) set |= only(version);
  return set;
};

/** `3`, `1-3`, `>=3`, `<3`, `*`, and commas for a union. */
export const parseSet = (text: string): IntegerSet =>
  text.split(',').reduce((set, part) => {
    const match = /^(?:(?<all>\*)|(?<operator>>=|<)?(?<low>\d+)(?:-(?<high>\d+))?)$/.exec(part);
    if (match === null) throw new Error(`no set: ${text}`);
    const { all, operator, low, high } = match.groups ?? {};
    if (all !== undefined) return full;
    const from = Number(low);
    if (operator === '>=') return set | range(from, 30);
    if (operator === '<') return set | range(0, from - 1);
    return set | range(from, high === undefined ? from : Number(high));
  }, 0);

const format = (set: IntegerSet): string => {
  const parts: string[] = [];
  for (let low = 0; low <= 30; low += 1) {
    if (!contains(set, low)) continue;
    let high = low;
    while (high < 30 && contains(set, high + 1)) high += 1;
    if (low === high) parts.push(`${low}`);
    else if (high === 30) parts.push(`>=${low}`);
    else parts.push(low === 0 ? `<${high + 1}` : `${low}-${high}`);
    low = high;
  }
  return parts.length === 0 ? 'none' : parts.join(',');
};

export const integerSets: SetAlgebra<IntegerSet> = {
  empty: 0,
  full,
  intersect: (a, b) => a & b,
  union: (a, b) => a | b,
  complement: (a) => full & ~a,
  isEmpty: (a) => a === 0,
  isSubset: (a, b) => (a & ~b) === 0,
  equals: (a, b) => a === b,
  format,
};
