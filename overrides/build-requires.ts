import type { Overrides } from './types.ts';

/** What the rules of an `overrides.toml` have packages built with (PEP 508), by normalised name. */
export const buildRequires = ({ packages }: Overrides): ReadonlyMap<string, readonly string[]> => {
  const requires = new Map<string, Set<string>>();
  for (const { name, buildRequires: more = [] } of packages) {
    if (more.length === 0) continue;
    requires.set(name, new Set([...(requires.get(name) ?? []), ...more]));
  }
  return new Map([...requires].map(([name, all]) => [name, [...all].sort()]));
};
