import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** From a bundle's chunks in a package, from the source tree otherwise. */
const folders = ['../collection', '../overrides/collection'];

/** The bundled rules for a distribution of PyPI, by its normalised name. */
export const readCollectionFile = (name: string): string | undefined =>
  folders
    .map((folder) => join(import.meta.dirname, folder, 'pypi', `${name}.toml`))
    .filter((path) => existsSync(path))
    .map((path) => readFileSync(path, 'utf8'))[0];
