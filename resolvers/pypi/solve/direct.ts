/** Direct references: sources that somebody named, looked into for name, version and requirements. */
import { Lock2nixError } from '../../../graph/errors.ts';
import type { AskedRequirement } from '../../../graph/requirements.ts';
import type { Integrity, LockedArtifact, Source } from '../../../graph/types.ts';
import { hasStaticRequirements } from '../../../standards/core-metadata.ts';
import { isStrong } from '../../../standards/integrity.ts';
import { normaliseName } from '../../../standards/name.ts';
import { quoted } from '../../../standards/quoted.ts';
import { tryParseSdistExtension } from '../../../standards/sdist-name.ts';
import { parseVersion, tryParseVersion, type Version } from '../../../standards/version.ts';
import { tryParseWheelName } from '../../../standards/wheel-name.ts';
import { projectFacts } from '../../registry/facts.ts';
import { isForgeArchive } from '../../registry/forge.ts';
import type { ArchiveFacts, PackageIndex, Registry } from '../../registry/types.ts';
import { extrasOf } from '../metadata/distribution.ts';
import { type ReadPath, readPathFacts } from '../path-facts.ts';
import { atCommit, type Commits } from './commits.ts';
import type { DirectSource } from './shelf.ts';
import { bareUrl, textOfSource } from './source-text.ts';

export interface DirectFound {
  /** Normalised. */
  readonly name: string;
  readonly version: Version;
  /** Whether the source tells its version, which is 0 otherwise. */
  readonly isTold: boolean;
  readonly direct: DirectSource;
}

export interface DirectSources {
  readonly index: PackageIndex;
  readonly registry: Registry;
  readonly readPath: ReadPath;
  /** Commits that stay, whatever their branches are by now. */
  readonly keptCommits: Commits;
}

/** A source to look into, and who asked for it. */
export interface DirectRequest {
  readonly source: Source;
  /** Normalised; absent: the source tells. */
  readonly name?: string;
  readonly integrities: readonly Integrity[];
  readonly text: string;
  readonly origin: string;
}

const fileNameOf = (source: Source): string => {
  const path = source.kind === 'path' ? source.path : bareUrl(source.url);
  const last =
    path
      .replace(/[?].*$/, '')
      .replace(/\/+$/, '')
      .split('/')
      .at(-1) ?? path;
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
};

/** Stands for the index of a file that is on none. */
const folderOf = (url: string): string => bareUrl(url).replace(/[^/]*$/, '');

type Looked = Pick<DirectFound['direct'], 'kind' | 'sris' | 'facts'> & {
  readonly name?: string;
  readonly version?: string;
};

/** Declared by the project's own files, or by metadata that a build may not change (PEP 643). */
const isReliable = ({ dynamic, metadataVersion = '2.2', name }: ArchiveFacts): boolean =>
  name !== undefined && hasStaticRequirements({ dynamic, metadataVersion });

const ofFacts = (facts: ArchiveFacts, kind: Looked['kind'], sris: readonly string[]): Looked => ({
  kind,
  sris,
  ...(facts.name === undefined ? {} : { name: facts.name }),
  ...(facts.version === undefined ? {} : { version: facts.version }),
  facts: {
    requiresDist: facts.requiresDist,
    ...(facts.requiresPython === undefined ? {} : { requiresPython: facts.requiresPython }),
    extras: extrasOf([], facts.requiresDist),
    reliable: isReliable(facts),
  },
});

const lookIntoWheel = async (
  url: string,
  { fileName, sris }: { readonly fileName: string; readonly sris: readonly string[] },
  { index }: DirectSources,
): Promise<Looked> => {
  const wheel = tryParseWheelName(fileName);
  if (wheel === undefined)
    throw new Lock2nixError('FILE_NAME_INVALID', `${quoted(fileName)} is not the name of a wheel`, {
      hint: 'wheels are named `NAME-VERSION-PYTHON-ABI-PLATFORM.whl`: correct the URL',
    });
  const { name, version } = wheel;
  const metadata = await index.metadata({
    name,
    version,
    index: folderOf(url),
    file: { fileName, url, sris },
  });
  if (metadata === undefined)
    throw new Lock2nixError('ARCHIVE_INVALID', `the wheel ${quoted(bareUrl(url))} has no metadata`);
  const { requiresDist, requiresPython, extras, reliable } = metadata;
  const facts = {
    requiresDist,
    extras,
    reliable,
    ...(requiresPython === undefined ? {} : { requiresPython }),
  };
  return { kind: 'wheel', sris, name: metadata.name, version: metadata.version, facts };
};

