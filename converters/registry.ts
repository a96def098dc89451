import { Lock2nixError } from '../graph/errors.ts';
import { poetry } from './poetry/format.ts';
import { pyproject } from './pyproject/format.ts';
import { requirements } from './requirements/format.ts';
import { setuptools } from './setuptools/format.ts';
import type { Format } from './types.ts';

/** Every format that lock2nix reads: one line a format. */
export const formats: readonly Format[] = [poetry, pyproject, setuptools, requirements];

/** Files that people will try, and the name of their format. */
const unsupported: ReadonlyMap<string, string> = new Map([
  ['uv.lock', 'uv'],
  ['pdm.lock', 'PDM'],
  ['pylock.toml', 'pylock (PEP 751)'],
  ['Pipfile.lock', 'Pipenv'],
  ['Pipfile', 'Pipenv manifest'],
  ['package-lock.json', 'npm'],
  ['npm-shrinkwrap.json', 'npm'],
  ['package.json', 'npm manifest'],
  ['yarn.lock', 'yarn'],
  ['pnpm-lock.yaml', 'pnpm'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
]);

/** The first of some file names that is of a format which lock2nix does not read yet. */
export const findUnsupported = (fileNames: ReadonlySet<string>): string | undefined =>
  [...unsupported.keys()].find((name) => fileNames.has(name));

const supportedHint = (): string =>
  `supported: ${formats.flatMap((format) => format.fileNames.map((name) => `\`${name}\` (${format.name})`)).join(', ')}`;

/**
 * The format of a file, by its content. The file name decides between formats that both recognise
 * it, and alone when none does: a lock that is empty or damaged still gets the message of its own
 * format. Fails with INPUT_UNKNOWN.
 */
export const detectFormat = (fileName: string, text: string): Format => {
  const baseName = fileName.split(/[\\/]/).at(-1) ?? fileName;
  const isNamed = (format: Format): boolean =>
    format.fileNames.includes(baseName) || format.namePattern?.test(baseName) === true;
  const known = unsupported.get(baseName);
  const recognised = known === undefined ? formats.filter((format) => format.recognises(text)) : [];
  const format = recognised.find(isNamed) ?? recognised[0] ?? formats.find(isNamed);
  if (format !== undefined) return format;
  throw new Lock2nixError(
    'INPUT_UNKNOWN',
    known === undefined
      ? `\`${fileName}\` is not in a format that lock2nix knows`
      : `\`${fileName}\` is a file of the ${known} format, which is not supported`,
    { hint: supportedHint(), location: { file: fileName } },
  );
};
