import { Lock2nixError } from '../../graph/errors.ts';
import type { PythonTarget } from '../../graph/types.ts';
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
  const match = /^(?<minor>\d+\.\d+)(?:\.\d+)?$/.exec(text);
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

/** Whether a specifier set over Python versions (absent: any) lets the target run at all. */
export const allowsPython = (specifier: string | undefined, target: PythonTarget): boolean => {
  if (specifier === undefined) return true;
  const set = parseSpecifierSet(specifier);
  const releases =
    target.fullVersion === undefined
      ? patches.map((patch) => `${target.version}.${patch}`)
      : [target.fullVersion];
  return releases.some((release) =>
    specifierContains(set, parseVersion(release), { prereleases: true }),
  );
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
    if (!allowsPython(specifier, target)) {
      throw new Lock2nixError(
        'LOCK_CONTRADICTION',
        `\`${file}\` is for Python ${specifier}, which Python ${asked} is not`,
        { hint: 'name another `--python`, or widen the range and lock again', location: { file } },
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
      { hint: `lock2nix knows ${pythonVersions.join(', ')}`, location: { file } },
    );
  }
  return { implementation: 'cpython', version };
};
