import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { findUnsupported } from '../converters/registry.ts';
import { isLock2nixError, Lock2nixError } from '../graph/errors.ts';
import { quoted } from '../standards/quoted.ts';
import { isMeant, lockNames, manifestNames, projectNames } from './manifest-names.ts';
import { shownPath } from './place.ts';
import { quoteShell } from './shell.ts';
import { isSpec, looksLikePackage, parseSpec, type Spec } from './specs.ts';

/** A lock or manifest that was found and read. */
export interface FileInput {
  readonly kind: 'file';
  /** As messages show it: relative to where the command runs, when it is below. */
  readonly shown: string;
  readonly fileName: string;
  /** Absolute. */
  readonly folder: string;
  readonly bytes: Uint8Array;
  /** The bytes as UTF-8. */
  readonly text: string;
}

/** Packages by name; their project is the folder where the command runs. */
export interface SpecInput {
  readonly kind: 'specs';
  /** As messages show it: `pypi:flask==3.0.3 pypi:rich`. */
  readonly shown: string;
  readonly folder: string;
  /** Sorted, each once. */
  readonly specs: readonly Spec[];
}

export type Input = FileInput | SpecInput;

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

const namesIn = (folder: string, shown: string): ReadonlySet<string> => {
  try {
    return new Set(readdirSync(folder));
  } catch (cause) {
    throw unreadable(shown, cause);
  }
};

/** USAGE for a folder with several files that may be meant. */
const several = (
  names: readonly string[],
  { shown, what }: { readonly shown: string; readonly what: string },
): Lock2nixError =>
  new Lock2nixError('USAGE', `\`${shown}\` has several ${what}: ${names.join(', ')}`, {
    hint: `name the one that counts: convert ${quoteShell(join(shown, names[0] ?? ''))}`,
  });

/** The one manifest of a folder, if it has one. Throws USAGE for several. */
const manifestOf = (
  folder: string,
  shown: string,
  present: ReadonlySet<string>,
): string | undefined => {
  const named = manifestNames.filter((name) => present.has(name));
  const meant = named.filter((name) =>
    isMeant(name, decode(read(join(folder, name), join(shown, name)))),
  );
  const [project, ...requirements] = [
    ...meant.filter((name) => projectNames.includes(name)).slice(0, 1),
    ...meant.filter((name) => !projectNames.includes(name)),
  ];
  if (requirements.length > 0) {
    throw several([project ?? '', ...requirements], { shown, what: 'manifests' });
  }
  return project ?? named[0];
};

/**
 * The one lock of a folder, else its one manifest; when it has neither, a file of a format that is
 * not read yet. Throws INPUT_MISSING for nothing at all, USAGE for several.
 */
const fileOf = (folder: string, shown: string): string => {
  const present = namesIn(folder, shown);
  const locks = lockNames.filter((name) => present.has(name));
  if (locks.length > 1) throw several(locks, { shown, what: 'lockfiles' });
  const unsupported = findUnsupported(present);
  // A lock that cannot be read yet wins over a manifest, and is refused by its name.
  const found = locks[0] ?? unsupported ?? manifestOf(folder, shown, present);
  if (found !== undefined) return join(folder, found);
  throw new Lock2nixError(
    'INPUT_MISSING',
    `there is no lockfile and no manifest in \`${shown}\`: it has none of ${[...lockNames, ...manifestNames].join(', ')}`,
    { hint: 'name a file or a package: convert PATH/TO/poetry.lock, convert pypi:NAME' },
  );
};

/** The name of the file that a folder stands for; undefined when that cannot be told. */
export const tryDefaultFile = (folder: string): string | undefined => {
  try {
    return basename(fileOf(folder, folder));
  } catch (error) {
    if (isLock2nixError(error)) return undefined;
    throw error;
  }
};

/** INPUT_MISSING for an argument that names nothing. */
export const missingInput = (argument: string): Lock2nixError =>
  new Lock2nixError('INPUT_MISSING', `there is no file ${quoted(argument)}`, {
    hint: looksLikePackage(argument)
      ? `if a package is meant, write ${quoteShell(parseSpec(argument).text)}; a file by its path: convert PATH/TO/poetry.lock`
      : 'name a lockfile, a manifest or a folder with one: convert PATH/TO/poetry.lock',
  });

const readFile = (argument: string | undefined, cwd: string): FileInput => {
  const path = resolve(cwd, argument ?? '.');
  if (!existsSync(path)) throw missingInput(argument ?? '.');
  const file = statSync(path).isDirectory() ? fileOf(path, shownPath(path, cwd)) : path;
  const shown = shownPath(file, cwd);
  const bytes = read(file, shown);
  return {
    kind: 'file',
    shown,
    fileName: basename(file),
    folder: dirname(file),
    bytes,
    text: decode(bytes),
  };
};

const byText = ({ text: left }: Spec, { text: right }: Spec): number =>
  left === right ? 0 : left < right ? -1 : 1;

/** Specs as the input of a recipe in a folder; sorted, each once. */
export const specInput = (given: readonly Spec[], folder: string): SpecInput => {
  const specs = [...new Map(given.map((spec) => [spec.text, spec])).values()].sort(byText);
  return { kind: 'specs', shown: specs.map(({ text }) => text).join(' '), folder, specs };
};

/** The specs among the arguments; with an ecosystem also those without a prefix that are no file. */
export const readSpecs = (
  argv: readonly string[],
  { cwd, ecosystem }: { readonly cwd: string; readonly ecosystem?: string | undefined },
): readonly Spec[] =>
  argv
    .filter(
      (argument) =>
        isSpec(argument) || (ecosystem !== undefined && !existsSync(resolve(cwd, argument))),
    )
    .map(parseSpec);

/** USAGE for several inputs that are not packages. */
export const tooMany = (command: string, inputs: readonly string[]): Lock2nixError =>
  new Lock2nixError(
    'USAGE',
    `\`${command}\` takes one input, or packages, and was given ${inputs.length}`,
    {
      hint: `${command} each file on its own, with \`-o DIR\` for each; packages (pypi:NAME) go together`,
    },
  );

export interface InputRequest {
  /** The command, for messages. */
  readonly command: string;
  readonly cwd: string;
  /** Packages may stand without `pypi:`. */
  readonly ecosystem?: string | undefined;
}

/**
 * Finds and reads the input of a command: packages, a lockfile, a manifest, a folder with one, or
 * (none given) the current folder. Throws INPUT_MISSING, INPUT_UNKNOWN or USAGE.
 */
export const findInput = (
  inputs: readonly string[],
  { command, cwd, ecosystem }: InputRequest,
): Input => {
  const specs = readSpecs(inputs, { cwd, ecosystem });
  if (specs.length > 0 && specs.length === inputs.length) return specInput(specs, cwd);
  if (specs.length > 0 || inputs.length > 1) throw tooMany(command, inputs);
  return readFile(inputs[0], cwd);
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
    const key = relative(folder, resolve(folder, relativePath));
    if (seen.has(key)) return seen.get(key);
    const path = resolve(folder, key);
    const isFile = existsSync(path) && statSync(path).isFile();
    const bytes = isFile ? read(path, key) : undefined;
    seen.set(key, bytes);
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
