import type { Build, BuildSystem, PackageId, PinnedPackage } from '../../graph/types.ts';
import { tryParseRequirement } from '../../standards/requirement.ts';
import { parseSpecifierSet, specifierContains } from '../../standards/specifier.ts';
import { parseVersion } from '../../standards/version.ts';
import { buildTool } from './build-tools.ts';

type Tool = 'poetry-core' | 'setuptools' | 'wheel';

/** The backends that can be built with, and what each needs besides what the project requires. */
const backends: Readonly<Record<string, readonly Tool[]>> = {
  'setuptools.build_meta': ['setuptools', 'wheel'],
  'setuptools.build_meta:__legacy__': ['setuptools', 'wheel'],
  'poetry.core.masonry.api': ['poetry-core'],
};
const legacyBackend = 'setuptools.build_meta:__legacy__';

/** How a package is built, with the packages of its build environment; or why it cannot be. */
export type BuildPlan =
  | { readonly kind: 'build'; readonly build: Build; readonly packages: readonly PinnedPackage[] }
  | { readonly kind: 'refused'; readonly reason: string };

const refused = (reason: string): BuildPlan => ({ kind: 'refused', reason });

/** `setuptools-80`: tools with their major versions; setuptools goes without saying `wheel`. */
const environmentName = (packages: readonly PinnedPackage[]): string => {
  const legacy = packages.some(({ name }) => name === 'setuptools');
  return packages
    .filter(({ name }) => !(legacy && name === 'wheel'))
    .map(({ name, version }) => `${name}-${parseVersion(version).release[0]}`)
    .join('-');
};

const isTool = (name: string): name is Tool =>
  name === 'poetry-core' || name === 'setuptools' || name === 'wheel';

/**
 * What a build system (PEP 518; absent: setuptools' legacy way) comes to for a Python minor version
 * with the build tools that are pinned for it. Refuses backends and requirements that are not among
 * them by name.
 */
export const planBuild = (system: BuildSystem | undefined, python: string): BuildPlan => {
  const backend = system?.backend ?? legacyBackend;
  const needed = backends[backend];
  if (needed === undefined) return refused(`its build backend \`${backend}\` is not supported yet`);
  const tools = new Set<Tool>(needed);
  for (const text of system?.requires ?? []) {
    const requirement = tryParseRequirement(text);
    if (requirement === undefined) return refused(`its build requirement \`${text}\` is not valid`);
    const { name, specifier } = requirement;
    if (!isTool(name)) return refused(`its build requirement \`${text}\` is not supported yet`);
    const version = buildTool(name, python)?.version;
    const fits =
      version !== undefined &&
      (specifier === undefined ||
        specifierContains(parseSpecifierSet(specifier), parseVersion(version)));
    if (!fits) {
      return refused(
        `its build requirement \`${text}\` is not met by ${version === undefined ? `any ${name}` : `${name} ${version}`}, which is pinned for Python ${python}`,
      );
    }
    tools.add(name);
  }
  const packages: PinnedPackage[] = [];
  for (const name of [...tools].sort()) {
    const tool = buildTool(name, python);
    if (tool === undefined) {
      return refused(
        `it is built with ${name}, of which no version is pinned for Python ${python}`,
      );
    }
    packages.push(tool);
  }
  return {
    kind: 'build',
    build: {
      backend,
      ...(system?.backendPath === undefined ? {} : { backendPath: system.backendPath }),
      environment: environmentName(packages),
    },
    packages,
  };
};

/** The ids of a plan's packages, sorted. */
export const memberIds = (packages: readonly PinnedPackage[]): readonly PackageId[] =>
  packages.map(({ id }) => id).sort();
