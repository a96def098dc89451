/** Which package is decided next. */
import type { PartialSolution } from './partial-solution.ts';
import type { PackageStatistics, Priority, Provider } from './provider.ts';

/** Packages that met many conflicts first: what they allow is soon the only question. */
export const conflictsFirst = ({ affected, culprit }: PackageStatistics): Priority => [
  -(affected + culprit),
];

const comparePriorities = (a: Priority, b: Priority): number => {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
};

/** Keeps what is known of each package, and asks for a priority only when that has changed. */
export class Priorities<S> {
  readonly #provider: Pick<Provider<S, unknown>, 'sets' | 'prioritise'>;
  readonly #statistics = new Map<string, { -readonly [Key in keyof PackageStatistics]: number }>();
  readonly #priorities = new Map<string, Priority>();

  constructor(provider: Pick<Provider<S, unknown>, 'sets' | 'prioritise'>) {
    this.#provider = provider;
  }

  /** Counts that versions of `affected` were ruled out, and that others were involved. */
  count(affected: string, involved: readonly string[]): void {
    this.#of(affected).affected += 1;
    for (const name of involved) if (name !== affected) this.#of(name).culprit += 1;
    for (const name of [affected, ...involved]) this.#priorities.delete(name);
  }

  /** The undecided package of least priority; undefined when all are decided. */
  async next(solution: PartialSolution<S, unknown>): Promise<string | undefined> {
    for (const name of solution.changed) this.#priorities.delete(name);
    const open = [...solution.undecided].filter((name) => !this.#priorities.has(name));
    for (const name of open) this.#of(name);
    await Promise.all(open.map((name) => this.#ask(name, solution)));
    let best: string | undefined;
    for (const name of solution.undecided)
      if (best === undefined || this.#compare(name, best) < 0) best = name;
    return best;
  }

  #ask(name: string, solution: PartialSolution<S, unknown>): Promise<void> | undefined {
    const set = solution.known(name)?.set ?? this.#provider.sets.full;
    const { prioritise } = this.#provider;
    const statistics = { ...this.#of(name) };
    const answer =
      prioritise === undefined ? conflictsFirst(statistics) : prioritise(name, set, statistics);
    if (!(answer instanceof Promise)) {
      this.#priorities.set(name, answer);
      return undefined;
    }
    return answer.then((priority) => {
      this.#priorities.set(name, priority);
    });
  }

  #of(name: string) {
    const known = this.#statistics.get(name);
    if (known !== undefined) return known;
    const fresh = { discovered: this.#statistics.size, affected: 0, culprit: 0 };
    this.#statistics.set(name, fresh);
    return fresh;
  }

  #compare(a: string, b: string): number {
    const difference = comparePriorities(
      this.#priorities.get(a) ?? [],
      this.#priorities.get(b) ?? [],
    );
    return difference !== 0 ? difference : a < b ? -1 : 1;
  }
}
