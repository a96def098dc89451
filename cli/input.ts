import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { findUnsupported, formats } from '../converters/registry.ts';
import { Lock2nixError } from '../graph/errors.ts';
import { isManifestName } from './manifest-names.ts';
import { shownPath } from './place.ts';

/** A lock that was found and read. */
export interface Input {
  /** As messages show it: relative to where the command runs, when it is below. */
  readonly shown: string;
  readonly fileName: string;
  /** Absolute. */
  readonly folder: string;
  readonly bytes: Uint8Array;
  /** The bytes as UTF-8. */
  readonly text: string;
}

const decode = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

const unreadable = (shown: string, cause: unknown): Lock2nixError => {
  const isCoded = typeof cause === 'object' && cause !== null && 'code' in cause;
  const reason = isCoded ? String(cause.code) : String(cause);
  return reason === 'EISDIR'
    ? new Lock2nixError('INPUT_MISSING', `\`${shown}\` is a folder, and a file is needed`, {
        cause,
        hint: 'name a lockfile: convert PATH/TO/poetry.lock',
      })
    : new Lock2nixError('INPUT_MISSING', `\`${shown}\` cannot be read: ${reason}`, {
        cause,
        hint: 'check its permissions',
      });
};

const read = (path: string, shown: string): Uint8Array => {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw unreadable(shown, cause);
  }
};

const lockNames = (): readonly string[] =>
  formats.flatMap(({ fileNames }) => fileNames).filter((name) => !isManifestName(name));

const namesIn = (folder: string, shown: string): ReadonlySet<string> => {
  try {
    return new Set(readdirSync(folder));
  } catch (cause) {
    throw unreadable(shown, cause);
  }
};

/**
 * The one lock of a folder; when it has none, a file of a format that is not read yet. Throws
 * INPUT_MISSING for nothing at all, USAGE for several.
 */
const lockOf = (folder: string, shown: string): string => {
  const present = namesIn(folder, shown);
  const [first, ...others] = lockNames().filter((name) => present.has(name));
  const unsupported = findUnsupported(present);
  if (first === undefined && present.has('pyproject.toml')) {
    throw new Lock2nixError(
      'INPUT_MISSING',
      `there is no lockfile in \`${shown}\`, only a pyproject.toml`,
      { hint: 'lock it first: poetry lock' },
    );
  }
  // Refused by its name when its format is looked for.
  if (first === undefined && unsupported !== undefined) return join(folder, unsupported);
  if (first === undefined) {
    throw new Lock2nixError(
      'INPUT_MISSING',
      `there is no lockfile in \`${shown}\`: it has none of ${lockNames().join(', ')}`,
      { hint: 'name a lockfile: convert PATH/TO/poetry.lock' },
    );
  }
  if (others.length > 0) {
    throw new Lock2nixError(
      'USAGE',
      `\`${shown}\` has several lockfiles: ${[first, ...others].join(', ')}`,
      { hint: `name the one that counts: convert ${join(shown, first)}` },
    );
  }
  return join(folder, first);
};

/** Throws INPUT_UNKNOWN for an argument that names a package, such as `pypi:flask`. */
export const refusePackage = (argument: string | undefined): void => {
  if (argument === undefined || !/^(?:pypi|npm):/.test(argument)) return;
  throw new Lock2nixError(
    'INPUT_UNKNOWN',
    `\`${argument}\` names a package, and this version of lock2nix converts lockfiles only`,
    { hint: 'add the package to a project, lock it, and convert the lock' },
  );
};

/** INPUT_MISSING for an argument that names nothing. */
export const missingInput = (argument: string): Lock2nixError =>
  new Lock2nixError('INPUT_MISSING', `there is no file \`${argument}\``, {
    hint: 'name a lockfile or a folder with one: convert PATH/TO/poetry.lock',
  });

/**
 * Finds and reads the input of a command: a lockfile, a folder with one, or (none given) the current
 * folder. Throws INPUT_MISSING, INPUT_UNKNOWN or USAGE.
 */
export const findInput = (argument: string | undefined, cwd: string): Input => {
  refusePackage(argument);
  const path = resolve(cwd, argument ?? '.');
  if (!existsSync(path)) throw missingInput(argument ?? '.');
  const file = statSync(path).isDirectory() ? lockOf(path, shownPath(path, cwd)) : path;
  const shown = shownPath(file, cwd);
  const bytes = read(file, shown);
  return { shown, fileName: basename(file), folder: dirname(file), bytes, text: decode(bytes) };
};

/** A reader of files beside the input that remembers what it was asked for. */
export interface Siblings {
  readonly read: (relativePath: string) => string | undefined;
  readonly readBytes: (relativePath: string) => Uint8Array | undefined;
  /** Path -> contents, or undefined for what is not there; in the order of asking. */
  readonly seen: ReadonlyMap<string, Uint8Array | undefined>;
}

/** Reads files below and beside a folder; what is missing or no file is undefined. */
export const createSiblings = (folder: string): Siblings => {
  const seen = new Map<string, Uint8Array | undefined>();
  const readBytes = (relativePath: string): Uint8Array | undefined => {
    if (seen.has(relativePath)) return seen.get(relativePath);
    const path = resolve(folder, relativePath);
    const isFile = existsSync(path) && statSync(path).isFile();
    const bytes = isFile ? read(path, relativePath) : undefined;
    seen.set(relativePath, bytes);
    return bytes;
  };
  return {
    seen,
    readBytes,
    read: (relativePath) => {
      const bytes = readBytes(relativePath);
      return bytes === undefined ? undefined : decode(bytes);
    },
  };
};
