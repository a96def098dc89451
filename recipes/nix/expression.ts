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
  | {
      readonly kind: 'attributes';
      readonly bindings: readonly NixBinding[];
      /** `rec { … }`: the bindings see each other. */
      readonly recursive?: boolean;
    }
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

/** One line of an attribute set, or a value that takes several. */
export type NixBinding =
  | NixValueBinding
  | { readonly kind: 'inherit'; readonly names: readonly string[] };

/** `blankBefore` sets it apart, `comment` stands above it. */
export interface NixValueBinding {
  readonly kind: 'value';
  readonly path: readonly string[];
  readonly value: NixExpression;
  readonly comment?: string;
  readonly blankBefore?: boolean;
}

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
export const binding = (
  name: string | readonly string[],
  value: NixExpression,
): NixValueBinding => ({
  kind: 'value',
  path: typeof name === 'string' ? [name] : name,
  value,
});
/**
 * A binding of a set: none for an empty one, `name.key = value;` on one line for a set with one
 * attribute, as hand-written Nix has it.
 */
export const setBindings = (
  name: string,
  items: readonly NixValueBinding[],
): readonly NixValueBinding[] => {
  const [only] = items;
  if (only === undefined) return [];
  return items.length === 1
    ? [{ ...only, path: [name, ...only.path] }]
    : [binding(name, attributes(items))];
};
/** Bindings in the order given, without those whose value is undefined. */
export const bindings = (
  entries: readonly (readonly [string, NixExpression | undefined])[],
): readonly NixValueBinding[] =>
  entries.flatMap(([name, value]) => (value === undefined ? [] : [binding(name, value)]));
