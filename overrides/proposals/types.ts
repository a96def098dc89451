/** What a rule of `overrides.toml` about a package may say, as far as rules are proposed and written by commands. */
export interface RuleTable {
  readonly name: string;
  readonly why?: string;
  readonly source?: Readonly<Record<string, string | boolean>>;
  readonly build?: { readonly requires?: readonly string[] };
  readonly dependencies?: { readonly add?: readonly string[] };
  readonly native?: {
    readonly tools?: readonly string[];
    readonly libraries?: readonly string[];
    readonly 'hardening-disable'?: readonly string[];
  };
  readonly env?: Readonly<Record<string, string>>;
  readonly patches?: readonly (string | Readonly<Record<string, string>>)[];
  readonly drop?: boolean;
}

export interface CollisionTable {
  readonly path: string;
  readonly keep?: string;
  readonly 'drop-from'?: readonly string[];
  readonly why?: string;
}

export interface ConstraintTable {
  readonly of: string;
  readonly on: string;
  readonly use?: string;
  readonly ignore?: boolean;
  readonly why?: string;
}

/** What was learnt of a failure. `advice` is for what no rule cures. */
export type Proposal =
  | { readonly kind: 'package'; readonly rule: RuleTable & { readonly why: string } }
  | { readonly kind: 'collision'; readonly rule: CollisionTable & { readonly why: string } }
  | { readonly kind: 'constraint'; readonly rule: ConstraintTable & { readonly why: string } }
  | { readonly kind: 'advice'; readonly name?: string; readonly text: string };

/** What is known besides the log. */
export interface ProposalContext {
  /** The package that was built, where the log does not say it. */
  readonly name?: string;
  /** Normalised names of the recipe, to tell packages from other derivations; absent: all that look like one. */
  readonly packages?: readonly string[];
  /** Such as `2.7`; else what the log says. */
  readonly python?: string;
  /** Names whose `CFLAGS` rules set already, and to what. */
  readonly flags?: ReadonlyMap<string, string>;
}

/** A derivation that could not be built, with what of the log is its own. */
export interface FailedBuild {
  readonly kind: 'package' | 'check' | 'environment';
  /** Normalised; absent: not known. */
  readonly name?: string;
  readonly version?: string;
  /** Such as `2.7`. */
  readonly python?: string;
  readonly text: string;
}

/** What cures a build, or what is to be said of it. Of several for one package one rule is made. */
export interface Cure {
  /** Clause: `it includes \`ffi.h\``. */
  readonly why: string;
  /** Absent: nothing that a rule says cures it. */
  readonly rule?: Omit<RuleTable, 'name' | 'why'>;
  /** Whose rule it is, where that is another package than the one that was built. */
  readonly name?: string;
}
