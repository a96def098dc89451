/** Build requirements, solved and pinned like everything else: a build graph for each set of them. */
import {
  type Diagnostic,
  errorCodes,
  isLock2nixError,
  type Lock2nixError,
} from '../../graph/errors.ts';
import type { Requirement } from '../../graph/marker.ts';
import { type Platform, type PlatformName, platformName } from '../../graph/platform.ts';
import type { AskedRequirement, ConstraintRule, RequirementSet } from '../../graph/requirements.ts';
import type { LockedGraph, PackageId, PythonTarget } from '../../graph/types.ts';
import type { PatchRange } from '../../standards/marker-environment.ts';
import { formatRequirement, parseRequirement } from '../../standards/requirement.ts';
import type { PackageIndex, Registry } from '../registry/types.ts';
import { redactText } from '../registry/url.ts';
import {
  type BuildNeeds,
  buildNeeds,
  type ProjectFacts,
  type Refusal,
  unsupported,
} from './backend.ts';
import { environmentLabel } from './build-names.ts';
import type { BuildOptions } from './build-options.ts';
import { inOrder } from './in-order.ts';
import { byText, type Merged, memberOf, mergeSelections, type Selections } from './merge.ts';
import { type PackageContext, pinFiles } from './pin-package.ts';
import { narrow } from './python-range.ts';
import type { Resolution, ResolveOptions } from './resolution.ts';
import { resolveRequirements } from './resolve.ts';
import { select } from './select.ts';
import { directOfUrl } from './solve/find-directs.ts';
import {
  environmentKey,
  type PlannedBuild,
  type SolvedEnvironment,
  type SolvedMember,
} from './solved-build.ts';

/** How a source is built, for all platforms that can. */
export interface BuildPlan {
  /** Absent when no platform can. */
  readonly build?: PlannedBuild;
  /** Why the other platforms cannot. */
  readonly refused: ReadonlyMap<PlatformName, Refusal>;
}

/** What is asked of the outside world. */
export interface PinSources {
  readonly registry: Registry;
  readonly index: PackageIndex;
}

export interface BuilderOptions {
  readonly python: PythonTarget;
  readonly builds: BuildOptions;
}

/** Makes build environments; what was solved once is not solved again. */
export interface Builder {
  /** How the source of a package (`name` normalised) is built. */
  plan(name: string, facts: ProjectFacts, platforms: readonly Platform[]): Promise<BuildPlan>;

  /**
   * An environment of these requirements (PEP 508, valid). `bounds` are requirements that hold for
   * whatever is needed anyway. Undefined when there is none for all of the platforms.
   */
  solve(
    requirements: readonly string[],
    platforms: readonly Platform[],
    bounds?: readonly string[],
  ): Promise<SolvedEnvironment | undefined>;

  /** The rules that changed a requirement so far. */
  readonly rulesUsed: ReadonlySet<ConstraintRule>;
}

/** Faults that say nothing about the requirements: the recipe must not depend on them, nor hide them. */
const isGrave = ({ code }: Lock2nixError): boolean =>
  errorCodes[code] === 3 || code === 'HASH_MISMATCH';

const refusalOf = (error: unknown): Refusal => {
  if (!isLock2nixError(error) || isGrave(error)) throw error;
  // The resolver calls whoever asks the project.
  const message = error.message.replace(/\bthe project\b/g, 'the build');
  return unsupported(`its build requirements cannot be met: ${message}`);
};

type Solved = { readonly environment: SolvedEnvironment } | { readonly refusal: Refusal };

/** A set of requirements, where they are to hold, and the packages whose builds ask for it. */
interface Question {
  readonly requirements: readonly Requirement[];
  readonly bounds: readonly Requirement[];
  readonly platforms: readonly Platform[];
  /** Outermost first; without the package that a user asked for. */
  readonly chain: readonly PackageId[];
}

const asked = (requirement: Requirement): AskedRequirement => {
  const { name, extras, specifier, url, marker } = requirement;
  const { source, integrities = [] } = (url === undefined ? undefined : directOfUrl(url)) ?? {
    source: url === undefined ? undefined : { kind: 'url' as const, url },
  };
  return {
    name,
    extras,
    ...(specifier === undefined ? {} : { specifier }),
    ...(source === undefined ? {} : { source }),
    ...(marker === undefined ? {} : { marker }),
    text: redactText(formatRequirement(requirement)),
    origin: 'the build requirements',
    integrities,
  };
};

const requirementSet = ({ requirements, bounds }: Question): RequirementSet => ({
  ecosystem: 'pypi',
  format: { name: 'build', file: 'the build requirements' },
  roots: [
    {
      name: 'build',
      groups: { main: requirements.map(asked) },
      extras: {},
      scripts: [],
      metadata: {},
    },
  ],
  constraints: bounds.map(asked),
  indexes: { extra: [] },
  diagnostics: [],
});

