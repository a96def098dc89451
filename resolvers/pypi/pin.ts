import type { Diagnostic } from '../../graph/errors.ts';
import { type Platform, platformName } from '../../graph/platform.ts';
import type {
  Edge,
  Environment,
  LockedGraph,
  Member,
  PackageId,
  PinnedGraph,
  PinnedPackage,
  PythonTarget,
  Root,
} from '../../graph/types.ts';
import type { Registry } from '../registry/types.ts';
import { addBuildEnvironments } from './build-environments.ts';
import { buildTool } from './build-tools.ts';
import { fillDependencies, refuseGaps } from './gaps.ts';
import { inOrder } from './in-order.ts';
import {
  byText,
  type Merged,
  memberOf,
  mergeEdges,
  mergeSelections,
  type Selections,
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

/** What the lock means on each platform, and the Python for which it means that. */
const selectAll = (
  locked: LockedGraph,
  { python, platforms, wanted }: PinOptions,
): { readonly selections: Selections; readonly python: PythonTarget } => {
  const selections: Selections = new Map(
    platforms.map((platform) => [
      platformName(platform),
      select(locked, python, { platform, wanted }),
    ]),
  );
  const patchRange = [...selections.values()].map((each) => each.patchRange).reduce(narrow, {});
  const isOpen = Object.keys(patchRange).length === 0;
  return { selections, python: isOpen ? python : { ...python, patchRange } };
};

const edgeTo = (to: PackageId): Edge => ({ to, extras: [], kind: 'runtime' });

const pinPackage = (
  { locked, dependencies }: Merged,
  { artifacts, build }: PinnedFiles,
  filled: readonly PackageId[] = [],
): PinnedPackage => {
  const { id, name, version, metadata } = locked;
  const added = filled.map(edgeTo);
  return {
    id,
    name,
    version,
    artifacts,
    dependencies: [...dependencies, ...added],
    ...(build === undefined ? {} : { build }),
    metadata,
  };
};

/**
 * Pins a locked Python graph: selects what the wanted groups and extras need on each platform,
 * chooses files, and has the registry tell what the lock does not. The result holds all that a
 * recipe is printed from. Throws Lock2nixError for contradictions, unusable packages and registries.
 */
export const pinGraph = async (
  locked: LockedGraph,
  options: PinOptions,
  registry: Registry,
): Promise<Pinned> => {
  const { platforms, prefer, readPath } = options;
  const { selections, python } = selectAll(locked, options);
  const merged = mergeSelections(locked, platforms, selections);
  if (options.strict) refuseGaps(locked, merged);

  const diagnostics: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic): void => {
    diagnostics.push(diagnostic);
  };
  const filled = fillDependencies(locked, merged, { python: python.version, platforms, report });
  const context: PackageContext = { python, prefer, readPath, registry, report };
  const pinned = await inOrder(
    merged.map(async (each) => ({
      each,
      files: await pinFiles(each.locked, each.platforms, context),
    })),
  );

  const packages = new Map<PackageId, PinnedPackage>(
    filled.packages.map((tool) => [tool.id, tool]),
  );
  const members: Member[] = [...filled.members];
  const builds = new Map<string, readonly PinnedPackage[]>();
  for (const { each, files } of pinned) {
    const { id } = each.locked;
    packages.set(id, pinPackage(each, files, filled.dependencies.get(id)));
    members.push(memberOf(id, each.platforms, platforms));
    if (files.build !== undefined) builds.set(files.build.environment, files.tools);
  }
  const roots = locked.roots.map((root): Root => {
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
  const checker = buildTool('pip', python.version);
  if (checker !== undefined) builds.set('check', [checker]);
  const runtime: Environment = {
    kind: 'runtime',
    members: members.sort((left, right) => byText(left.id, right.id)),
  };
  const environments = new Map([['default', runtime], ...addBuildEnvironments(packages, builds)]);
  const sorted = new Map([...packages].sort(([left], [right]) => byText(left, right)));
  return {
    graph: {
      ecosystem: 'pypi',
      target: { python, platforms },
      roots,
      packages: sorted,
      environments,
    },
    diagnostics: diagnostics.sort((left, right) => byText(left.message, right.message)),
  };
};
