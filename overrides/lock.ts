/** The rules that act before anything is pinned: what a lock has, and what it is taken from. */
import type { Diagnostic } from '../graph/errors.ts';
import type { Platform } from '../graph/platform.ts';
import type {
  BuildChanges,
  DroppedPackage,
  FiredRule,
  Gap,
  LockedDependency,
  LockedGraph,
  LockedPackage,
  LockedRoot,
  PackageId,
  PythonTarget,
  RequirementChanges,
} from '../graph/types.ts';
import { changeBuildSystem } from '../standards/build-system.ts';
import { tryParseRequirement } from '../standards/requirement.ts';
import { changeDependencies, changedRequirements, type Owner } from './lock-dependencies.ts';
import { replaceSource } from './lock-source.ts';
import { firedRule, holds, holdsForPython, limitTo, versionsOf } from './match.ts';
import type { Overrides, PackageRule } from './types.ts';

/** What rules did to one package of a lock. */
export interface PackageOutcome {
  readonly rules: readonly FiredRule[];
  readonly requirements?: RequirementChanges;
  /** The version that the lock has, where another one took its place. */
  readonly replaced?: string;
}

export interface LockOutcome {
  readonly graph: LockedGraph;
  /** By the id that packages have in `graph`. Roots go by their own package's id. */
  readonly packages: ReadonlyMap<PackageId, PackageOutcome>;
  readonly dropped: readonly DroppedPackage[];
  readonly diagnostics: readonly Diagnostic[];
}

export interface LockTarget {
  readonly python: PythonTarget;
  readonly platforms: readonly Platform[];
  /** Whether the same rules acted already while versions were sought; what depends on other packages did not. */
  readonly solved?: boolean;
  /** The id that a root's own package will have. */
  readonly rootId: (graph: LockedGraph, root: LockedRoot) => PackageId;
}

const nameIn = (text: string): string | undefined => tryParseRequirement(text)?.name;

const mergeBuild = (rules: readonly PackageRule[]): BuildChanges | undefined => {
  const builds = rules.flatMap(({ build }) =>
    build === undefined || Object.keys(build).length === 0 ? [] : [build],
  );
  if (builds.length === 0) return undefined;
  const requires = new Map(
    builds.flatMap((build) => build.requires ?? []).map((text) => [nameIn(text) ?? text, text]),
  );
  const remove = [...new Set(builds.flatMap((build) => build.remove ?? []))].sort();
  const backend = builds.findLast((build) => build.backend !== undefined)?.backend;
  return {
    ...(requires.size === 0 ? {} : { requires: [...requires.values()].sort() }),
    ...(remove.length === 0 ? {} : { remove }),
    ...(backend === undefined ? {} : { backend }),
  };
};

/** Fields that act on a lock, as the file calls them. */
const earlyFields = ({ prefer, replacement, dependencies }: PackageRule) => [
  ...(prefer === undefined && replacement === undefined ? [] : ['source']),
  ...(dependencies === undefined ? [] : ['dependencies']),
];

const actsEarly = (rule: PackageRule): boolean =>
  rule.build !== undefined || earlyFields(rule).length > 0;

interface Held {
  readonly rule: PackageRule;
  readonly platforms: readonly Platform[];
}

/** The last word on whether a name is left out, and where. */
const dropsOf = (
  { packages }: Overrides,
  { python, platforms }: LockTarget,
): ReadonlyMap<string, readonly Held[]> => {
  const drops = new Map<string, readonly Held[]>();
  for (const rule of packages) {
    if (rule.drop === undefined || !holdsForPython(rule.when?.python, python)) continue;
    if (!rule.drop) {
      drops.delete(rule.name);
      continue;
    }
    const { systems } = rule.when ?? {};
    const on = platforms.filter(({ system }) => systems?.includes(system) ?? true);
    if (on.length > 0) {
      drops.set(rule.name, [...(drops.get(rule.name) ?? []), { rule, platforms: on }]);
    }
  }
  return drops;
};

/**
 * Applies the rules that act on a lock, or on the versions that were found: leaves packages out, has
 * them taken from elsewhere, changes what they require and how they are built. A requirement of a rule
 * that the lock has no version for becomes a gap that names its rule. Pure.
 */
