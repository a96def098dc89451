/** What archives and checkouts say of themselves, and how the cache holds it. */
import { Lock2nixError } from '../../graph/errors.ts';
import type { BuildSystem, PackageMetadata } from '../../graph/types.ts';
import { parseBuildSystem } from '../../standards/build-system.ts';
import { packageMetadata } from '../../standards/core-metadata.ts';
import type { FileTree } from '../../standards/nar.ts';
import { quoted } from '../../standards/quoted.ts';
import { type Project, readProject } from '../../standards/sdist.ts';
import type { ArchiveFacts } from './types.ts';

/** Where no metadata were built, what a project declares; what a build may add is `dynamic`. */
const declaredFacts = ({
  declared,
}: Project): Pick<
  ArchiveFacts,
  'name' | 'version' | 'requiresPython' | 'requiresDist' | 'dynamic'
> => {
  if (declared === undefined) return { requiresDist: [], dynamic: [] };
  const { isDynamic, ...own } = declared;
  return { ...own, dynamic: isDynamic ? ['requires-dist'] : [] };
};

const statedFacts = (
  project: Project,
): Omit<ArchiveFacts, 'buildSystem' | 'hasSetupPy' | 'setupRequires'> => {
  const { metadata } = project;
  if (metadata === undefined) return { ...declaredFacts(project), metadata: {} };
  const { name, version, metadataVersion, requiresPython, requiresDist, dynamic } = metadata;
  return {
    name,
    version,
    metadataVersion,
    ...(requiresPython === undefined ? {} : { requiresPython }),
    requiresDist,
    dynamic,
    metadata: packageMetadata(metadata),
  };
};

/** The facts of a project that was read. */
export const projectFacts = (project: Project): ArchiveFacts => ({
  ...(project.buildSystem === undefined ? {} : { buildSystem: project.buildSystem }),
  hasSetupPy: project.hasSetupPy,
  setupRequires: project.setupRequires,
  ...statedFacts(project),
});

/** Walks down folders; symbolic links are not followed. */
const folderAt = (tree: FileTree, path: string): FileTree | undefined => {
  let node: FileTree | undefined = tree;
  for (const part of path.split('/').filter((text) => text !== '' && text !== '.')) {
    node = node?.kind === 'directory' ? node.entries.get(part) : undefined;
  }
  return node?.kind === 'directory' ? node : undefined;
};

/**
 * The facts of the project in a folder of a tree; `label` names the tree in errors. Throws
 * `ARCHIVE_INVALID` when there is no such folder or no project in it.
 */
export const treeFacts = (
  tree: FileTree,
  subdirectory: string | undefined,
  label: string,
): ArchiveFacts => {
  const folder = folderAt(tree, subdirectory ?? '');
  if (folder?.kind !== 'directory') {
    const missing = `${quoted(label)} has no folder ${quoted(subdirectory ?? '')}`;
    throw new Lock2nixError('ARCHIVE_INVALID', missing);
  }
  const files = new Map<string, Uint8Array>();
  for (const [name, node] of folder.entries) {
    if (node.kind === 'file') files.set(name, node.contents);
  }
  return projectFacts(readProject(files, label));
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isText = (value: unknown): value is string => typeof value === 'string';
const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every(isText);

/** The members of these names, when each is a text or absent. */
const texts = <Name extends string>(
  value: Readonly<Record<string, unknown>>,
  names: readonly Name[],
): { readonly [N in Name]?: string } | undefined => {
  const found: { [N in Name]?: string } = {};
  for (const name of names) {
    const text = value[name];
    if (isText(text)) found[name] = text;
    else if (text !== undefined) return undefined;
  }
  return found;
};

const storedBuildSystem = (value: unknown): BuildSystem | undefined => {
  if (!isRecord(value)) return undefined;
  const { requires, backend, backendPath } = value;
  try {
    return parseBuildSystem({
      'build-system': {
        requires,
        ...(backend === undefined ? {} : { 'build-backend': backend }),
        ...(backendPath === undefined ? {} : { 'backend-path': backendPath }),
      },
    });
  } catch {
    return undefined;
  }
};

/** Facts as the cache holds them; `undefined` when they are of another shape. */
export const parseFacts = (value: unknown): ArchiveFacts | undefined => {
  if (!isRecord(value) || !isRecord(value['metadata'])) return undefined;
  const { requiresDist, dynamic, hasSetupPy, setupRequires } = value;
  const own = texts(value, ['name', 'version', 'metadataVersion', 'requiresPython']);
  const metadata: PackageMetadata | undefined = texts(value['metadata'], [
    'description',
    'homepage',
    'licence',
  ]);
  const buildSystem = storedBuildSystem(value['buildSystem']);
  if (own === undefined || metadata === undefined || typeof hasSetupPy !== 'boolean') {
    return undefined;
  }
  if (!isTexts(requiresDist) || !isTexts(dynamic) || !isTexts(setupRequires)) return undefined;
  if (value['buildSystem'] !== undefined && buildSystem === undefined) return undefined;
  return {
    ...(buildSystem === undefined ? {} : { buildSystem }),
    hasSetupPy,
    setupRequires,
    ...own,
    requiresDist,
    dynamic,
    metadata,
  };
};
