/** From requirements to versions: what `pinGraph` goes on from where there is no lock. */
import { type Diagnostic, isLock2nixError, type Lock2nixError } from '../../graph/errors.ts';
import type { IndexChoice, RequirementSet } from '../../graph/requirements.ts';
import { tryParseVersion } from '../../standards/version.ts';
import type { PackageIndex, Registry } from '../registry/types.ts';
import { explainUnsatisfiable } from './explain/unsatisfiable.ts';
import type { ReadPath } from './path-facts.ts';
import type { Resolution, ResolveOptions } from './resolution.ts';
import type { Wanted } from './select.ts';
import { createCircumstances } from './solve/circumstances.ts';
import { findDirects } from './solve/find-directs.ts';
import { solveForks } from './solve/forks.ts';
import type { GroupFailure, GroupSolution, Task } from './solve/group.ts';
import { createLibrary, type Library } from './solve/library.ts';
import { lockedGraphOf, refuseMissingHashes } from './solve/locked-graph.ts';
import { policyOf } from './solve/policy.ts';
import { rootNeedsOf, wishesOf } from './solve/question.ts';
import { rejectedOf } from './solve/rejected.ts';
import { pointOf } from './solve/sets.ts';
import type { Shelf } from './solve/shelf.ts';
import { diagnosticsOf } from './solve/talk.ts';

export interface ResolveSources {
  readonly index: PackageIndex;
  readonly registry: Registry;
  /** Files below the input's folder, for requirements that name one; without it there are none. */
  readonly readPath?: ReadPath;
}

/** What versions are sought for: what is wanted, and the groups that a development shell has besides. */
const developmentGroups = ({ roots }: RequirementSet, { groups }: Wanted): readonly string[] => {
  const more = roots.flatMap(({ groups: known, optionalGroups = [] }) =>
    Object.keys(known).filter((name) => name !== 'main' && !optionalGroups.includes(name)),
  );
  return [...new Set([...groups, ...more])].sort();
};

const preferredPoints = ({ preferences }: ResolveOptions): ReadonlyMap<string, readonly string[]> =>
  new Map(
    [...preferences].map(([name, versions]) => [
      name,
      versions.flatMap((text) => {
        const version = tryParseVersion(text);
        return version === undefined ? [] : [pointOf(version)];
      }),
    ]),
  );

/** The input's own indexes come before the ones of the options that ask for everything. */
const indexesOf = ({ indexes }: RequirementSet, options: IndexChoice): IndexChoice => ({
  ...(options.index !== undefined
    ? { index: options.index }
    : indexes.index === undefined
      ? {}
      : { index: indexes.index }),
  extra: [...new Set([...options.extra, ...indexes.extra])],
  strategy: options.strategy,
});

const taskOf = async (
  set: RequirementSet,
  options: ResolveOptions,
  {
    library,
    sources,
    groups,
  }: {
    readonly library: Library;
    readonly sources: ResolveSources;
    readonly groups: readonly string[];
  },
): Promise<Task> => {
  const circumstances = createCircumstances(options.python);
  const everywhere = circumstances(options.platforms);
  const wanted = { groups, extras: options.wanted.extras };
  // What has no name can only be left out, unless it holds somewhere.
  const wishes = wishesOf(set, wanted).filter(
    ({ asked }) => asked.name !== undefined || everywhere.whereHolds(asked.marker).length > 0,
  );
  const asked = [...wishes.map((wish) => wish.asked), ...set.constraints];
  const { directs, further } = await findDirects(
    asked.filter((each) => everywhere.whereHolds(each.marker).length > 0),
    everywhere,
    {
      index: sources.index,
      registry: sources.registry,
      readPath: sources.readPath ?? (() => undefined),
    },
  );
  const rules = options.rules.constraints;
  return {
    library,
    policy: policyOf(set, options),
    strategy: options.strategy,
    rules,
    constraints: set.constraints,
    needs: rootNeedsOf(wishes, directs, rules),
    directs,
    further,
    preferred: preferredPoints(options),
    circumstances,
  };
};

