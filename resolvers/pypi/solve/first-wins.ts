/**
 * What pip did before 20.3, in the order of pip 19.2.3 (`_internal/legacy_resolve.py` and
 * `req/req_set.py`): the first requirement that is met for a name decides its version, and nothing
 * is ever taken back. Requirements of the project come first, in their order, then breadth first
 * what they need. A constraint counts as met before all of them. Unlike pip's, extras that are asked
 * for later are installed, too.
 */
import { type Diagnostic, Lock2nixError } from '../../../graph/errors.ts';
import type { Platform } from '../../../graph/platform.ts';
import type { Unusable } from '../../solver/provider.ts';
import { type HintContext, hintFor } from '../explain/hints.ts';
import { type Chosen, type GroupSolution, openGroup, type Task } from './group.ts';
import { keyOf } from './keys.ts';
import { namesSeen } from './refuse.ts';
import { boundsIn } from './rules.ts';
import { askedBy, type VersionSet, versionSets } from './sets.ts';
import type { Offer } from './shelf.ts';

/** A requirement, and who says so. */
interface Saying {
  readonly name: string;
  readonly set: VersionSet;
  readonly text: string;
  readonly origin: string;
}

/** A name with the requirement that decides it. */
interface Entry {
  readonly first: Saying;
  offer?: Offer;
  /** Those that are looked at, and those that still have to be. */
  readonly extras: Set<string>;
  readonly waiting: Set<string>;
}

type Group = ReturnType<typeof openGroup>;

const refusal = (
  { name, set, text, origin }: Saying,
  { cause }: Unusable<VersionSet>,
  context: HintContext,
): Lock2nixError => {
  const [why, hint] =
    cause.kind === 'custom'
      ? [
          `${name} ${cause.message}`,
          hintFor(
            { name, set, reason: cause.reason, message: cause.message, hint: cause.hint },
            context,
          ),
        ]
      : ['no version of it matches', undefined];
  return new Lock2nixError('UNSATISFIABLE', `${text} (${origin}) cannot be had: ${why}`, {
    hint:
      hint ??
      'the first requirement that is met decides; put another one before it in the input, or use `--resolution highest`',
  });
};

/** The constraints by name, of several the first. */
const constraintsOf = (task: Task, group: Group): ReadonlyMap<string, Saying> => {
  const sayings = new Map<string, Saying>();
  for (const { marker, name, specifier, text, origin } of task.constraints) {
    if (name === undefined || sayings.has(name)) continue;
    if (group.circumstances.whereHolds(marker).length === 0) continue;
    sayings.set(name, { name, set: askedBy(specifier).set, text, origin });
  }
  return sayings;
};

/** The walk over one group: who met what, in order. */
class Walk {
  readonly entries = new Map<string, Entry>();
  readonly #group: Group;
  readonly #constraints: ReadonlyMap<string, Saying>;
  readonly #bounds: ReadonlyMap<string, VersionSet>;
  readonly #hints: HintContext;
  /** Names to look at, in pip's order. */
  readonly #queue: string[] = [];

  constructor(task: Task, group: Group) {
    this.#group = group;
    this.#constraints = constraintsOf(task, group);
    const { python, platforms } = group.circumstances;
    this.#hints = {
      python,
      platforms,
      published: (name) => group.knownShelf(name)?.offers ?? [],
      seen: () => namesSeen(task),
    };
    const bounds = new Map<string, VersionSet>();
    for (const { on, use } of boundsIn(task.rules)) {
      const { set } = askedBy(use);
      bounds.set(on, versionSets.intersect(bounds.get(on) ?? versionSets.full, set));
    }
    this.#bounds = bounds;
  }

  /** The project's own: those that only their source names, those with constraints, the others. */
  start(): void {
    const { needs } = this.#group.question;
    const met: string[] = [];
    for (const { asked, direct, name, origin, text, versions } of needs) {
      const set = direct === undefined ? versions.set : versionSets.full;
      if (this.#meet({ name, set, text, origin }, asked.extras)) met.push(name);
    }
    const constrained = [...this.#constraints.keys()];
    const rank = (name: string): number => {
      if (needs.some(({ asked, name: own }) => own === name && asked.name === undefined)) return -1;
      const place = constrained.indexOf(name);
      return place < 0 ? constrained.length : place;
    };
    this.#queue.push(...met.sort((a, b) => rank(a) - rank(b)));
  }

  async run(): Promise<void> {
    // The queue grows while it is walked.
    for (const name of this.#queue) {
      const entry = this.entries.get(name);
      if (entry !== undefined) await this.#look(entry);
    }
  }

  /** Whether it is the first that is met for its name. */
  #meet(saying: Saying, extras: readonly string[]): boolean {
    const { name } = saying;
    const known = this.entries.get(name);
    const entry = known ?? this.#newEntry(saying);
    for (const extra of extras) if (!entry.extras.has(extra)) entry.waiting.add(extra);
    return known === undefined;
  }

  #newEntry(saying: Saying): Entry {
    const { name } = saying;
    const first = this.#constraints.get(name) ?? saying;
    const bound = this.#bounds.get(name);
    const set = bound === undefined ? first.set : versionSets.intersect(first.set, bound);
    const entry: Entry = { first: { ...first, set }, extras: new Set(), waiting: new Set() };
    this.entries.set(name, entry);
    this.#group.provider.prefetch?.(name, set);
    return entry;
  }

  async #look(entry: Entry): Promise<void> {
    const { first } = entry;
    const isNew = entry.offer === undefined;
    const offer = entry.offer ?? (await this.#choose(first));
    entry.offer = offer;
    const waiting = [...entry.waiting].sort();
    entry.waiting.clear();
    for (const extra of waiting) entry.extras.add(extra);
    for (const extra of [...(isNew ? [undefined] : []), ...waiting])
      await this.#follow(first, offer, extra);
  }

  async #choose(saying: Saying): Promise<Offer> {
    const answer = await this.#group.provider.choose(saying.name, saying.set);
    if (answer.kind === 'unusable') throw refusal(saying, answer, this.#hints);
    return answer.version;
  }

  async #follow(saying: Saying, offer: Offer, extra: string | undefined): Promise<void> {
    const { provider } = this.#group;
    const answer = await provider.dependencies(keyOf(saying.name, extra), offer);
    if (answer.kind === 'unusable') throw refusal(saying, answer, this.#hints);
    const origin = `${offer.name} ${offer.text}`;
    for (const { need, asked, platforms, text } of provider.needsOf(offer, extra)) {
      if (platforms.length === 0) continue;
      const before = this.entries.get(need.name)?.waiting.size ?? 0;
      const isFirst = this.#meet({ name: need.name, set: asked.set, text, origin }, need.extras);
      const hasMore = (this.entries.get(need.name)?.waiting.size ?? 0) > before;
      if (isFirst || hasMore) this.#queue.push(need.name);
    }
  }
}

