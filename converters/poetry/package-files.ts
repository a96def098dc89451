import type { Gap, Integrity, LockedArtifact, LockedSource } from '../../graph/types.ts';
import { fileNameError, isDistributionFileName } from '../../standards/file-name.ts';
import { compareIntegrity } from '../../standards/integrity.ts';
import { parseName } from '../../standards/name.ts';
import { quoted } from '../../standards/quoted.ts';
import { errorAt, type Place, readAt } from '../../standards/toml-document.ts';
import { formatVersion } from '../../standards/version.ts';
import { checkGitUrl, checkPath, checkSubdirectory, checkUrl } from '../shared/locations.ts';
import { artifactKind, type FileList, fileVersion, readFiles, readHash } from './artifacts.ts';
import { type LockContext, reportCredentials } from './context.ts';
import type { LockFile, LockSource } from './lock-schema.ts';
import { isAtLeast } from './lock-version.ts';
import type { Entries, Entry } from './packages.ts';

/** The files of a package, or only their hashes. */
export interface PackageFiles {
  readonly artifacts: readonly LockedArtifact[];
  readonly hashes?: readonly Integrity[];
  /** The index that the lock names for the package. */
  readonly index?: string;
}

/** Files and hashes that a lock keeps in its metadata, by normalised name. */
export interface MetadataFiles {
  readonly files: ReadonlyMap<string, FileList>;
  readonly hashes: ReadonlyMap<
    string,
    { readonly texts: readonly string[]; readonly place: Place }
  >;
  /** Lists that several versions of a name share, by name and source, then by version. Filled when needed. */
  readonly shared: Map<string, ReadonlyMap<string, readonly LockedArtifact[]>>;
}

/** Reads the tables `metadata.files` and `metadata.hashes`. Throws NAME_INVALID. */
export const readMetadataFiles = ({ document, lock }: LockContext): MetadataFiles => {
  const placeOf = (table: string, key: string): Place => ({
    document,
    path: ['metadata', table, key],
    subject: `package ${quoted(key)}`,
  });
  const rows = <Value>(table: 'files' | 'hashes', values: Readonly<Record<string, Value>> = {}) =>
    Object.entries(values).map(([key, value]) => {
      const place = placeOf(table, key);
      return { name: readAt(place, () => parseName(key)), place, value };
    });
  return {
    shared: new Map(),
    files: new Map(
      rows<readonly LockFile[]>('files', lock.metadata.files).map(({ name, place, value }) => [
        name,
        { files: value, place },
      ]),
    ),
    hashes: new Map(
      rows<readonly string[]>('hashes', lock.metadata.hashes).map(({ name, place, value }) => [
        name,
        { texts: value, place },
      ]),
    ),
  };
};

const addGap = (context: LockContext, entry: Entry, kind: Gap['kind'], what: string): void => {
  const message = `${entry.name} ${formatVersion(entry.version)}: ${what}`;
  context.gaps.push({ package: entry.id, kind, message });
};

const at = (entry: Entry, ...path: readonly string[]): Place => ({
  ...entry.place,
  path: [...entry.place.path, ...path],
});

/** The package's own list, or its name's in the metadata, which is that of all its versions. */
const listedFiles = (entry: Entry, metadata: MetadataFiles): FileList => {
  if (entry.locked.files !== undefined) {
    return { files: entry.locked.files, place: at(entry, 'files') };
  }
  return metadata.files.get(entry.name) ?? { files: [], place: entry.place };
};

/** Until 2.0 the lists come last, one for every package, if only an empty one. */
const checkListed = ({ version }: LockContext, { entry, metadata }: FileOptions): void => {
  const isListed =
    entry.locked.files !== undefined ||
    metadata.files.has(entry.name) ||
    metadata.hashes.has(entry.name);
  if (isListed || isAtLeast(version, 2, 0)) return;
  throw errorAt(entry.place, 'LOCK_INCOMPLETE', {
    text: 'its files are not in the metadata: the file has been cut off or was changed by hand',
    hint: 'bring the file back from version control, or lock again with `poetry lock`',
  });
};

