/**
 * What the rest of the house may ask of the outside world. Everything that touches network, cache
 * folder or `git` is behind `Registry`; a test fakes it in memory.
 */
import type { IndexChoice } from '../../graph/requirements.ts';
import type { BuildSystem, Integrity, PackageMetadata } from '../../graph/types.ts';
import type { Version } from '../../standards/version.ts';

/** A file as a simple index lists it (PEP 503, 691, 700). `url` is absolute, without fragment and credentials. */
export interface IndexFile {
  readonly fileName: string;
  readonly url: string;
  /** SRIs of the hashes that the index states, strongest first; may be empty. */
  readonly sris: readonly string[];
  readonly requiresPython?: string;
  /** The reason, or `true` without one; absent: not yanked. */
  readonly yanked?: string | true;
  readonly size?: number;
  /** ISO 8601, when the index states it. */
  readonly uploadTime?: string;
  /** PEP 658/714: the index declares that `URL.metadata` answers. */
  readonly coreMetadata?: boolean;
  /** SRIs of that metadata file, strongest first, when the index states any. */
  readonly metadataSris?: readonly string[];
}

/** A file that a lock knows by name, with all the hashes that the lock has for it. */
export interface WantedFile {
  readonly fileName: string;
  readonly sris: readonly string[];
}

/**
 * What was read from an archive, nothing executed. Everything is as the archive says it, checked for
 * its type only. `buildSystem` is absent when there is no `[build-system]` table.
 */
export interface ArchiveFacts {
  readonly buildSystem?: BuildSystem;
  readonly hasSetupPy: boolean;
  /** Literal `setup_requires` of setup.py and setup.cfg (PEP 508); absent: none. */
  readonly setupRequires?: readonly string[];
  readonly name?: string;
  readonly version?: string;
  readonly metadataVersion?: string;
  readonly requiresPython?: string;
  readonly requiresDist: readonly string[];
  readonly dynamic: readonly string[];
  readonly metadata: PackageMetadata;
}

/** An archive to be looked into; `integrity` is of the file and verified, never of the tree. */
export interface ArchiveRequest {
  readonly url: string;
  readonly fileName: string;
  readonly sri: string;
  /** The folder that the facts are about; absent: the root. */
  readonly subdirectory?: string;
}

export interface GitRequest {
  readonly url: string;
  /** The full commit id, 40 or 64 hexadecimal digits. */
  readonly rev: string;
  /** As `fetchgit`'s `fetchSubmodules`, which is true when nobody says. */
  readonly submodules?: boolean;
  /** The folder that the facts are about; absent: the root. The integrity is of the whole tree. */
  readonly subdirectory?: string;
}

/** A name in a repository. */
export interface GitRefRequest {
  /** May hold credentials. */
  readonly url: string;
  /** A branch, a tag, `HEAD`, a full ref, or a commit id or its beginning. */
  readonly ref: string;
}

/** An archive that is unpacked, such as forges make on demand. */
export interface UnpackedRequest {
  readonly url: string;
  /** Hashes that the archive itself must have, before it is unpacked. */
  readonly sris?: readonly string[];
  /** The folder that the facts are about; absent: the root. The integrity is of the whole tree. */
  readonly subdirectory?: string;
}

/** A source that is hashed as a tree, and what it says of itself. */
export interface TreeSource {
  readonly integrity: Integrity;
  readonly facts: ArchiveFacts;
}

/**
 * Answers may come in any order; equal questions are asked once. All methods throw `Lock2nixError`:
 * `REGISTRY_UNREACHABLE`, `REGISTRY_ANSWER`, `OFFLINE`, `HASH_MISMATCH`, and what each one names.
 */
export interface Registry {
  /**
   * The URLs of files that a lock knows by name and hash, by file name, for every file asked for.
   * `index` is the base URL of a simple index, `undefined` the public default; `name` is normalised.
   * Throws `FILE_NOT_ON_INDEX` when one is missing, `HASH_MISMATCH` when the index states another
   * hash than the lock.
   */
  fileUrls(
    index: string | undefined,
    name: string,
    files: readonly WantedFile[],
  ): Promise<ReadonlyMap<string, string>>;

