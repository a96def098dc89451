import type { Diagnostic } from '../../graph/errors.ts';
import { Lock2nixError } from '../../graph/errors.ts';
import { type Platform, type PlatformName, platformName } from '../../graph/platform.ts';
import {
  type Edge,
  type Environment,
  type LockedGraph,
  type LockedPackage,
  type LockedRoot,
  type Member,
  type PackageId,
  type PinnedGraph,
  type PinnedPackage,
  type PythonTarget,
  packageId,
  type Root,
} from '../../graph/types.ts';
import { formatMarker } from '../../standards/marker.ts';
import type { Registry } from '../registry/types.ts';
import { planBuild } from './backend.ts';
import { buildTool } from './build-tools.ts';
import type { ReadPath } from './path-facts.ts';
import { type PackageContext, pinFiles } from './pin-package.ts';
import { narrow, rootId, type Selection, select, type Wanted } from './select.ts';

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

/** What every platform's selection says of one package. */
interface Merged {
  readonly locked: LockedPackage;
  readonly platforms: readonly Platform[];
  readonly dependencies: readonly Edge[];
}

const byText = (left: string, right: string): number =>
  left === right ? 0 : left < right ? -1 : 1;

/** `undefined` when it holds wherever the requirer is. */
const exceptAll = (
  some: ReadonlySet<PlatformName>,
  all: readonly Platform[],
): readonly PlatformName[] | undefined =>
  some.size === all.length ? undefined : all.map(platformName).filter((name) => some.has(name));

/** The edges of a package over all platforms, each with the platforms on which it holds. */
const mergeEdges = (
  id: PackageId,
  platforms: readonly Platform[],
  selections: ReadonlyMap<PlatformName, Selection>,
): readonly Edge[] => {
  const merged = new Map<string, { edge: Edge; on: Set<PlatformName> }>();
  for (const platform of platforms) {
    const name = platformName(platform);
    for (const { dependency, to } of selections.get(name)?.edges.get(id) ?? []) {
      const { extras, extra, kind, marker } = dependency;
      const edge: Edge = {
        to,
        extras,
        ...(marker === undefined ? {} : { marker: formatMarker(marker) }),
        ...(extra === undefined ? {} : { extra }),
        kind,
      };
      const key = JSON.stringify(edge);
      const entry = merged.get(key) ?? { edge, on: new Set() };
      entry.on.add(name);
      merged.set(key, entry);
    }
  }
  return [...merged]
    .sort(([left], [right]) => byText(left, right))
    .map(([, { edge, on }]) => {
      const names = exceptAll(on, platforms);
      return names === undefined ? edge : { ...edge, platforms: names };
    });
};

const mergeSelections = (
  graph: LockedGraph,
  platforms: readonly Platform[],
  selections: ReadonlyMap<PlatformName, Selection>,
): readonly Merged[] =>
  [...graph.packages.values()]
    .map((locked): Merged => {
      const mine = platforms.filter((platform) =>
        selections.get(platformName(platform))?.packages.has(locked.id),
      );
      return {
        locked,
        platforms: mine,
        dependencies: mergeEdges(locked.id, mine, selections),
      };
    })
    .filter((merged) => merged.platforms.length > 0)
    .sort((left, right) => byText(left.locked.id, right.locked.id));

/** `--strict`: what the lock does not say of the packages that are wanted must not be filled. */
const refuseGaps = (graph: LockedGraph, merged: readonly Merged[]): void => {
  const wanted = new Set(merged.map(({ locked }) => locked.id));
  const gaps = graph.gaps.filter(
    (gap) => gap.kind !== 'url' && (gap.package === undefined || wanted.has(gap.package)),
  );
  if (gaps.length === 0) return;
  throw new Lock2nixError(
    'STRICT',
    `the lock leaves ${gaps.length} gap${gaps.length === 1 ? '' : 's'}: ${gaps.map(({ message }) => message).join('; ')}`,
    {
      hint: 'lock again with a newer version of its tool, or leave out `--strict`',
      location: { file: graph.format.file },
    },
  );
};

