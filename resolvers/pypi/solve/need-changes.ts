/** `drop` and `dependencies` of overrides.toml: what they make of requirements before anybody acts on them. */
import type { Marker, Requirement } from '../../../graph/marker.ts';
import type { System } from '../../../graph/platform.ts';
import type { DependencyRule, DropRule, SolveRules } from '../../../graph/requirements.ts';
import { parseRequirement } from '../../../standards/requirement.ts';
import { parseSpecifierSet, specifierContains } from '../../../standards/specifier.ts';
import { allMarkers, notOnSystems, onSystems } from '../../../standards/system-marker.ts';
import { groupedBy } from './by-name.ts';

/** A requirement as far as rules look at it. */
interface Item {
  /** Normalised; absent for a bare URL. */
  readonly name?: string;
  readonly marker?: Marker;
}

/** Whose requirements they are. */
export interface NeedOwner {
  /** Normalised. */
  readonly name: string;
  /** Absent: a project that states none, for which all rules hold. */
  readonly version?: string;
  /** Whether they are what it needs with an extra only: nothing is added to them. */
  readonly isExtra?: boolean;
}

/** Makes a requirement of the reader's kind from one of a rule; `place` is the rule's. */
export type MakeItem<T> = (requirement: Requirement, text: string, place: string) => T;

export interface NeedChanges {
  /** The requirements with all rules in them that hold for their owner. */
  readonly change: <T extends Item>(
    owner: NeedOwner,
    items: readonly T[],
    make: MakeItem<T>,
  ) => readonly T[];
  /** The same with drops only. */
  readonly drop: <T extends Item>(items: readonly T[]) => readonly T[];
  /** Whether rules leave a name out, anywhere. */
  readonly drops: (name: string) => boolean;
}

/** The same on some systems only, or on all but some. */
const limited = <T extends Item>(item: T, where: Marker | undefined): T =>
  where === undefined ? item : { ...item, marker: allMarkers(item.marker, where) };

const dropped = (rules: readonly DropRule[]): ReadonlyMap<string, readonly System[] | 'all'> => {
  const drops = new Map<string, readonly System[] | 'all'>();
  for (const { name, systems } of rules) {
    const known = drops.get(name) ?? [];
    drops.set(name, systems === undefined || known === 'all' ? 'all' : [...known, ...systems]);
  }
  return drops;
};

const holdsFor = ({ specifier }: DependencyRule, version: string | undefined): boolean =>
  specifier === undefined ||
  version === undefined ||
  specifierContains(parseSpecifierSet(specifier), version);

const applyRule = <T extends Item>(
  rule: DependencyRule,
  items: readonly T[],
  { make, isExtra = false }: { readonly make: MakeItem<T>; readonly isExtra?: boolean },
): readonly T[] => {
  const { systems = [], add, remove, replace, place } = rule;
  const here = onSystems(systems);
  const elsewhere = notOnSystems(systems);
  const left = items.flatMap((item): readonly T[] => {
    const { name = '' } = item;
    const text = Object.hasOwn(replace, name) ? replace[name] : undefined;
    if (text === undefined && !remove.includes(name)) return [item];
    const rest = elsewhere === undefined ? [] : [limited(item, elsewhere)];
    if (text === undefined) return rest;
    const instead = limited(make(parseRequirement(text), text, place), item.marker);
    return [limited(instead, here), ...rest];
  });
  const added = isExtra
    ? []
    : add.map((text) => limited(make(parseRequirement(text), text, place), here));
  return [...left, ...added];
};

/** The rules, ready to be asked; undefined when there are none. */
export const needChanges = ({
  drops: dropRules = [],
  dependencies = [],
}: SolveRules): NeedChanges | undefined => {
  if (dropRules.length === 0 && dependencies.length === 0) return undefined;
  const drops = dropped(dropRules);
  const byOwner = groupedBy(dependencies, ({ of }) => of);
  const drop: NeedChanges['drop'] = (items) =>
    items.flatMap((item) => {
      const gone = item.name === undefined ? undefined : drops.get(item.name);
      if (gone === undefined) return [item];
      return gone === 'all' ? [] : [limited(item, notOnSystems(gone))];
    });
  return {
    drop,
    drops: (name) => drops.has(name),
    change: ({ name, version, isExtra = false }, items, make) =>
      drop(
        (byOwner.get(name) ?? [])
          .filter((rule) => holdsFor(rule, version))
          .reduce((list, rule) => applyRule(rule, list, { make, isExtra }), items),
      ),
  };
};
