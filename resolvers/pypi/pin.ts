import type { Diagnostic } from '../../graph/errors.ts';
import { type Platform, platformName } from '../../graph/platform.ts';
import type { ConstraintRule, NameSet } from '../../graph/requirements.ts';
import type {
  Edge,
  Environment,
  LockedGraph,
  PackageId,
  PinnedGraph,
  PinnedPackage,
  PythonTarget,
  Root,
} from '../../graph/types.ts';
import type { PatchRange } from '../../standards/marker-environment.ts';
import { addBuildEnvironments, type Draft, environmentsOf } from './build-environments.ts';
import type { BuildOptions } from './build-options.ts';
import { type Builder, createBuilder, type PinSources } from './builds.ts';
import { developmentLeftOut, developmentWanted } from './development.ts';
import { type Filled, fillDependencies, refuseGaps } from './gaps.ts';
import { inOrder } from './in-order.ts';
import {
  byText,
  installsSame,
  type Merged,
  memberOf,
  mergeEdges,
  mergeSelections,
  type Selections,
  uniteSelections,
} from './merge.ts';
import type { ReadPath } from './path-facts.ts';
import { type PackageContext, type PinnedFiles, pinFiles } from './pin-package.ts';
import { pinRoot } from './pin-root.ts';
import { narrow } from './python-range.ts';
import { rootId, select, type Wanted } from './select.ts';
import type { PlannedBuild, SolvedEnvironment } from './solved-build.ts';

export interface PinOptions {
  readonly python: PythonTarget;
  readonly platforms: readonly Platform[];
  readonly wanted: Wanted;
  readonly prefer: 'wheel' | 'sdist';
  /** Never built from source, and never taken as a wheel; what builds need is not meant. */
  readonly onlyBinary?: NameSet;
  readonly noBinary?: NameSet;
  readonly builds?: BuildOptions;
  /** A gap of the lock is an error instead of being filled. */
  readonly strict: boolean;
  readonly readPath: ReadPath;
}

export interface Pinned {
  readonly graph: PinnedGraph;
  readonly diagnostics: readonly Diagnostic[];
  /** The rules that changed what builds need. */
  readonly rulesUsed: ReadonlySet<ConstraintRule>;
}

/** What the lock means on each platform. */
const selectAll = (
  locked: LockedGraph,
  { python, platforms }: PinOptions,
  wanted: Wanted,
): Selections =>
  new Map(
    platforms.map((platform) => [
      platformName(platform),
      select(locked, python, { platform, wanted }),
    ]),
  );

/** The Python for which selections, and the environments of builds, hold. */
const targetOf = (
  selections: Selections,
  { python }: PinOptions,
  more: readonly PatchRange[],
): PythonTarget => {
  const patchRange = [...[...selections.values()].map((each) => each.patchRange), ...more].reduce(
    narrow,
    {},
  );
  const isOpen = Object.keys(patchRange).length === 0;
  return isOpen ? python : { ...python, patchRange };
};

interface FilesWithTalk {
  readonly files: PinnedFiles;
  readonly diagnostics: readonly Diagnostic[];
}

type PinMerged = (merged: Merged) => Promise<FilesWithTalk>;

/** Pins the files of packages; what was asked once for some platforms is not asked again. */
const createPinner = (
  context: Omit<PackageContext, 'report' | 'plan'>,
  builder: Builder,
): PinMerged => {
  const known = new Map<string, Promise<FilesWithTalk>>();
  return ({ locked, platforms }) => {
    const key = [locked.id, ...platforms.map(platformName)].join(' ');
    const pinned =
      known.get(key) ??
      (async () => {
        const diagnostics: Diagnostic[] = [];
        const report: PackageContext['report'] = (each) => diagnostics.push(each);
        const plan: PackageContext['plan'] = (facts, on) => builder.plan(locked.name, facts, on);
        const files = await pinFiles(locked, platforms, { ...context, report, plan });
        return { files, diagnostics };
      })();
    known.set(key, pinned);
    return pinned;
  };
};

