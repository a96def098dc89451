/**
 * The package that stands for the question: it has one version, is always chosen, and depends on
 * what is asked for.
 */
import type { UnusableCause } from './cause.ts';
import type { Dependency } from './provider.ts';

/** Its key, which no other package can have. */
export const rootPackage = '';

/** Versions that must not be chosen wherever they are asked for, as a constraints file says. */
export interface Exclusion<S> {
  readonly package: string;
  readonly set: S;
  readonly cause: UnusableCause;
}

/** What is asked: the root's dependencies, each name as often as it is asked for. */
export interface Problem<S> {
  readonly requirements: readonly Dependency<S>[];
  readonly exclusions?: readonly Exclusion<S>[];
}