/** What setuptools of old wrote beside a PKG-INFO that names no requirements. */
const withEggInfo = async (
  looked: Looked,
  { fileName, url }: { readonly fileName: string; readonly url: string },
  { index }: DirectSources,
): Promise<Looked> => {
  const { name, version, sris } = looked;
  if (name === undefined || version === undefined) return looked;
  const metadata = await index.metadata({
    name: normaliseName(name),
    version,
    index: folderOf(url),
    file: { fileName, url, sris },
  });
  if (metadata === undefined) return looked;
  const { requiresDist, requiresPython, extras, reliable } = metadata;
  const python = requiresPython === undefined ? {} : { requiresPython };
  return { ...looked, facts: { requiresDist, extras, reliable, ...python } };
};

const lookIntoPath = async (
  path: string,
  {
    fileName,
    integrities,
  }: { readonly fileName: string; readonly integrities: readonly Integrity[] },
  { readPath }: DirectSources,
): Promise<Looked> => {
  const isSdist = tryParseSdistExtension(fileName) !== undefined;
  const kind = fileName.endsWith('.whl') ? 'wheel' : isSdist ? 'sdist' : 'tree';
  const artifact: LockedArtifact = { kind, fileName, source: { kind: 'path', path }, integrities };
  const project = await readPathFacts(path, artifact, readPath);
  const sris = integrities.map(({ sri }) => sri);
  if (project === undefined) {
    throw new Lock2nixError(
      'INPUT_UNKNOWN',
      `${quoted(path)} is a wheel in a folder, which is not supported yet`,
      {
        hint: 'ask for its name and version, or for the folder of its source',
      },
    );
  }
  return ofFacts(projectFacts(project), kind, sris);
};

const lookInto = async (
  { source, integrities }: DirectRequest,
  fileName: string,
  sources: DirectSources,
): Promise<Looked> => {
  const sris = integrities.map(({ sri }) => sri);
  const { registry } = sources;
  if (source.kind === 'path') return lookIntoPath(source.path, { fileName, integrities }, sources);
  if (source.kind === 'git') return ofFacts((await registry.gitSource(source)).facts, 'tree', []);
  const { url, subdirectory } = source;
  const folder = subdirectory === undefined ? {} : { subdirectory };
  if (fileName.endsWith('.whl')) return lookIntoWheel(url, { fileName, sris }, sources);
  if (isForgeArchive(url)) {
    const { facts } = await registry.unpackedSource({ url, sris, ...folder });
    return ofFacts(facts, 'tree', sris);
  }
  const strong = integrities.find((each) => each.of === 'file' && isStrong(each));
  const { sri } = strong ?? (await registry.urlIntegrity(url, sris));
  const facts = await registry.archiveFacts({ url, fileName, sri, ...folder });
  const looked = ofFacts(facts, 'sdist', [...new Set([sri, ...sris])]);
  if (looked.facts.reliable || facts.requiresDist.length > 0 || subdirectory !== undefined)
    return looked;
  return withEggInfo(looked, { fileName, url }, sources);
};

/** What asks for the source, for errors. */
const label = ({ text, origin }: DirectRequest): string => `${quoted(text)} (${origin})`;

/**
 * Looks into a source. Throws what the registry throws, ARCHIVE_INVALID when it does not tell name
 * and version without being run, or when the name is another one than was asked for.
 */
export const findDirect = async (
  request: DirectRequest,
  sources: DirectSources,
): Promise<DirectFound> => {
  const fileName = fileNameOf(request.source);
  const { registry, keptCommits: kept } = sources;
  const source = await atCommit(request.source, { kept, registry });
  const looked = await lookInto({ ...request, source }, fileName, sources);
  const name = looked.name === undefined ? request.name : normaliseName(looked.name);
  if (name === undefined) {
    throw new Lock2nixError(
      'ARCHIVE_INVALID',
      `${label(request)} does not tell its name without being run`,
      {
        hint: 'write `NAME @ URL` in its place',
      },
    );
  }
  if (request.name !== undefined && request.name !== name) {
    throw new Lock2nixError(
      'ARCHIVE_INVALID',
      `${label(request)} leads to a package that calls itself \`${name}\``,
      { hint: `write \`${name} @ URL\` if that is the one you mean` },
    );
  }
  // What only a build would tell, such as a version from tags, has no say in who goes with whom.
  const told = tryParseVersion(looked.version ?? '');
  const version = told ?? parseVersion('0');
  const { facts, kind, sris } = looked;
  return {
    name,
    version,
    isTold: told !== undefined,
    direct: { source, text: textOfSource(source), fileName, kind, sris, facts },
  };
};

/** The source of a requirement of the project. */
export const directRequestOf = (
  { name, integrities, text, origin }: AskedRequirement,
  source: Source,
): DirectRequest => ({
  source,
  integrities,
  text,
  origin,
  ...(name === undefined ? {} : { name }),
});
