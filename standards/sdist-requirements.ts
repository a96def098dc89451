/** What a source distribution requires, by its files alone: nothing of it is run. */
import { type CoreMetadata, hasStaticRequirements, tryParseCoreMetadata } from './core-metadata.ts';
import { normaliseName } from './name.ts';
import { parseRequiresTxt } from './requires-txt.ts';
import { type ReadProjectFile, readSetupCfg } from './setup-cfg.ts';
import type { SetupFacts } from './setup-facts.ts';
import { parseToml } from './toml.ts';

/** Requirements are as written; of `reliable` the build cannot say otherwise (PEP 643). */
export interface SdistRequirements {
  /** Absent when only a manifest of the project was found. */
  readonly name?: string;
  readonly version?: string;
  readonly requiresDist: readonly string[];
  readonly requiresPython?: string;
  /** As written. */
  readonly extras: readonly string[];
  readonly reliable: boolean;
}

type Files = ReadonlyMap<string, Uint8Array>;

const utf8 = new TextDecoder();

const textOf = (files: Files, path: string): string | undefined => {
  const bytes = files.get(path);
  return bytes === undefined ? undefined : utf8.decode(bytes);
};

/** `src/my_demo.egg-info/` of `my-demo`: the outermost one, since tests may have more of them. */
const findEggInfo = (files: Files, name: string): string | undefined =>
  [...files.keys()]
    .map((path) => /^(?:[^/]+\/)*([^/]+)\.egg-info\//.exec(path))
    .filter((match) => match !== null && normaliseName(match[1] ?? '') === name)
    .map((match) => match?.[0] ?? '')
    .sort((a, b) => a.split('/').length - b.split('/').length || (a < b ? -1 : 1))[0];

const fromMetadata = (metadata: CoreMetadata): SdistRequirements => {
  const { name, version, requiresDist, requiresPython, providesExtra } = metadata;
  return {
    name,
    version,
    requiresDist,
    ...(requiresPython === undefined ? {} : { requiresPython }),
    extras: providesExtra,
    reliable: hasStaticRequirements(metadata),
  };
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

const tryParseToml = (text: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    return parseToml(text);
  } catch {
    return undefined;
  }
};

/** The requirements of an extra, with its marker; `;` in a URL has no blank before it. */
const underExtra = (requirement: string, extra: string): string => {
  const section = parseRequiresTxt(`[${extra}]\n${requirement.replace(/\s+/g, ' ')}`);
  return section.requiresDist[0] ?? requirement;
};

const tryReadSetupCfg = (text: string, read: ReadProjectFile): SetupFacts | undefined => {
  try {
    return readSetupCfg('setup.cfg', text, read);
  } catch {
    return undefined;
  }
};

type Declared = Pick<SdistRequirements, 'requiresDist' | 'requiresPython' | 'extras'>;

/** `[project]` of a pyproject.toml (PEP 621), when dependencies are not left to the backend. */
const fromPyproject = (text: string): Declared | undefined => {
  const project = tryParseToml(text)?.['project'];
  if (!isRecord(project)) return undefined;
  const { dependencies = [], dynamic = [] } = project;
  const optional = project['optional-dependencies'] ?? {};
  const python = project['requires-python'];
  if (!isTexts(dependencies) || !isTexts(dynamic) || !isRecord(optional)) return undefined;
  if (['dependencies', 'optional-dependencies'].some((field) => dynamic.includes(field))) {
    return undefined;
  }
  const extras = Object.entries(optional).filter((entry): entry is [string, string[]] =>
    isTexts(entry[1]),
  );
  return {
    requiresDist: [
      ...dependencies,
      ...extras.flatMap(([extra, list]) => list.map((item) => underExtra(item, extra))),
    ],
    ...(typeof python === 'string' ? { requiresPython: python } : {}),
    extras: extras.map(([extra]) => extra),
  };
};

/** `[options]` of a setup.cfg, when what it asks for stands there. */
const fromSetupCfg = (text: string, files: Files): Declared | undefined => {
  const facts = tryReadSetupCfg(text, (path) => textOf(files, path));
  if (facts?.installRequires.kind !== 'literal' || facts.extrasRequire.kind === 'computed') {
    return undefined;
  }
  const extras = facts.extrasRequire.kind === 'literal' ? [...facts.extrasRequire.value] : [];
  const { pythonRequires } = facts;
  return {
    requiresDist: [
      ...facts.installRequires.value,
      ...extras.flatMap(([extra, list]) => list.map((item) => underExtra(item, extra))),
    ],
    ...(pythonRequires.kind === 'literal' ? { requiresPython: pythonRequires.value } : {}),
    extras: extras.map(([extra]) => extra),
  };
};

/**
 * The requirements of a source distribution of a project (`name` normalised), by the files that
 * `readSdistFiles` takes from it. In order: `Requires-Dist` of its PKG-INFO; `requires.txt` of its
 * `egg-info`, which setuptools leaves out when nothing is required; `[project]` of its pyproject.toml
 * and `[options]` of its setup.cfg, when they stand there; a PKG-INFO that names none. Undefined when there is none of these.
 */
export const sdistRequirements = (files: Files, name: string): SdistRequirements | undefined => {
  const eggInfo = findEggInfo(files, name);
  const pkgInfo = files.get('PKG-INFO') ?? files.get(`${eggInfo}PKG-INFO`);
  const metadata = pkgInfo && tryParseCoreMetadata(pkgInfo);
  const stated = metadata && fromMetadata(metadata);
  if (stated?.reliable || (stated && stated.requiresDist.length > 0)) return stated;
  const own = stated ?? { requiresDist: [], extras: [], reliable: false };
  const requiresTxt = eggInfo === undefined ? undefined : textOf(files, `${eggInfo}requires.txt`);
  if (requiresTxt !== undefined) return { ...own, ...parseRequiresTxt(requiresTxt) };
  if (eggInfo !== undefined && stated !== undefined) return stated;
  const pyproject = textOf(files, 'pyproject.toml');
  const setupCfg = textOf(files, 'setup.cfg');
  const declared =
    (pyproject === undefined ? undefined : fromPyproject(pyproject)) ??
    (setupCfg === undefined ? undefined : fromSetupCfg(setupCfg, files));
  return declared === undefined ? stated : { ...own, ...declared };
};
