import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** From a bundle's chunks in a package, from the source tree otherwise. */
const folders = ['../runtime', '../recipes/runtime'];

/** The runtime's files of an ecosystem by name, as they are emitted beside the pins. */
export const readRuntime = (ecosystem: 'python'): ReadonlyMap<string, string> => {
  const folder = folders
    .map((name) => join(import.meta.dirname, name, ecosystem))
    .find((path) => existsSync(path));
  if (folder === undefined)
    throw new Error(`the runtime files are missing beside ${import.meta.url}`);
  const names = readdirSync(folder).filter((name) => /\.(?:json|nix|py)$/.test(name));
  return new Map(names.sort().map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
};
