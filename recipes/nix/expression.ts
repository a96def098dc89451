/**
 * A small tree of Nix expressions: just what recipes are made of. Strings and names are held as
 * they are; `print.ts` does all escaping.
 */
export type NixExpression =
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'literal'; readonly value: boolean | null }
  | { readonly kind: 'path'; readonly value: string }
  /** A name that is looked up in NIX_PATH: `<nixpkgs>`. */
  | { readonly kind: 'lookup'; readonly name: 'nixpkgs' }
  | { readonly kind: 'variable'; readonly path: readonly string[] }
  | { readonly kind: 'list'; readonly items: readonly NixExpression[] }
  | { readonly kind: 'attributes'; readonly bindings: readonly NixBinding[] }
  | {
      readonly kind: 'apply';
      readonly target: NixExpression;
      readonly argument: NixExpression;
    }
  | {
      readonly kind: 'or';
      readonly target: NixExpression;
      readonly fallback: NixExpression;
    }
  | {
      readonly kind: 'function';
      readonly formals: readonly NixFormal[];
      readonly ellipsis: boolean;
      readonly body: NixExpression;
    }
  | { readonly kind: 'constant'; readonly argument: string; readonly body: NixExpression };

/** One line of an attribute set. `blankBefore` sets it apart, `comment` stands above it. */
export type NixBinding =
  | {
      readonly kind: 'value';
      readonly path: readonly string[];
      readonly value: NixExpression;
      readonly comment?: string;
      readonly blankBefore?: boolean;
    }
  | { readonly kind: 'inherit'; readonly names: readonly string[] };

export interface NixFormal {
  readonly name: string;
  readonly fallback?: NixExpression;
}

export const string = (value: string): NixExpression => ({ kind: 'string', value });
/** A relative path literal such as `./pins.nix` or `../..`. */
export const path = (value: string): NixExpression => ({ kind: 'path', value });
export const variable = (...segments: readonly string[]): NixExpression => ({
  kind: 'variable',
  path: segments,
});
export const boolean = (value: boolean): NixExpression => ({ kind: 'literal', value });
export const list = (items: readonly NixExpression[]): NixExpression => ({ kind: 'list', items });
export const strings = (items: readonly string[]): NixExpression => list(items.map(string));
export const apply = (target: NixExpression, argument: NixExpression): NixExpression => ({
  kind: 'apply',
  target,
  argument,
});
export const attributes = (bindings: readonly NixBinding[]): NixExpression => ({
  kind: 'attributes',
  bindings,
});
export const binding = (name: string | readonly string[], value: NixExpression): NixBinding => ({
  kind: 'value',
  path: typeof name === 'string' ? [name] : name,
  value,
});
/** Bindings in the order given, without those whose value is undefined. */
export const bindings = (
  entries: readonly (readonly [string, NixExpression | undefined])[],
): readonly NixBinding[] =>
  entries.flatMap(([name, value]) => (value === undefined ? [] : [binding(name, value)]));
