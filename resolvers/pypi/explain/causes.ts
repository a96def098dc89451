/** Why versions cannot be used, each as a clause behind `flask 3.0`, with what to do about it. */
import { type Platform, platformName } from '../../../graph/platform.ts';
import type { PythonTarget } from '../../../graph/types.ts';
import type { CustomCause } from '../../solver/cause.ts';

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

const list = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;

/** No index has it; `indexes` are those that were asked. */
export const noSuchPackage = (indexes: readonly string[]): CustomCause => {
  const [only] = indexes;
  const where = indexes.length > 1 ? 'any of the indexes' : (only ?? 'any index');
  return cause('no-such-package', `is not on ${where}`, { about: 'package' });
};

/** Taken back by its authors. */
export const yanked = (why: string | true): CustomCause => {
  const said = why === true ? '' : oneLine(why);
  return cause('yanked', `was yanked${said === '' ? '' : ` (${said})`}`);
};

/** `Requires-Python` does not allow the target. */
export const needsPython = (specifier: string): CustomCause =>
  cause('python', `needs Python ${oneLine(specifier)}`);

/** No file of a release runs on `missing` (of the target's platforms), and none can be built. */
export const noUsableFile = (
  fileNames: readonly string[],
  missing: readonly Platform[],
  { version }: Pick<PythonTarget, 'version'>,
): CustomCause => {
  if (fileNames.length === 0) return cause('no-file', 'has no file');
  const names = missing.map(platformName);
  const on = names.length === 0 ? '' : ` on ${list(names)}`;
  return cause('no-file', `has no file for Python ${version}${on}`);
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

/** No file has a hash that requirements and constraints ask for. */
export const noFileWithHash: CustomCause = cause(
  'hashes',
  'has no file with a hash that is asked for',
  { hint: 'compare the hashes with those on the index: they may be of another version' },
);
