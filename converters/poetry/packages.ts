import { Lock2nixError } from '../../graph/errors.ts';
import { type PackageId, packageId } from '../../graph/types.ts';
import { parseName } from '../../standards/name.ts';
import { quoted } from '../../standards/quoted.ts';
import {
  locationOf,
  type Place,
  readAt,
  type TomlDocument,
} from '../../standards/toml-document.ts';
import {
  compareVersions,
  formatVersion,
  parseVersion,
  type Version,
} from '../../standards/version.ts';
import type { LockPackage, PoetryLock } from './lock-schema.ts';

/** A `[[package]]` with its name and version read. */
export interface Entry {
  readonly id: PackageId;
  /** Normalised. */
  readonly name: string;
  readonly version: Version;
  readonly locked: LockPackage;
  readonly place: Place;
}

/** The packages of a lock in its order, and by name with the newest version first. */
export interface Entries {
  readonly all: readonly Entry[];
  readonly byName: ReadonlyMap<string, readonly Entry[]>;
}

/** What Poetry tells packages of one name and version apart by. */
const sourceKey = ({ source }: LockPackage): string =>
  source === undefined
    ? ''
    : JSON.stringify([
        source.type ?? 'legacy',
        source.url,
        source.reference,
        source.resolved_reference,
        source.subdirectory,
      ]);

/** A short word for a source, for ids; not yet unique. */
const sourceWord = ({ source }: LockPackage): string => {
  if (source === undefined) return 'index';
  const reference = source.resolved_reference ?? source.reference ?? source.type ?? 'legacy';
  const word = reference
    .slice(0, 40)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
  return word.replace(/^-|-$/g, '') || 'source';
};

const refuseDuplicates = (document: TomlDocument, entries: readonly Omit<Entry, 'id'>[]): void => {
  const seen = new Map<string, Omit<Entry, 'id'>>();
  for (const entry of entries) {
    const key = JSON.stringify([entry.name, entry.version.key, sourceKey(entry.locked)]);
    const first = seen.get(key);
    if (first === undefined) {
      seen.set(key, entry);
      continue;
    }
    const { line } = locationOf(document, first.place.path);
    throw new Lock2nixError(
      'LOCK_DUPLICATE',
      `package ${quoted(entry.name)} ${formatVersion(entry.version)} is in the lock twice; first in line ${line ?? '?'}`,
      { hint: 'lock again with `poetry lock`', location: locationOf(document, entry.place.path) },
    );
  }
};

/** Ids in the lock's order: `name@version`, with the source behind it where several have that. */
const idsOf = (entries: readonly Omit<Entry, 'id'>[]): readonly PackageId[] => {
  const plain = entries.map(({ name, version }) => packageId(name, formatVersion(version)));
  const counts = new Map<PackageId, number>();
  for (const id of plain) counts.set(id, (counts.get(id) ?? 0) + 1);
  const used = new Set<PackageId>();
  return entries.map(({ name, version, locked }, index) => {
    const alone = plain[index];
    if (alone !== undefined && (counts.get(alone) === 1 || locked.source === undefined))
      return alone;
    const word = sourceWord(locked);
    let id = packageId(name, formatVersion(version), word);
    for (let number = 2; used.has(id); number += 1) {
      id = packageId(name, formatVersion(version), `${word}-${number}`);
    }
    used.add(id);
    return id;
  });
};

/**
 * Reads names and versions of a lock's packages. Throws NAME_INVALID, VERSION_INVALID, or
 * LOCK_DUPLICATE for the same name, version and source twice.
 */
export const readEntries = (document: TomlDocument, lock: PoetryLock): Entries => {
  const read = lock.package.map((locked, index) => {
    const place = { document, path: ['package', index], subject: `package ${quoted(locked.name)}` };
    const at = (key: string): Place => ({ ...place, path: [...place.path, key] });
    const name = readAt(at('name'), () => parseName(locked.name));
    const version = readAt(at('version'), () => parseVersion(locked.version));
    return { name, version, locked, place };
  });
  refuseDuplicates(document, read);
  const ids = idsOf(read);
  const all = read.flatMap((entry, index) => {
    const id = ids[index];
    return id === undefined ? [] : [{ ...entry, id }];
  });
  const byName = new Map<string, Entry[]>();
  for (const entry of all) {
    const known = byName.get(entry.name);
    if (known === undefined) byName.set(entry.name, [entry]);
    else known.push(entry);
  }
  for (const entries of byName.values()) {
    entries.sort((a, b) => compareVersions(b.version, a.version) || (a.id < b.id ? -1 : 1));
  }
  return { all, byName };
};
