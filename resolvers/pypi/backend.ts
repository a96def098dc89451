/** What a project needs to be built: its backend and what it requires, or why it cannot be built. */

import type { Requirement } from '../../graph/marker.ts';
import { type Platform, type PlatformName, platformName } from '../../graph/platform.ts';
import type { BuildSystem, PythonTarget } from '../../graph/types.ts';
import { buildBackend, defaultBuildSystem } from '../../standards/build-system.ts';
import { evaluateForMinor } from '../../standards/marker-environment.ts';
import { normaliseName } from '../../standards/name.ts';
import { quoted } from '../../standards/quoted.ts';
import { formatRequirement, tryParseRequirement } from '../../standards/requirement.ts';
import type { ArchiveFacts } from '../registry/types.ts';
import { redactText } from '../registry/url.ts';
import { byText } from './merge.ts';

/** What is known of a project that is to be built. */
export type ProjectFacts = Pick<ArchiveFacts, 'buildSystem' | 'hasSetupPy' | 'setupRequires'>;

/** Why a source cannot be built: a clause about the package, such as `its build requirement …`. */
export interface Refusal {
  readonly code: 'BACKEND_UNSUPPORTED' | 'BUILD_CYCLE';
  readonly reason: string;
}

export const unsupported = (reason: string): Refusal => ({ code: 'BACKEND_UNSUPPORTED', reason });

/** How a project is built. */
export interface BuildNeeds {
  readonly backend: string;
  readonly backendPath?: readonly string[];
  /**
   * Sorted by text, each once. One that holds on none of the platforms is not among them, and a
   * marker that holds on all is left out: equal needs are equal texts.
   */
  readonly requirements: readonly Requirement[];
}

/** Where a package is built. */
export interface BuildTarget {
  readonly python: PythonTarget;
  readonly platforms: readonly Platform[];
}

export interface JudgedNeeds {
  /** Absent when no platform can build. */
  readonly needs?: BuildNeeds;
  /** The platforms that can. */
  readonly platforms: readonly Platform[];
  readonly refused: ReadonlyMap<PlatformName, Refusal>;
}

/**
 * What backends need besides what projects require. setuptools asks for wheel when it builds (until
 * 70.1), meson-python and scikit-build-core for programs that are not there, all of them by
 * `get_requires_for_build_wheel`, which is not run; and old projects name nothing.
 */
const backendNeeds: ReadonlyMap<string, readonly string[]> = new Map([
  ['setuptools.build_meta', ['setuptools', 'wheel']],
  ['setuptools.build_meta:__legacy__', ['setuptools', 'wheel']],
  ['poetry.core.masonry.api', ['poetry-core']],
  ['mesonpy', ['ninja']],
  ['scikit_build_core.build', ['cmake', 'ninja']],
  ['scikit_build_core.setuptools.build_meta', ['cmake', 'ninja']],
]);

const rust = 'a Rust toolchain and vendored crates';

/** Build requirements that call compilers which fetch what they compile. */
const toolchains: ReadonlyMap<string, string> = new Map([
  ['maturin', rust],
  ['setuptools-rust', rust],
  ['setuptools-golang', 'a Go toolchain and vendored modules'],
]);

/** Until 1.1 Poetry named itself as the backend; poetry-core is the part of it that builds. */
const withPoetryCore = (system: BuildSystem): BuildSystem =>
  system.backend === 'poetry.masonry.api' && system.backendPath === undefined
    ? {
        requires: system.requires.filter((text) => tryParseRequirement(text)?.name !== 'poetry'),
        backend: 'poetry.core.masonry.api',
      }
    : system;

/** The name of a requirement as far as it can be read. */
const nameIn = (text: string): string =>
  normaliseName(/^\s*[A-Za-z0-9._-]*/.exec(text)?.[0].trim() ?? '');

/** All that is asked of the index, as written; but for what setup.py asks for. */
const stated = (system: BuildSystem): readonly string[] => {
  // A backend in the tree itself (PEP 517) needs what it says.
  const more =
    system.backendPath === undefined ? (backendNeeds.get(buildBackend(system)) ?? []) : [];
  const all = [...system.requires, ...more];
  return all.some((text) => nameIn(text) === 'setuptools') ? [...all, 'wheel'] : all;
};