const edgeTo = (to: PackageId): Edge => ({ to, extras: [], kind: 'runtime' });

const pinPackage = (
  { locked, dependencies }: Merged,
  { artifacts, metadata }: PinnedFiles,
  filled: readonly PackageId[] = [],
): PinnedPackage => {
  const { id, name, version, nixpkgs } = locked;
  const added = filled.map(edgeTo);
  return {
    id,
    name,
    version,
    artifacts,
    dependencies: [...dependencies, ...added],
    ...(nixpkgs === undefined ? {} : { nixpkgs }),
    metadata: { ...metadata, ...locked.metadata },
  };
};

const byId = (left: { readonly id: PackageId }, right: { readonly id: PackageId }): number =>
  byText(left.id, right.id);

/** A lock with what is wanted of it, and how its files are pinned. */
interface Pinning {
  readonly locked: LockedGraph;
  readonly options: PinOptions;
  readonly pin: PinMerged;
  readonly builder: Builder;
}

/** The packages of an environment, with those that fill what the lock leaves out. */
const runtimeEnvironment = async (
  selections: Selections,
  { locked, options, builder }: Pinning,
): Promise<Environment> => {
  const { platforms } = options;
  const merged = mergeSelections(locked, platforms, selections);
  const { members } = await fillDependencies(locked, merged, {
    platforms,
    builder,
    report: () => {},
  });
  const own = merged.map(({ locked: { id }, platforms: mine }) => memberOf(id, mine, platforms));
  return { kind: 'runtime', members: [...own, ...members].sort(byId) };
};

interface OpenDraft extends Draft {
  readonly plans: Map<PackageId, PlannedBuild>;
}

const addRoots = async (
  { packages, plans }: OpenDraft,
  { locked, options, builder }: Pinning,
  { selections, filled }: { readonly selections: Selections; readonly filled: Filled },
): Promise<readonly Root[]> => {
  const { platforms, readPath } = options;
  const pinned = await inOrder(
    locked.roots.map(async (root) => {
      const id = rootId(locked, root);
      const dependencies = [
        ...mergeEdges(id, platforms, selections),
        ...filled.ofProject.map(edgeTo),
      ];
      return {
        root,
        id,
        own: await pinRoot(root, { id, dependencies, platforms, builder, readPath }),
      };
    }),
  );
  return pinned.map(({ root: { name, scripts, apps }, id, own }): Root => {
    if (own === undefined) {
      // Several versions of a name are for different platforms.
      const named = [...packages.values()].filter((each) => apps?.includes(each.name));
      return {
        name,
        ...(apps === undefined ? {} : { apps: named.map((each) => each.id).sort() }),
        scripts,
      };
    }
    packages.set(id, own.package);
    plans.set(id, own.plan);
    return { name, package: id, scripts };
  });
};

const addPackages = async (
  { packages, plans }: OpenDraft,
  merged: readonly Merged[],
  { pin, filled }: { readonly pin: PinMerged; readonly filled: Filled },
): Promise<readonly Diagnostic[]> => {
  for (const { package: added, plan } of filled.packages) {
    packages.set(added.id, added);
    if (plan !== undefined) plans.set(added.id, plan);
  }
  const pinned = await inOrder(merged.map(async (each) => ({ each, ...(await pin(each)) })));
  for (const { each, files } of pinned) {
    const { id } = each.locked;
    packages.set(id, pinPackage(each, files, filled.dependencies.get(id)));
    if (files.plan !== undefined) plans.set(id, files.plan);
  }
  return pinned.flatMap(({ diagnostics }) => diagnostics);
};

/** What `checks` compare metadata with; none where there is no pip for the platforms. */
const checkTools = async ({
  builder,
  options,
}: Pinning): Promise<ReadonlyMap<string, SolvedEnvironment>> => {
  const pip = await builder.solve(['pip'], options.platforms);
  return new Map(pip === undefined ? [] : [['check', pip]]);
};

