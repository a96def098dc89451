/**
 * PubGrub: decide a version, derive all that follows from it, and when that is a contradiction,
 * find out which earlier decision was the mistake, learn it, and go back there.
 */
import { findRootCause } from './conflict.ts';
import { type Incompatibility, makeIncompatibility } from './incompatibility.ts';
import { PartialSolution } from './partial-solution.ts';
import { Priorities } from './priority.ts';
import type { Candidate, Dependency, Provider, Unusable } from './provider.ts';
import { type Problem, rootPackage } from './root.ts';
import { type Rule, Rules } from './rules.ts';
import { noStatistics, type Statistics } from './statistics.ts';
import { chosen, negate, relationOf, type Term } from './term.ts';

export interface Solution<V> {
  readonly kind: 'solution';
  /** The chosen version of each package that is needed, in the order of decision. */
  readonly versions: ReadonlyMap<string, V>;
  readonly statistics: Statistics;
}

export interface Failure<S> {
  readonly kind: 'failure';
  /** That nothing can be chosen at all; its causes prove it. */
  readonly incompatibility: Incompatibility<S>;
  readonly statistics: Statistics;
}

class Solver<S, V> {
  readonly statistics = noStatistics();
  readonly solution: PartialSolution<S, V | undefined>;
  readonly #provider: Provider<S, V>;
  readonly #rules: Rules<S>;
  readonly #priorities: Priorities<S>;
  /** Versions whose dependencies are rules already. */
  readonly #seen = new Map<string, Set<V>>();
  #backtracked = false;

  constructor(provider: Provider<S, V>) {
    this.#provider = provider;
    this.#rules = new Rules(provider.sets);
    this.solution = new PartialSolution(provider.sets);
    this.#priorities = new Priorities(provider);
  }

  /** Decides the root and takes in what it depends on. */
  start({ requirements, exclusions = [] }: Problem<S>): void {
    const { full } = this.#provider.sets;
    for (const { package: name, set, cause } of exclusions) this.#exclude(name, { cause, set });
    for (const each of requirements) this.#addDependency(rootPackage, full, each);
    this.solution.decide(rootPackage, full, undefined);
  }

  /** Derives all that follows from what is known of some packages. The failure, when nothing is left. */
  propagate(names: Iterable<string>): Incompatibility<S> | undefined {
    const changed = new Set(names);
    for (const next of changed) {
      changed.delete(next);
      const conflict = this.#propagateRulesOf(next, changed);
      if (conflict === undefined) continue;
      const rootCause = this.#resolve(conflict);
      if (rootCause.level === undefined) return rootCause.incompatibility;
      changed.clear();
      changed.add(this.#deriveFrom(rootCause.rule));
    }
    return undefined;
  }

  /**
   * Takes back decisions that the provider wants to be made later, and derives what follows from what
   * was learned meanwhile. The failure, when nothing is left.
   */
  reconsider(): Incompatibility<S> | undefined {
    const first = this.#priorities.reconsidered(this.solution);
    if (first === undefined) return undefined;
    this.#backtrack(first - 1);
    const failure = this.propagate(this.solution.names);
    return failure ?? this.reconsider();
  }

  /** Tells the provider what is needed and not decided yet, and picks the package to decide. */
  async pick(): Promise<string | undefined> {
    const { changed } = this.solution;
    if (this.#provider.prefetch !== undefined)
      for (const name of changed) this.#provider.prefetch(name, this.#setOf(name));
    const picked = await this.#priorities.next(this.solution);
    changed.clear();
    return picked;
  }

  /** Decides a version of the package, or learns why one cannot be used. */
  async decide(name: string): Promise<void> {
    const { sets } = this.#provider;
    const asked = this.#setOf(name);
    const answer = await this.#provider.choose(name, asked);
    if (answer.kind === 'unusable') {
      const set = answer.set ?? asked;
      if (sets.isEmpty(sets.intersect(set, asked)))
        throw new Error(`the provider excluded versions of ${name} that nobody asked about`);
      this.#exclude(name, { ...answer, set });
      return;
    }
    if (sets.isEmpty(answer.set) || !sets.isSubset(answer.set, asked))
      throw new Error(`the provider chose a version of ${name} that is not in the set`);
    if (await this.#addDependenciesOf(name, answer)) {
      if (this.#backtracked) this.statistics.tries += 1;
      this.#backtracked = false;
      this.statistics.decisions += 1;
      this.solution.decide(name, answer.set, answer.version);
    }
  }

  /** Whether the version can be decided upon: nothing that is decided by now excludes it. */
  async #addDependenciesOf(name: string, { version, set }: Candidate<S, V>): Promise<boolean> {
    const seen = this.#seen.get(name) ?? new Set<V>();
    this.#seen.set(name, seen);
    if (!seen.has(version)) {
      const answer = await this.#provider.dependencies(name, version);
      if (answer.kind === 'unusable') {
        const excluded = answer.set ?? set;
        if (!this.#provider.sets.isSubset(set, excluded))
          throw new Error(`the provider excluded versions of ${name} that nobody asked about`);
        this.#exclude(name, { ...answer, set: excluded });
        return false;
      }
      seen.add(version);
      for (const each of answer.dependencies) this.#addDependency(name, set, each);
    }
    const culprits = this.#opponentsOf(chosen(name, set));
    if (culprits.length > 0) this.#priorities.count(name, culprits);
    return culprits.length === 0;
  }

  /** The packages because of which a term cannot be made true now. */
  #opponentsOf(wish: Term<S>): readonly string[] {
    const { sets } = this.#provider;
    const broken = this.#rules
      .of(wish.package)
      .filter(
        (rule) =>
          !rule.contradicted &&
          rule.incompatibility.terms.every((term) =>
            term.package === wish.package
              ? relationOf(sets, wish, term) === 'satisfied'
              : this.solution.relation(term) === 'satisfied',
          ),
      );
    const names = broken.flatMap(({ incompatibility }) =>
      incompatibility.terms.map((term) => term.package),
    );
    return [...new Set(names)];
  }

  #addDependency(name: string, version: S, dependency: Dependency<S>): void {
    const { sets } = this.#provider;
    const { package: on, set, from = version, text, origin } = dependency;
    if (!sets.isSubset(version, from))
      throw new Error(`a dependency of ${name} is not one of the version asked about`);
    // Propagation goes through the rules backwards, so its order is not the one that was written.
    this.#priorities.discover(on);
    const incompatibility = makeIncompatibility(
      sets,
      [chosen(name, from), negate(chosen(on, set))],
      {
        kind: 'dependency',
        package: name,
        on,
        set,
        ...(text === undefined ? {} : { text }),
        ...(origin === undefined ? {} : { origin }),
      },
    );
    if (incompatibility !== undefined) this.#rules.addDependency(incompatibility);
  }

  #exclude(name: string, { cause, set }: Pick<Required<Unusable<S>>, 'cause' | 'set'>): void {
    const incompatibility = makeIncompatibility(this.#provider.sets, [chosen(name, set)], cause);
    if (incompatibility !== undefined) this.#rules.add(incompatibility);
  }

  #setOf(name: string): S {
    return this.solution.known(name)?.set ?? this.#provider.sets.full;
  }

