/** From requirements to versions: what `pinGraph` goes on from where there is no lock. */
import { type Diagnostic, isLock2nixError, type Lock2nixError } from '../../graph/errors.ts';
import type { ConstraintRule, IndexChoice, RequirementSet } from '../../graph/requirements.ts';
import { tryParseVersion } from '../../standards/version.ts';
import type { PackageIndex, Registry } from '../registry/types.ts';
import { type IdleRule, unmatchedRules } from './explain/unmatched.ts';
import type { ReadPath } from './path-facts.ts';
import type { Resolution, ResolveOptions } from './resolution.ts';
import type { Wanted } from './select.ts';
import { createCircumstances } from './solve/circumstances.ts';
import { findDirect } from './solve/direct.ts';
import { findDirects } from './solve/find-directs.ts';
import { solveFirstWins } from './solve/first-wins.ts';
import { solveForks, trySolve } from './solve/forks.ts';
import type { GroupSolution, Task } from './solve/group.ts';
import { createLibrary, type Library } from './solve/library.ts';
import { lockedGraphOf, refuseMissingHashes } from './solve/locked-graph.ts';
import { needChanges } from './solve/need-changes.ts';
import { policyOf } from './solve/policy.ts';
import { holdsSomewhere, rootNeedsOf, wishesOf } from './solve/question.ts';
import { refuse } from './solve/refuse.ts';
import { rejectedOf } from './solve/rejected.ts';
import { ruledSet } from './solve/ruled-set.ts';
import { createRuledShelves } from './solve/ruled-shelf.ts';
import { boundsIn } from './solve/rules.ts';
import { pointOf } from './solve/sets.ts';
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

interface Context {
  readonly library: Library;
  readonly sources: ResolveSources;
}

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

/** The task for any rules. */
type TaskWith = (rules: readonly ConstraintRule[]) => Task;

const taskOf = async (
  stated: RequirementSet,
  options: ResolveOptions,
  { library, sources, groups }: Context & { readonly groups: readonly string[] },
): Promise<TaskWith> => {
  const circumstances = createCircumstances(options.python);
  const everywhere = circumstances(options.platforms);
  const { index, registry, readPath = () => undefined } = sources;
  const directSources = {
    index,
    registry,
    readPath,
    keptCommits: options.keptCommits ?? new Map(),
  };
  const changes = needChanges(options.rules);
  const ruled = createRuledShelves(options.rules.sources ?? [], (request) =>
    findDirect(request, directSources),
  );
  const set = ruledSet(stated, { changes, ruled });
  const wishes = wishesOf(set, { groups, extras: options.wanted.extras });
  const asked = [...wishes.map((wish) => wish.asked), ...set.constraints].filter((each) =>
    holdsSomewhere(each, everywhere),
  );
  const { directs, further } = await findDirects(asked, everywhere, directSources);
  // What has no name and holds nowhere can only be left out.
  const named = wishes.filter((wish) => wish.asked.name !== undefined || directs.has(wish.asked));
  const preferred = preferredPoints(options);
  return (rules) => {
    const fired = new Set<ConstraintRule>();
    return {
      library,
      policy: policyOf(set, options),
      strategy: options.strategy,
      rules,
      fired,
      changes,
      ruled,
      constraints: set.constraints.filter((each) => each.name !== undefined || directs.has(each)),
      needs: rootNeedsOf(named, directs, { rules, fired }),
      directs,
      further,
      preferred,
      circumstances,
    };
  };
};

interface Solved {
  readonly task: Task;
  readonly solutions: readonly GroupSolution[];
  readonly groups: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Solves for some groups of the roots. Throws UNSATISFIABLE. */
const solveFor = async (
  set: RequirementSet,
  options: ResolveOptions,
  context: Context & { readonly groups: readonly string[] },
): Promise<Solved> => {
  const taskWith = await taskOf(set, options, context);
  const rules = options.rules.constraints;
  const task = taskWith(rules);
  if (options.strategy === 'first-wins') {
    const { solutions, contradictions } = await solveFirstWins(task, options.platforms);
    return { task, solutions, groups: context.groups, diagnostics: contradictions };
  }
  const solutions = await solveForks(task, options.platforms);
  if (!('kind' in solutions)) return { task, solutions, groups: context.groups, diagnostics: [] };
  throw await refuse(
    solutions,
    async (more) => {
      const again = await trySolve(taskWith(more), solutions.platforms);
      return again.kind === 'failure' ? again : undefined;
    },
    { task, project: set.roots[0]?.name ?? 'project' },
  );
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
  context: Context,
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

/** The rules that changed nothing. */
const idleRules = (
  { roots }: RequirementSet,
  { fired, rules }: Task,
  solutions: readonly GroupSolution[],
): readonly IdleRule[] => {
  const names = [...new Set(solutions.flatMap(({ chosen }) => [...chosen.keys()]))].sort();
  for (const bound of boundsIn(rules)) if (names.includes(bound.on)) fired.add(bound);
  return unmatchedRules(rules, fired, {
    askers: [...roots.map(({ name }) => name), ...names],
    asked: names,
  });
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
  // The hash in a URL is about that URL alone, as for pip.
  const isHashed = solutions.some(({ question }) =>
    question.needs.some(({ asked }) => asked.source === undefined && asked.integrities.length > 0),
  );
  if (set.requireHashes === true || isHashed) refuseMissingHashes(solutions);
  const { graph, forks } = lockedGraphOf({
    set,
    needs: task.needs,
    rules: options.rules,
    groups: solutions,
    platforms: options.platforms,
    wantedGroups: groups,
  });
  return {
    graph,
    forks,
    idleRules: idleRules(set, task, solutions),
    diagnostics: [...solved.diagnostics, ...diagnosticsOf(solutions)],
    rejected: async (name) => {
      const group = solutions.find(({ chosen }) => chosen.has(name));
      const shelf = await library.shelf(name, group?.question.indexes.get(name));
      if (group === undefined || shelf === undefined) return [];
      const context = {
        circumstances: group.conditions.circumstances,
        rules: task.rules,
        fired: task.fired,
        changes: task.changes,
        isSource: () => true,
      };
      return rejectedOf(name, group, { context, shelf, kept: task.preferred.get(name) ?? [] });
    },
  };
};
