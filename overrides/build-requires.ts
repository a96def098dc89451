import type { Overrides } from './types.ts';

/** What the rules of an `overrides.toml` have packages built with (PEP 508), by normalised name. */
export const buildRequires = ({ packages }: Overrides): ReadonlyMap<string, readonly string[]> => {
  const requires = new Map<string, Set<string>>();
  for (const { name, build, when } of packages) {
    const more = build?.requires ?? [];
    // What holds for some versions only is told of the packages themselves.
    if (more.length === 0 || when !== undefined) continue;
    requires.set(name, new Set([...(requires.get(name) ?? []), ...more]));
  }
  return new Map([...requires].map(([name, all]) => [name, [...all].sort()]));
};
