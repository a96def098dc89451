/** The chosen versions as a graph, with all files that the platforms may use. */
import { Lock2nixError } from '../../../graph/errors.ts';
import { type Platform, type PlatformName, platformName } from '../../../graph/platform.ts';
import type { RequirementSet, SolveRules } from '../../../graph/requirements.ts';
import {
  type Integrity,
  type LockedArtifact,
  type LockedDependency,
  type LockedGraph,
  type LockedPackage,
  type LockedRoot,
  type PackageId,
  packageId,
} from '../../../graph/types.ts';
import { compareIntegrity } from '../../../standards/integrity.ts';
import type { IndexFile } from '../../registry/types.ts';
import { publicIndex } from '../public-index.ts';
import { readablePython } from './circumstances.ts';
import type { GroupSolution } from './group.ts';
import type { Need } from './needs.ts';
import type { RootNeed } from './question.ts';
import type { Offer } from './shelf.ts';
import { existingFiles, fitsPlatform, isWheelFile } from './usable.ts';

/** A version with the groups that chose it. */
interface Pick {
  readonly id: PackageId;
  readonly offer: Offer;
  readonly groups: readonly GroupSolution[];
}

const byText = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

const identityOf = ({ point, direct, index }: Offer): string =>
  `${point}\0${direct?.text ?? ''}\0${direct === undefined ? index : ''}`;

/** The picks of all groups by name, newest first. */
const picksOf = (groups: readonly GroupSolution[]): ReadonlyMap<string, readonly Pick[]> => {
  const byName = new Map<string, Map<string, { offer: Offer; groups: GroupSolution[] }>>();
  for (const group of groups) {
    for (const [name, { offer }] of group.chosen) {
      const mine = byName.get(name) ?? new Map<string, { offer: Offer; groups: GroupSolution[] }>();
      byName.set(name, mine);
      const known = mine.get(identityOf(offer)) ?? { offer, groups: [] };
      mine.set(identityOf(offer), known);
      known.groups.push(group);
    }
  }
  const sorted = [...byName].sort(([a], [b]) => byText(a, b));
  return new Map(
    sorted.map(([name, mine]) => {
      const picks = [...mine.values()].sort((a, b) => byText(b.offer.point, a.offer.point));
      return [
        name,
        picks.map(({ offer, groups: own }): Pick => {
          const twins = picks.filter((each) => each.offer.text === offer.text);
          const discriminator = twins.length < 2 ? undefined : (offer.direct?.text ?? offer.index);
          return { id: packageId(name, offer.text, discriminator), offer, groups: own };
        }),
      ];
    }),
  );
};

const integritiesOf = (sris: readonly string[]): readonly Integrity[] =>
  sris.map((sri): Integrity => ({ sri, of: 'file' })).sort(compareIntegrity);

const artifactOf = ({ fileName, url, sris }: IndexFile): LockedArtifact => ({
  kind: isWheelFile(fileName) ? 'wheel' : 'sdist',
  fileName,
  source: { kind: 'registry', url },
  integrities: integritiesOf(sris),
});

/** The files that a platform of the groups may use, by name. */
const artifactsOf = ({ offer, groups }: Pick): readonly LockedArtifact[] => {
  const { direct, name } = offer;
  if (direct?.nixpkgs !== undefined) return [];
  if (direct !== undefined) {
    const { fileName, kind, source, sris } = direct;
    return [{ kind, fileName, source, integrities: integritiesOf(sris) }];
  }
  const files = new Map<string, IndexFile>();
  for (const { platforms, conditions } of groups) {
    for (const file of existingFiles(offer, conditions)) {
      if (!conditions.circumstances.allowsPython(file.requiresPython)) continue;
      if (platforms.some((platform) => fitsPlatform(name, file, { ...conditions, platform })))
        files.set(file.fileName, file);
    }
  }
  return [...files.values()].sort((a, b) => byText(a.fileName, b.fileName)).map(artifactOf);
};

type Picks = ReadonlyMap<string, readonly Pick[]>;

/** The picks of a name that some groups made, newest first. */
const candidatesOf = (
  picks: Picks,
  name: string,
  groups: readonly GroupSolution[],
): readonly PackageId[] =>
  (picks.get(name) ?? [])
    .filter((pick) => pick.groups.some((group) => groups.includes(group)))
    .map(({ id }) => id);

