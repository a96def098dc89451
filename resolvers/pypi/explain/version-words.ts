/** Sets of versions in the words of the versions that are published. */

import { contains, type VersionSet } from '../../../standards/version-set.ts';
import type { IndexFile } from '../../registry/types.ts';

/** A version that an index lists. */
export interface Published {
  readonly text: string;
  readonly prerelease: boolean;
  /** Its place in version sets. */
  readonly point: string;
  readonly files?: readonly Pick<IndexFile, 'fileName' | 'requiresPython'>[];
}

/** Whether a published version is in a set. */
export const isIn = (set: VersionSet, { point }: Published): boolean =>
  contains(set, { key: point });

/** Beyond it, a set that has holes is summed up. */
const mostRuns = 3;

const textAt = (list: readonly Published[], index: number): string => list[index]?.text ?? '';

interface Run {
  readonly first: number;
  readonly last: number;
}

/** Neighbours in `list` that are in the set. */
const runsOf = (set: VersionSet, list: readonly Published[]): readonly Run[] => {
  const runs: { first: number; last: number }[] = [];
  list.forEach((each, index) => {
    if (!isIn(set, each)) return;
    const run = runs.at(-1);
    if (run?.last === index - 1) run.last = index;
    else runs.push({ first: index, last: index });
  });
  return runs;
};

const bounds = ({ first, last }: Run, list: readonly Published[]): readonly string[] => [
  ...(first === 0 ? [] : [`>=${textAt(list, first)}`]),
  ...(last === list.length - 1 ? [] : [`<${textAt(list, last + 1)}`]),
];

const runText = (run: Run, list: readonly Published[]): string =>
  run.first === run.last ? textAt(list, run.first) : bounds(run, list).join(',');

/** `>=1.0,<3.0,!=2.1` where only single versions are missing in between. */
const withHoles = (runs: readonly Run[], list: readonly Published[]): string | undefined => {
  const [first, last] = [runs[0], runs.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const holes = runs.slice(1).map((run, index) => ({
    size: run.first - (runs[index]?.last ?? 0) - 1,
    text: `!=${textAt(list, run.first - 1)}`,
  }));
  const rest = runs.some((run) => run.first !== run.last);
  if (!rest || holes.length >= mostRuns || holes.some(({ size }) => size > 1)) return undefined;
  const outer = bounds({ first: first.first, last: last.last }, list);
  return [...outer, ...holes.map(({ text }) => text)].join(',');
};

/** What lies between published versions: `>2.9,<4.0`. */
const gapText = ({ cuts }: VersionSet, list: readonly Published[]): string => {
  const parts: string[] = [];
  for (let index = 0; index < cuts.length; index += 2) {
    const [from = '', to] = [cuts[index], cuts[index + 1]];
    const below = list.findLast(({ point }) => point < from);
    const above = to === undefined ? undefined : list.find(({ point }) => point >= to);
    const text = [
      ...(below === undefined ? [] : [`>${below.text}`]),
      ...(above === undefined ? [] : [`<${above.text}`]),
    ].join(',');
    if (text !== '' && !parts.includes(text)) parts.push(text);
  }
  return parts.join(' or ');
};

/** Pre-releases do not count where there is a final release to speak of. */
const spokenOf = (set: VersionSet, published: readonly Published[]): readonly Published[] => {
  const finals = published.filter(({ prerelease }) => !prerelease);
  return finals.some((each) => isIn(set, each)) ? finals : published;
};

/**
 * A set as one would write it, knowing what is published (oldest first): `3.0.3`, `>=2.0,<4.0`,
 * `1.0 or 1.2`, and `""` for all versions when there are several. A set without a published version
 * is told by its neighbours: `>2.9,<4.0`.
 */
export const formatVersions = (set: VersionSet, published: readonly Published[]): string => {
  const list = spokenOf(set, published);
  const runs = runsOf(set, list);
  if (runs.length === 0) return gapText(set, list);
  if (list.length === 1) return textAt(list, 0);
  const [run] = runs;
  if (runs.length === 1 && run !== undefined) return runText(run, list);
  const holed = withHoles(runs, list);
  if (holed !== undefined) return holed;
  if (runs.length <= mostRuns) return runs.map((each) => runText(each, list)).join(' or ');
  const count = runs.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  const [from, to] = [textAt(list, runs[0]?.first ?? 0), textAt(list, runs.at(-1)?.last ?? 0)];
  return `${from} to ${to} (${count} of ${list.length} versions)`;
};

/** The published versions around a set without any: at most one below and one above. */
export const nearestVersions = (
  { cuts }: VersionSet,
  published: readonly Published[],
): readonly string[] => {
  const finals = published.filter(({ prerelease }) => !prerelease);
  const list = finals.length > 0 ? finals : published;
  const [from = '', last = ''] = [cuts[0], cuts.length % 2 === 0 ? cuts.at(-1) : undefined];
  const below = list.findLast(({ point }) => point < from);
  const above = last === '' ? undefined : list.find(({ point }) => point >= last);
  return [below, above].flatMap((each) => each?.text ?? []);
};
