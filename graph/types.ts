/**
 * The vocabulary of lock2nix. A lockfile becomes a `LockedGraph` (what the file says, gaps
 * included); a resolver makes it a `PinnedGraph` (every remote artifact has an integrity, every
 * edge an end, platforms decided); a recipe is printed from that alone.
 *
 * Example: `flask = "^3.0"` in poetry.lock is a `LockedPackage` with two artifacts that know their
 * name and hash but not their URL, and a `LockedDependency` on `werkzeug` with one candidate.
 * Pinned for Python 3.12 on two platforms it is a `PinnedPackage` with one wheel, whose `source`
 * has the URL, and an `Edge` to `werkzeug@3.0.3`.
 */
import type { Diagnostic } from './errors.ts';
import type { Marker } from './marker.ts';
import type { Platform, PlatformName } from './platform.ts';

export type Ecosystem = 'pypi' | 'npm';

declare const packageIdBrand: unique symbol;
/** Names one package of one graph: `flask@3.0.3`, with `#SOURCE` behind it when that is not enough. */
export type PackageId = string & { readonly [packageIdBrand]: true };

/** The id of a package; `discriminator` tells sources of one version apart. */
export const packageId = (name: string, version: string, discriminator?: string): PackageId =>
  `${name}@${version}${discriminator === undefined ? '' : `#${discriminator}`}` as PackageId;

/**
 * A hash in SRI form (`sha256-BASE64=`). `of: "file"` hashes the bytes of the file, `of: "tree"`
 * the NAR serialisation of what was unpacked or checked out.
 */
export interface Integrity {
  readonly sri: string;
  readonly of: 'file' | 'tree';
}

/** Where an artifact comes from. `path` is relative to the input's folder and is live: no integrity. */
export type Source =
  | { readonly kind: 'registry' | 'url'; readonly url: string; readonly subdirectory?: string }
  | {
      readonly kind: 'git';
      readonly url: string;
      readonly rev: string;
      /** The branch or tag that `rev` was found by. */
      readonly ref?: string;
      readonly subdirectory?: string;
      readonly submodules?: boolean;
    }
  | { readonly kind: 'path'; readonly path: string; readonly editable?: boolean };

/** What a lock says of a source: registry files may be known by index and file name only. */
export type LockedSource =
  | Source
  | {
      readonly kind: 'index';
      /** Base URL of the simple index; absent: the ecosystem's public default. */
      readonly index?: string;
    };

export type ArtifactKind = 'wheel' | 'sdist' | 'tarball' | 'tree';

/** A file as the lock names it. `integrities` are all the lock's hashes, strongest first. */
export interface LockedArtifact {
  readonly kind: ArtifactKind;
  readonly fileName: string;
  readonly source: LockedSource;
  readonly integrities: readonly Integrity[];
}

/** A file that the recipe uses, on `platforms` (absent: wherever its package is wanted). */
export interface Artifact {
  readonly kind: ArtifactKind;
  readonly fileName: string;
  readonly source: Source;
  readonly integrity?: Integrity;
  readonly platforms?: readonly PlatformName[];
}

export type EdgeKind = 'runtime' | 'optional' | 'peer' | 'dev';

/**
 * A dependency as the lock states it. `candidates` are the locked packages that satisfy it, best
 * first; which one holds on a platform is decided when pinning. An `extra` limits it to when the
 * requirer's extra is asked for.
 */
export interface LockedDependency {
  readonly name: string;
  readonly extras: readonly string[];
  readonly candidates: readonly PackageId[];
  readonly marker?: Marker;
  readonly extra?: string;
  readonly kind: EdgeKind;
  /** For explanations: the requirement as written, `flask[async]>=2`, without its marker. */
  readonly text?: string;
  /** For explanations: where it is written, `requirements.txt:3`. */
  readonly origin?: string;
}

export interface LockedPackage {
  readonly id: PackageId;
  /** Normalised (PEP 503). */
  readonly name: string;
  readonly version: string;
  /** Base URL of the simple index that the lock names; absent: the public default. */
  readonly index?: string;
  readonly artifacts: readonly LockedArtifact[];
  /**
   * The source that was named for it (a URL, git, a path), or false for one of an index, when that
   * is known without looking at `artifacts`.
   */
  readonly direct?: Source | false;
  /**
   * Hashes of files whose names the lock does not say (Poetry before 1.0); `artifacts` is empty and
   * a `files` gap is there. A file of the package is trusted when its hash is one of these.
   */
  readonly hashes?: readonly Integrity[];
  readonly dependencies: readonly LockedDependency[];
  /** When the lock says for itself where the package is wanted. */
  readonly marker?: Marker;
  /** The platforms that a resolver chose it for; absent: all. */
  readonly platforms?: readonly PlatformName[];
  /** Specifier set over the Python version, as the lock states it. */
  readonly requiresPython?: string;
  /** Names that its metadata requires, and that rules left out while versions were sought; sorted. */
  readonly ignored?: readonly string[];
  /** The place of the rule whose source took its place while versions were sought. */
  readonly ruledBy?: string;
  /** What to take where there are both, whatever is wanted of others. */
  readonly prefer?: 'wheel' | 'sdist';
  /** How it is built, instead of what its source says. */
  readonly buildChanges?: BuildChanges;
  /** Attribute path below `python.pkgs`: it is taken from there, and its artifacts are not used. */
  readonly nixpkgs?: string;
  readonly metadata: PackageMetadata;
}

