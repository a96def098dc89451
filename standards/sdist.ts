/** What a source distribution says of itself, read without running anything of it. */
import { isLock2nixError, Lock2nixError } from '../graph/errors.ts';
import type { BuildSystem } from '../graph/types.ts';
import type { ArchiveEntry, ArchiveOptions } from './archive.ts';
import { readArchive } from './archive.ts';
import { defaultBuildSystem, parseBuildSystem } from './build-system.ts';
import type { CoreMetadata } from './core-metadata.ts';
import { tryParseCoreMetadata } from './core-metadata.ts';
import { type DeclaredProject, declaredProject } from './declared-project.ts';
import { quoted } from './quoted.ts';
import { setupRequiresIn } from './setup-requires.ts';
import { parseToml } from './toml.ts';

/** What the files of a project's folder say: of a source distribution, or of a checkout. */
export interface Project {
  /**
   * `[build-system]` of its pyproject.toml; absent when there is none. Where there is no setup.py
   * either, but metadata that setuptools reads, `defaultBuildSystem`.
   */
  readonly buildSystem?: BuildSystem;
  readonly hasSetupPy: boolean;
  readonly hasSetupCfg: boolean;
  /** Literal `setup_requires` of its setup.py and setup.cfg, as written. */
  readonly setupRequires: readonly string[];
  /** Its PKG-INFO; absent when there is none that has a name and a version. */
  readonly metadata?: CoreMetadata;
  /** What it declares where there is no PKG-INFO. */
  readonly declared?: DeclaredProject;
}

export interface Sdist extends Project {
  /** The one folder that all lies in; it need not be named as the file. */
  readonly rootFolder: string;
}

const projectFiles = ['pyproject.toml', 'setup.py', 'setup.cfg', 'PKG-INFO'] as const;

/** `PROJECT_FILE` in a folder of the root. */
const isProjectFile = (path: string): boolean => {
  const [, name, ...deeper] = path.split('/');
  return deeper.length === 0 && projectFiles.some((known) => known === name);
};

const textDecoder = new TextDecoder('utf-8', { fatal: true });

const readToml = (contents: Uint8Array): unknown => {
  try {
    return parseToml(textDecoder.decode(contents));
  } catch (error) {
    const line = (error as { line?: unknown } | undefined)?.line;
    // Zero-based, and absent for what is not UTF-8.
    const where = typeof line === 'number' ? ` at line ${line + 1}` : '';
    throw new Lock2nixError('MANIFEST_SYNTAX', `pyproject.toml is not TOML${where}`, {
      cause: error,
    });
  }
};

