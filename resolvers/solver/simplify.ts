/**
 * A proof in fewer steps, without remarks that go without saying: that between and beyond the
 * versions that exist there are none, and that what is said of some versions, and of others in the
 * same words, holds of them all. Where foo has the versions 1 and 2, "foo 1-2 depends on bar, and
 * there is no other foo, so every version of foo requires bar" becomes "every version of foo
 * depends on bar".
 */
import type { ExternalCause } from './cause.ts';
import { type Derived, type Incompatibility, isDerived } from './incompatibility.ts';
import type { SetAlgebra } from './set-algebra.ts';

/** The part of a conclusion that says the same of fewer versions, where the others do not exist. */
const sameOfFewer = <S>({ terms, cause }: Derived<S>): Incompatibility<S> | undefined => {
  for (const [gap, rest] of [
    [cause.conflict, cause.other],
    [cause.other, cause.conflict],
  ] as const) {
    const [term] = gap.terms;
    if (gap.cause.kind !== 'no-versions' || term === undefined) continue;
    const before = rest.terms.find((each) => each.package === term.package);
    const after = terms.find((each) => each.package === term.package);
    // Where the conclusion does not speak of the package, that there is no version is the point.
    if (before !== undefined && after !== undefined && before.positive === after.positive)
      return rest;
  }
  return undefined;
};

/** Whether two facts about a package are told in the same words. */
const isSameCause = <S>(
  sets: SetAlgebra<S>,
  a: ExternalCause<S>,
  b: Incompatibility<S>['cause'],
): boolean => {
  if (a.kind === 'dependency')
    return (
      b.kind === 'dependency' &&
      a.package === b.package &&
      a.on === b.on &&
      a.origin === b.origin &&
      sets.equals(a.set, b.set)
    );
  return (
    a.kind === 'custom' &&
    b.kind === 'custom' &&
    a.reason === b.reason &&
    a.message === b.message &&
    a.hint === b.hint
  );
};

/** The cause of a conclusion that only puts two facts of the same cause together. */
const commonCause = <S>(
  sets: SetAlgebra<S>,
  conflict: Incompatibility<S>,
  other: Incompatibility<S>,
): ExternalCause<S> | undefined => {
  if (conflict.cause.kind === 'conflict') return undefined;
  const packages = (each: Incompatibility<S>): string =>
    JSON.stringify(each.terms.map((term) => term.package));
  return packages(conflict) === packages(other) && isSameCause(sets, conflict.cause, other.cause)
    ? conflict.cause
    : undefined;
};

/** The same proof with fewer steps. */
export const simplifyProof = <S>(
  sets: SetAlgebra<S>,
  proof: Incompatibility<S>,
): Incompatibility<S> => {
  const done = new Map<Incompatibility<S>, Incompatibility<S>>();
  const open = [proof];
  const finished = (part: Incompatibility<S>): Incompatibility<S> => done.get(part) ?? part;
  const causeOf = (derived: Derived<S>): Incompatibility<S>['cause'] => {
    const { conflict, other } = derived.cause;
    const same = sameOfFewer(derived);
    if (same !== undefined) return finished(same).cause;
    const parts = { conflict: finished(conflict), other: finished(other) };
    return commonCause(sets, parts.conflict, parts.other) ?? { kind: 'conflict', ...parts };
  };
  for (let next = open.at(-1); next !== undefined; next = open.at(-1)) {
    if (!isDerived(next)) {
      done.set(next, next);
      open.pop();
      continue;
    }
    const { conflict, other } = next.cause;
    const missing = [conflict, other].filter((part) => !done.has(part));
    if (missing.length > 0) {
      open.push(...missing);
      continue;
    }
    open.pop();
    done.set(next, { terms: next.terms, cause: causeOf(next) });
  }
  return finished(proof);
};
