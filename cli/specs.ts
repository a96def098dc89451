/** Packages as a command line names them: `pypi:flask>=3`. */
import { isLock2nixError, Lock2nixError } from '../graph/errors.ts';
import { redactText } from '../resolvers/registry/url.ts';
import { quoted } from '../standards/quoted.ts';
import {
  formatRequirement,
  parseRequirement,
  tryParseRequirement,
} from '../standards/requirement.ts';

/** Ecosystems that packages are taken from by name. */
export const ecosystems = ['pypi'] as const;

/** A package by name, as the command line and the record have it. */
export interface Spec {
  /** Its form in the record and in messages: normalised, without credentials. */
  readonly text: string;
  /** The requirement (PEP 508), normalised; a URL in it may hold credentials. */
  readonly requirement: string;
}

const prefixed = /^(?<ecosystem>[a-z]+):(?<rest>.*)$/s;

/** Whether an argument names a package with its ecosystem in front. */
export const isSpec = (argument: string): boolean => /^(?:pypi|npm):/.test(argument);

/** Endings of files that people have in mind when they name one that is not there. */
const isFileName = (text: string): boolean =>
  /[/\\]|\.(?:lock|toml|txt|cfg|py|in|json)$/.test(text);

/** Whether an argument may be meant as a package: it is no path, and reads as a requirement. */
export const looksLikePackage = (argument: string): boolean =>
  !isFileName(argument) && tryParseRequirement(argument) !== undefined;

const npmRefused = (argument: string): Lock2nixError =>
  new Lock2nixError(
    'INPUT_UNKNOWN',
    `${quoted(argument)} names a package of npm, and this version of lock2nix takes packages of PyPI only`,
    { hint: 'write pypi:NAME for a package of PyPI' },
  );

const readRequirement = (argument: string, text: string): string => {
  try {
    return formatRequirement(parseRequirement(text));
  } catch (error) {
    if (!isLock2nixError(error)) throw error;
    throw new Lock2nixError(
      'USAGE',
      `${quoted(redactText(argument))} names no package: ${redactText(error.message)}`,
      { cause: error, hint: 'write it as pypi:NAME, pypi:NAME==1.2 or pypi:NAME[EXTRA]>=1' },
    );
  }
};

/**
 * Reads `pypi:NAME[SPECIFIER]`, or without the prefix when the ecosystem is told. Throws USAGE for
 * what names no package, INPUT_UNKNOWN for one of npm.
 */
export const parseSpec = (argument: string): Spec => {
  const { ecosystem, rest } = prefixed.exec(argument)?.groups ?? {};
  if (ecosystem === 'npm') throw npmRefused(argument);
  const text = ecosystem === 'pypi' ? (rest ?? '') : argument;
  const requirement = readRequirement(argument, text);
  return { text: `pypi:${redactText(requirement)}`, requirement };
};
