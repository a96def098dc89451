/**
 * Why something is incompatible, as told from outside. What the solver concludes by itself has
 * another cause, the conflict (`incompatibility.ts`).
 */

/** Each version of `package` in the incompatibility's set asks for `on` in `set`. */
export interface DependencyCause<S> {
  readonly kind: 'dependency';
  readonly package: string;
  readonly on: string;
  readonly set: S;
  /** The requirement as its author wrote it, such as `flask>=2,<3`; without it, name and set. */
  readonly text?: string;
  /** Where it is written, such as `requirements.txt:3`. */
  readonly origin?: string;
}

/** The set holds no version that exists. */
export interface NoVersionsCause {
  readonly kind: 'no-versions';
  readonly hint?: string;
}

/** A reason of the ecosystem: another Python is needed, the release is yanked, there is no file. */
export interface CustomCause {
  readonly kind: 'custom';
  /** The ecosystem's name for it, for programs: `yanked`, `no-such-package`. */
  readonly reason: string;
  /** What the sentence that begins with the package says: `is yanked`, `needs Python >=3.9`. */
  readonly message: string;
  /** What the sentence begins with: `foo >=2` (when left out), or `foo` alone. */
  readonly about?: 'versions' | 'package';
  /** The next thing to do, where there is one. */
  readonly hint?: string;
}

/** Why versions of a package cannot be used. */
export type UnusableCause = NoVersionsCause | CustomCause;

export type ExternalCause<S> = DependencyCause<S> | UnusableCause;
