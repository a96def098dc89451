/** A step of the partial solution: a term that now holds, decided upon or derived. */
import type { Incompatibility } from './incompatibility.ts';
import type { Term } from './term.ts';

export interface Assignment<S> {
  readonly term: Term<S>;
  /** All that is known of the package from this step on: `term` and what was known before. */
  readonly known: Term<S>;
  /** How many decisions had been made, this one included. */
  readonly level: number;
  /** Which step it is, from 0. */
  readonly index: number;
  /** What it was derived from; undefined for a decision. */
  readonly cause: Incompatibility<S> | undefined;
}
