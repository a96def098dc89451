/** What a lock does not say: refused, filled, or reported. */
import { type Diagnostic, Lock2nixError } from '../../graph/errors.ts';
import { type Platform, type PlatformName, platformName } from '../../graph/platform.ts';
import {
  type Gap,
  type LockedGraph,
  type Member,
  type PackageId,
  type PinnedPackage,
  packageId,
} from '../../graph/types.ts';
import { tryParseRequirement } from '../../standards/requirement.ts';
import type { Builder } from './builds.ts';
import { byText, type Merged, memberOf } from './merge.ts';
import type { PlannedBuild, SolvedPackage } from './solved-build.ts';

/** So many are named in one message. */
const shownAtMost = 10;

const enumerate = (texts: readonly string[], separator: string): string => {
  const rest = texts.length - shownAtMost;
  const shown = texts.slice(0, shownAtMost).join(separator);
  return rest > 0 ? `${shown}${separator}and ${rest} more` : shown;
};

/** The gaps of what is wanted. The URL of a file that is known by its hash is none. */
const gapsOf = ({ gaps }: LockedGraph, merged: readonly Merged[]): readonly Gap[] => {
  const wanted = new Set(merged.map(({ locked }) => locked.id));
  return gaps.filter(
    (gap) => gap.kind !== 'url' && (gap.package === undefined || wanted.has(gap.package)),
  );
};

/** `--strict`: what the lock does not say of the packages that are wanted must not be filled. */
export const refuseGaps = (graph: LockedGraph, merged: readonly Merged[]): void => {
  const gaps = gapsOf(graph, merged).filter(({ rule }) => rule === undefined);
  if (gaps.length === 0) return;
  const messages = gaps.map(({ message }) => message);
  throw new Lock2nixError(
    'STRICT',
    `the lock leaves ${gaps.length} gap${gaps.length === 1 ? '' : 's'}: ${enumerate(messages, '; ')}`,
    {
      hint: 'lock again with a newer version of its tool, or leave out `--strict`',
      location: { file: graph.format.file },
    },
  );
};

/** A run-time package that the lock does not hold, and how it is built where it is. */
export interface FilledPackage {
  readonly package: PinnedPackage;
  readonly plan?: PlannedBuild;
}

/** What was added to fill the gaps. */
export interface Filled {
  readonly packages: readonly FilledPackage[];
  readonly members: readonly Member[];
  /** What packages depend on besides what the lock says. */
  readonly dependencies: ReadonlyMap<PackageId, readonly PackageId[]>;
  /** The same of the project itself. */
  readonly ofProject: readonly PackageId[];
}

export interface FillOptions {
  readonly platforms: readonly Platform[];
  readonly builder: Builder;
  readonly report: (diagnostic: Diagnostic) => void;
}

/** What old tools leave out of locks, since it was taken to be there anyway. */
const leftOut: readonly string[] = ['pip', 'setuptools', 'wheel'];

/** What is wanted of setuptools at run time is pkg_resources, which later ones do not have. */
const withPkgResources = 'setuptools<82';

/** A requirement that the lock names but holds no version for, and whose it is. */
interface Missing {
  readonly owner: PackageId | undefined;
  readonly requirement: string;
  /** Where the rule stands that asks for it. */
  readonly rule: string | undefined;
  /** Of what may be filled in. */
  readonly name: string | undefined;
  /** The platforms that need it; absent: those of its owner. */
  readonly platforms: readonly PlatformName[] | undefined;
}

const missingOf = ({ packages }: LockedGraph, gaps: readonly Gap[]): readonly Missing[] => {
  const locked = new Set([...packages.values()].map(({ name }) => name));
  return gaps.flatMap(
    ({ kind, package: owner, requirement, rule, foundFor }): readonly Missing[] => {
      if (kind !== 'dependencies' || requirement === undefined) return [];
      const read = tryParseRequirement(requirement);
      const isFillable =
        read !== undefined &&
        read.url === undefined &&
        (rule !== undefined || foundFor !== undefined || leftOut.includes(read.name)) &&
        !locked.has(read.name);
      return [
        { owner, requirement, rule, name: isFillable ? read.name : undefined, platforms: foundFor },
      ];
    },
  );
};

/** The packages that meet requirements, and those that they need besides the lock's. */
const solveMissing = async (
  merged: readonly Merged[],
  missing: readonly Missing[],
  { platforms, builder }: FillOptions,
): Promise<ReadonlyMap<string, SolvedPackage> | undefined> => {
  const requirements = missing.flatMap(({ name, requirement }) =>
    name === undefined ? [] : [requirement],
  );
  if (requirements.length === 0) return new Map();
  const unique = [...new Set(requirements)].sort(byText);
  // One that the lock has in several versions is not for all who may need it.
  const versions = new Map<string, Set<string>>();
  for (const { locked } of merged) {
    versions.set(locked.name, (versions.get(locked.name) ?? new Set()).add(locked.version));
  }
  const bounds = [...versions]
    .flatMap(([name, all]) => (all.size === 1 ? [...all].map((each) => `${name}==${each}`) : []))
    .filter((text) => tryParseRequirement(text) !== undefined)
    .sort(byText);
  const solved =
    (await builder.solve(unique, platforms, [...bounds, withPkgResources])) ??
    (await builder.solve(unique, platforms, bounds));
  if (solved === undefined) return undefined;
  return new Map(
    solved.members
      .map(({ solved: each }) => [each.name, each] as const)
      .filter(([name]) => !versions.has(name)),
  );
};