  /** The conflict, if the rules that have a term about `name` lead to one. */
  #propagateRulesOf(name: string, changed: Set<string>): Incompatibility<S> | undefined {
    const rules = this.#rules.of(name);
    // What was learned last is the most likely to tell something.
    for (let index = rules.length - 1; index >= 0; index -= 1) {
      const rule = rules[index];
      if (rule === undefined || rule.contradicted) continue;
      const open = this.#openTerm(rule);
      if (open === 'conflict') return rule.incompatibility;
      if (open === undefined) continue;
      this.#derive(rule, open);
      changed.add(open.package);
    }
    return undefined;
  }

  /** The only term that does not hold yet; undefined when nothing follows from the rule. */
  #openTerm(rule: Rule<S>): Term<S> | 'conflict' | undefined {
    let open: Term<S> | undefined;
    for (const term of rule.incompatibility.terms) {
      const relation = this.solution.relation(term);
      if (relation === 'satisfied') continue;
      if (relation === 'contradicted') {
        this.#rules.contradict(rule, this.solution.level);
        return undefined;
      }
      if (open !== undefined) return undefined;
      open = term;
    }
    return open ?? 'conflict';
  }

  #derive(rule: Rule<S>, open: Term<S>): void {
    this.solution.derive(negate(open), rule.incompatibility);
    this.#rules.contradict(rule, this.solution.level);
  }

  /** What follows from a root cause after going back: that its last term must not hold. */
  #deriveFrom(rule: Rule<S>): string {
    const open = this.#openTerm(rule);
    if (open === undefined || open === 'conflict')
      throw new Error('nothing follows from the root cause of a conflict');
    this.#derive(rule, open);
    const others = rule.incompatibility.terms.filter((term) => term !== open);
    this.#priorities.count(
      open.package,
      others.map((term) => term.package),
    );
    return open.package;
  }

  #backtrack(level: number): void {
    this.statistics.undone += this.solution.level - level;
    this.#backtracked ||= level < this.solution.level;
    this.solution.backtrack(level);
    this.#rules.backtrack(level);
  }

  #resolve(conflict: Incompatibility<S>) {
    this.statistics.conflicts += 1;
    const { incompatibility, learned, level } = findRootCause(
      this.#provider.sets,
      this.solution,
      conflict,
    );
    if (level === undefined) return { level, incompatibility };
    this.#backtrack(level);
    const rule = learned
      ? this.#rules.add(incompatibility)
      : { incompatibility, contradicted: false };
    return { level, incompatibility, rule };
  }
}

/**
 * Finds a version for each package that `problem` needs, or proves that there is none. Throws what
 * the provider throws.
 */
export const solve = async <S, V>(
  provider: Provider<S, V>,
  problem: Problem<S>,
): Promise<Solution<V> | Failure<S>> => {
  const solver = new Solver(provider);
  solver.start(problem);
  let next: string | undefined = rootPackage;
  while (next !== undefined) {
    const failure = solver.propagate([next]) ?? solver.reconsider();
    if (failure !== undefined)
      return { kind: 'failure', incompatibility: failure, statistics: solver.statistics };
    next = await solver.pick();
    if (next !== undefined) await solver.decide(next);
  }
  const versions = new Map<string, V>();
  for (const [name, version] of solver.solution.decisions)
    if (version !== undefined) versions.set(name, version);
  return { kind: 'solution', versions, statistics: solver.statistics };
};
