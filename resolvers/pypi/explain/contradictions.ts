/**
 * All independent contradictions in one run: after a failure, rules are assumed that settle it, and
 * the search goes on with them.
 */
import type { ConstraintRule } from '../../../graph/requirements.ts';
import type { VersionSet } from '../../../standards/version-set.ts';
import type { Incompatibility } from '../../solver/incompatibility.ts';
import { type Evidence, readEvidence } from './askings.ts';
import { type BlameContext, blame, hopeless } from './blame.ts';

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

/** Nobody reads more at once. */
const mostContradictions = 20;

/** To leave out what cannot be had is no advice, but lets the search go on. */
const withoutHopeless = (evidence: Evidence, context: BlameContext): readonly ConstraintRule[] =>
  hopeless(evidence, context)
    .map(({ of = context.project, on }) => ({ of, on, use: undefined, place: '' }))
    .filter(({ of, on }) => !context.isSettled(of, on));

/** Every contradiction, in the order in which they were met, from the first failure on. */
export const findContradictions = async (
  first: Incompatibility<VersionSet>,
  solveAgain: SolveAgain,
  context: BlameContext,
): Promise<readonly Contradiction[]> => {
  const found: Contradiction[] = [];
  const assumed: ConstraintRule[] = [];
  const isSettled: BlameContext['isSettled'] = (of, on) =>
    context.isSettled(of, on) || assumed.some((rule) => rule.of === of && rule.on === on);
  let proof: Incompatibility<VersionSet> | undefined = first;
  while (proof !== undefined && found.length < mostContradictions) {
    const evidence = readEvidence(proof);
    const proposed = blame(evidence, { ...context, isSettled });
    found.push({ proof, evidence, proposed });
    const next =
      proposed.length > 0 ? proposed : withoutHopeless(evidence, { ...context, isSettled });
    if (next.length === 0) break;
    assumed.push(...next);
    proof = await solveAgain(assumed);
  }
  return found;
};
