/**
 * A statement about a package that a choice of versions makes true or false: `foo ≥2` (a version of
 * foo is chosen, and it is in the set) or `not foo ≥2` (foo is not chosen, or not in the set).
 */
import type { SetAlgebra } from './set-algebra.ts';

export interface Term<S> {
  readonly package: string;
  readonly positive: boolean;
  readonly set: S;
}

/** How what is known of a package relates to a term: makes it true, makes it false, or neither. */
export type Relation = 'satisfied' | 'contradicted' | 'inconclusive';

/** The term that a version in `set` is chosen. */
export const chosen = <S>(name: string, set: S): Term<S> => ({
  package: name,
  positive: true,
  set,
});

/** The term that holds where `term` does not. */
export const negate = <S>(term: Term<S>): Term<S> => ({ ...term, positive: !term.positive });

/** The term that holds where both do; both are about the same package. */
export const intersectTerms = <S>(sets: SetAlgebra<S>, a: Term<S>, b: Term<S>): Term<S> => {
  if (!a.positive && !b.positive) return { ...a, set: sets.union(a.set, b.set) };
  const setOf = (term: Term<S>): S => (term.positive ? term.set : sets.complement(term.set));
  return { package: a.package, positive: true, set: sets.intersect(setOf(a), setOf(b)) };
};

/** Whether `term` holds for no choice at all. */
export const isNever = <S>(sets: SetAlgebra<S>, { positive, set }: Term<S>): boolean =>
  positive && sets.isEmpty(set);

/** Whether `term` holds for each choice. */
export const isAlways = <S>(sets: SetAlgebra<S>, { positive, set }: Term<S>): boolean =>
  !positive && sets.isEmpty(set);

const areDisjoint = <S>(sets: SetAlgebra<S>, a: S, b: S): boolean =>
  sets.isEmpty(sets.intersect(a, b));

/** What `known` says of `term`; both are about the same package. */
export const relationOf = <S>(sets: SetAlgebra<S>, known: Term<S>, term: Term<S>): Relation => {
  if (known.positive && term.positive) {
    if (sets.isSubset(known.set, term.set)) return 'satisfied';
    return areDisjoint(sets, known.set, term.set) ? 'contradicted' : 'inconclusive';
  }
  if (known.positive) {
    if (sets.isSubset(known.set, term.set)) return 'contradicted';
    return areDisjoint(sets, known.set, term.set) ? 'satisfied' : 'inconclusive';
  }
  if (!sets.isSubset(term.set, known.set)) return 'inconclusive';
  return term.positive ? 'contradicted' : 'satisfied';
};
