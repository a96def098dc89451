import type { System } from '../graph/platform.ts';
import type { ConstraintRule } from '../graph/requirements.ts';
import type {
  BuildChanges,
  CollisionRule,
  FiredRule,
  Integrity,
  Native,
  Source,
} from '../graph/types.ts';
import type { Phase } from './schema.ts';

/** Where rules come from; later ones win. */
export type Origin = FiredRule['origin'];

/** Where a rule holds: all that is stated must be so. Specifiers are texts of sets (PEP 440). */
export interface When {
  readonly version?: string;
  readonly python?: string;
  readonly source?: 'sdist' | 'wheel';
  readonly systems?: readonly System[];
  /** Another package, by normalised name. */
  readonly with?: { readonly name: string; readonly specifier?: string };
}

/** What a package is taken from instead. */
export type Replacement =
  | {
      readonly kind: 'source';
      readonly source: Source;
      readonly integrities: readonly Integrity[];
      /** The version that it is; absent: the one that is replaced. */
      readonly version?: string;
    }
  | { readonly kind: 'version'; readonly version: string }
  | { readonly kind: 'nixpkgs'; readonly attribute: string; readonly version?: string };

/** A patch beside the rules, whose text is there once it was read, or one of the web. */
export type RulePatch = { readonly phase?: Phase } & (
  | { readonly path: string; readonly text?: string; readonly place: string }
  | { readonly url: string; readonly integrity: Integrity }
);

export interface RuleEdit {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  readonly required?: boolean;
  readonly phase?: Phase;
}

/** A `[[package]]` rule: what data cannot tell of a distribution. What it does not say is absent. */
export interface PackageRule {
  /** Normalised (PEP 503). */
  readonly name: string;
  readonly when?: When;
  readonly why?: string;
  readonly shown?: 'built' | 'evaluated';
  readonly prefer?: 'wheel' | 'sdist';
  readonly replacement?: Replacement;
  readonly build?: BuildChanges;
  readonly configSettings?: Readonly<Record<string, string | readonly string[]>>;
  readonly dependencies?: {
    readonly add: readonly string[];
    readonly remove: readonly string[];
    readonly replace: Readonly<Record<string, string>>;
  };
  readonly native?: Native;
  readonly env?: Readonly<Record<string, string>>;
  readonly patches?: readonly RulePatch[];
  readonly edits?: readonly RuleEdit[];
  readonly files?: {
    readonly remove: readonly string[];
    readonly create: Readonly<Record<string, string>>;
    readonly phase?: Phase;
  };
  /** By the name of the hook in nixpkgs. */
  readonly hooks?: Readonly<Record<string, string>>;
  readonly imports?: readonly string[];
  readonly drop?: boolean;
  readonly origin: Origin;
  /** Where the rule stands, for recipes and records, which must not change with its line: `overrides.toml`. */
  readonly file: string;
  /** Where the rule stands, for reports: `project/overrides.toml:3`. */
  readonly place: string;
}

/** Rules in their order, of one file or of several. */
export interface Overrides {
  readonly packages: readonly PackageRule[];
  readonly collisions: readonly (CollisionRule & { readonly place: string })[];
  readonly constraints: readonly (ConstraintRule & {
    readonly origin: Origin;
    readonly file: string;
  })[];
}