/** Changes of a `[build-system]`, and of what setup.py requires to be built. */
export interface BuildChanges {
  /** Instead of what is stated of their names (PEP 508). */
  readonly requires?: readonly string[];
  /** Normalised names. */
  readonly remove?: readonly string[];
  readonly backend?: string;
}

/** What recipes print as `meta`; all of it optional, none of it trusted. */
export interface PackageMetadata {
  readonly description?: string;
  readonly homepage?: string;
  readonly licence?: string;
}

/** What a lock does not say. Each is filled by the resolver, or refused by `--strict`. */
export interface Gap {
  readonly package?: PackageId;
  readonly kind: 'url' | 'integrity' | 'files' | 'dependencies' | 'roots';
  /**
   * With `dependencies`: the one requirement (PEP 508) that the lock names but holds no version
   * for; without a package it is the project's own. Absent: it is the whole list that the lock may
   * not know.
   */
  readonly requirement?: string;
  /** Read from the package's metadata, not from the lock: the systems on which its marker holds. */
  readonly foundFor?: readonly PlatformName[];
  /** The rule that asks for it: nothing that the lock lacks, so that `--strict` lets it be. */
  readonly rule?: string;
  readonly message: string;
}

/**
 * Where a graph starts. `groups.main` are the run-time dependencies, other groups are
 * development ones; `extras` lists the extras that exist. `path` is the folder of the root's own
 * source, relative to the input's; absent when there is nothing of its own to build.
 */
export interface LockedRoot {
  readonly name: string;
  readonly version?: string;
  readonly path?: string;
  readonly groups: Readonly<Record<string, readonly LockedDependency[]>>;
  /** Groups that are wanted only when asked for; sorted. */
  readonly optionalGroups?: readonly string[];
  readonly extras: readonly string[];
  readonly buildSystem?: BuildSystem;
  readonly scripts: readonly string[];
  /** For a root that is nothing but names: the packages (normalised) whose commands are its own. */
  readonly apps?: readonly string[];
  /** As of packages. */
  readonly ignored?: readonly string[];
  readonly metadata: PackageMetadata;
}

/** `[build-system]` of PEP 518. Without `backend`, setuptools' legacy way is meant. */
export interface BuildSystem {
  readonly requires: readonly string[];
  readonly backend?: string;
  readonly backendPath?: readonly string[];
}

export interface LockedGraph {
  readonly ecosystem: Ecosystem;
  readonly format: { readonly name: string; readonly version: string; readonly file: string };
  readonly requiresPython?: string;
  readonly roots: readonly LockedRoot[];
  readonly packages: ReadonlyMap<PackageId, LockedPackage>;
  readonly gaps: readonly Gap[];
  readonly diagnostics: readonly Diagnostic[];
}

/** `version` is the minor version, `"3.12"`; `fullVersion` is there when a patch release was asked for. */
export interface PythonTarget {
  readonly implementation: 'cpython';
  readonly version: string;
  readonly fullVersion?: string;
  /**
   * When a marker depends on the patch release: the ones for which this graph holds, inclusive.
   * The recipe asserts it.
   */
  readonly patchRange?: { readonly from?: string; readonly to?: string };
}

export interface NodeTarget {
  readonly version: string;
}

export interface Target {
  readonly python?: PythonTarget;
  readonly node?: NodeTarget;
  readonly platforms: readonly Platform[];
}

/** An edge that holds on `platforms` (absent: wherever its package is wanted). */
export interface Edge {
  readonly to: PackageId;
  readonly extras: readonly string[];
  /** Text of the marker that the lock had, for explanations. */
  readonly marker?: string;
  readonly extra?: string;
  readonly platforms?: readonly PlatformName[];
  readonly kind: EdgeKind;
}

/** How a package is built from source. `environment` names a build environment of the graph. */
export interface Build {
  readonly backend: string;
  readonly backendPath?: readonly string[];
  readonly environment: string;
}

/**
 * What a build needs of nixpkgs: attribute paths of tools (`nativeBuildInputs`) and of libraries
 * (`buildInputs`), and hardening flags to leave out (nixpkgs manual, "Hardening in Nixpkgs").
 */
export interface Native {
  readonly tools: readonly string[];
  readonly libraries: readonly string[];
  readonly hardeningDisable: readonly string[];
}

