import { Lock2nixError } from '../../graph/errors.ts';
import type { LockedArtifact } from '../../graph/types.ts';
import { hashBytes, parseIntegrity } from '../../standards/integrity.ts';
import { quoted } from '../../standards/quoted.ts';
import { type Project, readProject, readSdist } from '../../standards/sdist.ts';

/** Reads a file below the input's folder (path relative to it); undefined when there is none. */
export type ReadPath = (relativePath: string) => Uint8Array | undefined;

const below = (folder: string, name: string): string =>
  folder === '.' ? name : `${folder}/${name}`;

const readFolder = (path: string, read: ReadPath): Project => {
  const files = ['pyproject.toml', 'setup.py', 'setup.cfg'].flatMap((name) => {
    const bytes = read(below(path, name));
    return bytes === undefined ? [] : [[name, bytes] as const];
  });
  if (files.every(([name]) => name === 'setup.cfg')) {
    throw new Lock2nixError(
      'INPUT_MISSING',
      `${quoted(path)}, which the input names, is not there or has neither pyproject.toml nor setup.py`,
      { hint: 'bring the folder back, or take it out of the input' },
    );
  }
  return readProject(new Map(files), path);
};

/** The bytes of a file beside the lock, checked against the lock's hashes. */
const readFile = (path: string, { integrities }: LockedArtifact, read: ReadPath): Uint8Array => {
  const bytes = read(path);
  if (bytes === undefined) {
    throw new Lock2nixError(
      'INPUT_MISSING',
      `${quoted(path)}, which the input names, is not there`,
      {
        hint: 'bring the file back, or take it out of the input',
      },
    );
  }
  for (const { sri } of integrities) {
    const found = hashBytes(parseIntegrity(sri).algorithm, bytes);
    if (found === sri) continue;
    throw new Lock2nixError(
      'HASH_MISMATCH',
      `${quoted(path)} has the hash \`${found}\`, the lock has \`${sri}\``,
      { hint: 'lock again if the file was changed on purpose' },
    );
  }
  return bytes;
};

/**
 * What a live source says of itself: a project's folder, or an archive that lies beside the lock.
 * Undefined for a wheel, of which nothing is asked. Throws INPUT_MISSING, HASH_MISMATCH,
 * ARCHIVE_INVALID, MANIFEST_SYNTAX or MANIFEST_SHAPE.
 */
export const readPathFacts = async (
  path: string,
  artifact: LockedArtifact,
  read: ReadPath,
): Promise<Project | undefined> => {
  if (artifact.kind === 'tree') return readFolder(path, read);
  const bytes = readFile(path, artifact, read);
  return artifact.kind === 'wheel' ? undefined : readSdist(bytes, artifact.fileName);
};
