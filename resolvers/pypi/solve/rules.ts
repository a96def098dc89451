/** `[[constraint]]` rules: what they make of a requirement as it is read. */
import type { ConstraintRule } from '../../../graph/requirements.ts';

/** What a rule may change. */
export interface Changeable {
  /** Normalised. */
  readonly name: string;
  readonly specifier?: string;
}

/** What becomes of a requirement: it stays, is ignored, or asks for another specifier. */
export type Change =
  | { readonly kind: 'kept' }
  | { readonly kind: 'ignored' | 'replaced'; readonly rule: ConstraintRule };

/** A rule for everybody that has a specifier is a bound, which replaces nothing. */
const isBound = ({ of, use }: ConstraintRule): boolean => of === '*' && use !== undefined;

/**
 * What the rules say of a requirement of `asker` (a distribution or project, normalised). Rules that
 * name the asker come before those for everybody; of equals, the last one holds.
 */
export const changeOf = (
  rules: readonly ConstraintRule[],
  asker: string,
  { name }: Changeable,
): Change => {
  const matching = rules.filter(({ on }) => on === name);
  const rule =
    matching.findLast(({ of }) => of === asker) ??
    matching.findLast((each) => each.of === '*' && !isBound(each));
  if (rule === undefined) return { kind: 'kept' };
  return { kind: rule.use === undefined ? 'ignored' : 'replaced', rule };
};

/** The bounds that hold for everybody, beside what each asks. */
export const boundsIn = (rules: readonly ConstraintRule[]): readonly ConstraintRule[] =>
  rules.filter(isBound);
