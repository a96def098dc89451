/**
 * All independent contradictions in one run: after a failure, rules are assumed that settle it, and
 * the search goes on with them.
 */
import type { ConstraintRule } from '../../../graph/requirements.ts';
import type { VersionSet } from '../../../standards/version-set.ts';
import type { Incompatibility } from '../../solver/incompatibility.ts';
import { type Evidence, readEvidence } from './askings.ts';
import { assumedPlace, type BlameContext, blame, hopeless } from './blame.ts';

export interface Contradiction {
  readonly proof: Incompatibility<VersionSet>;
  readonly evidence: Evidence;
  /** What would settle it; empty when no rule can: a package that does not exist, another Python. */
  readonly proposed: readonly ConstraintRule[];
}

/** Versions sought once more, with these rules beside the user's; undefined when they are found. */
export type SolveAgain = (
  rules: readonly ConstraintRule[],
) => Promise<Incompatibility<VersionSet> | undefined>;

/** Makes what is published of these names known; some were not needed to find the contradiction. */
export type Load = (names: readonly string[]) => Promise<void>;

const namesIn = ({ askings, facts }: Evidence): readonly string[] => {
  const names = [
    ...askings.flatMap(({ of = '', on }) => [of, on]),
    ...facts.map(({ name }) => name),
  ];
  return [...new Set(names)].filter((name) => name !== '').sort();
};

/** Nobody reads more at once. */
const mostContradictions = 20;

/** To leave out what cannot be had is no advice, but lets the search go on. */
const withoutHopeless = (evidence: Evidence, context: BlameContext): readonly ConstraintRule[] =>
  hopeless(evidence, context)
    .map((asking) => ({
      of: asking.of ?? context.projectOf(asking),
      on: asking.on,
      use: undefined,
      place: assumedPlace,
    }))
    .filter(({ of, on }) => !context.isSettled(of, on));

/** A rule may turn out to be needless once later ones are there; more are not tried one by one. */
const mostTried = 8;

/** Leaves out rules without which versions are found as well, and contradictions that have none then. */
const withoutNeedless = async (
  found: readonly Contradiction[],
  assumed: readonly ConstraintRule[],
  solveAgain: SolveAgain,
): Promise<readonly Contradiction[]> => {
  if (assumed.length < 2 || assumed.length > mostTried) return found;
  let needed = assumed;
  for (const rule of assumed) {
    const others = needed.filter((each) => each !== rule);
    if (others.length > 0 && (await solveAgain(others)) === undefined) needed = others;
  }
  return found.flatMap((each) => {
    const proposed = each.proposed.filter((rule) => needed.includes(rule));
    return proposed.length === 0 && each.proposed.length > 0 ? [] : [{ ...each, proposed }];
  });
};

export interface Contradictions {
  /** In the order in which they were met, from the first failure on. */
  readonly found: readonly Contradiction[];
  /** Whether there are more, which nobody looked for. */
  readonly hasMore: boolean;
}

/** Every contradiction, up to as many as one reads. */
export const findContradictions = async (
  first: Incompatibility<VersionSet>,
  solveAgain: SolveAgain,
  context: Omit<BlameContext, 'isSettled'> & { readonly load: Load },
): Promise<Contradictions> => {
  const found: Contradiction[] = [];
  const assumed: ConstraintRule[] = [];
  const isSettled: BlameContext['isSettled'] = (of, on) =>
    assumed.some((rule) => rule.of === of && rule.on === on);
  let proof: Incompatibility<VersionSet> | undefined = first;
  while (proof !== undefined && found.length < mostContradictions) {
    const evidence = readEvidence(proof);
    await context.load(namesIn(evidence));
    const proposed = blame(evidence, { ...context, isSettled });
    found.push({ proof, evidence, proposed });
    const next =
      proposed.length > 0 ? proposed : withoutHopeless(evidence, { ...context, isSettled });
    if (next.length === 0) break;
    assumed.push(...next);
    proof = await solveAgain(assumed);
  }
  if (proof === undefined)
    return { found: await withoutNeedless(found, assumed, solveAgain), hasMore: false };
  return { found, hasMore: !found.some((each) => each.proof === proof) };
};
