import type { LockedGraph, LockedPackage, LockedRoot, PackageId } from '../../graph/types.ts';
import { quoted } from '../../standards/quoted.ts';
import { checkShape } from '../../standards/shape.ts';
import {
  errorAt,
  type Place,
  readAt,
  readTomlDocument,
  type TomlDocument,
} from '../../standards/toml-document.ts';
import type { TomlPath } from '../../standards/toml-location.ts';
import { formatVersion } from '../../standards/version.ts';
import type { ConvertedLock, ConverterInput } from '../types.ts';
import { checkContentHash } from './content-hash.ts';
import type { LockContext } from './context.ts';
import { readEdges } from './edges.ts';
import { requiresPythonOf } from './environment-marker.ts';
import { readLockRoot } from './lock-root.ts';
import { lockShape, type PoetryLock } from './lock-schema.ts';
import { isAtLeast, readLockVersion } from './lock-version.ts';
import { lostDependencies } from './lost-dependencies.ts';
import type { Manifest } from './manifest.ts';
import { readManifest, readManifestRoot } from './manifest-root.ts';
import { type PackageFiles, readMetadataFiles, readPackageFiles } from './package-files.ts';
import { packageMarker } from './package-marker.ts';
import { type Entries, type Entry, readEntries } from './packages.ts';

/** The name of the package that a path leads into, for messages about its shape. */
const describeLock =
  ({ data }: TomlDocument) =>
  (path: TomlPath): { readonly subject: string; readonly skip: number } => {
    const [table, index] = path;
    const packages = data['package'];
    if (table !== 'package' || typeof index !== 'number' || !Array.isArray(packages)) {
      return { subject: 'poetry.lock', skip: 0 };
    }
    const one: unknown = packages[index];
    const name = typeof one === 'object' && one !== null && 'name' in one ? one.name : undefined;
    return typeof name === 'string'
      ? { subject: `package ${quoted(name)}`, skip: 2 }
      : { subject: `package number ${index + 1}`, skip: 2 };
  };

/** Every Poetry ends its locks with these; without them the file has lost its end, and packages may be missing. */
const checkEnd = (document: TomlDocument, { metadata }: PoetryLock): void => {
  for (const key of ['python-versions', 'content-hash'] as const) {
    if (metadata[key] !== undefined) continue;
    throw errorAt(
      { document, path: ['metadata', key], subject: 'poetry.lock' },
      'LOCK_INCOMPLETE',
      {
        text: `\`metadata\` has no \`${key}\`: the file has been cut off or was not written by Poetry`,
        hint: 'bring the file back from version control, or lock again with `poetry lock`',
      },
    );
  }
};

const readContext = ({ file, text }: ConverterInput): LockContext => {
  const document = readTomlDocument(file, text, {
    code: 'LOCK_SYNTAX',
    next: 'run `poetry lock`',
  });
  const { version, diagnostics } = readLockVersion(document);
  const lock = checkShape(document, lockShape, {
    code: 'LOCK_SHAPE',
    describe: describeLock(document),
  });
  checkEnd(document, lock);
  return {
    document,
    lock,
    version,
    gaps: [],
    diagnostics: [...diagnostics],
    credentials: new Set(),
  };
};

const checkGroups = ({ version }: LockContext, { all }: Entries): void => {
  if (!isAtLeast(version, 2, 1)) return;
  for (const { locked, place } of all) {
    if (locked.groups === undefined) {
      throw errorAt(place, 'LOCK_SHAPE', { text: '`groups` is missing' });
    }
  }
};

/** Up to 1.0 Poetry read `setup.py` without running it, and recorded nothing when that failed. */
const mayLackDependencies = (
  { version }: LockContext,
  { locked }: Entry,
  { artifacts }: PackageFiles,
): boolean =>
  !isAtLeast(version, 1, 1) &&
  Object.keys(locked.dependencies ?? {}).length === 0 &&
  artifacts.every(({ kind }) => kind !== 'wheel');

