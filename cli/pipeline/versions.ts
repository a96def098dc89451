/** From an input to versions: what a lock says, or what the resolver finds. */
import type { Diagnostic } from '../../graph/errors.ts';
import type { Platform } from '../../graph/platform.ts';
import type { NameSet, RequirementSet } from '../../graph/requirements.ts';
import type { LockedGraph, PythonTarget } from '../../graph/types.ts';
import { solveRules } from '../../overrides/solve-rules.ts';
import { uniteNames } from '../../resolvers/pypi/name-set.ts';
import type { RecordedVersions } from '../../resolvers/pypi/preferences.ts';
import type { Resolution, ResolveOptions } from '../../resolvers/pypi/resolution.ts';
import type { Wanted } from '../../resolvers/pypi/select.ts';
import { parseInstant } from '../instant.ts';
import type { AskedOptions } from '../options.ts';
import { commonSystems, currentSystem, parsePlatforms } from '../platforms.ts';
import { allNames } from '../record.ts';
import { recordedSolveOptions } from '../solve-options.ts';
import type { World } from '../world.ts';
import { hinting } from './hinting.ts';
import type { Project } from './project.ts';
import type { Sources } from './sources.ts';
import { chooseWanted, knownNames } from './wanted.ts';

/** For which Python, systems, groups and extras versions are. */
export interface Aim {
  readonly python: PythonTarget;
  readonly platforms: readonly Platform[];
  readonly wanted: Wanted;
}

export interface Versions extends Aim {
  readonly choices: Choices;
  readonly locked: LockedGraph;
  /** Absent when the input is a lock. */
  readonly resolution?: Resolution;
  /** Rules that changed nothing, as long as only versions are sought. */
  readonly idleRules: Resolution['idleRules'];
  readonly diagnostics: readonly Diagnostic[];
}

/** The systems that are asked for, else the usual ones: of a lock four, of anything else this machine's. */
export const systemsFor = (
  { converted }: Pick<Project, 'converted'>,
  asked: Pick<AskedOptions, 'systems'>,
  world: World,
): readonly string[] =>
  asked.systems ?? (converted.kind === 'locked' ? commonSystems : [currentSystem(world)]);

const aimOf = async (project: Project, asked: AskedOptions, world: World): Promise<Aim> => {
  const { converted, input } = project;
  const { choosePython } = await import('../../resolvers/pypi/target.ts');
  const asking = converted.kind === 'locked' ? converted.graph : converted.set;
  return {
    platforms: parsePlatforms(systemsFor(project, asked, world)),
    python: choosePython(asked.python, asking.requiresPython, input.shown),
    wanted: chooseWanted(knownNames(asking.roots), asked, input.shown),
  };
};

const nameSet = (names: readonly string[] | undefined): NameSet =>
  names?.includes(allNames) === true ? ':all:' : (names ?? []);

/** What the command line and the input say of indexes and files, put together. */
export type Choices = Pick<
  ResolveOptions,
  'indexes' | 'excludeNewer' | 'onlyBinary' | 'noBinary' | 'prereleases'
>;

/** What a lock says of these. */
const lockChoices: Pick<RequirementSet, 'indexes' | 'onlyBinary' | 'noBinary' | 'prereleases'> = {
  indexes: { extra: [] },
};

/** The command line's index stands before the input's; more indexes and names add up. */
const choicesOf = (asked: AskedOptions, set: typeof lockChoices): Choices => {
  const { excludeNewer, onlyBinary, noBinary, pre } = recordedSolveOptions(asked);
  const index = asked.indexUrl ?? set.indexes.index;
  return {
    indexes: {
      ...(index === undefined ? {} : { index }),
      extra: [...new Set([...(asked.extraIndexUrl ?? []), ...set.indexes.extra])],
      strategy: asked.indexStrategy ?? 'first-index',
    },
    ...(excludeNewer === undefined
      ? {}
      : { excludeNewer: parseInstant(excludeNewer).milliseconds }),
    onlyBinary: uniteNames(nameSet(onlyBinary), set.onlyBinary),
    noBinary: uniteNames(nameSet(noBinary), set.noBinary),
    prereleases: pre === true || set.prereleases === true ? ':all:' : [],
  };
};

/** What the resolver is told. */
const resolveOptions = (
  { overrides }: Pick<Project, 'overrides'>,
  {
    aim,
    asked,
    choices,
    kept,
  }: {
    readonly aim: Aim;
    readonly asked: AskedOptions;
    readonly choices: Choices;
    readonly kept: RecordedVersions;
  },
): ResolveOptions => ({
  ...aim,
  ...choices,
  strategy: asked.resolution ?? 'highest',
  prefer: asked.prefer ?? 'wheel',
  preferWheels: recordedSolveOptions(asked).preferWheels ?? [],
  preferences: kept.runtime,
  keptCommits: kept.commits,
  rules: solveRules(overrides, aim.python),
});

/** An input's requirements, with the constraints that the command line adds. */
const askedSet = ({ constraints }: Project, set: RequirementSet): RequirementSet =>
  constraints.length === 0 ? set : { ...set, constraints: [...set.constraints, ...constraints] };

/**
 * The versions of a project. Opens the sources only where versions have to be found. Throws
 * Lock2nixError: usage, an unsatisfiable input, a registry.
 */
export const findVersions = async (
  project: Project,
  {
    asked,
    kept,
    world,
    sources,
  }: {
    readonly asked: AskedOptions;
    readonly kept: RecordedVersions;
    readonly world: World;
    readonly sources: () => Promise<Sources>;
  },
): Promise<Versions> => {
  const { converted, siblings } = project;
  if (converted.kind === 'locked') {
    const aim = await aimOf(project, asked, world);
    return {
      ...aim,
      choices: choicesOf(asked, lockChoices),
      locked: converted.graph,
      idleRules: [],
      diagnostics: converted.graph.diagnostics,
    };
  }
  const aim = await aimOf(project, asked, world);
  const { resolveRequirements } = await import('../../resolvers/pypi/resolve.ts');
  const set = askedSet(project, converted.set);
  const choices = choicesOf(asked, set);
  const options = resolveOptions(project, { aim, asked, choices, kept });
  const opened = await sources();
  const resolution = await hinting('ask for another version or source of it', () =>
    resolveRequirements(set, options, { ...opened, readPath: siblings.readBytes }),
  );
  return {
    ...aim,
    choices,
    locked: resolution.graph,
    resolution,
    idleRules: resolution.idleRules,
    diagnostics: [...set.diagnostics, ...resolution.diagnostics],
  };
};