/** Packages of build environments. A tool that the lock has as well, but from source, is kept apart. */
const addTools = (
  packages: Map<PackageId, PinnedPackage>,
  tools: readonly PinnedPackage[],
): readonly Member[] =>
  tools
    .map((tool): Member => {
      const same = packages.get(tool.id);
      const shared = same === undefined || same.build === undefined;
      const id = shared ? tool.id : packageId(tool.name, tool.version, 'build');
      if (!packages.has(id)) packages.set(id, { ...tool, id });
      return { id };
    })
    .sort((left, right) => byText(left.id, right.id));

const pinRoot = (
  root: LockedRoot,
  dependencies: readonly Edge[],
  python: PythonTarget,
): { package: PinnedPackage; tools: readonly PinnedPackage[] } | undefined => {
  if (root.path === undefined) return undefined;
  const plan = planBuild(root.buildSystem, python.version);
  if (plan.kind === 'refused') {
    throw new Lock2nixError(
      'BACKEND_UNSUPPORTED',
      `the project \`${root.name}\` cannot be built: ${plan.reason}`,
      { hint: 'set `package-mode = false` in pyproject.toml to convert its dependencies alone' },
    );
  }
  return {
    package: {
      id: rootId(root),
      name: root.name,
      version: root.version ?? '0',
      artifacts: [{ kind: 'tree', fileName: 'source', source: { kind: 'path', path: root.path } }],
      dependencies,
      build: plan.build,
      metadata: root.metadata,
    },
    tools: plan.packages,
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
  const { platforms, wanted } = options;
  const selections = new Map<PlatformName, Selection>(
    platforms.map((platform) => [
      platformName(platform),
      select(locked, options.python, { platform, wanted }),
    ]),
  );
  const patchRange = [...selections.values()].map((each) => each.patchRange).reduce(narrow, {});
  const python: PythonTarget =
    Object.keys(patchRange).length === 0 ? options.python : { ...options.python, patchRange };
  const merged = mergeSelections(locked, platforms, selections);
  if (options.strict) refuseGaps(locked, merged);

  const diagnostics: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic): void => {
    diagnostics.push(diagnostic);
  };
  const { prefer, readPath } = options;
  const context: PackageContext = { python, prefer, readPath, registry, report };
  const files = await Promise.all(
    merged.map((each) => pinFiles(each.locked, each.platforms, context)),
  );

  const packages = new Map<PackageId, PinnedPackage>();
  const environments = new Map<string, Environment>();
  const members = merged.map((each, index): Member => {
    const { id, name, version, metadata } = each.locked;
    const { artifacts = [], build } = files[index] ?? {};
    packages.set(id, {
      id,
      name,
      version,
      artifacts,
      dependencies: each.dependencies,
      ...(build === undefined ? {} : { build }),
      metadata,
    });
    const names = exceptAll(new Set(each.platforms.map(platformName)), platforms);
    return names === undefined ? { id } : { id, platforms: names };
  });
  environments.set('default', { kind: 'runtime', members });

  const builds = new Map<string, readonly PinnedPackage[]>();
  for (const { build, tools } of files)
    if (build !== undefined) builds.set(build.environment, tools);
  const roots = locked.roots.map((root): Root => {
    const edges = mergeEdges(rootId(root), platforms, selections);
    const pinned = pinRoot(root, edges, python);
    const { name, scripts } = root;
    if (pinned === undefined) return { name, scripts };
    packages.set(pinned.package.id, pinned.package);
    if (pinned.package.build !== undefined) {
      builds.set(pinned.package.build.environment, pinned.tools);
    }
    return { name, package: pinned.package.id, scripts };
  });
  const checker = buildTool('pip', python.version);
  if (checker !== undefined) builds.set('check', [checker]);
  for (const [name, tools] of [...builds].sort(([left], [right]) => byText(left, right))) {
    environments.set(name, { kind: 'build', members: addTools(packages, tools) });
  }

  const target = { python, platforms };
  const sorted = new Map([...packages].sort(([left], [right]) => byText(left, right)));
  return {
    graph: { ecosystem: 'pypi', target, roots, packages: sorted, environments },
    diagnostics: diagnostics.sort((left, right) => byText(left.message, right.message)),
  };
};
