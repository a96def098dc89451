import type { ConstraintRule } from '../graph/requirements.ts';
import type { CollisionRule, Native } from '../graph/types.ts';

/** A `[[package]]` rule: what data cannot tell of a distribution. */
export interface PackageRule {
  /** Normalised (PEP 503). */
  readonly name: string;
  readonly why?: string;
  readonly native: Native;
  /** What it is built with besides what it states (PEP 508); absent: nothing. */
  readonly buildRequires?: readonly string[];
  /** Where the rule stands, for reports: `project/overrides.toml:3`. */
  readonly place: string;
}

/** What an `overrides.toml` says, in its order. */
export interface Overrides {
  readonly packages: readonly PackageRule[];
  readonly collisions: readonly (CollisionRule & { readonly place: string })[];
  readonly constraints: readonly ConstraintRule[];
}
