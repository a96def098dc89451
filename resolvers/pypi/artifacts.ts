import type { Diagnostic } from '../../graph/errors.ts';
import { Lock2nixError } from '../../graph/errors.ts';
import type { Artifact, Integrity, LockedArtifact, LockedPackage } from '../../graph/types.ts';
import { isStrong, parseIntegrity } from '../../standards/integrity.ts';
import { projectFacts } from '../registry/facts.ts';
import { isForgeArchive } from '../registry/forge.ts';
import type { ArchiveFacts, Registry } from '../registry/types.ts';
import { type ReadPath, readPathFacts } from './path-facts.ts';

/** An artifact with its pin, and what was read from it when it has to be built. */
export interface PinnedArtifact {
  readonly artifact: Artifact;
  readonly facts?: Pick<ArchiveFacts, 'buildSystem' | 'hasSetupPy' | 'setupRequires' | 'metadata'>;
}

export interface ArtifactContext {
  readonly registry: Registry;
  readonly readPath: ReadPath;
  readonly report: (diagnostic: Diagnostic) => void;
}

/** The strongest hash of the lock that Nix reads and nobody can forge. */
const usableIntegrity = ({ integrities }: LockedArtifact): Integrity | undefined =>
  integrities.find((integrity) => {
    const { algorithm } = parseIntegrity(integrity.sri);
    return algorithm !== 'sha384' && isStrong(integrity);
  });

const srisOf = ({ integrities }: LockedArtifact): readonly string[] =>
  integrities.map(({ sri }) => sri);

/** The hash of a file for which the lock has none, or none that will do. */
const fillIntegrity = async (
  { id }: LockedPackage,
  { url, sris }: { url: string; sris: readonly string[] },
  { registry, report }: ArtifactContext,
): Promise<Integrity> => {
  const integrity = await registry.urlIntegrity(url, sris);
  const lack = sris.length === 0 ? 'no hash' : 'no hash that will do';
  report({
    severity: 'note',
    code: 'hash-filled',
    message: `\`${id}\`: the lock has ${lack} for ${url}; it is pinned as ${integrity.sri}`,
  });
  return integrity;
};

/** The URL of a file that the lock knows by name and hash. */
const indexUrl = async (
  { name }: LockedPackage,
  artifact: LockedArtifact,
  { index, registry }: { index: string | undefined; registry: Registry },
): Promise<string> => {
  const urls = await registry.fileUrls(index, name, [
    { fileName: artifact.fileName, sris: srisOf(artifact) },
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
  const integrity =
    usableIntegrity(artifact) ??
    (await fillIntegrity(locked, { url, sris: srisOf(artifact) }, context));
  const pinned: Artifact = {
    kind: artifact.kind,
    fileName: artifact.fileName,
    source: { kind, url, ...(subdirectory === undefined ? {} : { subdirectory }) },
    integrity,
  };
  if (artifact.kind === 'wheel') return { artifact: pinned };
  const facts = await context.registry.archiveFacts({
    url,
    fileName: artifact.fileName,
    sri: integrity.sri,
    ...(subdirectory === undefined ? {} : { subdirectory }),
  });
  return { artifact: pinned, facts };
};

/**
 * Pins one artifact: finds the URL of a registry file, the hash of a URL without one, the tree hash
 * of a git commit or of an archive that a forge makes anew for each who asks (which must have the
 * hash that the lock has, if any). Sources that are to be built are looked into. Throws what the
 * registry throws.
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
        sris: srisOf(artifact),
        ...(subdirectory === undefined ? {} : { subdirectory }),
      });
      return {
        artifact: { kind: 'tree', fileName: artifact.fileName, source, integrity },
        facts,
      };
    }
    case 'git': {
      const { integrity, facts } = await registry.gitSource(source);
      const stated = artifact.integrities.find(({ of }) => of === 'tree');
      if (stated !== undefined && stated.sri !== integrity.sri) {
        throw new Lock2nixError(
          'HASH_MISMATCH',
          `\`${locked.id}\`: the commit ${source.rev} has the hash ${integrity.sri}, and ${stated.sri} is stated`,
          { hint: 'find out why, then correct the `hash` of its `source` in overrides.toml' },
        );
      }
      return { artifact: { kind: 'tree', fileName: artifact.fileName, source, integrity }, facts };
    }
    case 'path': {
      const pinned = { kind: artifact.kind, fileName: artifact.fileName, source };
      const project = await readPathFacts(source.path, artifact, context.readPath);
      return project === undefined
        ? { artifact: pinned }
        : { artifact: pinned, facts: projectFacts(project) };
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
    // Once the lock has hashes, what the index says besides is not to be trusted.
    const trusted = hashes.size === 0 ? sris : sris.filter((sri) => hashes.has(sri));
    if (hashes.size > 0 && trusted.length === 0) return [];
    const kind = fileName.endsWith('.whl') ? 'wheel' : 'sdist';
    const integrities = trusted.map((sri) => ({ sri, of: 'file' as const }));
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
