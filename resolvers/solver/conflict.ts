/**
 * From an incompatibility whose terms all hold to the reason why: another incompatibility that, had
 * it been known earlier, would have prevented the mistake.
 */
import type { Assignment } from './assignment.ts';
import { type Incompatibility, isFailure, makeIncompatibility } from './incompatibility.ts';
import type { PartialSolution } from './partial-solution.ts';
import type { SetAlgebra } from './set-algebra.ts';
import { intersectTerms, isNever, negate, type Term } from './term.ts';

/** The root is decided on this level: explanations are better when it is never taken back. */
const rootLevel = 1;

interface Culprit<S> {
  /** The term that came to hold last. */
  readonly term: Term<S>;
  /** The step that made it hold. */
  readonly step: Assignment<S>;
  /** What the step alone leaves open of the term: another step before it excluded that. */
  readonly rest: Term<S> | undefined;
  /** The level from which on all but the step has held. */
  readonly level: number;
}

export interface RootCause<S> {
  readonly incompatibility: Incompatibility<S>;
  /** Whether it is new, and not the conflict itself. */
  readonly learned: boolean;
  /** Where to go back to; there, all its terms but one hold. Undefined when nothing can be chosen. */
  readonly level: number | undefined;
}

const findCulprit = <S, V>(
  sets: SetAlgebra<S>,
  solution: PartialSolution<S, V>,
  { terms }: Incompatibility<S>,
): Culprit<S> => {
  const steps = terms.map((term) => ({ term, step: solution.satisfier(term) }));
  const [first, ...others] = steps.sort((a, b) => b.step.index - a.step.index);
  if (first === undefined) throw new Error('an incompatibility without terms is no conflict');
  const { term, step } = first;
  const rest = intersectTerms(sets, step.term, negate(term));
  const complete = isNever(sets, rest);
  const level = Math.max(
    rootLevel,
    ...others.map((other) => other.step.level),
    complete ? rootLevel : solution.satisfier(negate(rest)).level,
  );
  return { term, step, rest: complete ? undefined : rest, level };
};

/** Follows a conflict back to its root cause. */
export const findRootCause = <S, V>(
  sets: SetAlgebra<S>,
  solution: PartialSolution<S, V>,
  conflict: Incompatibility<S>,
): RootCause<S> => {
  let incompatibility = conflict;
  while (!isFailure(incompatibility)) {
    const learned = incompatibility !== conflict;
    const { term, step, rest, level } = findCulprit(sets, solution, incompatibility);
    if (level < step.level || step.cause === undefined) return { incompatibility, learned, level };
    const resolved = makeIncompatibility(
      sets,
      [
        ...incompatibility.terms.filter((each) => each !== term),
        ...step.cause.terms.filter((each) => each.package !== term.package),
        ...(rest === undefined ? [] : [negate(rest)]),
      ],
      { kind: 'conflict', conflict: incompatibility, other: step.cause },
    );
    if (resolved === undefined)
      throw new Error('terms that held together cannot exclude each other');
    incompatibility = resolved;
  }
  return { incompatibility, learned: incompatibility !== conflict, level: undefined };
};
