/** Which package is decided next. */
import { Heap } from './heap.ts';
import type { PartialSolution } from './partial-solution.ts';
import type { PackageStatistics, Priority, Provider } from './provider.ts';
import { rootPackage } from './root.ts';

/** Packages that met many conflicts first: what they allow is soon the only question. */
const conflictsFirst = ({ affected, culprit }: PackageStatistics): Priority => [
  -(affected + culprit),
];

const comparePriorities = (a: Priority, b: Priority): number => {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
};

const compareEntries = (a: Entry, b: Entry): number =>
  comparePriorities(a.priority, b.priority) || (a.name < b.name ? -1 : Number(a.name > b.name));

interface Entry {
  readonly name: string;
  readonly priority: Priority;
}

/** Keeps what is known of each package, and asks for a priority only when that has changed. */
export class Priorities<S> {
  readonly #provider: Pick<Provider<S, unknown>, 'sets' | 'prioritise' | 'reconsider'>;
  readonly #statistics = new Map<string, { -readonly [Key in keyof PackageStatistics]: number }>();
  /** Entries of packages that are undecided, among others that are out of date. */
  readonly #heap = new Heap<Entry>(compareEntries);
  readonly #entries = new Map<string, Entry>();
  readonly #counted = new Set<string>();
  readonly #reconsidered = new Set<string>();

  constructor(provider: Pick<Provider<S, unknown>, 'sets' | 'prioritise' | 'reconsider'>) {
    this.#provider = provider;
  }

  /** Remembers that something asked for a package; what is asked for first counts as discovered first. */
  discover(name: string): void {
    this.#of(name);
  }

  /** Counts that versions of `affected` were ruled out, and that others were involved. */
  count(affected: string, involved: readonly string[]): void {
    this.#of(affected).affected += 1;
    for (const name of involved) if (name !== affected) this.#of(name).culprit += 1;
    for (const name of [affected, ...involved]) this.#counted.add(name);
  }

  /** The level of the first decision that is to be taken back; each package's is, once at most. */
  reconsidered(solution: PartialSolution<S, unknown>): number | undefined {
    const { reconsider, sets } = this.#provider;
    if (reconsider === undefined) return undefined;
    let first: number | undefined;
    for (const name of this.#counted) {
      const level = solution.levelOf(name);
      if (level === undefined || name === rootPackage || this.#reconsidered.has(name)) continue;
      const set = solution.known(name)?.set ?? sets.full;
      if (!reconsider(name, set, { ...this.#of(name) })) continue;
      this.#reconsidered.add(name);
      first = Math.min(first ?? level, level);
    }
    return first;
  }

  /** The undecided package of least priority; undefined when all are decided. */
  async next(solution: PartialSolution<S, unknown>): Promise<string | undefined> {
    const { changed, undecided } = solution;
    const counted = [...this.#counted].filter((name) => undecided.has(name) && !changed.has(name));
    this.#counted.clear();
    const asked = [...changed, ...counted];
    for (const name of asked) this.#of(name);
    const answers = asked.map((name) => this.#ask(name, solution));
    const priorities = answers.some((answer) => answer instanceof Promise)
      ? await Promise.all(answers)
      : answers;
    for (const [index, priority] of priorities.entries()) {
      const name = asked[index];
      if (name === undefined || priority instanceof Promise) continue;
      const entry = { name, priority };
      this.#entries.set(name, entry);
      this.#heap.add(entry);
    }
    return this.#least(undecided)?.name;
  }

  #least(undecided: ReadonlySet<string>): Entry | undefined {
    let least = this.#heap.least;
    while (least !== undefined) {
      if (undecided.has(least.name) && this.#entries.get(least.name) === least) return least;
      this.#heap.removeLeast();
      least = this.#heap.least;
    }
    return undefined;
  }

  #ask(name: string, solution: PartialSolution<S, unknown>): Priority | Promise<Priority> {
    const statistics = { ...this.#of(name) };
    const { sets, prioritise } = this.#provider;
    if (prioritise === undefined) return conflictsFirst(statistics);
    return prioritise(name, solution.known(name)?.set ?? sets.full, statistics);
  }

  #of(name: string) {
    const known = this.#statistics.get(name);
    if (known !== undefined) return known;
    const fresh = { discovered: this.#statistics.size, affected: 0, culprit: 0 };
    this.#statistics.set(name, fresh);
    return fresh;
  }
}