const reportUnknown = (ids: readonly PackageId[], report: FillOptions['report']): void => {
  if (ids.length === 0) return;
  const names = ids.map((id) => `\`${id}\``);
  report({
    severity: 'warning',
    code: 'dependencies-unknown',
    message: `the lock records no dependencies of ${names.join(', ')}, and its tool may not have found them; they are taken to have none`,
    hint: 'lock again with a newer version of its tool, or add what they need to the project',
  });
};

const ownerOf = ({ owner }: Missing): string =>
  owner === undefined ? 'the project' : `\`${owner}\``;

const reportMissing = (
  missing: readonly Missing[],
  solved: ReadonlyMap<string, SolvedPackage> | undefined,
  report: FillOptions['report'],
): void => {
  for (const each of missing) {
    const { name, requirement } = each;
    const added = name === undefined ? undefined : solved?.get(name);
    const why =
      each.rule !== undefined
        ? `by the rule at ${each.rule}`
        : each.platforms === undefined
          ? 'which the lock leaves out'
          : 'by its metadata';
    const what = `${ownerOf(each)} requires \`${requirement}\`, ${why}`;
    if (added !== undefined) {
      report({
        severity: 'note',
        code: 'dependency-filled',
        message: `${what}; ${added.name} ${added.version} is added`,
      });
      continue;
    }
    report({
      severity: 'warning',
      code: 'dependency-left-out',
      message:
        name === undefined
          ? `${what}; the environment is without it`
          : `${what}; no version of ${name} fits this Python, these systems and the lock, so the environment is without it`,
      hint: 'lock again with a newer version of its tool, or add the requirement to the project',
    });
  }
};

const idOf = ({ name, version }: SolvedPackage): PackageId => packageId(name, version);

/** What was filled in, from the packages that `owner`s need to all that these need. */
const closureOf = (
  name: string,
  solved: ReadonlyMap<string, SolvedPackage>,
): ReadonlySet<SolvedPackage> => {
  const byLocalId = new Map([...solved.values()].map((each) => [each.id, each]));
  const first = solved.get(name);
  const found = new Set(first === undefined ? [] : [first]);
  // A set that grows is walked to its new end.
  for (const { dependencies } of found) {
    for (const { to } of dependencies) {
      const next = byLocalId.get(to);
      if (next !== undefined) found.add(next);
    }
  }
  return found;
};

/**
 * Fills in dependencies that the lock knows of and holds no version for (old locks leave out
 * setuptools, pip and wheel) with the newest versions that fit. What cannot be filled, and packages
 * whose dependencies the lock may not know, are warnings.
 */
export const fillDependencies = async (
  graph: LockedGraph,
  merged: readonly Merged[],
  options: FillOptions,
): Promise<Filled> => {
  const { platforms, report } = options;
  const gaps = gapsOf(graph, merged);
  const missing = missingOf(graph, gaps);
  const answer = await solveMissing(merged, missing, options);
  reportMissing(missing, answer, report);
  const unknown = new Set(
    gaps.flatMap(({ kind, package: id, requirement }) =>
      kind === 'dependencies' && requirement === undefined && id !== undefined ? [id] : [],
    ),
  );
  reportUnknown([...unknown].sort(), report);

  const solved = answer ?? new Map<string, SolvedPackage>();
  const dependencies = new Map<PackageId, PackageId[]>();
  const ofProject: PackageId[] = [];
  const wantedOn = new Map<PackageId, Set<string>>();
  const packages = new Map<PackageId, FilledPackage>();
  const everywhere = platforms.map(platformName);
  for (const { owner, name, platforms: only } of missing) {
    const direct = name === undefined ? undefined : solved.get(name);
    if (name === undefined || direct === undefined) continue;
    if (owner === undefined) ofProject.push(idOf(direct));
    else dependencies.set(owner, [...(dependencies.get(owner) ?? []), idOf(direct)]);
    const mine =
      merged.find(({ locked }) => locked.id === owner)?.platforms.map(platformName) ?? everywhere;
    const on = mine.filter((each) => only?.includes(each) ?? true);
    for (const each of closureOf(name, solved)) {
      const id = idOf(each);
      packages.set(id, filledPackage(each, solved, graph.packages));
      const names = wantedOn.get(id) ?? new Set();
      wantedOn.set(id, names);
      for (const platform of on) names.add(platform);
    }
  }
  return {
    packages: [...packages].sort(([left], [right]) => byText(left, right)).map(([, each]) => each),
    members: [...wantedOn]
      .sort(([left], [right]) => byText(left, right))
      .map(([id, names]) =>
        memberOf(
          id,
          platforms.filter((platform) => names.has(platformName(platform))),
          platforms,
        ),
      ),
    dependencies,
    ofProject,
  };
};

/** A package with its edges to what was filled in with it, and to the lock's own. */
const filledPackage = (
  { id: _, dependencies, plan, ...rest }: SolvedPackage,
  solved: ReadonlyMap<string, SolvedPackage>,
  locked: LockedGraph['packages'],
): FilledPackage => {
  const ids = new Map([...solved.values()].map((each) => [each.id, idOf(each)]));
  return {
    package: {
      ...rest,
      id: packageId(rest.name, rest.version),
      dependencies: dependencies.flatMap((edge) => {
        const to = ids.get(edge.to) ?? (locked.has(edge.to) ? edge.to : undefined);
        return to === undefined ? [] : [{ ...edge, to }];
      }),
    },
    ...(plan === undefined ? {} : { plan }),
  };
};
