/**
 * The incompatibilities in force, found by package. Those that are known to be contradicted, which
 * soon are nearly all, are passed over until the decision that contradicts them is taken back.
 */
import { type Incompatibility, makeIncompatibility } from './incompatibility.ts';
import type { SetAlgebra } from './set-algebra.ts';
import type { Term } from './term.ts';

export interface Rule<S> {
  incompatibility: Incompatibility<S>;
  /** Whether the partial solution already contradicts it. */
  contradicted: boolean;
}

export class Rules<S> {
  readonly #sets: SetAlgebra<S>;
  readonly #byPackage = new Map<string, Rule<S>[]>();
  readonly #dependencies = new Map<string, Map<string, Rule<S>[]>>();
  readonly #contradicted: { readonly rule: Rule<S>; readonly level: number }[] = [];

  constructor(sets: SetAlgebra<S>) {
    this.#sets = sets;
  }

  /** The rules with a term about the package, oldest first. */
  of(name: string): readonly Rule<S>[] {
    return this.#byPackage.get(name) ?? [];
  }

  add(incompatibility: Incompatibility<S>): Rule<S> {
    const rule = { incompatibility, contradicted: false };
    for (const term of incompatibility.terms) {
      const rules = this.#byPackage.get(term.package);
      if (rules === undefined) this.#byPackage.set(term.package, [rule]);
      else rules.push(rule);
    }
    return rule;
  }

  /**
   * Adds that versions of a package depend on another. Where other versions are known to do the
   * same, one rule says so of them all.
   */
  addDependency(incompatibility: Incompatibility<S>): void {
    const { cause } = incompatibility;
    if (cause.kind !== 'dependency') throw new Error('not a dependency');
    const byTarget = this.#dependencies.get(cause.package) ?? new Map<string, Rule<S>[]>();
    this.#dependencies.set(cause.package, byTarget);
    const rules = byTarget.get(cause.on) ?? [];
    byTarget.set(cause.on, rules);
    const same = rules.find((rule) =>
      this.#isSameButForVersions(rule.incompatibility, incompatibility),
    );
    if (same === undefined) {
      rules.push(this.add(incompatibility));
      return;
    }
    const merged = this.#merge(same.incompatibility, incompatibility);
    if (merged === same.incompatibility) return;
    same.incompatibility = merged;
    same.contradicted = false;
  }

  /** Remembers that a rule is contradicted from this level on. */
  contradict(rule: Rule<S>, level: number): void {
    rule.contradicted = true;
    this.#contradicted.push({ rule, level });
  }

  /** Forgets the contradictions of decisions after the first `level`. */
  backtrack(level: number): void {
    let last = this.#contradicted.at(-1);
    while (last !== undefined && last.level > level) {
      last.rule.contradicted = false;
      this.#contradicted.pop();
      last = this.#contradicted.at(-1);
    }
  }

  /** Both are dependencies of one package on another, with terms in the same order. */
  #isSameButForVersions(a: Incompatibility<S>, b: Incompatibility<S>): boolean {
    if (a.cause.kind !== 'dependency' || b.cause.kind !== 'dependency') return false;
    if (a.cause.origin !== b.cause.origin) return false;
    if (a.terms.length !== b.terms.length || !this.#sets.equals(a.cause.set, b.cause.set))
      return false;
    // A package that depends on itself has a term in which both sets are mixed.
    return a.cause.package !== a.cause.on;
  }

  #merge(a: Incompatibility<S>, b: Incompatibility<S>): Incompatibility<S> {
    const [inA, inB] = [a.terms[0], b.terms[0]];
    if (inA === undefined || inB === undefined || this.#sets.isSubset(inB.set, inA.set)) return a;
    const depender: Term<S> = { ...inA, set: this.#sets.union(inA.set, inB.set) };
    const terms = [depender, ...a.terms.slice(1)];
    return makeIncompatibility(this.#sets, terms, a.cause) ?? a;
  }
}