/** Of the files that all versions of a name share, those that state this version in their names. */
const filesOfVersion = (
  { entry, metadata }: FileOptions,
  source: LockedSource,
): readonly LockedArtifact[] => {
  const key = JSON.stringify([entry.name, source]);
  const known = metadata.shared.get(key);
  if (known !== undefined) return known.get(entry.version.key) ?? [];
  const byVersion = new Map<string, LockedArtifact[]>();
  for (const artifact of readFiles(listedFiles(entry, metadata), source)) {
    const version = fileVersion(artifact.fileName, entry.name)?.key;
    if (version === undefined) continue;
    const same = byVersion.get(version);
    if (same === undefined) byVersion.set(version, [artifact]);
    else same.push(artifact);
  }
  metadata.shared.set(key, byVersion);
  return byVersion.get(entry.version.key) ?? [];
};

const indexFiles = (
  context: LockContext,
  options: FileOptions,
  source: LockedSource,
): PackageFiles => {
  const { entry, entries, metadata } = options;
  const isShared =
    entry.locked.files === undefined && (entries.byName.get(entry.name)?.length ?? 0) > 1;
  const artifacts = isShared
    ? filesOfVersion(options, source)
    : readFiles(listedFiles(entry, metadata), source);
  const known = metadata.hashes.get(entry.name);
  if (artifacts.length === 0) {
    const hashes = (known?.texts ?? []).map((text, index) =>
      readAt(
        { ...(known?.place ?? entry.place), path: [...(known?.place.path ?? []), index] },
        () => readHash(text),
      ),
    );
    const what =
      hashes.length > 0 ? 'the lock has hashes without file names' : 'the lock names no files';
    addGap(context, entry, 'files', what);
    return hashes.length > 0 ? { artifacts, hashes: hashes.sort(compareIntegrity) } : { artifacts };
  }
  if (artifacts.some(({ integrities }) => integrities.length === 0)) {
    addGap(context, entry, 'integrity', 'the lock has a file without hash');
  }
  return { artifacts };
};

const refuseFileName = (place: Place, fileName: string, why: string): never =>
  readAt(place, () => {
    throw fileNameError(fileName, why);
  });

/** A single file: its hash is the one that the lock lists under that name, or the only one. */
const singleFile = (
  { entry, metadata }: FileOptions,
  { fileName, place }: { readonly fileName: string; readonly place: Place },
  source: LockedSource,
): LockedArtifact => {
  if (!isDistributionFileName(fileName)) {
    return refuseFileName(place, fileName, 'is not that of a distribution');
  }
  const kind = artifactKind(fileName);
  if (kind === undefined)
    return refuseFileName(place, fileName, 'is neither a wheel nor a source archive');
  const listed = readFiles(listedFiles(entry, metadata), source);
  const same = listed.find((artifact) => artifact.fileName === fileName);
  const own = entry.locked.files !== undefined && listed.length === 1 ? listed[0] : undefined;
  return { kind, fileName, source, integrities: (same ?? own)?.integrities ?? [] };
};

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

const subdirectoryOf = (entry: Entry, { subdirectory }: LockSource) =>
  subdirectory === undefined
    ? {}
    : {
        subdirectory: readAt(at(entry, 'source', 'subdirectory'), () =>
          checkSubdirectory(subdirectory),
        ),
      };