/** The members of a resolved graph, pinned, and why others, by name, cannot be built. */
interface PinnedMembers {
  readonly members: readonly SolvedMember[];
  readonly refusals: ReadonlyMap<string, Refusal>;
  readonly patchRange: PatchRange;
  readonly diagnostics: readonly Diagnostic[];
}

const nobody = { groups: [], extras: [] };

const cycleOf = (id: PackageId, chain: readonly PackageId[]): Refusal => {
  const circle = [...chain.slice(chain.indexOf(id)), id];
  return {
    code: 'BUILD_CYCLE',
    reason: `\`${id}\` has no wheel, and to build it needs itself: \`${circle.join(' → ')}\``,
  };
};

const isCannotBuild = (error: unknown): boolean =>
  isLock2nixError(error) && (error.code === 'BACKEND_UNSUPPORTED' || error.code === 'BUILD_CYCLE');

const memoised = <Value>(): ((key: string, make: () => Promise<Value>) => Promise<Value>) => {
  const known = new Map<string, Promise<Value>>();
  return (key, make) => {
    const value = known.get(key) ?? make();
    known.set(key, value);
    return value;
  };
};

const formatted = (requirements: readonly Requirement[]): string =>
  requirements.map(formatRequirement).join('\n');

const keyOf = ({ requirements, bounds, platforms, chain }: Question): string =>
  JSON.stringify([formatted(requirements), formatted(bounds), platforms.map(platformName), chain]);

/**
 * A builder for one interpreter. Versions are the highest that fit, or those of `builds.preferences`;
 * build requirements are wheels, and are built from source themselves only where there is no wheel
 * of the version. One that cannot be built, or whose building needs itself, is sought again among the
 * versions that have wheels. Registries and forged files throw; everything else that fails is a
 * refusal.
 */
