import { Lock2nixError } from '../../graph/errors.ts';
import type { LockedDependency, LockedRoot, PackageMetadata } from '../../graph/types.ts';
import { parseBuildSystem } from '../../standards/build-system.ts';
import { parseName } from '../../standards/name.ts';
import { quoted } from '../../standards/quoted.ts';
import { checkShape } from '../../standards/shape.ts';
import {
  type Place,
  readAt,
  readTomlDocument,
  type TomlDocument,
} from '../../standards/toml-document.ts';
import { formatVersion, parseVersion } from '../../standards/version.ts';
import { unnamedRoot } from '../shared/root.ts';
import type { LockContext } from './context.ts';
import {
  byNameAndMarker,
  candidatesFor,
  isLeftOut,
  makeEdge,
  missingError,
  reportLeftOut,
} from './edges.ts';
import { type Manifest, type RootWanted, readManifestDependencies } from './manifest.ts';
import { type ProjectTable, pyprojectShape, type ScriptTable } from './manifest-schema.ts';
import type { Entries } from './packages.ts';

/** Reads a pyproject.toml, whatever tables it has. Throws MANIFEST_SYNTAX or MANIFEST_SHAPE, with the line. */
export const readAnyManifest = (file: string, text: string): Manifest => {
  const document = readTomlDocument(file, text, {
    code: 'MANIFEST_SYNTAX',
    next: 'run `poetry lock`',
  });
  const data = checkShape(document, pyprojectShape, {
    code: 'MANIFEST_SHAPE',
    describe: () => ({ subject: 'pyproject.toml', skip: 0 }),
  });
  return { document, data };
};

/**
 * Reads a pyproject.toml. Undefined when it has neither `[tool.poetry]` nor `[project]`. Throws
 * MANIFEST_SYNTAX or MANIFEST_SHAPE, with the line.
 */
export const readManifest = (file: string, text: string): Manifest | undefined => {
  const manifest = readAnyManifest(file, text);
  const { project, tool } = manifest.data;
  return tool?.poetry !== undefined || project !== undefined ? manifest : undefined;
};

export const metadataOf = ({ data }: Manifest): PackageMetadata => {
  const { project, tool: { poetry } = {} } = data;
  const description = project?.description ?? poetry?.description;
  const urls = Object.entries(project?.urls ?? {});
  const homepage =
    urls.find(([name]) => name.toLowerCase() === 'homepage')?.[1] ?? poetry?.homepage;
  const licence = licenceOf(project) ?? poetry?.license;
  return {
    ...(description === undefined || description === '' ? {} : { description }),
    ...(homepage === undefined ? {} : { homepage }),
    ...(licence === undefined ? {} : { licence }),
  };
};

const licenceOf = (project: ProjectTable | undefined): string | undefined =>
  typeof project?.license === 'object' ? project.license.text : project?.license;

const scriptName = (name: string, script: string | ScriptTable): string | undefined => {
  if (typeof script === 'string' || script.type === undefined) return name;
  // A file is installed under its own name.
  if (script.type === 'file') return script.reference?.split('/').at(-1);
  return script.type === 'console' ? name : undefined;
};

export const scriptsOf = ({ document, data }: Manifest): readonly string[] => {
  const { project, tool: { poetry } = {} } = data;
  const standard = [project?.scripts, project?.['gui-scripts']].flatMap((table) =>
    Object.keys(table ?? {}),
  );
  const isStandard = Object.keys(project?.scripts ?? {}).length > 0;
  const own = isStandard
    ? []
    : Object.entries(poetry?.scripts ?? {}).flatMap(
        ([name, script]) => scriptName(name, script) ?? [],
      );
  const names = [...new Set([...standard, ...own])].sort();
  for (const name of names) {
    if (/^[A-Za-z0-9_][A-Za-z0-9._+ -]*$/.test(name) && name.length <= 255) continue;
    const path = isStandard ? ['project', 'scripts', name] : ['tool', 'poetry', 'scripts', name];
    readAt({ document, path, subject: 'pyproject.toml' }, () => {
      throw new Lock2nixError('FILE_NAME_INVALID', `${quoted(name)} is no name for a script`);
    });
  }
  return names;
};

const rootDependency = (
  wanted: RootWanted,
  entries: Entries,
  {
    context,
    document,
    group,
  }: {
    readonly context: LockContext;
    readonly document: TomlDocument;
    readonly group: string;
  },
): readonly LockedDependency[] => {
  const candidates = candidatesFor(wanted, entries);
  if (candidates.length > 0) {
    const kind = group === 'main' ? 'runtime' : 'dev';
    return [makeEdge(wanted, candidates, { kind, marker: wanted.marker, extra: wanted.extra })];
  }
  if (wanted.optional || wanted.marker !== undefined) return [];
  if (isLeftOut(wanted, entries, context)) {
    if (group === 'main') reportLeftOut(context, wanted);
    return [];
  }
  const subject = group === 'main' ? 'the project' : `the project's group ${quoted(group)}`;
  throw missingError(wanted, entries, { document, path: wanted.path, subject });
};

export const identityOf = ({
  document,
  data,
}: Manifest): Pick<LockedRoot, 'name' | 'version' | 'path'> => {
  const { project, tool: { poetry } = {} } = data;
  const place = (key: string, isStandard: boolean): Place => ({
    document,
    path: isStandard ? ['project', key] : ['tool', 'poetry', key],
    subject: 'pyproject.toml',
  });
  const name = project?.name ?? poetry?.name;
  const version = project?.version ?? poetry?.version;
  const isPackage = (poetry?.['package-mode'] ?? true) && name !== undefined;
  return {
    name:
      name === undefined
        ? unnamedRoot
        : readAt(place('name', project?.name !== undefined), () => parseName(name)),
    ...(version === undefined || !isPackage
      ? {}
      : {
          version: readAt(place('version', project?.version !== undefined), () =>
            formatVersion(parseVersion(version)),
          ),
        }),
    ...(isPackage ? { path: '.' } : {}),
  };
};

/**
 * The root of a graph, as the manifest beside the lock states it. `path` is absent in
 * `package-mode = false`. Throws LOCK_DANGLING or LOCK_CONTRADICTION when the lock lacks what the
 * manifest asks for.
 */
export const readManifestRoot = (
  manifest: Manifest,
  entries: Entries,
  context: LockContext,
): LockedRoot => {
  const { document } = manifest;
  const { groups, optionalGroups, extras } = readManifestDependencies(manifest);
  const place: Place = { document, path: ['build-system'], subject: 'pyproject.toml' };
  const buildSystem = readAt(place, () => parseBuildSystem(document.data));
  return {
    ...identityOf(manifest),
    groups: Object.fromEntries(
      [...groups].map(([group, wanted]) => [
        group,
        wanted
          .flatMap((dependency) =>
            rootDependency(dependency, entries, { context, document, group }),
          )
          .sort(byNameAndMarker),
      ]),
    ),
    ...(optionalGroups.length === 0 ? {} : { optionalGroups }),
    extras,
    ...(buildSystem === undefined ? {} : { buildSystem }),
    scripts: scriptsOf(manifest),
    metadata: metadataOf(manifest),
  };
};
