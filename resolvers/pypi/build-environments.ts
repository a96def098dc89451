import {
  type Build,
  type Edge,
  type Environment,
  type Member,
  type PackageId,
  type PinnedPackage,
  packageId,
} from '../../graph/types.ts';
import { environmentNames } from './build-names.ts';
import { byText } from './merge.ts';
import {
  contentKey,
  type PlannedBuild,
  type SolvedEnvironment,
  type SolvedPackage,
} from './solved-build.ts';

/** Packages on their way into a graph, and how those that are built from source are built. */
export interface Draft {
  readonly packages: Map<PackageId, PinnedPackage>;
  readonly plans: ReadonlyMap<PackageId, PlannedBuild>;
}

/** All environments that builds need, those of their own members among them. */
export const environmentsOf = (
  plans: Iterable<PlannedBuild>,
  more: Iterable<SolvedEnvironment> = [],
): ReadonlySet<SolvedEnvironment> => {
  const found = new Set([...[...plans].map(({ environment }) => environment), ...more]);
  // A set that grows is walked to its new end.
  for (const { members } of found) {
    for (const { solved } of members) {
      if (solved.plan !== undefined) found.add(solved.plan.environment);
    }
  }
  return found;
};

const namesOf = (environments: Iterable<SolvedEnvironment>): ReadonlyMap<string, string> => {
  const labels = new Map<string, string[]>();
  for (const { key, label } of environments) {
    const known = labels.get(key);
    if (known === undefined) labels.set(key, [label]);
    else known.push(label);
  }
  return environmentNames(labels);
};

/** Every package of the environments once, by its key; of equal ones the first. */
const packagesIn = (
  environments: readonly SolvedEnvironment[],
): ReadonlyMap<string, { readonly solved: SolvedPackage; readonly from: SolvedEnvironment }> => {
  const found = new Map<string, { solved: SolvedPackage; from: SolvedEnvironment }>();
  for (const from of environments) {
    for (const { solved } of from.members) {
      const key = contentKey(solved);
      if (!found.has(key)) found.set(key, { solved, from });
    }
  }
  return found;
};

/**
 * An id for each package of build environments, by key. One that runs as well keeps its id; what has
 * other files, or is built in another way, is told apart.
 */
const idsOf = (
  { packages, plans }: Draft,
  found: ReturnType<typeof packagesIn>,
): ReadonlyMap<string, PackageId> => {
  const ids = new Map<string, PackageId>();
  const taken = new Map<PackageId, string>();
  for (const [id, pinned] of packages) {
    const plan = plans.get(id);
    taken.set(id, contentKey({ ...pinned, ...(plan === undefined ? {} : { plan }) }));
  }
  for (const [key, { solved }] of [...found].sort(([left], [right]) => byText(left, right))) {
    const { name, version } = solved;
    let id = packageId(name, version);
    for (let copy = 1; (taken.get(id) ?? key) !== key; copy += 1) {
      id = packageId(name, version, copy === 1 ? 'build' : `build-${copy}`);
    }
    taken.set(id, key);
    ids.set(key, id);
  }
  return ids;
};

const known = <Key, Value>(map: ReadonlyMap<Key, Value>, key: Key): Value => {
  const value = map.get(key);
  if (value === undefined) throw new Error(`${String(key)} was not collected`);
  return value;
};

/** Edges of an environment's member, to the ids that its members have in the graph. */
const edgesOf = (
  { dependencies }: SolvedPackage,
  { members }: SolvedEnvironment,
  ids: ReadonlyMap<string, PackageId>,
): readonly Edge[] => {
  const local = new Map(members.map(({ solved }) => [solved.id, solved]));
  return dependencies
    .map((edge) => ({ ...edge, to: known(ids, contentKey(known(local, String(edge.to)))) }))
    .sort((left, right) => byText(left.to, right.to));
};

const byId = (left: Member, right: Member): number => byText(left.id, right.id);

/**
 * Gives the build environments of a draft their names, adds their packages, and tells those that are
 * built from source where. `named` are environments besides, by the names that they have. The result
 * is sorted by name.
 */
export const addBuildEnvironments = (
  draft: Draft,
  named: ReadonlyMap<string, SolvedEnvironment> = new Map(),
): ReadonlyMap<string, Environment> => {
  const { packages, plans } = draft;
  // An environment that has a name may be one that something is built in, too.
  const ofMembers = environmentsOf(plans.values(), named.values());
  const isBuiltIn = new Set(
    [
      ...plans.values(),
      ...[...ofMembers].flatMap(({ members }) =>
        members.flatMap(({ solved }) => solved.plan ?? []),
      ),
    ].map(({ environment }) => environment.key),
  );
  const names = namesOf([...ofMembers].filter(({ key }) => isBuiltIn.has(key)));
  const byKey = new Map([...ofMembers].map((each) => [each.key, each]));
  const environments = new Map(
    [...[...names].map(([key, name]) => [name, known(byKey, key)] as const), ...named].sort(
      ([left], [right]) => byText(left, right),
    ),
  );
  const found = packagesIn([...environments.values()]);
  const ids = idsOf(draft, found);
  const buildOf = ({ backend, backendPath, environment }: PlannedBuild): Build => ({
    backend,
    ...(backendPath === undefined ? {} : { backendPath }),
    environment: known(names, environment.key),
  });

  for (const [id, plan] of plans) {
    const pinned = packages.get(id);
    if (pinned !== undefined) packages.set(id, { ...pinned, build: buildOf(plan) });
  }
  for (const [key, { solved, from }] of found) {
    const id = known(ids, key);
    if (packages.has(id)) continue;
    const { name, version, artifacts, plan, metadata } = solved;
    packages.set(id, {
      id,
      name,
      version,
      artifacts,
      dependencies: edgesOf(solved, from, ids),
      ...(plan === undefined ? {} : { build: buildOf(plan) }),
      metadata,
    });
  }
  return new Map(
    [...environments].map(([name, { members }]) => [
      name,
      {
        kind: 'build',
        members: members
          .map(({ solved, platforms }): Member => {
            const id = known(ids, contentKey(solved));
            return platforms === undefined ? { id } : { id, platforms };
          })
          .sort(byId),
      },
    ]),
  );
};
