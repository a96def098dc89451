/** Files that ask for packages without pinning them, as folders usually have them. */
import { formats } from '../converters/registry.ts';

/** Of one project; the first that a folder has speaks for it, and is read with the others. */
export const projectNames: readonly string[] = ['pyproject.toml', 'setup.cfg', 'setup.py'];

/** All, in the order in which they are looked for. */
export const manifestNames: readonly string[] = [
  ...projectNames,
  'requirements.txt',
  'requirements.in',
];

const isManifestName = (name: string): boolean => manifestNames.includes(name);

/** Whether a manifest asks for anything: a pyproject.toml or setup.cfg may be there for tools alone. */
export const isMeant = (name: string, text: string): boolean =>
  !projectNames.includes(name) ||
  formats.some((format) => format.fileNames.includes(name) && format.recognises(text));

/** The usual names of locks that lock2nix reads. */
export const lockNames: readonly string[] = formats
  .flatMap(({ fileNames }) => fileNames)
  .filter((name) => !isManifestName(name));

export const isLockName = (name: string): boolean => lockNames.includes(name);
