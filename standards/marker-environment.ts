/** The values of marker variables (PEP 508) for CPython on a platform. */
import type { Marker } from '../graph/marker.ts';
import type { Platform, System } from '../graph/platform.ts';
import type { PythonTarget } from '../graph/types.ts';
import { evaluateMarker, type MarkerEnvironment, markerVariablesOf } from './marker.ts';
import { visitComparisons } from './marker-syntax.ts';

/**
 * The newest patch release of each minor version, as of May 2026. It need not be today's: it
 * matters only for markers that name a newer one.
 */
const newestPatches: ReadonlyMap<string, number> = new Map([
  ['2.7', 18],
  ['3.4', 10],
  ['3.5', 10],
  ['3.6', 15],
  ['3.7', 17],
  ['3.8', 20],
  ['3.9', 25],
  ['3.10', 20],
  ['3.11', 15],
  ['3.12', 13],
  ['3.13', 13],
  ['3.14', 4],
]);

/** The newest patch release that is known of a minor version: `newestPatch('2.7')` is 18. */
export const newestPatch = (version: string): number => newestPatches.get(version) ?? 0;

/** What `uname -m` says where it is not the first part of Nix's system string. */
const machines: Partial<Record<System, string>> = {
  'aarch64-darwin': 'arm64',
  'powerpc64le-linux': 'ppc64le',
};

const isPython2 = (version: string): boolean => version.startsWith('2.');

const systemVariables = (system: System, python: string) => {
  const darwin = system.endsWith('-darwin');
  const linux = isPython2(python) ? 'linux2' : 'linux';
  return {
    os_name: 'posix',
    sys_platform: darwin ? 'darwin' : linux,
    platform_system: darwin ? 'Darwin' : 'Linux',
    platform_machine: machines[system] ?? system.slice(0, system.indexOf('-')),
    // Of the kernel that a recipe will run on, nothing is known.
    platform_release: '',
    platform_version: '',
  };
};

export interface MarkerEnvironmentOptions {
  readonly python: PythonTarget;
  readonly platform: Platform;
  /** The patch release; without it `python.fullVersion` holds, else the newest that is known. */
  readonly patch?: number;
  /** Normalised names. */
  readonly extras?: Iterable<string>;
  /** Normalised names. */
  readonly dependencyGroups?: Iterable<string>;
}

/** The environment that CPython would report there. Python 2.7 has no `sys.implementation`. */
export const markerEnvironment = (options: MarkerEnvironmentOptions): MarkerEnvironment => {
  const { python, platform, patch } = options;
  const full =
    patch === undefined
      ? (python.fullVersion ?? `${python.version}.${newestPatch(python.version)}`)
      : `${python.version}.${patch}`;
  const python2 = isPython2(python.version);
  return {
    ...systemVariables(platform.system, python.version),
    python_version: python.version,
    python_full_version: full,
    platform_python_implementation: 'CPython',
    implementation_name: python2 ? '' : python.implementation,
    implementation_version: python2 ? '0' : full,
    extras: new Set(options.extras),
    dependency_groups: new Set(options.dependencyGroups),
  };
};

/** Patch releases of one minor version, inclusive, as full versions; an open end is absent. */
export type PatchRange = NonNullable<PythonTarget['patchRange']>;

/** What a marker says for a minor version of Python. */
export interface MinorEvaluation {
  readonly value: boolean;
  /**
   * There when the answer depends on the patch release: the ones around the newest (or the one
   * asked for) with the same answer.
   */
  readonly patchRange?: PatchRange;
}

const dependsOnPatch = (marker: Marker): boolean => {
  const variables = markerVariablesOf(marker);
  return variables.has('python_full_version') || variables.has('implementation_version');
};

/** No minor version of CPython has had thirty patch releases. */
const highestPatch = 99;

/** The last patch release that has to be tried: beyond all that the marker names. */
const lastPatch = (marker: Marker, known: number): number => {
  let last = known;
  visitComparisons(marker, ({ left, right }) => {
    for (const value of [left, right]) {
      if (!('literal' in value)) continue;
      for (const [digits] of value.literal.matchAll(/[0-9]+/g)) {
        last = Math.max(last, Math.min(Number(digits), highestPatch) + 1);
      }
    }
  });
  return last;
};

/** The environments without extras of a Python and a platform, by patch release. */
const environmentsOf = (): ((
  python: PythonTarget,
  platform: Platform,
  patch: number | undefined,
) => MarkerEnvironment) => {
  const known = new WeakMap<
    PythonTarget,
    WeakMap<Platform, Map<number | undefined, MarkerEnvironment>>
  >();
  return (python, platform, patch) => {
    const byPlatform = known.get(python) ?? new WeakMap();
    known.set(python, byPlatform);
    const byPatch = byPlatform.get(platform) ?? new Map<number | undefined, MarkerEnvironment>();
    byPlatform.set(platform, byPatch);
    const environment =
      byPatch.get(patch) ??
      markerEnvironment({ python, platform, ...(patch === undefined ? {} : { patch }) });
    byPatch.set(patch, environment);
    return environment;
  };
};
const environmentOf = environmentsOf();

/**
 * Evaluates a marker for "any patch release of 3.12". Example: `python_full_version < "3.11.3"` on
 * 3.11 is false, for `{ from: '3.11.3' }`. No extras are asked for. Throws as `evaluateMarker` does.
 */
export const evaluateForMinor = (
  marker: Marker,
  python: PythonTarget,
  platform: Platform,
): MinorEvaluation => {
  const evaluate = (patch?: number): boolean =>
    evaluateMarker(marker, environmentOf(python, platform, patch));
  const value = evaluate();
  if (!dependsOnPatch(marker)) return { value };
  const full = python.fullVersion ?? `${python.version}.${newestPatch(python.version)}`;
  const patchText = full.slice(python.version.length + 1);
  // A pre-release of the interpreter stands for itself alone.
  if (!/^[0-9]{1,2}$/.test(patchText)) return { value, patchRange: { from: full, to: full } };
  const asked = Number(patchText);
  const last = lastPatch(marker, asked);
  let [from, to] = [asked, asked];
  while (from > 0 && evaluate(from - 1) === value) from -= 1;
  while (to < last && evaluate(to + 1) === value) to += 1;
  if (from === 0 && to === last) return { value };
  return {
    value,
    patchRange: {
      ...(from === 0 ? {} : { from: `${python.version}.${from}` }),
      ...(to === last ? {} : { to: `${python.version}.${to}` }),
    },
  };
};