const shelvesOf =
  (library: Library) =>
  (name: string): Shelf | undefined => {
    const shelf = library.shelf(name);
    return shelf instanceof Promise ? undefined : shelf;
  };

interface Solved {
  readonly task: Task;
  readonly solutions: readonly GroupSolution[];
  readonly groups: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

const isFailure = (value: readonly GroupSolution[] | GroupFailure): value is GroupFailure =>
  'kind' in value;

/** Solves for some groups of the roots. Throws UNSATISFIABLE. */
const solveFor = async (
  set: RequirementSet,
  options: ResolveOptions,
  {
    groups,
    library,
    sources,
  }: {
    readonly groups: readonly string[];
    readonly library: Library;
    readonly sources: ResolveSources;
  },
): Promise<Solved> => {
  const task = await taskOf(set, options, { groups, library, sources });
  const solutions = await solveForks(task, options.platforms);
  if (isFailure(solutions)) throw explainUnsatisfiable(solutions, shelvesOf(library));
  return { task, solutions, groups, diagnostics: [] };
};

const developmentLeftOut = (error: Lock2nixError, groups: readonly string[]): Diagnostic => ({
  severity: 'warning',
  code: 'development-left-out',
  message: `\`shell\` has no development groups, since \`${groups.join(', ')}\` cannot be had: ${error.message}`,
  ...(error.hint === undefined ? {} : { hint: error.hint }),
});

/** Development groups that nobody asked for must not spoil what was asked for. */
const solveWithDevelopment = async (
  set: RequirementSet,
  options: ResolveOptions,
  context: { readonly library: Library; readonly sources: ResolveSources },
): Promise<Solved> => {
  const groups = developmentGroups(set, options.wanted);
  const { groups: asked } = options.wanted;
  if (groups.length === new Set(asked).size) return solveFor(set, options, { ...context, groups });
  try {
    return await solveFor(set, options, { ...context, groups });
  } catch (error) {
    if (!isLock2nixError(error) || error.exitCode !== 1) throw error;
    const solved = await solveFor(set, options, { ...context, groups: asked });
    const left = groups.filter((group) => !asked.includes(group));
    return { ...solved, diagnostics: [developmentLeftOut(error, left)] };
  }
};

/**
 * Finds versions for what a set of requirements wants, without running anybody's code. The graph has
 * all files that the target may use. Throws UNSATISFIABLE with the proof, HASH_MISSING, what looking
 * into direct sources throws, and what the registry throws.
 */
export const resolveRequirements = async (
  set: RequirementSet,
  options: ResolveOptions,
  sources: ResolveSources,
): Promise<Resolution> => {
  const library = createLibrary(sources.index, indexesOf(set, options.indexes));
  const solved = await solveWithDevelopment(set, options, { library, sources });
  const { task, solutions, groups } = solved;
  const isHashed = solutions.some(({ question }) =>
    question.needs.some(({ asked }) => asked.integrities.length > 0),
  );
  if (set.requireHashes === true || isHashed) refuseMissingHashes(solutions);
  const { graph, forks } = lockedGraphOf({
    set,
    needs: task.needs,
    groups: solutions,
    platforms: options.platforms,
    wantedGroups: groups,
  });
  return {
    graph,
    forks,
    diagnostics: [...solved.diagnostics, ...diagnosticsOf(solutions)],
    rejected: async (name) => {
      const group = solutions.find(({ chosen }) => chosen.has(name));
      const shelf = await library.shelf(name, group?.question.indexes.get(name));
      if (group === undefined || shelf === undefined) return [];
      const context = {
        circumstances: group.conditions.circumstances,
        rules: task.rules,
        isSource: () => true,
      };
      return rejectedOf(name, group, { context, shelf, kept: task.preferred.get(name) ?? [] });
    },
  };
};