export const applyToLock = (
  locked: LockedGraph,
  overrides: Overrides,
  target: LockTarget,
): LockOutcome => {
  const { python, platforms, solved = false } = target;
  const drops = dropsOf(overrides, target);
  const versions = versionsOf(locked.packages.values());
  const gaps: Gap[] = [];
  const diagnostics: Diagnostic[] = [];
  const outcomes = new Map<PackageId, PackageOutcome>();
  const renamed = new Map<PackageId, PackageId>();
  const packages: LockedPackage[] = [];

  /** The requirements that the lock has no version for, by whose they are. */
  const lacking = new Map<PackageId | undefined, readonly string[]>();
  for (const { package: id, requirement } of locked.gaps) {
    const name = requirement === undefined ? undefined : nameIn(requirement);
    if (name !== undefined) lacking.set(id, [...(lacking.get(id) ?? []), name]);
  }
  const isGone = (name: string): boolean =>
    new Set(drops.get(name)?.flatMap((each) => each.platforms)).size === platforms.length;
  /** Whether rules leave out a requirement that the lock has no version for. */
  const isRuledOut = ({ package: id, requirement }: Gap): boolean => {
    const name = requirement === undefined ? undefined : nameIn(requirement);
    if (name === undefined) return false;
    const own = id === undefined ? undefined : locked.packages.get(id);
    const owners =
      own === undefined
        ? locked.roots.map((root) => [root.name, root.version ?? '0'])
        : [[own.name, own.version]];
    return (
      isGone(name) ||
      owners.some(
        ([owner = '', version = '']) =>
          overrides.constraints.some(
            ({ of, on, use }) => on === name && use === undefined && (of === '*' || of === owner),
          ) || heldOf(owner, version).some(({ rule }) => rule.dependencies?.remove.includes(name)),
      )
    );
  };

  const heldOf = (name: string, version: string, ruledBy?: string): readonly Held[] =>
    overrides.packages
      .filter((rule) => rule.name === name && actsEarly(rule))
      .flatMap((rule) => {
        // What is installed is not known yet; only `build` may ask, and means the source.
        const kind = 'sdist';
        const on = platforms.filter(
          (platform) =>
            rule.place === ruledBy ||
            holds(rule.when, { version, python, platform, kind, versions }),
        );
        return on.length === 0 ? [] : [{ rule, platforms: on }];
      });

  const change = (owner: Owner, list: readonly LockedDependency[], held: readonly Held[]) => {
    const changed = changeDependencies(list, {
      owner,
      held: solved ? held.filter(({ rule }) => rule.when?.with !== undefined) : held,
      drops: solved ? new Map() : drops,
      constraints: solved ? [] : overrides.constraints,
      packages: locked.packages,
      platforms,
    });
    gaps.push(...changed.gaps);
    return changed.dependencies;
  };

  const outcomeOf = (
    owner: { readonly name: string; readonly ignored?: readonly string[] },
    list: readonly LockedDependency[],
    held: readonly Held[],
  ): PackageOutcome | undefined => {
    const { requirements, fired } = changedRequirements(owner, list, {
      held,
      drops,
      constraints: overrides.constraints,
      platforms,
    });
    const rules = [
      ...held
        .filter(({ rule }) => earlyFields(rule).length > 0)
        .map(({ rule, platforms: on }) =>
          firedRule(rule, earlyFields(rule), limitTo(on, platforms)),
        ),
      ...fired,
    ];
    if (rules.length === 0) return undefined;
    return { rules, ...(requirements === undefined ? {} : { requirements }) };
  };

  for (const stated of locked.packages.values()) {
    const { name, version } = stated;
    if (isGone(name)) continue;
    const held = heldOf(name, version, stated.ruledBy);
    const rules = held.map(({ rule }) => rule);
    const replaced = replaceSource(stated, rules, (each) => diagnostics.push(each));
    const prefer = rules.findLast((rule) => rule.prefer !== undefined)?.prefer;
    const build = mergeBuild(rules);
    const changed: LockedPackage = {
      ...replaced,
      dependencies: change({ id: replaced.id, name }, stated.dependencies, held),
      ...(prefer === undefined ? {} : { prefer }),
      ...(build === undefined ? {} : { buildChanges: build }),
    };
    if (changed.id !== stated.id) renamed.set(stated.id, changed.id);
    packages.push(changed);
    const ignored = [...(stated.ignored ?? []), ...(lacking.get(stated.id) ?? [])];
    const outcome = outcomeOf({ name, ignored }, stated.dependencies, held);
    if (outcome === undefined) continue;
    outcomes.set(changed.id, {
      ...outcome,
      ...(changed.version === version ? {} : { replaced: version }),
    });
  }

  const rename = (list: readonly LockedDependency[]): readonly LockedDependency[] =>
    renamed.size === 0
      ? list
      : list.map((dependency) => ({
          ...dependency,
          candidates: dependency.candidates.map((id) => renamed.get(id) ?? id),
        }));

  const roots = locked.roots.map((root): LockedRoot => {
    const id = target.rootId(locked, root);
    const held = heldOf(root.name, root.version ?? '0');
    const ignored = [...(root.ignored ?? []), ...(lacking.get(undefined) ?? [])];
    const outcome = outcomeOf({ name: root.name, ignored }, root.groups['main'] ?? [], held);
    if (outcome !== undefined && root.path !== undefined) outcomes.set(id, outcome);
    const build = mergeBuild(held.map(({ rule }) => rule));
    return {
      ...root,
      groups: Object.fromEntries(
        Object.entries(root.groups).map(([group, list]) => [
          group,
          // What a rule adds is needed at run time.
          rename(change({ id, name: root.name, isRoot: true }, list, group === 'main' ? held : [])),
        ]),
      ),
      ...(build === undefined ? {} : { buildSystem: changeBuildSystem(root.buildSystem, build) }),
    };
  });

  const kept = new Set(packages.map(({ id }) => id));
  const known = (id: PackageId | undefined): boolean =>
    id === undefined || kept.has(renamed.get(id) ?? id);
  return {
    graph: {
      ...locked,
      roots,
      packages: new Map(
        packages.map((each) => [each.id, { ...each, dependencies: rename(each.dependencies) }]),
      ),
      gaps: [
        ...locked.gaps
          .filter((gap) => known(gap.package) && !isRuledOut(gap))
          .map((gap) =>
            gap.package === undefined
              ? gap
              : { ...gap, package: renamed.get(gap.package) ?? gap.package },
          ),
        ...gaps,
      ],
    },
    packages: outcomes,
    dropped: [...drops]
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([name, held]) => ({
        name,
        rules: held.map(({ rule, platforms: on }) =>
          firedRule(rule, ['drop'], limitTo(on, platforms)),
        ),
      })),
    diagnostics,
  };
};