/** The graph of environments, by name; the first is what an item shared by several goes by. */
const pinEnvironments = async (
  environments: ReadonlyMap<string, Selections>,
  pinning: Pinning,
): Promise<Pinned> => {
  const { locked, options, builder } = pinning;
  const { platforms } = options;
  const selections = [...environments.values()].reduce(uniteSelections);
  const merged = mergeSelections(locked, platforms, selections);
  if (options.strict) refuseGaps(locked, merged);

  const diagnostics: Diagnostic[] = [];
  const report: PackageContext['report'] = (each) => diagnostics.push(each);
  const filled = await fillDependencies(locked, merged, { platforms, builder, report });
  const draft: OpenDraft = { packages: new Map(), plans: new Map() };
  diagnostics.push(...(await addPackages(draft, merged, { pin: pinning.pin, filled })));
  const roots = await addRoots(draft, pinning, { selections, filled });
  const checks = await checkTools(pinning);
  const { packages, plans } = draft;
  const builds = environmentsOf(plans.values(), checks.values());
  diagnostics.push(...[...builds].flatMap((each) => each.diagnostics));
  const patchRanges = [...builds].map((each) => each.patchRange);
  const runtime = await inOrder(
    [...environments].map(
      async ([name, each]) => [name, await runtimeEnvironment(each, pinning)] as const,
    ),
  );
  const all = new Map([...runtime, ...addBuildEnvironments(draft, checks)]);
  const graph: PinnedGraph = {
    ecosystem: 'pypi',
    target: { python: targetOf(selections, options, patchRanges), platforms },
    roots,
    packages: new Map([...packages].sort(([left], [right]) => byText(left, right))),
    environments: all,
  };
  return { graph, diagnostics: inTextOrder(unique(diagnostics)), rulesUsed: builder.rulesUsed };
};

/** Builds share environments, and platforms are asked apart: what is said twice is said once. */
const unique = (diagnostics: readonly Diagnostic[]): readonly Diagnostic[] => [
  ...new Map(diagnostics.map((each) => [JSON.stringify(each), each])).values(),
];

const inTextOrder = (diagnostics: readonly Diagnostic[]): readonly Diagnostic[] =>
  [...diagnostics].sort((left, right) => byText(left.message, right.message));

/**
 * Pins a locked Python graph: selects what the wanted groups and extras need on each platform,
 * chooses files, has the registry tell what the lock does not, and solves what builds need. The
 * result holds all that a recipe is printed from: the environment `default`, and `development` where the groups that are
 * not optional add to it. When that one cannot be made, a warning takes its place. Throws
 * Lock2nixError for contradictions, unusable packages and registries.
 */
export const pinGraph = async (
  locked: LockedGraph,
  options: PinOptions,
  sources: PinSources,
): Promise<Pinned> => {
  const { python, prefer, onlyBinary, noBinary, readPath, wanted, builds = {} } = options;
  const { registry } = sources;
  const builder = createBuilder({ python, builds }, sources);
  const pin = createPinner(
    {
      python,
      prefer,
      readPath,
      registry,
      ...(onlyBinary === undefined ? {} : { onlyBinary }),
      ...(noBinary === undefined ? {} : { noBinary }),
    },
    builder,
  );
  const pinning: Pinning = { locked, options, pin, builder };
  const selections = selectAll(locked, options, wanted);
  const main = await pinEnvironments(new Map([['default', selections]]), pinning);
  const more = developmentWanted(locked, wanted);
  if (more === undefined) return main;
  try {
    const development = selectAll(locked, options, more);
    if (installsSame(selections, development)) return main;
    return await pinEnvironments(
      new Map([
        ['default', selections],
        ['development', development],
      ]),
      pinning,
    );
  } catch (error) {
    const diagnostics = [...main.diagnostics, developmentLeftOut(error, more)];
    return { ...main, diagnostics: inTextOrder(diagnostics) };
  }
};
