/**
 * What the solver asks of an ecosystem. Answers may come late, but must be the same whenever and in
 * whatever order they are asked for: then the solution is, too.
 *
 * Packages are keys that mean nothing to the solver. What is not one package for the ecosystem, as
 * `flask[async]`, is a key like others whose versions depend on the same version of `flask`.
 */
import type { UnusableCause } from './cause.ts';
import type { SetAlgebra } from './set-algebra.ts';

/** A version that may be chosen, and the set with it and nothing else. */
export interface Candidate<S, V> {
  readonly kind: 'candidate';
  readonly version: V;
  readonly set: S;
}

/** Versions that cannot be used, and why. */
export interface Unusable<S> {
  readonly kind: 'unusable';
  readonly cause: UnusableCause;
  /** Which: all that were asked about when left out. At least one of these is among them. */
  readonly set?: S;
}

export interface Dependency<S> {
  readonly package: string;
  readonly set: S;
  /** The versions known to have this very dependency, the one asked about among them. */
  readonly from?: S;
  /** The requirement as written, for explanations. */
  readonly text?: string;
  /** Where it is written, for explanations. */
  readonly origin?: string;
}

export interface Dependencies<S> {
  readonly kind: 'dependencies';
  readonly dependencies: readonly Dependency<S>[];
}

/** What the solver has seen of a package. */
export interface PackageStatistics {
  /** The how-manieth package it was that came into view, from 0. */
  readonly discovered: number;
  /** How often its versions were ruled out by what was decided before. */
  readonly affected: number;
  /** How often a decision for it ruled out others. */
  readonly culprit: number;
}

/** Compared number by number, the least is decided first; a missing number is 0. */
export type Priority = readonly number[];

type Eventually<T> = T | Promise<T>;

export interface Provider<S, V> {
  readonly sets: SetAlgebra<S>;
  /** The best version in the set, or a reason why some or all of the set cannot be used. */
  readonly choose: (name: string, set: S) => Eventually<Candidate<S, V> | Unusable<S>>;
  /** What a version that `choose` gave depends on, or why it cannot be used after all. */
  readonly dependencies: (name: string, version: V) => Eventually<Dependencies<S> | Unusable<S>>;
  /**
   * Which package to decide next. Asked again when the set or the statistics have changed; equal
   * ones are decided by name. Without it, packages that met most conflicts come first.
   */
  readonly prioritise?: (
    name: string,
    set: S,
    statistics: PackageStatistics,
  ) => Eventually<Priority>;
  /**
   * Whether the decision for a package, which has ruled out so much, is to be taken back, so that
   * what met conflicts can be decided before it. That is done once for a package.
   */
  readonly reconsider?: (name: string, set: S, statistics: PackageStatistics) => boolean;
  /** Told of what will probably be asked next. Must not throw; a failure belongs to the question. */
  readonly prefetch?: (name: string, set: S) => void;
}
