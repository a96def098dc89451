/** Names that a marker may compare (PEP 508; `extras` and `dependency_groups` are PEP 751's). */
export const markerVariables = [
  'python_version',
  'python_full_version',
  'os_name',
  'sys_platform',
  'platform_release',
  'platform_system',
  'platform_version',
  'platform_machine',
  'platform_python_implementation',
  'implementation_name',
  'implementation_version',
  'extra',
  'extras',
  'dependency_groups',
] as const;

export type MarkerVariable = (typeof markerVariables)[number];

export type MarkerOperator = '<' | '<=' | '!=' | '==' | '>=' | '>' | '~=' | '===' | 'in' | 'not in';

export type MarkerValue = { readonly variable: MarkerVariable } | { readonly literal: string };

/** An environment marker (PEP 508) as a tree. `and` and `or` have at least two operands. */
export type Marker =
  | {
      readonly kind: 'compare';
      readonly left: MarkerValue;
      readonly operator: MarkerOperator;
      readonly right: MarkerValue;
    }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Marker[] };

/**
 * A requirement (PEP 508). `name` is normalised (PEP 503), `extras` are normalised, sorted and
 * without repetition; `specifier` is the text of a PEP 440 specifier set, never with `url`.
 */
export interface Requirement {
  readonly name: string;
  readonly extras: readonly string[];
  readonly specifier?: string;
  readonly url?: string;
  readonly marker?: Marker;
}
