/** What files may be used at all, from options and from what the input says. */
import type { NameSet, RequirementSet } from '../../../graph/requirements.ts';
import { holdsFor, uniteNames } from '../name-set.ts';
import type { ResolveOptions } from '../resolution.ts';

export interface Policy {
  readonly onlyBinary: (name: string) => boolean;
  readonly noBinary: (name: string) => boolean;
  readonly prereleases: (name: string) => boolean;
  readonly preferWheel: (name: string) => boolean;
  /** Milliseconds since 1970; see `ResolveOptions`. */
  readonly excludeNewer: number | undefined;
}

const memberOf = (...sets: readonly (NameSet | undefined)[]): ((name: string) => boolean) => {
  if (sets.includes(':all:')) return () => true;
  const names = new Set(sets.flatMap((set) => (set === undefined || set === ':all:' ? [] : set)));
  return (name) => names.has(name);
};

export const policyOf = (set: RequirementSet, options: ResolveOptions): Policy => {
  const onlyBinary = uniteNames(set.onlyBinary, options.onlyBinary);
  const noBinary = uniteNames(set.noBinary, options.noBinary);
  return {
    onlyBinary: (name) => holdsFor(name, onlyBinary, noBinary),
    noBinary: (name) => holdsFor(name, noBinary, onlyBinary),
    prereleases: memberOf(set.prereleases === true ? ':all:' : undefined, options.prereleases),
    preferWheel: memberOf(
      options.preferWheels,
      [...(options.rules.prefer ?? [])].flatMap(([name, taken]) =>
        taken === 'wheel' ? [name] : [],
      ),
    ),
    excludeNewer: options.excludeNewer,
  };
};
