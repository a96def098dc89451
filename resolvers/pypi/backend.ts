import { type Platform, type PlatformName, platformName } from '../../graph/platform.ts';
import type { Build, BuildSystem, PinnedPackage, PythonTarget } from '../../graph/types.ts';
import { buildBackend } from '../../standards/build-system.ts';
import { evaluateForMinor } from '../../standards/marker-environment.ts';
import { quoted } from '../../standards/quoted.ts';
import { tryParseRequirement } from '../../standards/requirement.ts';
import { parseSpecifierSet, specifierContains } from '../../standards/specifier.ts';
import { parseVersion } from '../../standards/version.ts';
import { buildTool } from './build-tools.ts';

const toolNames = ['poetry-core', 'setuptools', 'wheel'] as const;

type Tool = (typeof toolNames)[number];

/** The backends that can be built with, and what each needs besides what the project requires. */
const backends: ReadonlyMap<string, readonly Tool[]> = new Map<string, readonly Tool[]>([
  ['setuptools.build_meta', ['setuptools']],
  ['setuptools.build_meta:__legacy__', ['setuptools']],
  ['poetry.core.masonry.api', ['poetry-core']],
]);

/** Where a package is built. */
export interface BuildTarget {
  readonly python: PythonTarget;
  readonly platforms: readonly Platform[];
}

/** How a package is built, for all platforms that can. */
export interface BuildPlan {
  /** Absent when no platform can. */
  readonly build?: Build;
  /** What the build environment is made of, by name. */
  readonly packages: readonly PinnedPackage[];
  /** Why the other platforms cannot: a clause about the package, such as `its build backend …`. */
  readonly refused: ReadonlyMap<PlatformName, string>;
}

/**
 * `setuptools-80`: tools with their major versions; setuptools never goes without wheel. `bare` has
 * none, for a backend in the tree that needs nothing else.
 */
const environmentName = (packages: readonly PinnedPackage[]): string => {
  if (packages.length === 0) return 'bare';
  const hasSetuptools = packages.some(({ name }) => name === 'setuptools');
  return packages
    .filter(({ name }) => !(hasSetuptools && name === 'wheel'))
    .map(({ name, version }) => `${name}-${parseVersion(version).release[0]}`)
    .join('-');
};

type Needs = { readonly tools: ReadonlySet<Tool> } | { readonly refused: string };

/** The tool that a build requirement means; undefined when its marker does not hold; or why not. */
const toolFor = (
  text: string,
  python: PythonTarget,
  platform: Platform,
): Tool | undefined | { readonly refused: string } => {
  const requirement = tryParseRequirement(text);
  const shown = `its build requirement ${quoted(text)}`;
  if (requirement === undefined) return { refused: `${shown} is not valid` };
  const { name, specifier, url, marker } = requirement;
  try {
    if (marker !== undefined && !evaluateForMinor(marker, python, platform).value) return undefined;
  } catch {
    return { refused: `${shown} has a marker without a meaning` };
  }
  const tool = toolNames.find((known) => known === name);
  if (tool === undefined || url !== undefined) {
    return { refused: `${shown} is not supported yet` };
  }
  const version = buildTool(tool, python.version)?.version;
  const fits =
    version !== undefined &&
    (specifier === undefined ||
      specifierContains(parseSpecifierSet(specifier), parseVersion(version)));
  if (fits) return tool;
  const pinned = version === undefined ? `any ${name}` : `${name} ${version}`;
  return {
    refused: `${shown} is not met by ${pinned}, which is pinned for Python ${python.version}`,
  };
};

const needsOn = (
  system: BuildSystem | undefined,
  python: PythonTarget,
  platform: Platform,
): Needs => {
  const backend = buildBackend(system);
  // A backend in the tree itself (PEP 517) needs what it says.
  const needed = system?.backendPath === undefined ? backends.get(backend) : [];
  if (needed === undefined) {
    return { refused: `its build backend ${quoted(backend)} is not supported yet` };
  }
  const tools = new Set<Tool>(needed);
  for (const text of system?.requires ?? []) {
    const tool = toolFor(text, python, platform);
    if (typeof tool === 'object') return tool;
    if (tool !== undefined) tools.add(tool);
  }
  if (tools.has('setuptools')) tools.add('wheel');
  for (const name of toolNames) {
    if (!tools.has(name) || buildTool(name, python.version) !== undefined) continue;
    return {
      refused: `it is built with ${name}, of which no version is pinned for Python ${python.version}`,
    };
  }
  return { tools };
};

/** Until 1.1 Poetry named itself as the backend; poetry-core is the part of it that builds. */
const withPoetryCore = (system: BuildSystem | undefined): BuildSystem | undefined =>
  system?.backend === 'poetry.masonry.api' && system.backendPath === undefined
    ? {
        requires: system.requires.filter((text) => tryParseRequirement(text)?.name !== 'poetry'),
        backend: 'poetry.core.masonry.api',
      }
    : system;

/**
 * What a build system (PEP 518; absent: setuptools' legacy way) comes to with the build tools that
 * are pinned for a Python. Backends and requirements that are not among them are refused by name.
 * There is one build environment: what one platform needs is there on all.
 */
export const planBuild = (
  stated: BuildSystem | undefined,
  { python, platforms }: BuildTarget,
): BuildPlan => {
  const system = withPoetryCore(stated);
  const tools = new Set<Tool>();
  const refused = new Map<PlatformName, string>();
  for (const platform of platforms) {
    const needs = needsOn(system, python, platform);
    if ('refused' in needs) refused.set(platformName(platform), needs.refused);
    else for (const tool of needs.tools) tools.add(tool);
  }
  const packages = [...tools].sort().flatMap((name) => buildTool(name, python.version) ?? []);
  if (refused.size === platforms.length) return { packages, refused };
  const build = {
    backend: buildBackend(system),
    ...(system?.backendPath === undefined ? {} : { backendPath: system.backendPath }),
    environment: environmentName(packages),
  };
  return { build, packages, refused };
};
