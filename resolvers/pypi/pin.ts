import type { Diagnostic } from '../../graph/errors.ts';
import { type Platform, platformName } from '../../graph/platform.ts';
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
import type { Registry } from '../registry/types.ts';
import { addBuildEnvironments } from './build-environments.ts';
import { buildTool } from './build-tools.ts';
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

export interface PinOptions {
  readonly python: PythonTarget;
  readonly platforms: readonly Platform[];
  readonly wanted: Wanted;
  readonly prefer: 'wheel' | 'sdist';
  /** A gap of the lock is an error instead of being filled. */
  readonly strict: boolean;
  readonly readPath: ReadPath;
}

export interface Pinned {
  readonly graph: PinnedGraph;
  readonly diagnostics: readonly Diagnostic[];
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

/** The Python for which selections hold. */
const targetOf = (selections: Selections, { python }: PinOptions): PythonTarget => {
  const patchRange = [...selections.values()].map((each) => each.patchRange).reduce(narrow, {});
  const isOpen = Object.keys(patchRange).length === 0;
  return isOpen ? python : { ...python, patchRange };
};

interface FilesWithTalk {
  readonly files: PinnedFiles;
  readonly diagnostics: readonly Diagnostic[];
}

type PinMerged = (merged: Merged) => Promise<FilesWithTalk>;

/** Pins the files of packages; what was asked once for some platforms is not asked again. */
const createPinner = (context: Omit<PackageContext, 'report'>): PinMerged => {
  const known = new Map<string, Promise<FilesWithTalk>>();
  return ({ locked, platforms }) => {
    const key = [locked.id, ...platforms.map(platformName)].join(' ');
    const pinned =
      known.get(key) ??
      (async () => {
        const diagnostics: Diagnostic[] = [];
        const report: PackageContext['report'] = (each) => diagnostics.push(each);
        return { files: await pinFiles(locked, platforms, { ...context, report }), diagnostics };
      })();
    known.set(key, pinned);
    return pinned;
  };
};

const edgeTo = (to: PackageId): Edge => ({ to, extras: [], kind: 'runtime' });

const pinPackage = (
  { locked, dependencies }: Merged,
  { artifacts, build, metadata }: PinnedFiles,
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
    ...(build === undefined ? {} : { build }),
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
}

/** The packages of an environment, with those that fill what the lock leaves out. */
const runtimeEnvironment = (selections: Selections, { locked, options }: Pinning): Environment => {
  const { platforms, python } = options;
  const merged = mergeSelections(locked, platforms, selections);
  const talk = { python: python.version, platforms, report: () => {} };
  const { members } = fillDependencies(locked, merged, talk);
  const own = merged.map(({ locked: { id }, platforms: mine }) => memberOf(id, mine, platforms));
  return { kind: 'runtime', members: [...own, ...members].sort(byId) };
};

/** What is on its way into a graph. */
interface Draft {
  readonly packages: Map<PackageId, PinnedPackage>;
  /** Build environments by name. */
  readonly builds: Map<string, readonly PinnedPackage[]>;
}

const addRoots = (
  { packages, builds }: Draft,
  { locked, options }: Pinning,
  {
    selections,
    filled,
    python,
  }: {
    readonly selections: Selections;
    readonly filled: Filled;
    readonly python: PythonTarget;
  },
): readonly Root[] =>
  locked.roots.map((root): Root => {
    const { platforms } = options;
    const { name, scripts } = root;
    const id = rootId(locked, root);
    const dependencies = [
      ...mergeEdges(id, platforms, selections),
      ...filled.ofProject.map(edgeTo),
    ];
    const own = pinRoot(root, { id, dependencies, python, platforms });
    if (own === undefined) return { name, scripts };
    packages.set(id, own.package);
    if (own.package.build !== undefined) builds.set(own.package.build.environment, own.tools);
    return { name, package: id, scripts };
  });

const addPackages = async (
  { packages, builds }: Draft,
  merged: readonly Merged[],
  { pin, filled }: { readonly pin: PinMerged; readonly filled: Filled },
): Promise<readonly Diagnostic[]> => {
  for (const tool of filled.packages) packages.set(tool.id, tool);
  const pinned = await inOrder(merged.map(async (each) => ({ each, ...(await pin(each)) })));
  for (const { each, files } of pinned) {
    const { id } = each.locked;
    packages.set(id, pinPackage(each, files, filled.dependencies.get(id)));
    if (files.build !== undefined) builds.set(files.build.environment, files.tools);
  }
  return pinned.flatMap(({ diagnostics }) => diagnostics);
};

/** The graph of environments, by name; the first is what an item shared by several goes by. */
const pinEnvironments = async (
  environments: ReadonlyMap<string, Selections>,
  pinning: Pinning,
): Promise<Pinned> => {
  const { locked, options } = pinning;
  const { platforms } = options;
  const selections = [...environments.values()].reduce(uniteSelections);
  const python = targetOf(selections, options);
  const merged = mergeSelections(locked, platforms, selections);
  if (options.strict) refuseGaps(locked, merged);

  const diagnostics: Diagnostic[] = [];
  const report: PackageContext['report'] = (each) => diagnostics.push(each);
  const filled = fillDependencies(locked, merged, { python: python.version, platforms, report });
  const draft: Draft = { packages: new Map(), builds: new Map() };
  diagnostics.push(...(await addPackages(draft, merged, { pin: pinning.pin, filled })));
  const roots = addRoots(draft, pinning, { selections, filled, python });
  const { packages, builds } = draft;
  const checker = buildTool('pip', python.version);
  if (checker !== undefined) builds.set('check', [checker]);
  const runtime = [...environments].map(
    ([name, each]) => [name, runtimeEnvironment(each, pinning)] as const,
  );
  const all = new Map([...runtime, ...addBuildEnvironments(packages, builds)]);
  const graph: PinnedGraph = {
    ecosystem: 'pypi',
    target: { python, platforms },
    roots,
    packages: new Map([...packages].sort(([left], [right]) => byText(left, right))),
    environments: all,
  };
  return { graph, diagnostics: inTextOrder(diagnostics) };
};

const inTextOrder = (diagnostics: readonly Diagnostic[]): readonly Diagnostic[] =>
  [...diagnostics].sort((left, right) => byText(left.message, right.message));

/**
 * Pins a locked Python graph: selects what the wanted groups and extras need on each platform,
 * chooses files, and has the registry tell what the lock does not. The result holds all that a
 * recipe is printed from: the environment `default`, and `development` where the groups that are
 * not optional add to it. When that one cannot be made, a warning takes its place. Throws
 * Lock2nixError for contradictions, unusable packages and registries.
 */
export const pinGraph = async (
  locked: LockedGraph,
  options: PinOptions,
  registry: Registry,
): Promise<Pinned> => {
  const { python, prefer, readPath, wanted } = options;
  const pin = createPinner({ python, prefer, readPath, registry });
  const pinning: Pinning = { locked, options, pin };
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