export const createBuilder = (
  { python, builds }: BuilderOptions,
  { registry, index }: PinSources,
): Builder => {
  const rulesUsed = new Set<ConstraintRule>();
  const resolveOnce = memoised<Resolution>();
  const solveOnce = memoised<Solved>();

  const resolve = (question: Question, onlyBinary: readonly string[]): Promise<Resolution> => {
    const { indexes, excludeNewer, preferences, rules } = builds;
    const options: ResolveOptions = {
      python,
      platforms: question.platforms,
      wanted: nobody,
      strategy: 'highest',
      indexes: indexes ?? { extra: [], strategy: 'first-index' },
      prefer: 'wheel',
      preferWheels: [],
      onlyBinary,
      noBinary: [],
      prereleases: [],
      ...(excludeNewer === undefined ? {} : { excludeNewer }),
      preferences: preferences ?? new Map(),
      // What packages are built with is of the index; what to leave out there, `build` says.
      rules: rules === undefined ? { constraints: [] } : { ...rules, sources: [], drops: [] },
    };
    return resolveOnce(
      JSON.stringify([keyOf({ ...question, chain: [] }), onlyBinary]),
      async () => {
        const resolution = await resolveRequirements(requirementSet(question), options, {
          index,
          registry,
        });
        const idle = new Set(resolution.idleRules.map(({ rule }) => rule));
        for (const rule of options.rules.constraints) if (!idle.has(rule)) rulesUsed.add(rule);
        return resolution;
      },
    );
  };

  const pinMembers = async (
    locked: LockedGraph,
    { platforms, chain }: Question,
  ): Promise<PinnedMembers> => {
    const selections: Selections = new Map(
      platforms.map((platform) => [
        platformName(platform),
        select(locked, python, { platform, wanted: nobody }),
      ]),
    );
    const refusals = new Map<string, Refusal>();
    const diagnostics: Diagnostic[] = [];
    const pinMember = async (merged: Merged): Promise<SolvedMember | undefined> => {
      const { id, name, version } = merged.locked;
      const planMember: PackageContext['plan'] = async (facts, on) => {
        const plan = chain.includes(id)
          ? { refused: new Map(on.map((each) => [platformName(each), cycleOf(id, chain)])) }
          : await planBuild(name, facts, { platforms: on, chain: [...chain, id] });
        const [refusal] = plan.refused.values();
        if (refusal !== undefined) refusals.set(name, refusal);
        return plan;
      };
      try {
        const { artifacts, plan, metadata } = await pinFiles(merged.locked, merged.platforms, {
          python,
          prefer: 'wheel',
          registry,
          readPath: () => undefined,
          report: (each) => diagnostics.push(each),
          plan: planMember,
        });
        const solved = {
          id,
          name,
          version,
          artifacts,
          dependencies: merged.dependencies,
          ...(plan === undefined ? {} : { plan }),
          metadata: { ...metadata, ...merged.locked.metadata },
        };
        const { platforms: only } = memberOf(id, merged.platforms, platforms);
        return only === undefined ? { solved } : { solved, platforms: only };
      } catch (error) {
        if (!isCannotBuild(error) || !refusals.has(name)) throw error;
        return undefined;
      }
    };
    const merged = mergeSelections(locked, platforms, selections);
    const members = (await inOrder(merged.map(pinMember))).flatMap((member) => member ?? []);
    const patchRange = [
      ...[...selections.values()].map((each) => each.patchRange),
      ...members.map(({ solved }) => solved.plan?.environment.patchRange ?? {}),
    ].reduce(narrow, {});
    return { members, refusals, patchRange, diagnostics };
  };

  const attempt = async (
    question: Question,
    onlyBinary: readonly string[],
  ): Promise<PinnedMembers> => {
    const { graph, diagnostics } = await resolve(question, onlyBinary);
    const pinned = await pinMembers(graph, question);
    // That a rule says nothing to these requirements tells nothing of what it says to others.
    const told = diagnostics.filter(({ code }) => code !== 'rule-unmatched');
    return { ...pinned, diagnostics: [...told, ...pinned.diagnostics] };
  };

  const solveTogether = async (question: Question): Promise<Solved> => {
    const onlyBinary = new Set<string>();
    let first: Refusal | undefined;
    for (;;) {
      let pinned: PinnedMembers;
      try {
        pinned = await attempt(question, [...onlyBinary].sort());
      } catch (error) {
        const refusal = refusalOf(error);
        return { refusal: first ?? refusal };
      }
      const { members, refusals, patchRange, diagnostics } = pinned;
      const [name, refusal] = [...refusals].sort(([left], [right]) => byText(left, right))[0] ?? [];
      if (name === undefined || refusal === undefined) {
        const names = new Set(question.requirements.map((each) => each.name));
        const direct = members.map(({ solved }) => solved).filter((each) => names.has(each.name));
        return {
          environment: {
            key: environmentKey(members),
            label: environmentLabel(direct),
            members,
            patchRange,
            diagnostics,
          },
        };
      }
      first ??=
        refusal.code === 'BUILD_CYCLE'
          ? refusal
          : unsupported(`its build requirement \`${name}\` has no wheel, and ${refusal.reason}`);
      if ([...refusals.keys()].every((each) => onlyBinary.has(each))) return { refusal: first };
      for (const each of refusals.keys()) onlyBinary.add(each);
    }
  };

  const solve = (question: Question): Promise<Solved> =>
    solveOnce(keyOf(question), () => solveTogether(question));

  const refusedOn = (
    platforms: readonly Platform[],
    refusal: Refusal,
  ): ReadonlyMap<PlatformName, Refusal> =>
    new Map(platforms.map((platform) => [platformName(platform), refusal]));

  /** As many platforms as can have the environment; one that cannot must not spoil the others. */
  const solveWherePossible = async (question: Question) => {
    const { platforms } = question;
    const all = await solve(question);
    if ('environment' in all) return { ...all, refused: refusedOn([], unsupported('')) };
    if (platforms.length === 1) return { refused: refusedOn(platforms, all.refusal) };
    const apart = await inOrder(
      platforms.map(async (platform) => ({
        platform,
        solved: await solve({ ...question, platforms: [platform] }),
      })),
    );
    const refused = new Map(
      apart.flatMap(({ platform, solved }) =>
        'refusal' in solved ? [[platformName(platform), solved.refusal] as const] : [],
      ),
    );
    const able = platforms.filter((platform) => !refused.has(platformName(platform)));
    if (able.length === 0 || refused.size === 0) {
      return { refused: refusedOn(platforms, all.refusal) };
    }
    const some = await solve({ ...question, platforms: able });
    return 'environment' in some
      ? { ...some, refused }
      : { refused: refusedOn(platforms, some.refusal) };
  };

  const planBuild = async (
    name: string,
    facts: ProjectFacts,
    { platforms, chain }: Pick<Question, 'platforms' | 'chain'>,
  ): Promise<BuildPlan> => {
    const judged = buildNeeds(facts, { python, platforms }, builds.requires?.get(name));
    if (judged.needs === undefined) return { refused: judged.refused };
    const { backend, backendPath, requirements }: BuildNeeds = judged.needs;
    const solved = await solveWherePossible({
      requirements,
      bounds: [],
      platforms: judged.platforms,
      chain,
    });
    const refused = new Map([...judged.refused, ...solved.refused]);
    if (!('environment' in solved)) return { refused };
    const { environment } = solved;
    const build = { backend, ...(backendPath === undefined ? {} : { backendPath }), environment };
    return { build, refused };
  };

  return {
    rulesUsed,
    plan: (name, facts, platforms) => planBuild(name, facts, { platforms, chain: [] }),
    solve: async (requirements, platforms, bounds = []) => {
      const solved = await solve({
        requirements: requirements.map(parseRequirement),
        bounds: bounds.map(parseRequirement),
        platforms,
        chain: [],
      });
      return 'environment' in solved ? solved.environment : undefined;
    },
  };
};
