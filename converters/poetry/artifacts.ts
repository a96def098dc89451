import type { Integrity, LockedArtifact, LockedSource } from '../../graph/types.ts';
import { fileNameError, isDistributionFileName } from '../../standards/file-name.ts';
import { compareIntegrity, toSri } from '../../standards/integrity.ts';
import { tryParseSdistExtension, tryParseSdistName } from '../../standards/sdist-name.ts';
import { errorAt, type Place, readAt } from '../../standards/toml-document.ts';
import { tryParseVersion, type Version } from '../../standards/version.ts';
import { tryParseWheelName } from '../../standards/wheel-name.ts';
import type { LockFile } from './lock-schema.ts';

/** A list of files, and where it stands. */
export interface FileList {
  readonly files: readonly LockFile[];
  readonly place: Place;
}

/** What a file's name says it is; undefined for what no recipe can use (eggs, installers). */
export const artifactKind = (fileName: string): 'wheel' | 'sdist' | undefined => {
  if (fileName.toLowerCase().endsWith('.whl')) return 'wheel';
  return tryParseSdistExtension(fileName) === undefined ? undefined : 'sdist';
};

/** The version that a file's name states, if one can be read. */
export const fileVersion = (fileName: string, name: string): Version | undefined => {
  const text =
    tryParseWheelName(fileName)?.version ?? tryParseSdistName(fileName, name)?.version ?? '';
  // Wheels write `_` for `-`, and some for the `+` of a local label.
  return tryParseVersion(text) ?? tryParseVersion(text.replace('_', '+'));
};

const hexOnly = /^[0-9a-f]{64}$/i;

/** A hash as Poetry writes it: `sha256:HEX`, or bare hexadecimal digits for sha256. */
export const readHash = (text: string): Integrity => ({
  sri: toSri(hexOnly.test(text) ? `sha256:${text}` : text),
  of: 'file',
});

const addHash = (known: readonly Integrity[], added: Integrity): readonly Integrity[] =>
  known.some(({ sri }) => sri === added.sri) ? known : [...known, added].sort(compareIntegrity);

const algorithm = ({ sri }: Integrity): string => sri.slice(0, sri.indexOf('-'));

/**
 * The files of a list that recipes can use, each once, sorted by name. Throws FILE_NAME_INVALID,
 * HASH_INVALID, or LOCK_CONTRADICTION when a file has two hashes of one kind.
 */
export const readFiles = (
  { files, place }: FileList,
  source: LockedSource,
): readonly LockedArtifact[] => {
  const artifacts = new Map<string, LockedArtifact>();
  files.forEach(({ file: fileName, hash }, index) => {
    const at = (key: string): Place => ({ ...place, path: [...place.path, index, key] });
    if (!isDistributionFileName(fileName)) {
      readAt(at('file'), () => {
        throw fileNameError(fileName, 'is not that of a distribution');
      });
    }
    const kind = artifactKind(fileName);
    if (kind === undefined) return;
    const integrity = hash === undefined ? undefined : readAt(at('hash'), () => readHash(hash));
    const before = artifacts.get(fileName)?.integrities ?? [];
    const integrities = integrity === undefined ? before : addHash(before, integrity);
    if (new Set(integrities.map(algorithm)).size < integrities.length) {
      const text = `the file \`${fileName}\` has two different hashes`;
      throw errorAt(at('hash'), 'LOCK_CONTRADICTION', { text });
    }
    artifacts.set(fileName, { kind, fileName, source, integrities });
  });
  return [...artifacts.values()].sort((a, b) => (a.fileName < b.fileName ? -1 : 1));
};
