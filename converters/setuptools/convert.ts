import { Lock2nixError } from '../../graph/errors.ts';
import { formatSpecifierSet, tryParseSpecifierSet } from '../../standards/specifier.ts';
import type { ConvertedRequirements, ConverterInput } from '../types.ts';
import { readSetupFiles, type SetupText } from './facts.ts';
import { setupRequiresPython, setupRoot } from './root.ts';

/** One of the two files: the input itself, or what stands beside it. */
const textOf = (input: ConverterInput, name: string): SetupText | undefined => {
  const base = input.file.split(/[\\/]/).at(-1);
  if (base === name) return { file: input.file, text: input.text };
  const text = input.read(name);
  return text === undefined ? undefined : { file: input.file.replace(/[^/\\]*$/, name), text };
};

/** The specifier set of `python_requires` in its one form. Throws SPECIFIER_INVALID. */
export const readRequiresPython = (text: string, file: string): string | undefined => {
  const set = tryParseSpecifierSet(text);
  if (set !== undefined) return set.clauses.length === 0 ? undefined : formatSpecifierSet(set);
  throw new Lock2nixError('SPECIFIER_INVALID', `\`python_requires\` is no specifier set: ${text}`, {
    location: { file },
  });
};

/**
 * Converts a project of setuptools: `setup.cfg`, `setup.py`, or both. Nothing is run; what only
 * running would tell is refused. Throws MANIFEST_SYNTAX, MANIFEST_SHAPE, SPECIFIER_INVALID, and what
 * reading requirements throws.
 */
export const convert = (input: ConverterInput): ConvertedRequirements => {
  const known = { py: textOf(input, 'setup.py'), cfg: textOf(input, 'setup.cfg') };
  // A file of another name is read as what it looks like.
  const isOther = known.py?.text !== input.text && known.cfg?.text !== input.text;
  const own = { file: input.file, text: input.text };
  const isPython = /\bimport\b/.test(input.text);
  const texts = isOther
    ? { py: isPython ? own : undefined, cfg: isPython ? undefined : own }
    : known;
  const files = readSetupFiles(texts, input.read);
  if (files === undefined) throw new Error('there is always the input itself');
  const python = setupRequiresPython(files);
  const requiresPython =
    python === undefined ? undefined : readRequiresPython(python, files.fileOf('pythonRequires'));
  return {
    kind: 'requirements',
    set: {
      ecosystem: 'pypi',
      format: { name: 'setuptools', file: input.file },
      ...(requiresPython === undefined ? {} : { requiresPython }),
      roots: [setupRoot(files)],
      constraints: [],
      indexes: { extra: [] },
      diagnostics: [],
    },
  };
};
