import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** From a bundle's chunks in a package, from the source tree otherwise. */
const folders = ['../collection', '../overrides/collection'];

/** The distributions of PyPI that there are bundled rules for; sorted. */
export const collectionNames = (): readonly string[] =>
  folders
    .map((folder) => join(import.meta.dirname, folder, 'pypi'))
    .filter((path) => existsSync(path))
    .slice(0, 1)
    .flatMap((path) => readdirSync(path))
    .filter((file) => file.endsWith('.toml'))
    .map((file) => file.slice(0, -'.toml'.length))
    .sort();

/** The bundled rules for a distribution of PyPI, by its normalised name. */
export const readCollectionFile = (name: string): string | undefined =>
  folders
    .map((folder) => join(import.meta.dirname, folder, 'pypi', `${name}.toml`))
    .filter((path) => existsSync(path))
    .map((path) => readFileSync(path, 'utf8'))[0];
