/** Why versions cannot be used, each as a clause behind `flask 3.0`, with what to do about it. */
import {
  type Platform,
  type PlatformName,
  platformName,
  tryParsePlatform,
} from '../../../graph/platform.ts';
import type { PythonTarget } from '../../../graph/types.ts';
import { wheelRank } from '../../../standards/artifact-choice.ts';
import { nearest } from '../../../standards/nearest.ts';
import { tryParseSpecifierSet } from '../../../standards/specifier.ts';
import type { CustomCause } from '../../solver/cause.ts';
import { allowsPython, pythonVersions } from '../target.ts';

/** Reasons that programs may tell apart. */
export type Reason =
  | 'no-such-package'
  | 'yanked'
  | 'python'
  | 'no-file'
  | 'only-binary'
  | 'no-binary'
  | 'too-new'
  | 'hashes'
  | 'prerelease'
  | 'constraint'
  | 'metadata';

const cause = (
  reason: Reason,
  message: string,
  { hint, about }: { readonly hint?: string | undefined; readonly about?: 'package' } = {},
): CustomCause => ({
  kind: 'custom',
  reason,
  message,
  ...(hint === undefined ? {} : { hint }),
  ...(about === undefined ? {} : { about }),
});

/** One line, whatever an index says; long text is cut. */
const oneLine = (text: string): string => {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\s]+/gu, ' ').trim();
  return line.length > 120 ? `${line.slice(0, 120)}…` : line;
};

/** No index has it. `seen`: names that were met, of which one may be meant. */
export const noSuchPackage = (
  name: string,
  { indexes, seen }: { readonly indexes: readonly string[]; readonly seen: readonly string[] },
): CustomCause => {
  const near = nearest(name, seen.filter((each) => each !== name).sort());
  const [only] = indexes;
  const where = indexes.length > 1 ? 'any of the indexes' : (only ?? 'any index');
  return cause('no-such-package', `is not on ${where}`, {
    about: 'package',
    hint:
      near === undefined
        ? `check how \`${name}\` is spelt, or name the index that has it with \`--extra-index-url\``
        : `did you mean \`${near}\`?`,
  });
};

/** Taken back by its authors. */
export const yanked = (name: string, version: string, why: string | true): CustomCause => {
  const said = why === true ? '' : oneLine(why);
  return cause('yanked', `was yanked${said === '' ? '' : ` (${said})`}`, {
    hint: `write \`${name}==${version}\` to take a yanked version all the same`,
  });
};

/** The Pythons that a specifier set allows, oldest first. */
export const allowedPythons = (specifier: string): readonly string[] =>
  tryParseSpecifierSet(specifier) === undefined
    ? []
    : pythonVersions.filter((version) =>
        allowsPython(specifier, { implementation: 'cpython', version }),
      );

/** The next newer one, else the newest that is older. */
const nearestPython = (able: readonly string[], target: PythonTarget): string | undefined => {
  const order: readonly string[] = pythonVersions;
  const own = order.indexOf(target.version);
  return able.find((each) => order.indexOf(each) > own) ?? able.at(-1);
};

/** `Requires-Python` does not allow the target. */
export const needsPython = (specifier: string, target: PythonTarget): CustomCause => {
  const able = nearestPython(allowedPythons(specifier), target);
  return cause('python', `needs Python ${oneLine(specifier)}`, {
    hint:
      able === undefined
        ? `no Python that lock2nix knows is ${oneLine(specifier)}`
        : `write \`--python ${able}\``,
  });
};

const commonPlatforms = [
  'x86_64-linux',
  'aarch64-linux',
  'x86_64-darwin',
  'aarch64-darwin',
].flatMap((name) => tryParsePlatform(name) ?? []);

const list = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;

export interface FileContext {
  readonly python: PythonTarget;
  readonly platforms: readonly Platform[];
}

/** Where else files with these names run. */
const whereElse = (fileNames: readonly string[], { python, platforms }: FileContext): string => {
  const runs = (version: string, platform: Platform): boolean =>
    fileNames.some(
      (file) => wheelRank(file, { implementation: 'cpython', version }, platform) !== undefined,
    );
  const pythons = pythonVersions.filter((version) =>
    platforms.every((platform) => runs(version, platform)),
  );
  const able = nearestPython(pythons, python);
  if (able !== undefined)
    return `it has wheels for Python ${list(pythons)}: write \`--python ${able}\``;
  const others = commonPlatforms.filter((platform) => runs(python.version, platform));
  if (others.length > 0) return `it has wheels for ${list(others.map(platformName))}`;
  return 'its wheels are for other systems, and it has no source distribution';
};

/** No file of a release runs on `missing` (of the target's platforms), and none can be built. */
export const noUsableFile = (
  fileNames: readonly string[],
  missing: readonly Platform[],
  context: FileContext,
): CustomCause => {
  const names: readonly PlatformName[] = missing.map(platformName);
  const wheels = fileNames.filter((name) => name.endsWith('.whl'));
  if (fileNames.length === 0) return cause('no-file', 'has no file');
  const on = names.length === 0 ? '' : ` on ${list(names)}`;
  return cause('no-file', `has no file for Python ${context.python.version}${on}`, {
    hint: whereElse(wheels, { ...context, platforms: missing }),
  });
};

/** It would have to be built, which `--only-binary` forbids. */
export const onlySource = (name: string): CustomCause =>
  cause('only-binary', 'has no wheel that fits, only a source distribution', {
    hint: `leave \`${name}\` out of \`--only-binary\``,
  });

/** It has wheels only, which `--no-binary` forbids. */
export const onlyWheels = (name: string): CustomCause =>
  cause('no-binary', 'has no source distribution', {
    hint: `leave \`${name}\` out of \`--no-binary\``,
  });

/** Uploaded at `limit` or later; milliseconds since 1970. */
export const tooNew = (limit: number): CustomCause => {
  const date = new Date(limit).toISOString().replace(/T00:00:00\.000Z$/, '');
  return cause('too-new', `was published after ${date}`, {
    hint: 'give a later `--exclude-newer`',
  });
};

/** No file has a hash that the requirement asks for. */
export const noFileWithHash = (place: string): CustomCause =>
  cause('hashes', `has no file with a hash that ${place} lists`, {
    hint: 'compare the hashes with those on the index: they may be of another version',
  });

/** Nobody asked for pre-releases, and there is a choice of others. */
export const prerelease: CustomCause = cause('prerelease', 'is a pre-release', {
  hint: 'write `--pre` to allow pre-releases',
});
