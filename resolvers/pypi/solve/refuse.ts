/** The error of a failure: what the explanation needs to know of the question. */

import type { Lock2nixError } from '../../../graph/errors.ts';
import type { ConstraintRule } from '../../../graph/requirements.ts';
import type { BlameContext } from '../explain/blame.ts';
import { explainUnsatisfiable } from '../explain/unsatisfiable.ts';
import type { GroupFailure } from './group.ts';

/** The same question with more rules; undefined when it has an answer. */
export type SolveWithRules = (
  rules: readonly ConstraintRule[],
) => Promise<GroupFailure | undefined>;

/** Why nothing was found, all contradictions at once, and what to do. */
export const refuse = (
  failed: GroupFailure,
  solveWith: SolveWithRules,
  { project, rules }: { readonly project: string; readonly rules: readonly ConstraintRule[] },
): Promise<Lock2nixError> => {
  const context: BlameContext = {
    project,
    published: (name) => failed.knownShelf(name)?.offers ?? [],
    isSettled: (of, on) => rules.some((rule) => rule.of === of && rule.on === on),
  };
  return explainUnsatisfiable(
    failed.failure.incompatibility,
    async (more) => (await solveWith([...rules, ...more]))?.failure.incompatibility,
    context,
  );
};
