/**
 * What is asked for where nothing is locked: by a manifest, a requirements file or a package's name.
 * A resolver finds the versions and makes a `LockedGraph` of it.
 */
import type { Diagnostic } from './errors.ts';
import type { Marker } from './marker.ts';
import type { System } from './platform.ts';
import type { BuildSystem, Ecosystem, Integrity, PackageMetadata, Source } from './types.ts';

/** A requirement as somebody wrote it. */
export interface AskedRequirement {
  /** Normalised (PEP 503). Absent for a bare URL or path that does not tell: its source does. */
  readonly name?: string;
  /** Normalised, sorted. */
  readonly extras: readonly string[];
  /** Text of a PEP 440 specifier set; absent: any version. Never with `source`. */
  readonly specifier?: string;
  /**
   * A direct reference: this source and no other. Its URL may hold credentials. The `rev` of a
   * repository is as written: a commit, a branch or a tag, `HEAD` for the default branch;
   * `Registry.gitCommit` makes a commit of it.
   */
  readonly source?: Source;
  readonly marker?: Marker;
  /** As written, on one line, without credentials; for explanations. */
  readonly text: string;
  /** Where it stands, for explanations: `requirements.txt:3`, `pyproject.toml [project]`, `the command line`. */
  readonly origin: string;
  /** What a file of it may be, when it says so (pip's hash-checking mode); empty: anything. */
  readonly integrities: readonly Integrity[];
  /** Base URL of the one simple index that it is to be taken from. */
  readonly index?: string;
}

/** The simple indexes of a question; URLs may hold credentials. */
export interface IndexChoice {
  /** Asked last; absent: the public default. `false`: none at all (pip's `--no-index`). */
  readonly index?: string | false;
  /** Asked before it, first to last. */
  readonly extra: readonly string[];
  /**
   * `first-index`: a name is taken from the first index that has it, so that nobody can slip a
   * package of that name in elsewhere. `best-match`: the versions of all, for those who trust all.
   */
  readonly strategy: 'first-index' | 'best-match';
}

/** A project that asks: its groups (`main` at run time) and extras, by normalised name. */
export interface AskingRoot {
  readonly name: string;
  readonly version?: string;
  /** The folder of its own source, relative to the input's; absent when there is nothing to build. */
  readonly path?: string;
  readonly groups: Readonly<Record<string, readonly AskedRequirement[]>>;
  /** Groups that are wanted only when asked for; sorted. */
  readonly optionalGroups?: readonly string[];
  readonly extras: Readonly<Record<string, readonly AskedRequirement[]>>;
  readonly buildSystem?: BuildSystem;
  readonly scripts: readonly string[];
  /**
   * For a root that is nothing but names: the packages (normalised names, sorted) whose commands are
   * the root's. What `scripts` are is known only once their files are.
   */
  readonly apps?: readonly string[];
  readonly metadata: PackageMetadata;
}

/** A set of names, or all, as pip's `--only-binary` has it. */
export type NameSet = readonly string[] | ':all:';

/** Everything that an input without pins says. */
export interface RequirementSet {
  readonly ecosystem: Ecosystem;
  readonly format: { readonly name: string; readonly file: string };
  readonly requiresPython?: string;
  readonly roots: readonly AskingRoot[];
  /** Bounds for whatever is needed anyway (pip's `-c`). */
  readonly constraints: readonly AskedRequirement[];
  readonly indexes: Omit<IndexChoice, 'strategy'>;
  /** Options that a requirements file sets (pip's `--only-binary`, `--no-binary`, `--pre`, `--require-hashes`). */
  readonly onlyBinary?: NameSet;
  readonly noBinary?: NameSet;
  readonly prereleases?: boolean;
  readonly requireHashes?: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

/** A `[[constraint]]` of overrides.toml: changes what `of` (`*`: everybody) asks of `on`. */
export interface ConstraintRule {
  /** Normalised name of the asking distribution or project, or `*`. */
  readonly of: string;
  /** Normalised name. */
  readonly on: string;
  /**
   * The specifier to ask instead (its extras stay); for `of = "*"` a bound for everyone, beside what
   * each asks. Undefined: the requirement is ignored.
   */
  readonly use: string | undefined;
  readonly why?: string;
  /** Where the rule stands: `overrides.toml:3`. */
  readonly place: string;
}

/** A `drop` of overrides.toml: nobody gets the package, and nothing is asked about it. */
export interface DropRule {
  /** Normalised name. */
  readonly name: string;
  /** Absent: on all. */
  readonly systems?: readonly System[];
  readonly place: string;
}

/** A `source` of overrides.toml: what a package is taken from instead of the index. */
export interface SourceRule {
  /** Normalised name. */
  readonly name: string;
  /** The versions that it replaces, as a specifier set; absent: whatever is asked for. */
  readonly replaces?: string;
  /**
   * A source; or another version of the index; or the package of `python.pkgs`, which is not
   * looked into.
   */
  readonly take:
    | {
        readonly kind: 'source';
        readonly source: Source;
        /** What its files may be; empty: anything. */
        readonly integrities: readonly Integrity[];
        readonly version?: string;
      }
    | { readonly kind: 'version'; readonly version: string }
    | { readonly kind: 'nixpkgs'; readonly attribute: string; readonly version?: string };
  readonly place: string;
}

/** `dependencies` of overrides.toml: what a package requires besides or instead of what it declares. */
export interface DependencyRule {
  /** Normalised name of the package that requires. */
  readonly of: string;
  /** Its versions, as a specifier set; absent: all. */
  readonly specifier?: string;
  /** Absent: on all. */
  readonly systems?: readonly System[];
  /** Requirements (PEP 508). */
  readonly add: readonly string[];
  /** Normalised names. */
  readonly remove: readonly string[];
  /** Requirements by the normalised name that they take the place of; its marker and extra stay. */
  readonly replace: Readonly<Record<string, string>>;
  readonly place: string;
}

/** Rules that act while versions are sought. */
export interface SolveRules {
  readonly constraints: readonly ConstraintRule[];
  readonly drops?: readonly DropRule[];
  /** The last one of a name that applies wins. */
  readonly sources?: readonly SourceRule[];
  /** In their order. */
  readonly dependencies?: readonly DependencyRule[];
  /** What is taken of a name where a release has both. */
  readonly prefer?: ReadonlyMap<string, 'wheel' | 'sdist'>;
}
