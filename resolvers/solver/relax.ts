/**
 * All independent contradictions in one run: after a failure, somebody proposes requirements to
 * ignore or replace; that is assumed, and the search goes on.
 */
import type { Dependency, Provider } from './provider.ts';
import { type Problem, rootPackage } from './root.ts';
import { type Failure, type Solution, solve } from './solve.ts';

/** A change to what `package` asks of `on`. */
export interface Relaxation<S> {
  /** Whose requirement; undefined for everybody's. */
  readonly package: string | undefined;
  readonly on: string;
  /** What to ask instead; undefined to ask nothing. */
  readonly use: Omit<Dependency<S>, 'package' | 'from'> | undefined;
}

/** What to assume after a failure; nothing when there is nothing to propose. */
export type Relax<S> = (failure: Failure<S>) => readonly Relaxation<S>[];

export interface RelaxedFailure<S> {
  readonly failure: Failure<S>;
  /** What was assumed to go on; empty for a failure that ended the search. */
  readonly relaxations: readonly Relaxation<S>[];
}

export interface RelaxedResult<S, V> {
  /** Each contradiction, in the order in which they were met. */
  readonly failures: readonly RelaxedFailure<S>[];
  /** What solves with all relaxations; undefined when the last failure had none. */
  readonly solution: Solution<V> | undefined;
}

const targetOf = <S>(relaxation: Relaxation<S>): string =>
  JSON.stringify([relaxation.package ?? null, relaxation.on]);

/** A later relaxation of the same requirement replaces the one before; one by name wins. */
const relaxed = <S>(
  name: string,
  dependencies: readonly Dependency<S>[],
  relaxations: readonly Relaxation<S>[],
): readonly Dependency<S>[] =>
  dependencies.flatMap((dependency) => {
    const matching = relaxations.filter(({ on }) => on === dependency.package);
    const relaxation =
      matching.findLast((each) => each.package === name) ??
      matching.findLast((each) => each.package === undefined);
    if (relaxation === undefined) return [dependency];
    if (relaxation.use === undefined) return [];
    const { package: on, from } = dependency;
    return [{ package: on, ...(from === undefined ? {} : { from }), ...relaxation.use }];
  });

const relaxProvider = <S, V>(
  provider: Provider<S, V>,
  relaxations: readonly Relaxation<S>[],
): Provider<S, V> => ({
  ...provider,
  dependencies: async (name, version) => {
    const answer = await provider.dependencies(name, version);
    return answer.kind === 'dependencies'
      ? { ...answer, dependencies: relaxed(name, answer.dependencies, relaxations) }
      : answer;
  },
});

/** Solves; after each failure again, with all that `relax` has proposed, until it proposes nothing new. */
export const solveWithRelaxations = async <S, V>(
  provider: Provider<S, V>,
  problem: Problem<S>,
  relax: Relax<S>,
): Promise<RelaxedResult<S, V>> => {
  const failures: RelaxedFailure<S>[] = [];
  const assumed: Relaxation<S>[] = [];
  for (;;) {
    const result = await solve(relaxProvider(provider, assumed), {
      ...problem,
      requirements: relaxed(rootPackage, problem.requirements, assumed),
    });
    if (result.kind === 'solution') return { failures, solution: result };
    // Proposing the same again would never end.
    const known = new Set(assumed.map(targetOf));
    const relaxations = relax(result).filter((each) => !known.has(targetOf(each)));
    failures.push({ failure: result, relaxations });
    if (relaxations.length === 0) return { failures, solution: undefined };
    assumed.push(...relaxations);
  }
};
