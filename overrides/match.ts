/** Which rules hold for a package. */
import { type Platform, platformName, type System } from '../graph/platform.ts';
import type { FiredRule, PythonTarget } from '../graph/types.ts';
import { parseSpecifierSet, specifierContains } from '../standards/specifier.ts';
import type { PackageRule, When } from './types.ts';

/** A package on one platform, as far as it is known. */
export interface Subject {
  readonly version: string;
  readonly python: PythonTarget | undefined;
  readonly platform: Platform;
  /** What is installed; absent: not known yet, and what asks for it does not hold. */
  readonly kind?: 'sdist' | 'wheel';
  /** The versions of other packages, by name. */
  readonly versions: ReadonlyMap<string, readonly string[]>;
}

const contains = (specifier: string, version: string): boolean =>
  specifierContains(parseSpecifierSet(specifier), version);

/** Whether a specifier holds for the Python that a recipe is for; of a minor version its first release counts. */
export const holdsForPython = (
  specifier: string | undefined,
  python: PythonTarget | undefined,
): boolean =>
  specifier === undefined ||
  (python !== undefined && contains(specifier, python.fullVersion ?? python.version));

const holdsOnSystem = (systems: readonly System[] | undefined, { system }: Platform) =>
  systems?.includes(system) ?? true;

/** Whether all that a rule asks for is so. */
export const holds = (when: When | undefined, subject: Subject): boolean => {
  if (when === undefined) return true;
  const { version, python, platform, kind, versions } = subject;
  if (when.version !== undefined && !contains(when.version, version)) return false;
  if (!holdsForPython(when.python, python)) return false;
  if (!holdsOnSystem(when.systems, platform)) return false;
  if (when.source !== undefined && when.source !== kind) return false;
  if (when.with === undefined) return true;
  const { name, specifier } = when.with;
  return (versions.get(name) ?? []).some(
    (other) => specifier === undefined || contains(specifier, other),
  );
};

/** The versions of packages by name. */
export const versionsOf = (
  packages: Iterable<{ readonly name: string; readonly version: string }>,
): ReadonlyMap<string, readonly string[]> => {
  const versions = new Map<string, string[]>();
  for (const { name, version } of packages) {
    versions.set(name, [...(versions.get(name) ?? []), version]);
  }
  return versions;
};

/** A rule as records keep it. */
export const firedRule = (
  { origin, file, why, shown }: Pick<PackageRule, 'origin' | 'file' | 'why' | 'shown'>,
  fields: readonly string[],
  platforms: FiredRule['platforms'],
): FiredRule => ({
  origin,
  file,
  ...(why === undefined ? {} : { why }),
  ...(shown === undefined ? {} : { shown }),
  fields: [...fields].sort(),
  ...(platforms === undefined ? {} : { platforms }),
});

/** `platforms` of what holds on some of all; undefined when it holds on all. */
export const limitTo = (
  some: readonly Platform[],
  all: readonly Platform[],
): FiredRule['platforms'] => (some.length === all.length ? undefined : some.map(platformName));
