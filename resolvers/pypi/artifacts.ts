import type { Diagnostic } from '../../graph/errors.ts';
import { Lock2nixError } from '../../graph/errors.ts';
import type { Artifact, Integrity, LockedArtifact, LockedPackage } from '../../graph/types.ts';
import { isForgeArchive } from '../registry/forge.ts';
import type { ArchiveFacts, Registry } from '../registry/types.ts';
import { type ReadPath, readPathFacts } from './path-facts.ts';

/** An artifact with its pin, and what was read from it when it has to be built. */
export interface PinnedArtifact {
  readonly artifact: Artifact;
  readonly facts?: Pick<ArchiveFacts, 'buildSystem' | 'hasSetupPy'>;
}

export interface ArtifactContext {
  readonly registry: Registry;
  readonly readPath: ReadPath;
  readonly report: (diagnostic: Diagnostic) => void;
}

const strongest = ({ integrities }: LockedArtifact): Integrity | undefined => integrities[0];

/** The URL of a file that the lock knows by name and hash. */
const indexUrl = async (
  { name }: LockedPackage,
  artifact: LockedArtifact,
  { index, registry }: { index: string | undefined; registry: Registry },
): Promise<string> => {
  const urls = await registry.fileUrls(index, name, [
    { fileName: artifact.fileName, sris: artifact.integrities.map(({ sri }) => sri) },
  ]);
  const url = urls.get(artifact.fileName);
  if (url === undefined) throw new Error(`no URL came back for ${artifact.fileName}`);
  return url;
};

const pinFile = async (
  locked: LockedPackage,
  artifact: LockedArtifact,
  {
    context,
    url,
    kind,
    subdirectory,
  }: {
    context: ArtifactContext;
    url: string;
    kind: 'registry' | 'url';
    subdirectory: string | undefined;
  },
): Promise<PinnedArtifact> => {
  const { registry, report } = context;
  let integrity = strongest(artifact);
  if (integrity === undefined) {
    integrity = await registry.urlIntegrity(url);
    report({
      severity: 'note',
      code: 'hash-filled',
      message: `\`${locked.id}\`: the lock has no hash for ${url}; it is pinned as ${integrity.sri}`,
    });
  }
  const pinned: Artifact = {
    kind: artifact.kind,
    fileName: artifact.fileName,
    source: { kind, url, ...(subdirectory === undefined ? {} : { subdirectory }) },
    integrity,
  };
  if (artifact.kind === 'wheel') return { artifact: pinned };
  const facts = await registry.archiveFacts({
    url,
    fileName: artifact.fileName,
    sri: integrity.sri,
    ...(subdirectory === undefined ? {} : { subdirectory }),
  });
  return { artifact: pinned, facts };
};

/**
 * Pins one artifact: finds the URL of a registry file, the hash of a URL without one, the tree hash
 * of a git commit or of an archive that a forge makes anew for each who asks. Sources that are to be
 * built are looked into. Throws what the registry throws.
 */
export const pinArtifact = async (
  locked: LockedPackage,
  artifact: LockedArtifact,
  context: ArtifactContext,
): Promise<PinnedArtifact> => {
  const { source } = artifact;
  const { registry } = context;
  switch (source.kind) {
    case 'index': {
      const url = await indexUrl(locked, artifact, { index: source.index, registry });
      return pinFile(locked, artifact, { context, url, kind: 'registry', subdirectory: undefined });
    }
    case 'registry':
    case 'url': {
      const { kind, url, subdirectory } = source;
      if (artifact.kind === 'wheel' || !isForgeArchive(url)) {
        return pinFile(locked, artifact, { context, url, kind, subdirectory });
      }
      const { integrity, facts } = await registry.unpackedSource({
        url,
        ...(subdirectory === undefined ? {} : { subdirectory }),
      });
      return {
        artifact: { kind: 'tree', fileName: artifact.fileName, source, integrity },
        facts,
      };
    }
    case 'git': {
      const { integrity, facts } = await registry.gitSource(source);
      return { artifact: { kind: 'tree', fileName: artifact.fileName, source, integrity }, facts };
    }
    case 'path': {
      const pinned = { kind: artifact.kind, fileName: artifact.fileName, source };
      const facts = await readPathFacts(source.path, artifact, context.readPath);
      return facts === undefined ? { artifact: pinned } : { artifact: pinned, facts };
    }
  }
};

/** The files of a release whose lock lists none, from the index, each with its hash. */
export const completeFiles = async (
  locked: LockedPackage,
  index: string | undefined,
  { registry, report }: ArtifactContext,
): Promise<readonly LockedArtifact[]> => {
  const files = await registry.releaseFiles(index, locked.name, locked.version);
  const hashes = new Set(locked.hashes?.map(({ sri }) => sri));
  const artifacts = files.flatMap(({ fileName, sris, url }): readonly LockedArtifact[] => {
    const integrities = sris.map((sri) => ({ sri, of: 'file' as const }));
    if (integrities.length === 0) return [];
    if (hashes.size > 0 && !sris.some((sri) => hashes.has(sri))) return [];
    const kind = fileName.endsWith('.whl') ? 'wheel' : 'sdist';
    return [{ kind, fileName, source: { kind: 'registry', url }, integrities }];
  });
  if (artifacts.length === 0) {
    throw new Lock2nixError(
      'HASH_MISMATCH',
      `\`${locked.id}\`: no file on the index has one of the hashes in the lock`,
      { hint: 'lock again with the tool that wrote the lock' },
    );
  }
  if (hashes.size === 0) {
    report({
      severity: 'note',
      code: 'files-filled',
      message: `\`${locked.id}\`: the lock lists no files; they are taken from the index`,
    });
  }
  return artifacts;
};