/**
 * Decides a collision of files in environments. `path` is a pattern relative to the environment:
 * `*` stands for part of a name, `**` for any number of folders. Either `keep` names the package
 * whose file is taken, or `dropFrom` those whose files are left out.
 */
export interface CollisionRule {
  readonly path: string;
  readonly keep?: string;
  readonly dropFrom?: readonly string[];
}

/** A patch (`patch -p1`): a text that the recipe holds as `patches/NAME`, or a file of the web. */
export type Patch =
  | { readonly name: string; readonly text: string }
  | { readonly url: string; readonly integrity: Integrity };

/** Changes of files of one folder. `rule` says whose change it is, for the log of a build that it ends. */
export interface FileChanges {
  readonly patches?: readonly Patch[];
  /** `find` is replaced wherever it stands in `file`; that it stands nowhere is an error unless `required` is false. */
  readonly edits?: readonly {
    readonly file: string;
    readonly find: string;
    readonly replace: string;
    readonly required?: boolean;
    readonly rule: string;
  }[];
  /** `*` is part of a name. */
  readonly remove?: readonly { readonly path: string; readonly rule: string }[];
  readonly create?: readonly {
    readonly path: string;
    readonly text: string;
    readonly rule: string;
  }[];
}

/** Changes of what a distribution's metadata requires (core metadata, `Requires-Dist`). */
export interface RequirementChanges {
  /** Requirements (PEP 508). */
  readonly add?: readonly string[];
  /** Normalised names. */
  readonly remove?: readonly string[];
  /** Requirements by the normalised name that they take the place of; its marker stays. */
  readonly replace?: Readonly<Record<string, string>>;
  /** Specifier sets by normalised name; extras and markers stay. */
  readonly specifiers?: Readonly<Record<string, string>>;
}

/** What is changed in a package when it is built. */
export interface Changes {
  readonly native?: Native;
  readonly env?: Readonly<Record<string, string>>;
  /** Told to the build backend (PEP 517). */
  readonly configSettings?: Readonly<Record<string, string | readonly string[]>>;
  /** In the source, before it is built. */
  readonly sourceFiles?: FileChanges;
  /** Below site-packages, once it is installed. */
  readonly installedFiles?: FileChanges;
  /** Shell by the name of the hook in nixpkgs: `preBuild`. */
  readonly hooks?: Readonly<Record<string, string>>;
  readonly requirements?: RequirementChanges;
  /** Modules that a check imports; absent: what the files tell. */
  readonly imports?: readonly string[];
}

/** An override rule that acts on a package. */
export interface FiredRule {
  readonly origin: 'collection' | 'project' | 'command line';
  /** Where it stands, without a line: `overrides.toml`. */
  readonly file: string;
  readonly why?: string;
  readonly shown?: 'built' | 'evaluated';
  /** What of it acts: `native`, `edit`; sorted. */
  readonly fields: readonly string[];
  /** Absent: wherever the package is. */
  readonly platforms?: readonly PlatformName[];
}

/** Its `Changes` hold on every platform. */
export interface PinnedPackage extends Changes {
  readonly id: PackageId;
  readonly name: string;
  readonly version: string;
  readonly artifacts: readonly Artifact[];
  readonly dependencies: readonly Edge[];
  readonly build?: Build;
  /** Attribute path below `python.pkgs`: the package is that of nixpkgs, and has no artifacts. */
  readonly nixpkgs?: string;
  /** Changes that hold on a platform, besides or instead of those of all. */
  readonly on?: Readonly<Partial<Record<PlatformName, Changes>>>;
  /** Where the override rules that changed it stand, with their reasons. */
  readonly overrides?: readonly string[];
  readonly rules?: readonly FiredRule[];
  readonly metadata: PackageMetadata;
}

/** A package that a rule leaves out. */
export interface DroppedPackage {
  readonly name: string;
  readonly rules: readonly FiredRule[];
}

/** A package of an environment, on `platforms` (absent: on all of the target's). */
export interface Member {
  readonly id: PackageId;
  readonly platforms?: readonly PlatformName[];
}

export interface Environment {
  readonly kind: 'runtime' | 'build';
  readonly members: readonly Member[];
}

/**
 * A root of the pinned graph. `package` is its own package, when it has something to build; `apps`
 * are the packages of the environment `default` whose commands are its own, when it is only names.
 */
export interface Root {
  readonly name: string;
  readonly package?: PackageId;
  readonly apps?: readonly PackageId[];
  readonly scripts: readonly string[];
}

export interface PinnedGraph {
  readonly ecosystem: Ecosystem;
  readonly target: Target;
  readonly roots: readonly Root[];
  readonly packages: ReadonlyMap<PackageId, PinnedPackage>;
  readonly environments: ReadonlyMap<string, Environment>;
  readonly collisions?: readonly CollisionRule[];
  readonly dropped?: readonly DroppedPackage[];
}
