/**
 * A proof without the remark that between and beyond the versions that exist there are none. Where
 * foo has the versions 1 and 2, "foo 1-2 depends on bar, and there is no other foo, so every
 * version of foo requires bar" becomes "every version of foo depends on bar".
 */
import { type Derived, type Incompatibility, isDerived } from './incompatibility.ts';

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

/** The same proof with fewer steps. */
export const simplifyProof = <S>(proof: Incompatibility<S>): Incompatibility<S> => {
  const done = new Map<Incompatibility<S>, Incompatibility<S>>();
  const open = [proof];
  const finished = (part: Incompatibility<S>): Incompatibility<S> => done.get(part) ?? part;
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
    const same = sameOfFewer(next);
    const cause =
      same === undefined
        ? { kind: 'conflict' as const, conflict: finished(conflict), other: finished(other) }
        : finished(same).cause;
    done.set(next, { terms: next.terms, cause });
  }
  return finished(proof);
};
