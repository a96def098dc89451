/** Which distribution has a module. */
import { normaliseName } from '../../standards/name.ts';
import table from './modules.json' with { type: 'json' };

/** Distributions that are not called as their module, by the module or its topmost package. */
export const distributions: Readonly<Record<string, string>> = table.distributions;
/** The same on Python 2, where it is another or not needed later. */
export const distributions27: Readonly<Record<string, string>> = table.distributions27;
/** Modules that a Python release took away: module -> first release without it, and what brings it back. */
export const removed: Readonly<
  Record<string, { readonly since: string; readonly distribution?: string }>
> = table.removed;
/** Modules of Python 2 alone. */
export const onlyPython2: readonly string[] = table.onlyPython2;
/** Modules of Python 3 alone that nothing brings to Python 2. */
export const onlyPython3: readonly string[] = table.onlyPython3;

const pythonParts = (version: string): readonly number[] => version.split('.').map(Number);

const isFrom = (python: string, since: string): boolean => {
  const [major = 0, minor = 0] = pythonParts(python);
  const [sinceMajor = 0, sinceMinor = 0] = pythonParts(since);
  return major > sinceMajor || (major === sinceMajor && minor >= sinceMinor);
};

export type ModuleSource =
  | { readonly kind: 'distribution'; readonly requirement: string; readonly known: boolean }
  | { readonly kind: 'python'; readonly text: string };

const lookUp = (module: string, names: Readonly<Record<string, string>>): string | undefined => {
  const parts = module.split('.');
  for (let count = parts.length; count > 0; count -= 1) {
    const key = parts.slice(0, count).join('.');
    const found = Object.hasOwn(names, key) ? names[key] : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
};

/**
 * What brings a module: a requirement (known, or the module's own name), or why none does. Example:
 * `google.protobuf` is of `protobuf`, `ConfigParser` of Python 2.
 */
export const sourceOfModule = (module: string, python: string | undefined): ModuleSource => {
  const top = module.split('.')[0] ?? module;
  const is27 = python?.startsWith('2.') === true;
  const gone = Object.hasOwn(removed, top) ? removed[top] : undefined;
  if (is27 && (onlyPython3.includes(top) || onlyPython3.includes(module))) {
    return {
      kind: 'python',
      text: `\`${module}\` is a module of Python 3: an older version may be for Python 2.7`,
    };
  }
  if (!is27 && onlyPython2.includes(top)) {
    return {
      kind: 'python',
      text: `\`${module}\` is a module of Python 2: take a newer version, or \`--python 2.7\``,
    };
  }
  if (gone !== undefined && (python === undefined || isFrom(python, gone.since))) {
    return gone.distribution === undefined
      ? {
          kind: 'python',
          text: `\`${module}\` is no longer in Python since ${gone.since}: take a newer version, or an older Python`,
        }
      : { kind: 'distribution', requirement: gone.distribution, known: true };
  }
  const known =
    (is27 ? lookUp(module, distributions27) : undefined) ?? lookUp(module, distributions);
  return known === undefined
    ? { kind: 'distribution', requirement: normaliseName(top), known: false }
    : { kind: 'distribution', requirement: known, known: true };
};
