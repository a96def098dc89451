/** The solver's keys: `flask`, and `flask[async]` for what its extra adds to the same version. */

export interface PackageKey {
  /** Normalised. */
  readonly name: string;
  readonly extra?: string;
}

export const keyOf = (name: string, extra?: string): string =>
  extra === undefined ? name : `${name}[${extra}]`;

export const splitKey = (key: string): PackageKey => {
  const bracket = key.indexOf('[');
  return bracket < 0
    ? { name: key }
    : { name: key.slice(0, bracket), extra: key.slice(bracket + 1, -1) };
};
