import { type Diagnostic, Lock2nixError } from '../../graph/errors.ts';
import { quoted } from '../../standards/quoted.ts';
import { locationOf, type TomlDocument } from '../../standards/toml-document.ts';

/** Metadata version of a lock; Poetry 0.12 and older wrote none, which is 0.0 here. */
export interface LockVersion {
  readonly major: number;
  readonly minor: number;
  /** As in messages and records: `2.1`, `none`. */
  readonly text: string;
}

/** The newest minor version that is known, of each major one. */
const newestMinor: ReadonlyMap<number, number> = new Map([
  [1, 1],
  [2, 1],
]);

/** Whether a lock's version is at least `major.minor`. */
export const isAtLeast = (version: LockVersion, major: number, minor: number): boolean =>
  version.major > major || (version.major === major && version.minor >= minor);

/** The text of the lock-version, before anybody has looked at the lock's shape. */
const versionText = ({ data }: TomlDocument): string | undefined => {
  const metadata = data['metadata'];
  const isTable = typeof metadata === 'object' && metadata !== null;
  const text = isTable && 'lock-version' in metadata ? metadata['lock-version'] : undefined;
  return typeof text === 'string' ? text : undefined;
};

/**
 * The version of a lock, read before its shape is checked: a later version may have another shape.
 * One that is newer than any known fails with LOCK_VERSION, but for a newer
 * minor version, which Poetry itself reads with a warning.
 */
export const readLockVersion = (
  document: TomlDocument,
): { readonly version: LockVersion; readonly diagnostics: readonly Diagnostic[] } => {
  const text = versionText(document);
  if (text === undefined) {
    return { version: { major: 0, minor: 0, text: 'none' }, diagnostics: [] };
  }
  const location = locationOf(document, ['metadata', 'lock-version']);
  const match = /^(?<major>\d{1,4})\.(?<minor>\d{1,4})$/.exec(text);
  const major = Number(match?.groups?.['major']);
  const minor = Number(match?.groups?.['minor']);
  const newest = newestMinor.get(major);
  if (newest === undefined) {
    throw new Lock2nixError('LOCK_VERSION', `lock-version ${quoted(text)} is not known`, {
      hint: 'known are `1.0`, `1.1`, `2.0` and `2.1`, and locks without one; lock again with a Poetry that writes one of them, or use a newer lock2nix',
      location,
    });
  }
  const version = { major, minor, text };
  if (minor <= newest) return { version, diagnostics: [] };
  const message = `lock-version \`${text}\` is newer than \`${major}.${newest}\`, the newest that is known; it is read as that`;
  return {
    version,
    diagnostics: [{ severity: 'warning', code: 'lock-version-newer', message, location }],
  };
};
