/**
 * What a project's files say of it where no metadata were built: `[project]` of pyproject.toml (PEP
 * 621), else the literals of setup.py and setup.cfg. Nothing is run.
 */
import { isLock2nixError } from '../graph/errors.ts';
import { normaliseName } from './name.ts';
import { parseRequiresTxt } from './requires-txt.ts';
import { readSetupCfg } from './setup-cfg.ts';
import { mergeSetupFacts, type SetupFacts, type Stated } from './setup-facts.ts';
import { readSetupPy } from './setup-py.ts';
import { parseToml } from './toml.ts';

export interface DeclaredProject {
  /** As written. */
  readonly name: string;
  /** Absent when only a build tells, such as from tags. */
  readonly version?: string;
  /** Requirements (PEP 508), those of extras with their markers. */
  readonly requiresDist: readonly string[];
  readonly requiresPython?: string;
  /** Whether a build may require other things. */
  readonly isDynamic: boolean;
}

type Declared = Omit<DeclaredProject, 'name'> & { readonly name?: string };

type Files = ReadonlyMap<string, Uint8Array>;

const utf8 = new TextDecoder();

const textOf = (files: Files, path: string): string | undefined => {
  const bytes = files.get(path);
  return bytes === undefined ? undefined : utf8.decode(bytes);
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

/** Requirements of a section as `requires.txt` has them: `extra`, `extra:marker` or `:marker`. */
const underSection = (section: string, list: readonly string[]): readonly string[] =>
  list.flatMap(
    (item) => parseRequiresTxt(`[${section}]\n${item.replace(/\s+/g, ' ')}`).requiresDist,
  );

const textAt = (table: Readonly<Record<string, unknown>>, key: string): string | undefined => {
  const value = table[key];
  return typeof value === 'string' ? value : undefined;
};

const ofFields = (
  name: string | undefined,
  version: string | undefined,
  requiresPython: string | undefined,
): Pick<Declared, 'name' | 'version' | 'requiresPython'> => ({
  ...(name === undefined ? {} : { name }),
  ...(version === undefined ? {} : { version }),
  ...(requiresPython === undefined ? {} : { requiresPython }),
});

const projectTable = (text: string | undefined): Readonly<Record<string, unknown>> | undefined => {
  if (text === undefined) return undefined;
  try {
    const project = parseToml(text)['project'];
    return isRecord(project) ? project : undefined;
  } catch {
    return undefined;
  }
};

const literal = <T>(stated: Stated<T> | undefined): T | undefined =>
  stated?.kind === 'literal' ? stated.value : undefined;

const setupFactsOf = (files: Files): SetupFacts | undefined => {
  const [py, cfg] = ['setup.py', 'setup.cfg'].map((path) => textOf(files, path));
  try {
    const ofPy = py === undefined ? undefined : readSetupPy(py);
    const ofCfg = cfg === undefined ? undefined : readSetupCfg('setup.cfg', cfg, () => undefined);
    return ofPy !== undefined && ofCfg !== undefined
      ? mergeSetupFacts(ofPy, ofCfg)
      : (ofPy ?? ofCfg);
  } catch (error) {
    if (!isLock2nixError(error)) throw error;
    return undefined;
  }
};

const fromSetup = (facts: SetupFacts): Declared => {
  const { extrasRequire, installRequires, name, pythonRequires, version } = facts;
  return {
    ...ofFields(literal(name), literal(version), literal(pythonRequires)),
    requiresDist: [
      ...(literal(installRequires) ?? []),
      ...[...(literal(extrasRequire) ?? [])].flatMap(([section, list]) =>
        underSection(section, list),
      ),
    ],
    isDynamic: [installRequires, extrasRequire].some(({ kind }) => kind === 'computed'),
  };
};

const fromTable = (
  table: Readonly<Record<string, unknown>>,
  setup: Declared | undefined,
): Declared => {
  const dynamic = isTexts(table['dynamic']) ? table['dynamic'] : [];
  const { dependencies } = table;
  const optional = table['optional-dependencies'];
  const left = ['dependencies', 'optional-dependencies'].filter((field) => dynamic.includes(field));
  const own = [
    ...(isTexts(dependencies) ? dependencies : []),
    ...(isRecord(optional) ? Object.entries(optional) : []).flatMap(([extra, list]) =>
      isTexts(list) ? underSection(normaliseName(extra), list) : [],
    ),
  ];
  const other = left.length > 0 ? setup : undefined;
  return {
    ...ofFields(
      textAt(table, 'name'),
      textAt(table, 'version') ?? setup?.version,
      textAt(table, 'requires-python') ?? setup?.requiresPython,
    ),
    requiresDist: [...own, ...(other?.requiresDist ?? [])],
    isDynamic: left.length > 0 && (other?.isDynamic ?? true),
  };
};

/** What the files of a project's folder declare; undefined when they declare no name. */
export const declaredProject = (files: Files): DeclaredProject | undefined => {
  const facts = setupFactsOf(files);
  const setup = facts === undefined ? undefined : fromSetup(facts);
  const table = projectTable(textOf(files, 'pyproject.toml'));
  const declared = table === undefined ? setup : fromTable(table, setup);
  if (declared?.name === undefined) return undefined;
  return { ...declared, name: declared.name };
};
