/**
 * What the solver asks of sets of versions. It knows nothing else about versions: a set is opaque,
 * and an ecosystem passes its own (for PyPI, `standards/version-set.ts`).
 *
 * The laws of a Boolean algebra must hold, and `isEmpty` must say of each set whether a version
 * could be in it, published or not.
 */
export interface SetAlgebra<S> {
  readonly empty: S;
  readonly full: S;
  readonly intersect: (a: S, b: S) => S;
  readonly union: (a: S, b: S) => S;
  readonly complement: (a: S) => S;
  readonly isEmpty: (a: S) => boolean;
  readonly isSubset: (a: S, b: S) => boolean;
  readonly equals: (a: S, b: S) => boolean;
  /** How the set is written behind a package's name; never asked of `full`. */
  readonly format: (a: S) => string;
}
