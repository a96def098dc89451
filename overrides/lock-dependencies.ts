/** What packages require once rules were applied: as edges of the lock, and as their metadata is to say it. */
import type { Platform } from '../graph/platform.ts';
import type {
  FiredRule,
  Gap,
  LockedDependency,
  LockedPackage,
  PackageId,
  RequirementChanges,
} from '../graph/types.ts';
import { parseRequirement } from '../standards/requirement.ts';
import { parseSpecifierSet, specifierContains } from '../standards/specifier.ts';
import { allMarkers, onSystems } from '../standards/system-marker.ts';
import { firedRule, limitTo } from './match.ts';
import type { Overrides, PackageRule } from './types.ts';

interface Held {
  readonly rule: PackageRule;
  readonly platforms: readonly Platform[];
}

/** Whose requirements they are: a package of the lock, or a root. */
export interface Owner {
  readonly id: PackageId;
  readonly name: string;
  readonly isRoot?: boolean;
}

/** The rules that bear on what one package requires. */
export interface DependencyContext {
  readonly held: readonly Held[];
  readonly drops: ReadonlyMap<string, readonly Held[]>;
  readonly constraints: Overrides['constraints'];
  readonly platforms: readonly Platform[];
}

/** A dependency on some of the platforms only; undefined when there are none. */
const limited = (
  dependency: LockedDependency,
  on: readonly Platform[],
  platforms: readonly Platform[],
): LockedDependency | undefined => {
  if (on.length === 0) return undefined;
  if (on.length === platforms.length) return dependency;
  const where = onSystems(on.map(({ system }) => system));
  const marker = allMarkers(dependency.marker, where);
  return marker === undefined ? dependency : { ...dependency, marker };
};

const others = (platforms: readonly Platform[], some: readonly Platform[]): readonly Platform[] =>
  platforms.filter((platform) => !some.includes(platform));

type Packages = ReadonlyMap<PackageId, LockedPackage>;

const candidatesFor = (
  packages: Packages,
  name: string,
  specifier: string | undefined,
): readonly PackageId[] =>
  [...packages.values()]
    .filter(
      (each) =>
        each.name === name &&
        (specifier === undefined || specifierContains(parseSpecifierSet(specifier), each.version)),
    )
    .map(({ id }) => id);

/** The dependency that a requirement of a rule means, or the gap that it is. */
const required = (
  text: string,
  {
    owner,
    rule,
    packages,
  }: {
    readonly owner: Owner;
    readonly rule: PackageRule;
    readonly packages: Packages;
  },
): LockedDependency | Gap => {
  const { name, extras, specifier, marker } = parseRequirement(text);
  if (![...packages.values()].some((each) => each.name === name)) {
    return {
      ...(owner.isRoot ? {} : { package: owner.id }),
      kind: 'dependencies',
      requirement: text,
      rule: rule.place,
      message: `\`${owner.id}\` requires \`${text}\` (${rule.place})`,
    };
  }
  return {
    name,
    extras,
    candidates: candidatesFor(packages, name, specifier),
    ...(marker === undefined ? {} : { marker }),
    kind: 'runtime',
  };
};

const isGap = (item: LockedDependency | Gap): item is Gap => 'message' in item;