/** The folder with the most project files: archives made on a Mac may have stray ones beside it. */
const findRoot = (files: readonly ArchiveEntry[], fileName: string): string => {
  const counts = new Map<string, number>();
  for (const { path } of files) {
    const folder = path.slice(0, path.indexOf('/'));
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  const [first, second] = [...counts].sort((left, right) => right[1] - left[1]);
  if (first !== undefined && first[1] !== second?.[1]) return first[0];
  throw new Lock2nixError(
    'ARCHIVE_INVALID',
    first === undefined
      ? `${quoted(fileName)} is no source distribution: no folder in it has one of ${projectFiles.join(', ')}`
      : `${quoted(fileName)} has two projects, ${quoted(first[0])} and ${quoted(second?.[0] ?? '')}`,
  );
};

/** Has errors name the file that they are about. */
const naming = <T>(fileName: string, work: () => T): T => {
  try {
    return work();
  } catch (error) {
    if (!isLock2nixError(error)) throw error;
    throw new Lock2nixError(error.code, `in ${quoted(fileName)}: ${error.message}`, {
      cause: error,
    });
  }
};

const utf8 = new TextDecoder();

/** setuptools needs no setup.py where setup.cfg or pyproject.toml (PEP 621) names the project. */
const isDeclared = (document: unknown, setupCfg: Uint8Array | undefined): boolean =>
  (typeof document === 'object' && document !== null && Object.hasOwn(document, 'project')) ||
  (setupCfg !== undefined && /^\[metadata\][^[]*^name *[=:]/m.test(utf8.decode(setupCfg)));

/**
 * What a project with a pyproject.toml is built by. Without `[build-system]` it is setuptools, as pip
 * has it; that would also make an empty package of what another tool should build.
 */
const readBuildSystem = (
  pyproject: Uint8Array,
  files: ReadonlyMap<string, Uint8Array>,
): BuildSystem | undefined => {
  const document = readToml(pyproject);
  const buildSystem = parseBuildSystem(document);
  if (buildSystem !== undefined || files.has('setup.py')) return buildSystem;
  return isDeclared(document, files.get('setup.cfg')) ? defaultBuildSystem : undefined;
};

/**
 * Reads a project from the files that lie in its folder, by name; `label` names it in errors. Throws
 * `ARCHIVE_INVALID` when no file makes it a project, `MANIFEST_SYNTAX` or `MANIFEST_SHAPE` for a
 * pyproject.toml that cannot be built by.
 */
export const readProject = (files: ReadonlyMap<string, Uint8Array>, label: string): Project => {
  if (!projectFiles.some((name) => files.has(name))) {
    throw new Lock2nixError(
      'ARCHIVE_INVALID',
      `${quoted(label)} is no Python project: it has none of ${projectFiles.join(', ')}`,
    );
  }
  const pyproject = files.get('pyproject.toml');
  const pkgInfo = files.get('PKG-INFO');
  const metadata = pkgInfo && tryParseCoreMetadata(pkgInfo);
  const buildSystem = pyproject && naming(label, () => readBuildSystem(pyproject, files));
  const declared = metadata === undefined ? declaredProject(files) : undefined;
  return {
    hasSetupPy: files.has('setup.py'),
    hasSetupCfg: files.has('setup.cfg'),
    setupRequires: setupRequiresIn(files),
    ...(buildSystem === undefined ? {} : { buildSystem }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(declared === undefined ? {} : { declared }),
  };
};

/** Files of a source distribution that say something of it. */
export interface SdistFiles {
  /** The one folder that all lies in; it need not be named as the file. */
  readonly rootFolder: string;
  /** By path in that folder. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** Files of `egg-info` folders, the project's own and what lies about. */
const isEggFile = (path: string): boolean =>
  /^(?:[^/]+\/){1,3}[^/]+\.egg-info\/(?:requires\.txt|PKG-INFO)$/.test(path);

/**
 * Takes from a source distribution what `readProject` reads, and the `requires.txt` and `PKG-INFO` of
 * `egg-info` folders. Throws `ARCHIVE_INVALID`.
 */
export const readSdistFiles = async (
  bytes: Uint8Array,
  fileName: string,
  limits: Omit<ArchiveOptions, 'only'> = {},
): Promise<SdistFiles> => {
  const only = (path: string): boolean => isProjectFile(path) || isEggFile(path);
  const entries = await readArchive(bytes, fileName, { ...limits, only });
  const files = entries.filter(({ kind }) => kind === 'file');
  const rootFolder = findRoot(
    files.filter(({ path }) => isProjectFile(path)),
    fileName,
  );
  const inRoot = files
    .filter(({ path }) => path.startsWith(`${rootFolder}/`))
    .map(({ path, contents }) => [path.slice(rootFolder.length + 1), contents] as const);
  return { rootFolder, files: new Map(inRoot) };
};

/**
 * Reads a source distribution (PEP 517, 518, 621, 643 and the ways before them). Throws
 * `ARCHIVE_INVALID` for what is no archive or has no project in it, and `MANIFEST_SYNTAX` or
 * `MANIFEST_SHAPE` for a pyproject.toml that cannot be built by.
 */
export const readSdist = async (
  bytes: Uint8Array,
  fileName: string,
  limits: Omit<ArchiveOptions, 'only'> = {},
): Promise<Sdist> => {
  const { rootFolder, files } = await readSdistFiles(bytes, fileName, limits);
  return { rootFolder, ...readProject(files, fileName) };
};
