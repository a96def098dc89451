/** What finding versions takes and gives. */
import type { Diagnostic } from '../../graph/errors.ts';
import type { Platform, PlatformName } from '../../graph/platform.ts';
import type { IndexChoice, NameSet, SolveRules } from '../../graph/requirements.ts';
import type { LockedGraph, PythonTarget } from '../../graph/types.ts';
import type { IdleRule } from './explain/unmatched.ts';
import type { Wanted } from './select.ts';
import type { Commits } from './solve/commits.ts';

/** Which version of those that fit is taken; `first-wins` is what pip did before 20.3. */
export type ResolutionStrategy = 'highest' | 'lowest' | 'first-wins';

export interface ResolveOptions {
  readonly python: PythonTarget;
  readonly platforms: readonly Platform[];
  readonly wanted: Wanted;
  readonly strategy: ResolutionStrategy;
  readonly indexes: IndexChoice;
  /** What to install when a release has both. */
  readonly prefer: 'wheel' | 'sdist';
  /** Names of which the newest release with a usable wheel is taken before newer ones without. */
  readonly preferWheels: readonly string[];
  /** Never built from source, and never taken as a wheel (pip's options of these names). */
  readonly onlyBinary: NameSet;
  readonly noBinary: NameSet;
  /** Pre-releases of these names are as good as any. */
  readonly prereleases: NameSet;
  /** Files uploaded at this time (milliseconds since 1970) or later do not exist. */
  readonly excludeNewer?: number;
  /** Versions to keep where they satisfy, by normalised name; several when the graph forked. */
  readonly preferences: ReadonlyMap<string, readonly string[]>;
  /** Commits to keep, by what asks for them (`commitsOf`); absent: branches and tags are asked anew. */
  readonly keptCommits?: Commits;
  readonly rules: SolveRules;
}

/** Why a version that is newer than the chosen one was not taken, for `explain`. */
export interface Rejected {
  readonly version: string;
  /** A clause: `was yanked (broken)`, `needs Python >=3.9`, `is excluded by a's a>=1`. */
  readonly why: string;
}

export interface Resolution {
  /** The versions, with all files that the target may use; `pinGraph` goes on from there. */
  readonly graph: LockedGraph;
  /** Names with several versions, and where each holds; empty when one version does for all. */
  readonly forks: ReadonlyMap<string, ReadonlyMap<string, readonly PlatformName[]>>;
  /** Versions that `explain` tells of, by name; computed when asked for. */
  readonly rejected: (name: string) => Promise<readonly Rejected[]>;
  /** Rules that changed nothing here; they may do so where what builds need is sought. */
  readonly idleRules: readonly IdleRule[];
  /** Yanked pins, contradictions that first-wins passed over, guesses from old sdists. */
  readonly diagnostics: readonly Diagnostic[];
}