const readPackages = (
  context: LockContext,
  entries: Entries,
): ReadonlyMap<PackageId, LockedPackage> => {
  const metadata = readMetadataFiles(context);
  const markers = new Map(entries.all.map((entry) => [entry.id, packageMarker(entry)]));
  const packages = entries.all.map((entry): LockedPackage => {
    const { id, name, locked } = entry;
    const files = readPackageFiles(context, { entry, entries, metadata });
    const marker = markers.get(id);
    const place: Place = { ...entry.place, path: [...entry.place.path, 'python-versions'] };
    const requiresPython = readAt(place, () => requiresPythonOf(locked['python-versions']));
    const version = formatVersion(entry.version);
    if (mayLackDependencies(context, entry, files)) {
      const message = `${name} ${version}: no dependencies are recorded, and Poetry may not have found them`;
      context.gaps.push({ package: id, kind: 'dependencies', message });
    }
    return {
      id,
      name,
      version,
      ...files,
      dependencies: readEdges({ context, entries, markers }, entry),
      ...(marker === undefined ? {} : { marker }),
      ...(requiresPython === undefined ? {} : { requiresPython }),
      metadata:
        locked.description === undefined || locked.description === ''
          ? {}
          : { description: locked.description },
    };
  });
  packages.sort((a, b) => (a.id < b.id ? -1 : 1));
  return new Map(packages.map((locked) => [locked.id, locked]));
};

const manifestBeside = ({ file, read }: ConverterInput): Manifest | undefined => {
  const text = read('pyproject.toml');
  if (text === undefined) return undefined;
  return readManifest(file.replace(/[^/\\]*$/, 'pyproject.toml'), text);
};

const readRoot = (
  context: LockContext,
  {
    entries,
    manifest,
    packages,
  }: {
    readonly entries: Entries;
    readonly manifest: Manifest | undefined;
    readonly packages: ReadonlyMap<PackageId, LockedPackage>;
  },
): LockedRoot => {
  if (manifest === undefined) return readLockRoot(context, entries, packages);
  const contentHash = context.lock.metadata['content-hash'];
  if (contentHash !== undefined) {
    const { document, version, diagnostics } = context;
    diagnostics.push(...checkContentHash(document, manifest.document, { version, contentHash }));
  }
  return readManifestRoot(manifest, entries, context);
};

/** A lock that does not match its manifest may hold what nobody requires any more. */
const reportLost = ({ diagnostics, gaps }: LockContext, lost: readonly Entry[]): void => {
  if (diagnostics.some(({ code }) => code === 'content-hash-mismatch')) return;
  const known = new Set(
    gaps.flatMap(({ kind, package: id, requirement }) =>
      kind === 'dependencies' && requirement === undefined ? [id] : [],
    ),
  );
  for (const { id, name, version } of lost) {
    if (known.has(id)) continue;
    const message = `${name} ${formatVersion(version)}: no dependencies are recorded, and others are locked that nobody requires`;
    gaps.push({ package: id, kind: 'dependencies', message });
  }
};

/**
 * Converts a poetry.lock of any metadata version (none, 1.0, 1.1, 2.0, 2.1), with the
 * pyproject.toml beside it or without. What the lock does not say is in the graph's gaps.
 */
export const convert = (input: ConverterInput): ConvertedLock => {
  const context = readContext(input);
  const { document, lock, version } = context;
  const entries = readEntries(document, lock);
  checkGroups(context, entries);
  const manifest = manifestBeside(input);
  const packages = readPackages(context, entries);
  const root = readRoot(context, { entries, manifest, packages });
  if (manifest !== undefined) reportLost(context, lostDependencies(entries.all, root, packages));
  const python = lock.metadata['python-versions'];
  const place: Place = { document, path: ['metadata', 'python-versions'], subject: 'poetry.lock' };
  const requiresPython =
    python === undefined ? undefined : readAt(place, () => requiresPythonOf(python));
  const graph: LockedGraph = {
    ecosystem: 'pypi',
    format: { name: 'poetry', version: version.text, file: input.file },
    ...(requiresPython === undefined ? {} : { requiresPython }),
    roots: [root],
    packages,
    gaps: context.gaps,
    diagnostics: context.diagnostics,
  };
  return { kind: 'locked', graph };
};