  /**
   * All files of a release, sorted by file name, yanked ones too; for locks that list none. Throws
   * `FILE_NOT_ON_INDEX` when the index has no such project or no file of the version.
   */
  releaseFiles(
    index: string | undefined,
    name: string,
    version: string,
  ): Promise<readonly IndexFile[]>;

  /** What an sdist says of itself; downloaded and verified. Throws `ARCHIVE_INVALID`. */
  archiveFacts(archive: ArchiveRequest): Promise<ArchiveFacts>;

  /** `of: "file"`, sha256: what `fetchurl` checks. The file must have all hashes of `sris`. */
  urlIntegrity(url: string, sris?: readonly string[]): Promise<Integrity>;

  /**
   * `of: "tree"`, sha256 of the unpacked tree without its one top folder: what `fetchzip` checks.
   * Throws `ARCHIVE_INVALID`.
   */
  unpackedSource(source: UnpackedRequest): Promise<TreeSource>;

  /** `of: "tree"`, sha256: what `fetchgit` checks. Throws `GIT_FAILED`, `ARCHIVE_INVALID`. */
  gitSource(source: GitRequest): Promise<TreeSource>;

  /**
   * The full id of the commit that a name stands for today; a full id is given back unasked. Offline
   * it is the answer of the last time. Throws `GIT_FAILED`.
   */
  gitCommit(request: GitRefRequest): Promise<string>;
}

/** A version of a project with all its files there, in the order of the index, yanked ones too. */
export interface Release {
  readonly version: Version;
  /** The version's key, where it is known without reading the version. */
  readonly key?: string | undefined;
  /** The version as the index's file names spell it. */
  readonly text: string;
  readonly files: readonly IndexFile[];
  /** When the first of the files was uploaded (milliseconds since 1970), where that is known without looking at them. */
  readonly firstUpload?: number | undefined;
  /** Base URL of the simple index that lists it, without credentials. */
  readonly index: string;
}

/** What the indexes know of a project. */
export interface ProjectListing {
  /** Newest first; names that are no PEP 440 versions are left out. */
  readonly releases: readonly Release[];
}

/** A file whose metadata are asked for, and the project that it is of. */
export interface MetadataRequest {
  /** Normalised. */
  readonly name: string;
  /** As in `Release.text`. */
  readonly version: string;
  readonly index: string;
  readonly file: IndexFile;
}

/** The requirements of a distribution, found without running anything of it. */
export interface DistributionMetadata {
  /** As written; the name may be spelt otherwise than the index's. */
  readonly name: string;
  readonly version: string;
  /** Requirements (PEP 508) as written, those of extras with their markers. */
  readonly requiresDist: readonly string[];
  readonly requiresPython?: string;
  /** Normalised. */
  readonly extras: readonly string[];
  /** False for sdists that a build may still say otherwise (PEP 643), and for `egg-info`. */
  readonly reliable: boolean;
}

/** What finding versions asks of the outside world, besides `Registry`. */
export interface PackageIndex {
  /**
   * All releases of a project (`name` normalised), of the first index that has it or of all.
   * Undefined when none has it. `only` names the one index to ask instead. Throws
   * `REGISTRY_UNREACHABLE`, `REGISTRY_ANSWER`, `OFFLINE`.
   */
  project(name: string, indexes: IndexChoice, only?: string): Promise<ProjectListing | undefined>;

  /**
   * The metadata of a file: PEP 658's own file, the wheel (whole when small, else by ranges), the
   * index's JSON, the sdist's PKG-INFO or egg-info. Undefined when the file has none that can be
   * read. Throws as `project` does, and `HASH_MISMATCH`.
   */
  metadata(request: MetadataRequest): Promise<DistributionMetadata | undefined>;
}