/** What an offer needs in any of its groups, each need once. */
const dependenciesOf = ({ offer, groups }: Pick, picks: Picks): readonly LockedDependency[] => {
  const extras = new Set(groups.flatMap((group) => group.chosen.get(offer.name)?.extras ?? []));
  return [undefined, ...[...extras].sort()].flatMap((extra): readonly LockedDependency[] => {
    const asking = new Map<string, { need: Need; text: string; needed: GroupSolution[] }>();
    for (const group of groups) {
      for (const { need, text, platforms } of group.needsOf(offer, extra)) {
        const key = JSON.stringify([text, need.marker ?? null]);
        const known = asking.get(key) ?? { need, text, needed: [] };
        asking.set(key, known);
        if (platforms.length > 0) known.needed.push(group);
      }
    }
    return [...asking.values()].map(({ needed, need: { name, extras: own, marker }, text }) => ({
      name,
      extras: own,
      candidates: candidatesOf(picks, name, needed),
      ...(marker === undefined ? {} : { marker }),
      ...(extra === undefined ? {} : { extra }),
      kind: 'runtime',
      text,
    }));
  });
};

const platformsOf = ({ groups }: Pick, all: readonly Platform[]): readonly PlatformName[] => {
  const names = new Set(groups.flatMap(({ platforms }) => platforms.map(platformName)));
  return all.map(platformName).filter((name) => names.has(name));
};

const requiresPythonOf = ({ offer, groups }: Pick): string | undefined => {
  const stated = groups[0]?.factsOf(offer)?.requiresPython;
  return stated === undefined ? undefined : readablePython(stated);
};

/** Tells names that rules leave out of everybody's requirements. */
const leftOutBy = ({ drops = [], constraints }: SolveRules): ((name: string) => boolean) => {
  const names = new Set([
    ...drops.map(({ name }) => name),
    ...constraints.flatMap(({ of, on, use }) => (of === '*' && use === undefined ? [on] : [])),
  ]);
  return (name) => names.has(name);
};

const inOrder = (names: Iterable<string>): { readonly ignored?: readonly string[] } => {
  const ignored = [...new Set(names)].sort();
  return ignored.length === 0 ? {} : { ignored };
};

/** What metadata still require though rules leave it out. */
const ignoredOf = (
  { offer, groups }: Pick,
  isLeftOut: (name: string) => boolean,
): { readonly ignored?: readonly string[] } =>
  inOrder(
    groups.flatMap((group) => {
      const facts = group.factsOf(offer);
      const extras = group.chosen.get(offer.name)?.extras ?? [];
      return [undefined, ...extras].flatMap((extra) => {
        const needs = facts?.needs(extra) ?? [];
        return 'why' in needs ? [] : needs.flatMap(({ name }) => (isLeftOut(name) ? [name] : []));
      });
    }),
  );

interface PackageParts {
  readonly picks: Picks;
  readonly platforms: readonly Platform[];
  readonly isLeftOut: (name: string) => boolean;
}

const packageOf = (
  pick: Pick,
  { picks, platforms: all, isLeftOut }: PackageParts,
): LockedPackage => {
  const { id, offer } = pick;
  const { ruledBy } = offer;
  const { nixpkgs, source } = offer.direct ?? {};
  const requiresPython = requiresPythonOf(pick);
  let artifacts: readonly LockedArtifact[] | undefined;
  const isForked = (picks.get(offer.name)?.length ?? 0) > 1;
  return {
    id,
    name: offer.name,
    version: offer.text,
    ...(offer.index === '' || offer.index === publicIndex ? {} : { index: offer.index }),
    direct: nixpkgs === undefined ? (source ?? false) : false,
    // Who wants versions only never looks at the files, of which there may be ten thousand.
    get artifacts() {
      artifacts ??= artifactsOf(pick);
      return artifacts;
    },
    dependencies: dependenciesOf(pick, picks),
    ...(isForked ? { platforms: platformsOf(pick, all) } : {}),
    ...(requiresPython === undefined ? {} : { requiresPython }),
    ...ignoredOf(pick, isLeftOut),
    ...(ruledBy === undefined ? {} : { ruledBy }),
    ...(nixpkgs === undefined ? {} : { nixpkgs }),
    metadata: {},
  };
};