/** All that is asked of names in a group, whether it was heard or not. */
const sayingsOf = (
  task: Task,
  group: Group,
  chosen: ReadonlyMap<string, Chosen>,
): readonly Saying[] => {
  const own = group.question.needs.map(
    ({ name, origin, text, versions }): Saying => ({ name, set: versions.set, text, origin }),
  );
  const bounds = task.constraints.flatMap(
    ({ marker, name, origin, specifier, text }): readonly Saying[] =>
      name === undefined || group.circumstances.whereHolds(marker).length === 0
        ? []
        : [{ name, set: askedBy(specifier).set, text, origin }],
  );
  const others = [...chosen.values()].flatMap(({ offer, extras }) =>
    [undefined, ...extras].flatMap((extra) =>
      group.provider
        .needsOf(offer, extra)
        .filter(({ platforms }) => platforms.length > 0)
        .map(
          ({ asked, need, text }): Saying => ({
            name: need.name,
            set: asked.set,
            text,
            origin: `${offer.name} ${offer.text}`,
          }),
        ),
    ),
  );
  return [...own, ...bounds, ...others];
};

const contradictionsOf = (
  sayings: readonly Saying[],
  entries: ReadonlyMap<string, Entry>,
): readonly Diagnostic[] =>
  sayings.flatMap(({ name, set, text, origin }): readonly Diagnostic[] => {
    const { first, offer } = entries.get(name) ?? {};
    if (first === undefined || offer === undefined) return [];
    if (offer.direct !== undefined || versionSets.isSubset(offer.only, set)) return [];
    return [
      {
        severity: 'warning',
        code: 'contradiction',
        message: `${text} (${origin}) is not met: \`${name}@${offer.text}\` is taken, since ${first.text} (${first.origin}) came first`,
      },
    ];
  });

export interface FirstWins {
  readonly solutions: readonly GroupSolution[];
  /** Requirements that nobody heard, and that what was taken contradicts. */
  readonly contradictions: readonly Diagnostic[];
}

/**
 * Versions as pip 19 took them, for each platform by itself. Throws UNSATISFIABLE when the first
 * requirement of a name has no version, and what the registry throws.
 */
export const solveFirstWins = async (
  task: Task,
  platforms: readonly Platform[],
): Promise<FirstWins> => {
  const solutions: GroupSolution[] = [];
  const contradictions = new Map<string, Diagnostic>();
  for (const platform of platforms) {
    const group = openGroup(task, [platform]);
    const walk = new Walk(task, group);
    walk.start();
    await walk.run();
    const sorted = [...walk.entries].sort(([a], [b]) => (a < b ? -1 : 1));
    const chosen = new Map(
      sorted.flatMap(([name, { extras, offer }]) =>
        offer === undefined ? [] : [[name, { offer, extras: [...extras].sort() }] as const],
      ),
    );
    solutions.push(group.solutionOf(chosen));
    for (const each of contradictionsOf(sayingsOf(task, group, chosen), walk.entries))
      contradictions.set(each.message, each);
  }
  const told = [...contradictions.values()].sort((a, b) => (a.message < b.message ? -1 : 1));
  return { solutions, contradictions: told };
};