/** Whether a build may run setup.py, or read setup.cfg: where setuptools is. */
export const runsSetupPy = (buildSystem: BuildSystem | undefined): boolean =>
  stated(buildSystem ?? defaultBuildSystem).some((text) => nameIn(text) === 'setuptools');

type Judged = Refusal | { readonly holds: boolean; readonly isFixed: boolean };

/** Whether a requirement holds on a platform, or why it cannot be met there. */
const judge = (text: string, python: PythonTarget, platform: Platform): Judged => {
  const requirement = tryParseRequirement(text);
  const shown = `its build requirement ${quoted(redactText(text))}`;
  if (requirement === undefined) return unsupported(`${shown} is not valid`);
  const { name, url, marker } = requirement;
  let isFixed = true;
  try {
    if (marker !== undefined) {
      const { value, patchRange } = evaluateForMinor(marker, python, platform);
      if (!value) return { holds: false, isFixed: patchRange === undefined };
      isFixed = patchRange === undefined;
    }
  } catch {
    return unsupported(`${shown} has a marker without a meaning`);
  }
  const toolchain = toolchains.get(name);
  if (toolchain !== undefined) {
    return unsupported(`${shown} needs ${toolchain}, which recipes do not have`);
  }
  if (url !== undefined && !/^https?:\/\//i.test(url)) {
    return unsupported(`${shown} is a direct reference to something else than a file of the web`);
  }
  return { holds: true, isFixed };
};

const isRefusal = (judged: Judged): judged is Refusal => 'reason' in judged;

/** A requirement on platforms that can all meet it; undefined when it holds on none. */
const settled = (text: string, { python, platforms }: BuildTarget): Requirement | undefined => {
  const requirement = tryParseRequirement(text);
  if (requirement === undefined) return undefined;
  const judged = platforms.map((platform) => judge(text, python, platform));
  const holds = (each: Judged): boolean => !isRefusal(each) && each.holds;
  const isFixed = judged.every((each) => !isRefusal(each) && each.isFixed);
  if (!isFixed) return requirement;
  if (!judged.some(holds)) return undefined;
  const { marker: _, ...everywhere } = requirement;
  return judged.every(holds) ? everywhere : requirement;
};

const noWay = unsupported(
  'its source has neither a setup.py nor a `[build-system]` in a pyproject.toml',
);

/**
 * What a project needs to be built on each platform: its `[build-system] requires` (PEP 518; without
 * one, setuptools and wheel), the literal `setup_requires` of setup.py and setup.cfg where setuptools
 * reads them, what the backend itself asks for, and `more`. Platforms on which that needs what
 * recipes cannot give are refused.
 */
export const buildNeeds = (
  { buildSystem, hasSetupPy, setupRequires = [] }: ProjectFacts,
  { python, platforms }: BuildTarget,
  more: readonly string[] = [],
): JudgedNeeds => {
  if (buildSystem === undefined && !hasSetupPy) {
    return {
      platforms: [],
      refused: new Map(platforms.map((platform) => [platformName(platform), noWay])),
    };
  }
  const system = withPoetryCore(buildSystem ?? defaultBuildSystem);
  const texts = [...stated(system), ...(runsSetupPy(system) ? setupRequires : []), ...more];
  const refused = new Map<PlatformName, Refusal>();
  for (const platform of platforms) {
    const refusal = texts.map((text) => judge(text, python, platform)).find(isRefusal);
    if (refusal !== undefined) refused.set(platformName(platform), refusal);
  }
  const able = platforms.filter((platform) => !refused.has(platformName(platform)));
  if (able.length === 0) return { platforms: [], refused };
  const requirements = new Map<string, Requirement>();
  for (const text of texts) {
    const requirement = settled(text, { python, platforms: able });
    if (requirement !== undefined) requirements.set(formatRequirement(requirement), requirement);
  }
  const needs: BuildNeeds = {
    backend: buildBackend(system),
    ...(system.backendPath === undefined ? {} : { backendPath: system.backendPath }),
    requirements: [...requirements]
      .sort(([left], [right]) => byText(left, right))
      .map(([, requirement]) => requirement),
  };
  return { needs, platforms: able, refused };
};
