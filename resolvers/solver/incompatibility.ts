/**
 * Terms that must not all be true at once, and why. `{foo 1, not bar ≥2}` says that foo 1 needs a
 * bar ≥2. All that the solver knows, and all that it learns, is a set of these.
 */
import type { ExternalCause } from './cause.ts';
import { rootPackage } from './root.ts';
import type { SetAlgebra } from './set-algebra.ts';
import { intersectTerms, isAlways, isNever, type Term } from './term.ts';

/** The incompatibility follows from two others. */
export interface ConflictCause<S> {
  readonly kind: 'conflict';
  readonly conflict: Incompatibility<S>;
  readonly other: Incompatibility<S>;
}

export interface Incompatibility<S> {
  /** At most one for each package. Without any, nothing can be chosen at all. */
  readonly terms: readonly Term<S>[];
  readonly cause: ExternalCause<S> | ConflictCause<S>;
}

/** An incompatibility that was concluded, not told. */
export type Derived<S> = Incompatibility<S> & { readonly cause: ConflictCause<S> };

export const isDerived = <S>(incompatibility: Incompatibility<S>): incompatibility is Derived<S> =>
  incompatibility.cause.kind === 'conflict';

/**
 * Terms of one package become one, terms that always hold are left out, and so is, in conclusions,
 * the root, which is always chosen. Undefined when the terms can never hold together.
 */
export const makeIncompatibility = <S>(
  sets: SetAlgebra<S>,
  terms: readonly Term<S>[],
  cause: Incompatibility<S>['cause'],
): Incompatibility<S> | undefined => {
  const byPackage = new Map<string, Term<S>>();
  for (const term of terms) {
    const known = byPackage.get(term.package);
    byPackage.set(term.package, known === undefined ? term : intersectTerms(sets, known, term));
  }
  if (cause.kind === 'conflict' && byPackage.size > 1) byPackage.delete(rootPackage);
  const kept = [...byPackage.values()].filter((term) => !isAlways(sets, term));
  return kept.some((term) => isNever(sets, term)) ? undefined : { terms: kept, cause };
};

/** Whether nothing can be chosen at all. */
export const isFailure = <S>({ terms }: Incompatibility<S>): boolean =>
  terms.every((term) => term.package === rootPackage);

/** What was told from outside and proves `incompatibility`, each once, in the order of the proof. */
export const evidenceOf = <S>(
  incompatibility: Incompatibility<S>,
): readonly Incompatibility<S>[] => {
  const seen = new Set<Incompatibility<S>>();
  const open = [incompatibility];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    if (isDerived(next)) open.push(next.cause.other, next.cause.conflict);
  }
  return [...seen].filter((each) => !isDerived(each));
};
