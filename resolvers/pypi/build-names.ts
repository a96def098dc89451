/** What build environments are called. */
import { parseVersion } from '../../standards/version.ts';
import { byText } from './merge.ts';

/** So many of the requirements are part of a name. */
const namedAtMost = 3;

/**
 * `setuptools-80`: what was asked for with its major versions; setuptools never goes without wheel.
 * `bare` has nothing, for a backend in the tree that needs nothing else.
 */
export const environmentLabel = (
  asked: readonly { readonly name: string; readonly version: string }[],
): string => {
  if (asked.length === 0) return 'bare';
  const hasSetuptools = asked.some(({ name }) => name === 'setuptools');
  const parts = asked
    .filter(({ name }) => !(hasSetuptools && name === 'wheel'))
    .map(({ name, version }) => `${name}-${parseVersion(version).release[0]}`);
  const unique = [...new Set(parts)].sort(byText);
  const rest = unique.length - namedAtMost;
  return [...unique.slice(0, namedAtMost), ...(rest > 0 ? [`and-${rest}`] : [])].join('-');
};

/** So much of a key tells environments of one label apart. */
const suffixLength = 6;

/**
 * Names of environments by key, from all their labels: of several the shortest, and with the
 * beginning of the key behind it where another environment has the same.
 */
export const environmentNames = (
  labels: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, string> => {
  const chosen = new Map(
    [...labels].map(([key, all]) => {
      const [best = 'bare'] = [...all].sort(
        (left, right) => left.length - right.length || byText(left, right),
      );
      return [key, best] as const;
    }),
  );
  const counts = new Map<string, number>();
  for (const label of chosen.values()) counts.set(label, (counts.get(label) ?? 0) + 1);
  return new Map(
    [...chosen].map(([key, label]) => [
      key,
      counts.get(label) === 1 ? label : `${label}-${key.slice(0, suffixLength)}`,
    ]),
  );
};