const urlFile = (context: LockContext, options: FileOptions, source: LockSource): PackageFiles => {
  const { entry } = options;
  const place = at(entry, 'source', 'url');
  const checked = reportCredentials(
    context,
    place,
    readAt(place, () => checkUrl(source.url)),
  );
  const [url = '', fragment = ''] = checked.split('#');
  const fileName = decode(url.split('?')[0]?.split('/').at(-1) ?? '');
  const where = { kind: 'url', url, ...subdirectoryOf(entry, source) } as const;
  const artifact = singleFile(options, { fileName, place }, where);
  const stated = /(?:^|&)(?<hash>sha(?:256|384|512)=[0-9a-fA-F]+)/.exec(fragment)?.groups?.['hash'];
  const integrities =
    artifact.integrities.length > 0 || stated === undefined
      ? artifact.integrities
      : [readAt(place, () => readHash(stated))];
  if (integrities.length === 0)
    addGap(context, entry, 'integrity', 'the lock has no hash of its URL');
  return { artifacts: [{ ...artifact, integrities }] };
};

const treeName = ({ name, version }: Entry): string => `${name}-${formatVersion(version)}`;

const gitTree = (
  context: LockContext,
  { entry }: FileOptions,
  source: LockSource,
): PackageFiles => {
  const place = at(entry, 'source', 'url');
  const url = reportCredentials(
    context,
    place,
    readAt(place, () => checkGitUrl(source.url)),
  );
  const rev = source.resolved_reference ?? source.reference ?? '';
  if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(rev)) {
    throw errorAt(at(entry, 'source', 'resolved_reference'), 'LOCK_INCOMPLETE', {
      text: `its git source is pinned to no commit: ${quoted(rev)} is not a full commit hash`,
      hint: 'lock again with `poetry lock`',
    });
  }
  addGap(context, entry, 'integrity', 'a git commit has no hash of its files');
  const where = { kind: 'git', url, rev, ...subdirectoryOf(entry, source) } as const;
  return {
    artifacts: [{ kind: 'tree', fileName: treeName(entry), source: where, integrities: [] }],
  };
};

const directoryTree = (entry: Entry, source: LockSource): PackageFiles => {
  const path = readAt(at(entry, 'source', 'url'), () => checkPath(source.url));
  const where = { kind: 'path', path, editable: entry.locked.develop ?? false } as const;
  return {
    artifacts: [{ kind: 'tree', fileName: treeName(entry), source: where, integrities: [] }],
  };
};

const localFile = (options: FileOptions, source: LockSource): PackageFiles => {
  const place = at(options.entry, 'source', 'url');
  const path = readAt(place, () => checkPath(source.url));
  const fileName = path.split('/').at(-1) ?? '';
  return { artifacts: [singleFile(options, { fileName, place }, { kind: 'path', path })] };
};

/** A package, and where its files may stand. */
export interface FileOptions {
  readonly entry: Entry;
  readonly entries: Entries;
  readonly metadata: MetadataFiles;
}

/**
 * The files of a package, as its source says. What the lock does not say becomes a gap. Throws
 * URL_INVALID, FILE_NAME_INVALID, HASH_INVALID, LOCK_SHAPE for an unknown kind of source, and
 * LOCK_INCOMPLETE for a git source without commit and for a package that a list of files lacks.
 */
export const readPackageFiles = (context: LockContext, options: FileOptions): PackageFiles => {
  const { entry } = options;
  const { source } = entry.locked;
  checkListed(context, options);
  if (source === undefined) return indexFiles(context, options, { kind: 'index' });
  switch (source.type) {
    case undefined:
    case '':
    case 'legacy': {
      const place = at(entry, 'source', 'url');
      const index = reportCredentials(
        context,
        place,
        readAt(place, () => checkUrl(source.url)),
      );
      return { ...indexFiles(context, options, { kind: 'index', index }), index };
    }
    case 'git':
      return gitTree(context, options, source);
    case 'url':
      return urlFile(context, options, source);
    case 'directory':
      return directoryTree(entry, source);
    case 'file':
      return localFile(options, source);
    default:
      throw errorAt(at(entry, 'source', 'type'), 'LOCK_SHAPE', {
        text: `sources of type ${quoted(source.type)} are not supported`,
      });
  }
};
