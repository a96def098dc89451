/** What is decided and derived so far, step by step, so that steps can be taken back. */
import type { Assignment } from './assignment.ts';
import type { Incompatibility } from './incompatibility.ts';
import type { SetAlgebra } from './set-algebra.ts';
import { chosen, intersectTerms, type Relation, relationOf, type Term } from './term.ts';

export class PartialSolution<S, V> {
  /** Packages of which some version is needed and none is decided upon. */
  readonly undecided = new Set<string>();
  /** Packages that came into `undecided`, or whose set there changed, since this was last emptied. */
  readonly changed = new Set<string>();
  readonly #sets: SetAlgebra<S>;
  readonly #steps: Assignment<S>[] = [];
  readonly #byPackage = new Map<string, Assignment<S>[]>();
  readonly #decisions = new Map<string, V>();
  #level = 0;

  constructor(sets: SetAlgebra<S>) {
    this.#sets = sets;
  }

  /** How many decisions stand. */
  get level(): number {
    return this.#level;
  }

  /** The chosen versions, in the order of decision. */
  get decisions(): ReadonlyMap<string, V> {
    return this.#decisions;
  }

  /** The packages of which something is known. */
  get names(): readonly string[] {
    return [...this.#byPackage].filter(([, steps]) => steps.length > 0).map(([name]) => name);
  }

  /** All that is known of a package. */
  known(name: string): Term<S> | undefined {
    return this.#byPackage.get(name)?.at(-1)?.known;
  }

  relation(term: Term<S>): Relation {
    const known = this.known(term.package);
    return known === undefined ? 'inconclusive' : relationOf(this.#sets, known, term);
  }

  decide(name: string, set: S, version: V): void {
    this.#level += 1;
    this.#decisions.set(name, version);
    this.#push(chosen(name, set), undefined);
  }

  derive(term: Term<S>, cause: Incompatibility<S>): void {
    this.#push(term, cause);
  }

  /** Takes back all steps of decisions after the first `level`. */
  backtrack(level: number): void {
    const touched = new Set<string>();
    let last = this.#steps.at(-1);
    while (last !== undefined && last.level > level) {
      this.#steps.pop();
      const name = last.term.package;
      this.#byPackage.get(name)?.pop();
      if (last.cause === undefined) this.#decisions.delete(name);
      touched.add(name);
      last = this.#steps.at(-1);
    }
    this.#level = level;
    for (const name of touched) this.#note(name);
  }

  /** The first step from which on `term`, which holds now, has held. */
  satisfier(term: Term<S>): Assignment<S> {
    const steps = this.#byPackage.get(term.package) ?? [];
    // What is known only ever narrows.
    let [low, high] = [0, steps.length - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const step = steps[middle];
      if (step !== undefined && relationOf(this.#sets, step.known, term) === 'satisfied')
        high = middle;
      else low = middle + 1;
    }
    const step = steps[low];
    if (step === undefined) throw new Error(`no step is about ${term.package}`);
    return step;
  }

  /** On which level a package was decided upon; undefined when it is not. */
  levelOf(name: string): number | undefined {
    return this.#decisions.has(name) ? this.#byPackage.get(name)?.at(-1)?.level : undefined;
  }

  #push(term: Term<S>, cause: Incompatibility<S> | undefined): void {
    const name = term.package;
    const before = this.known(name);
    const known = before === undefined ? term : intersectTerms(this.#sets, before, term);
    const step = { term, known, level: this.#level, index: this.#steps.length, cause };
    this.#steps.push(step);
    const steps = this.#byPackage.get(name);
    if (steps === undefined) this.#byPackage.set(name, [step]);
    else steps.push(step);
    this.#note(name);
  }

  #note(name: string): void {
    if (this.known(name)?.positive === true && !this.#decisions.has(name)) {
      this.undecided.add(name);
      this.changed.add(name);
    } else {
      this.undecided.delete(name);
      this.changed.delete(name);
    }
  }
}