const rootDependency = (
  { asked, name, group, extra, text, origin }: RootNeed,
  candidates: readonly PackageId[],
): LockedDependency => ({
  name,
  extras: asked.extras,
  candidates,
  ...(asked.marker === undefined ? {} : { marker: asked.marker }),
  ...(extra === undefined ? {} : { extra }),
  kind: group === 'main' ? 'runtime' : 'dev',
  text,
  origin,
});

export interface GraphParts {
  readonly set: RequirementSet;
  readonly needs: readonly RootNeed[];
  readonly rules: SolveRules;
  readonly groups: readonly GroupSolution[];
  readonly platforms: readonly Platform[];
  /** The groups of the roots that were solved for, besides `main`. */
  readonly wantedGroups: readonly string[];
}

const rootsOf = (
  { groups, needs, set, rules, wantedGroups }: GraphParts,
  picks: Picks,
): readonly LockedRoot[] =>
  set.roots.map((root): LockedRoot => {
    const names = ['main', ...wantedGroups].filter((name) => Object.hasOwn(root.groups, name));
    const dependenciesIn = (group: string): readonly LockedDependency[] =>
      needs
        .filter((need) => need.root === root.name && need.group === group)
        .map((need) => {
          const asking = groups.filter(({ question }) => question.needs.includes(need));
          return rootDependency(need, candidatesOf(picks, need.name, asking));
        });
    const { name, version, path, optionalGroups, buildSystem, scripts, apps, metadata } = root;
    return {
      name,
      ...(version === undefined ? {} : { version }),
      ...(path === undefined ? {} : { path }),
      groups: Object.fromEntries(
        [...new Set(['main', ...names])].map((each) => [each, dependenciesIn(each)]),
      ),
      ...(optionalGroups === undefined ? {} : { optionalGroups }),
      extras: Object.keys(root.extras).sort(),
      ...(buildSystem === undefined ? {} : { buildSystem }),
      scripts,
      ...(apps === undefined ? {} : { apps }),
      ...inOrder(
        [root.groups['main'] ?? [], ...Object.values(root.extras)]
          .flat()
          .flatMap(({ name: asked }) =>
            asked !== undefined && leftOutBy(rules)(asked) ? [asked] : [],
          ),
      ),
      metadata,
    };
  });

export interface LockedParts {
  readonly graph: LockedGraph;
  readonly forks: ReadonlyMap<string, ReadonlyMap<string, readonly PlatformName[]>>;
}

/** Solutions for groups of platforms as one graph. */
export const lockedGraphOf = (parts: GraphParts): LockedParts => {
  const { set, groups, platforms } = parts;
  const picks = picksOf(groups);
  const isLeftOut = leftOutBy(parts.rules);
  const packages = [...picks.values()]
    .flat()
    .map((pick) => packageOf(pick, { picks, platforms, isLeftOut }))
    .sort((a, b) => byText(a.id, b.id));
  const forked = [...picks].filter(([, { length }]) => length > 1);
  return {
    graph: {
      ecosystem: 'pypi',
      format: { name: set.format.name, version: '', file: set.format.file },
      ...(set.requiresPython === undefined ? {} : { requiresPython: set.requiresPython }),
      roots: rootsOf(parts, picks),
      packages: new Map(packages.map((each) => [each.id, each])),
      gaps: [],
      diagnostics: set.diagnostics,
    },
    forks: new Map(
      forked.map(([name, mine]) => [
        name,
        new Map(mine.map((pick) => [pick.offer.text, platformsOf(pick, platforms)])),
      ]),
    ),
  };
};

/** Refuses packages without a hash where one of them has to be stated (pip's hash-checking mode). */
export const refuseMissingHashes = (groups: readonly GroupSolution[]): void => {
  const missing = new Map<string, Offer>();
  for (const { chosen, question } of groups) {
    for (const [name, { offer }] of chosen) {
      const isLive = offer.direct?.source.kind === 'git' || offer.direct?.source.kind === 'path';
      if (!question.hashes.has(name) && !isLive) missing.set(name, offer);
    }
  }
  const lines = [...missing.values()].map(({ name, text }) => `${name}==${text}`).sort();
  if (lines.length === 0) return;
  throw new Lock2nixError(
    'HASH_MISSING',
    `no hash is stated for ${lines.join(', ')}; once one requirement has hashes, all that is installed must have them`,
    {
      hint: `add a line such as \`${lines[0] ?? ''} --hash=sha256:…\` for each, or leave out all hashes`,
    },
  );
};
