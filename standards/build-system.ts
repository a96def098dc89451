/** `[build-system]` of pyproject.toml (PEP 518, PEP 517). */
import { Lock2nixError } from '../graph/errors.ts';
import type { BuildChanges, BuildSystem } from '../graph/types.ts';
import { tryParseRequirement } from './requirement.ts';

/** What builds a project that names no backend: setuptools, as `setup.py` was run before PEP 517. */
const legacyBackend = 'setuptools.build_meta:__legacy__';

/** What a project without `[build-system]` is built with (PEP 518). */
export const defaultBuildSystem: BuildSystem = { requires: ['setuptools', 'wheel'] };

/** `module.path:object.path` (PEP 517). */
const backendPattern = /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*(?::[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)?$/;

const refuse = (message: string): never => {
  throw new Lock2nixError('MANIFEST_SHAPE', message);
};

const isTable = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isTextArray = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

/** `backend-path` names folders of the project itself: relative, and never above it. */
const isInside = (path: string): boolean =>
  path !== '' && !/^[/\\]|^[A-Za-z]:|\0/.test(path) && !path.split(/[/\\]/).includes('..');

/**
 * Reads `[build-system]` from a parsed pyproject.toml. Undefined when there is no such table; then
 * `defaultBuildSystem` holds. `backend` is absent when the table names none, which means
 * `legacyBackend`; unknown keys are let be. Throws `MANIFEST_SHAPE`.
 */
export const parseBuildSystem = (pyprojectDocument: unknown): BuildSystem | undefined => {
  if (!isTable(pyprojectDocument)) return refuse('pyproject.toml is not a table');
  if (!Object.hasOwn(pyprojectDocument, 'build-system')) return undefined;
  const table = pyprojectDocument['build-system'];
  if (!isTable(table)) return refuse('`build-system` is not a table');
  const requires = table['requires'];
  const backend = table['build-backend'];
  const backendPath = table['backend-path'];
  if (requires === undefined)
    return refuse('`build-system` has no `requires` (PEP 518 asks for it)');
  if (!isTextArray(requires)) return refuse('`build-system.requires` is not an array of strings');
  if (backend !== undefined && !(typeof backend === 'string' && backendPattern.test(backend))) {
    return refuse('`build-system.build-backend` is not a name such as `package.module:object`');
  }
  if (backendPath === undefined) {
    return backend === undefined ? { requires } : { requires, backend };
  }
  if (backend === undefined) {
    return refuse('`build-system.backend-path` stands without `build-backend`');
  }
  if (!(isTextArray(backendPath) && backendPath.every(isInside))) {
    return refuse('`build-system.backend-path` is not an array of folders inside the project');
  }
  return { requires, backend, backendPath };
};

/** The backend that builds a project, also where its `[build-system]` is silent or absent. */
export const buildBackend = (buildSystem: BuildSystem | undefined): string =>
  buildSystem?.backend ?? legacyBackend;

const nameIn = (text: string): string | undefined => tryParseRequirement(text)?.name;

/** Requirements with a rule's changes: those of the rule take the place of those of their names. */
export const changeRequires = (
  stated: readonly string[],
  { requires = [], remove = [] }: BuildChanges,
): readonly string[] => {
  const gone = new Set([...remove, ...requires.map(nameIn)]);
  return stated.filter((text) => !gone.has(nameIn(text)));
};

/** A `[build-system]` with a rule's changes; requirements of the rule take the place of those of their names. */
export const changeBuildSystem = (
  stated: BuildSystem | undefined,
  changes: BuildChanges,
): BuildSystem => {
  const { requires = [], backend } = changes;
  const { backendPath, ...system } = stated ?? defaultBuildSystem;
  return {
    ...system,
    requires: [...changeRequires(system.requires, changes), ...requires],
    ...(backend === undefined ? {} : { backend }),
    // A backend that a rule names is none of the tree's own.
    ...(backendPath === undefined || backend !== undefined ? {} : { backendPath }),
  };
};