/** A lock's dependencies with `dependencies`, `drop` and `[[constraint]]` in them. */
export const changeDependencies = (
  stated: readonly LockedDependency[],
  {
    owner,
    held,
    drops,
    constraints,
    packages,
    platforms,
  }: DependencyContext & {
    readonly owner: Owner;
    readonly packages: Packages;
  },
): { readonly dependencies: readonly LockedDependency[]; readonly gaps: readonly Gap[] } => {
  const gaps: Gap[] = [];
  let list = stated;
  const add = (item: LockedDependency | Gap): readonly LockedDependency[] => {
    if (!isGap(item)) return [item];
    gaps.push(item);
    return [];
  };
  for (const { rule, platforms: on } of held) {
    const { remove = [], replace = {}, add: added = [] } = rule.dependencies ?? {};
    list = list.flatMap((dependency) => {
      const text = Object.hasOwn(replace, dependency.name) ? replace[dependency.name] : undefined;
      if (text === undefined && !remove.includes(dependency.name)) return [dependency];
      const rest = limited(dependency, others(platforms, on), platforms) ?? [];
      if (text === undefined) return [rest].flat();
      const item = required(text, { owner, rule, packages });
      if (isGap(item)) return [...add(item), rest].flat();
      const marker = allMarkers(dependency.marker, item.marker);
      const { extra, kind } = dependency;
      const instead: LockedDependency = {
        ...item,
        kind,
        ...(marker === undefined ? {} : { marker }),
        ...(extra === undefined ? {} : { extra }),
      };
      return [limited(instead, on, platforms) ?? [], rest].flat();
    });
    list = [
      ...list,
      ...added.flatMap((text) =>
        add(required(text, { owner, rule, packages })).flatMap(
          (item) => limited(item, on, platforms) ?? [],
        ),
      ),
    ];
  }
  for (const { of, on, use } of constraints) {
    if (of !== '*' && of !== owner.name) continue;
    if (use === undefined) list = list.filter(({ name }) => name !== on);
    else {
      list = list.map((dependency) => {
        if (dependency.name !== on) return dependency;
        const fitting = candidatesFor(packages, on, use);
        const candidates =
          of === '*' ? dependency.candidates.filter((id) => fitting.includes(id)) : fitting;
        return { ...dependency, candidates };
      });
    }
  }
  list = list.flatMap((dependency) => {
    const dropped = drops.get(dependency.name);
    if (dropped === undefined) return [dependency];
    const gone = dropped.flatMap((each) => each.platforms);
    return limited(dependency, others(platforms, gone), platforms) ?? [];
  });
  return { dependencies: list, gaps };
};

/**
 * What the installed metadata of a package has to say so that it agrees, and the rules that make it
 * so. Requirements differ by platform in markers only, so that metadata are the same on all.
 */
export const changedRequirements = (
  { name: owner, ignored = [] }: { readonly name: string; readonly ignored?: readonly string[] },
  stated: readonly LockedDependency[],
  { held, drops, constraints, platforms }: DependencyContext,
): {
  readonly requirements?: RequirementChanges;
  readonly fired: readonly FiredRule[];
} => {
  const asked = new Set([...stated.map(({ name }) => name), ...ignored]);
  const add: string[] = [];
  const remove = new Set<string>();
  const replace = new Map<string, string>();
  const specifiers = new Map<string, string>();
  const fired: FiredRule[] = [];
  for (const { rule } of held) {
    add.push(...(rule.dependencies?.add ?? []));
    for (const name of rule.dependencies?.remove ?? []) remove.add(name);
    for (const [name, text] of Object.entries(rule.dependencies?.replace ?? {})) {
      replace.set(name, text);
    }
  }
  for (const rule of constraints) {
    const { of, on, use } = rule;
    // A bound for everyone stands beside what each declares.
    if (of === '*' ? use !== undefined || !asked.has(on) : of !== owner) continue;
    if (use === undefined) remove.add(on);
    else specifiers.set(on, use);
    fired.push(firedRule(rule, ['constraint'], undefined));
  }
  for (const [name, dropped] of drops) {
    if (!asked.has(name)) continue;
    remove.add(name);
    for (const { rule, platforms: on } of dropped) {
      fired.push(firedRule(rule, ['drop'], limitTo(on, platforms)));
    }
  }
  const sorted = (table: ReadonlyMap<string, string>) =>
    Object.fromEntries([...table].sort(([left], [right]) => (left < right ? -1 : 1)));
  const requirements: RequirementChanges = {
    ...(add.length === 0 ? {} : { add: [...new Set(add)].sort() }),
    ...(remove.size === 0 ? {} : { remove: [...remove].sort() }),
    ...(replace.size === 0 ? {} : { replace: sorted(replace) }),
    ...(specifiers.size === 0 ? {} : { specifiers: sorted(specifiers) }),
  };
  return Object.keys(requirements).length === 0 ? { fired } : { requirements, fired };
};
