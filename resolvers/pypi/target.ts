import { Lock2nixError } from '../../graph/errors.ts';
import type { PythonTarget } from '../../graph/types.ts';
import { newestPatch } from '../../standards/marker-environment.ts';
import { parseSpecifierSet, specifierContains } from '../../standards/specifier.ts';
import { parseVersion } from '../../standards/version.ts';

/** CPython's minor versions that recipes are made for, oldest first. */
export const pythonVersions = [
  '2.7',
  '3.6',
  '3.7',
  '3.8',
  '3.9',
  '3.10',
  '3.11',
  '3.12',
  '3.13',
  '3.14',
] as const;

/** No minor version has had more patch releases than this. */
const patches = Array.from({ length: 40 }, (_, patch) => patch);

/** `--python` as a target: `3.12` is any patch release of it, `3.12.1` that one. Throws PYTHON_UNKNOWN. */
export const parsePython = (text: string): PythonTarget => {
  const match = /^(?<minor>\d+\.\d+)(?:\.(?:0|[1-9]\d?))?$/.exec(text);
  const minor = match?.groups?.['minor'];
  const version = pythonVersions.find((known) => known === minor);
  if (version === undefined) {
    throw new Lock2nixError(
      'PYTHON_UNKNOWN',
      `\`${text}\` is no Python version that lock2nix knows`,
      {
        hint: `write one of ${pythonVersions.join(', ')}, or a patch release such as 3.12.1`,
      },
    );
  }
  return {
    implementation: 'cpython',
    version,
    ...(text === version ? {} : { fullVersion: text }),
  };
};

const containsPython = (specifier: string, release: string): boolean =>
  specifierContains(parseSpecifierSet(specifier), parseVersion(release), { prereleases: true });

/**
 * Whether a specifier set over Python versions (absent: any) lets the target run. A minor version
 * stands for its newest patch release, or for one that is still to come.
 */
export const allowsPython = (specifier: string | undefined, target: PythonTarget): boolean => {
  if (specifier === undefined) return true;
  const { version, fullVersion } = target;
  if (fullVersion !== undefined) return containsPython(specifier, fullVersion);
  return patches
    .slice(newestPatch(version))
    .some((patch) => containsPython(specifier, `${version}.${patch}`));
};

/** The newest patch release of a minor version, as far as is known, that a specifier set allows. */
const allowedRelease = (specifier: string, version: string): string | undefined =>
  patches
    .slice(0, newestPatch(version) + 1)
    .map((patch) => `${version}.${patch}`)
    .findLast((release) => containsPython(specifier, release));

const otherPython = (specifier: string, { version, fullVersion }: PythonTarget): string => {
  const release = allowedRelease(specifier, version);
  if (release === undefined) return 'name another `--python`, or widen the range in the project';
  return fullVersion === undefined
    ? `only older releases of it are allowed: write \`--python ${release}\`, or widen the range in the project`
    : `write \`--python ${release}\`, or widen the range in the project`;
};

/**
 * The interpreter to pin for: the one asked for, else the newest that the lock allows. Throws
 * PYTHON_UNKNOWN when it is not known, LOCK_CONTRADICTION when the lock does not allow it.
 */
export const choosePython = (
  asked: string | undefined,
  specifier: string | undefined,
  file: string,
): PythonTarget => {
  if (asked !== undefined) {
    const target = parsePython(asked);
    if (specifier !== undefined && !allowsPython(specifier, target)) {
      throw new Lock2nixError(
        'LOCK_CONTRADICTION',
        `\`${file}\` is for Python ${specifier}, which Python ${asked} is not`,
        { hint: otherPython(specifier, target), location: { file } },
      );
    }
    return target;
  }
  const version = pythonVersions.findLast((known) =>
    allowsPython(specifier, { implementation: 'cpython', version: known }),
  );
  if (version === undefined) {
    throw new Lock2nixError(
      'PYTHON_UNKNOWN',
      `\`${file}\` is for Python ${specifier}, which no version that lock2nix knows satisfies`,
      {
        hint: `lock2nix knows the newest releases of ${pythonVersions.join(', ')}; write an older one as \`--python\``,
        location: { file },
      },
    );
  }
  return { implementation: 'cpython', version };
};
