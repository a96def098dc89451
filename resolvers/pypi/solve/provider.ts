/** What the solver asks, answered from the library for one group of platforms. */

import type { IndexFile } from '../../registry/types.ts';
import type { UnusableCause } from '../../solver/cause.ts';
import type {
  Candidate,
  Dependencies,
  Dependency,
  PackageStatistics,
  Priority,
  Provider,
  Unusable,
} from '../../solver/provider.ts';
import { noSuchPackage, yanked as yankedCause } from '../explain/causes.ts';
import { commonCause, isAlike } from '../explain/common-cause.ts';
import type { ResolutionStrategy } from '../resolution.ts';
import {
  type ActiveNeed,
  activeNeeds,
  isUnusableCause,
  type NeedsContext,
} from './active-needs.ts';
import { keyOf, splitKey } from './keys.ts';
import { type Eventually, type FactsOrCause, isCause, type Library } from './library.ts';
import { metadataOrder } from './metadata-file.ts';
import { type Asked, type VersionSet, versionSets } from './sets.ts';
import { newestIn, type Offer, oldestIn, type Shelf, spansOf } from './shelf.ts';
import {
  type Conditions,
  existingFiles,
  isWheelFile,
  whyUnusable,
  yankedBecause,
} from './usable.ts';

export interface ProviderContext extends Conditions, NeedsContext {
  readonly library: Library;
  readonly strategy: ResolutionStrategy;
  /** The versions of a name: of its direct source if it has one, else of the indexes. */
  readonly shelfOf: (name: string) => Eventually<Shelf | undefined>;
  readonly factsOfDirect: (offer: Offer) => FactsOrCause;
  /** Versions to be kept, best first, as points. */
  readonly preferred: (name: string) => readonly string[];
  readonly isDirect: (name: string) => boolean;
  /** The indexes that a name is sought on, as explanations call them. */
  readonly indexesOf: (name: string) => readonly string[];
  /** What the project itself and its constraints ask of each name. */
  readonly asked: ReadonlyMap<string, readonly Asked[]>;
}

export interface PypiProvider extends Provider<VersionSet, Offer> {
  /** Why a version cannot be used in a set, its metadata aside. */
  readonly whyNot: (offer: Offer, set: VersionSet) => UnusableCause | undefined;
  readonly factsOf: (offer: Offer) => Eventually<FactsOrCause>;
  /** The needs of an offer whose facts are known already. */
  readonly needsOf: (offer: Offer, extra: string | undefined) => readonly ActiveNeed[];
}

const candidate = (offer: Offer): Candidate<VersionSet, Offer> => ({
  kind: 'candidate',
  version: offer,
  set: offer.only,
});

/** After so many conflicts a package is decided before, or after, all that met fewer. */
const manyConflicts = 5;
/** The priority of packages that ruled out many versions of others. */
const late = 4;
/** After so many versions of one package were looked at, more are fetched at once. */
const manyTries = 5;
const mostPrefetched = 50;

const eventually = <A, B>(value: Eventually<A>, next: (value: A) => B): Eventually<B> =>
  value instanceof Promise ? value.then(next) : next(value);

/** Sets in which something is allowed, by name; each text of a requirement once. */
const createAllowances = () => {
  const byName = new Map<string, Set<VersionSet>>();
  return {
    add: (name: string, set: VersionSet): void => {
      const sets = byName.get(name);
      if (sets === undefined) byName.set(name, new Set([set]));
      else sets.add(set);
    },
    covers: (name: string, set: VersionSet): boolean => {
      for (const each of byName.get(name) ?? []) if (versionSets.isSubset(set, each)) return true;
      return false;
    },
  };
};

export const createProvider = (context: ProviderContext): PypiProvider => {
  const { circumstances, library, policy, preferred, shelfOf, strategy } = context;
  const pins = createAllowances();
  const mentions = createAllowances();
  const lastChosen = new Map<string, Offer>();
  const tries = new Map<string, Set<Offer>>();
  /** What was asked for ahead. */
  const ahead = new Map<string, Offer>();
  const reasons = new Map<Offer, UnusableCause | null>();
  const needs = new Map<string, readonly ActiveNeed[]>();

  const note = (name: string, { set, pinned, prerelease }: Asked): void => {
    if (pinned) pins.add(name, set);
    if (prerelease) mentions.add(name, set);
  };
  for (const [name, all] of context.asked) for (const each of all) note(name, each);

  const isPreferred = ({ name, point }: Offer): boolean => preferred(name).includes(point);

  const whyNot: PypiProvider['whyNot'] = (offer, set) => {
    let reason = reasons.get(offer);
    if (reason === undefined) {
      reason = whyUnusable(offer, context) ?? null;
      reasons.set(offer, reason);
    }
    if (reason !== null) return reason;
    if (!offer.files.some(({ yanked }) => yanked !== undefined)) return undefined;
    const yanked = yankedBecause(existingFiles(offer, context));
    if (yanked === undefined || pins.covers(offer.name, set) || isPreferred(offer))
      return undefined;
    return yankedCause(yanked);
  };

  const hasWheel = (offer: Offer): boolean =>
    existingFiles(offer, context).some(
      ({ fileName }) =>
        isWheelFile(fileName) &&
        circumstances.platforms.some((each) => circumstances.rankOf(fileName, each) !== undefined),
    );

  const inOrder = strategy === 'lowest' ? oldestIn : newestIn;

  /** Whether pre-releases are as good as any. */
  const areWelcome = ({ name }: Shelf, set: VersionSet): boolean =>
    policy.prereleases(name) || mentions.covers(name, set);

  const firstOf = (
    shelf: Shelf,
    set: VersionSet,
    isWanted: (offer: Offer) => boolean,
  ): Offer | undefined => {
    const prereleases = areWelcome(shelf, set);
    let fallback: Offer | undefined;
    for (const offer of inOrder(shelf, set)) {
      // One that can only be a second fallback need not be looked into.
      if (!prereleases && fallback !== undefined && offer.prerelease) continue;
      if (!isWanted(offer) || whyNot(offer, set) !== undefined) continue;
      if (prereleases || !offer.prerelease) return offer;
      fallback ??= offer;
    }
    return fallback;
  };

  const keptOf = (shelf: Shelf, set: VersionSet): Offer | undefined => {
    const points = preferred(shelf.name);
    if (points.length === 0) return undefined;
    const kept = [...newestIn(shelf, set)].filter(
      (offer) => points.includes(offer.point) && whyNot(offer, set) === undefined,
    );
    return kept.sort((a, b) => points.indexOf(a.point) - points.indexOf(b.point))[0];
  };

  /** The first with a wheel, where that is preferred. */
  const wheelOf = (shelf: Shelf, set: VersionSet): Offer | undefined => {
    if (!policy.preferWheel(shelf.name)) return undefined;
    const found = firstOf(shelf, set, hasWheel);
    if (found?.prerelease !== true || areWelcome(shelf, set)) return found;
    // A pre-release is a last resort, with a wheel or without.
    return firstOf(shelf, set, () => true)?.prerelease === true ? found : undefined;
  };

  const bestOf = (shelf: Shelf, set: VersionSet): Offer | undefined =>
    keptOf(shelf, set) ?? wheelOf(shelf, set) ?? firstOf(shelf, set, () => true);

  /**
   * Why there is nothing. It is about all that have the same against them as those that are asked
   * for, so that they are ruled out at once; but what only others say is not told.
   */
  const unusable = (shelf: Shelf, set: VersionSet): Unusable<VersionSet> => {
    const offers = [...oldestIn(shelf, set)];
    const newest = offers.at(-1);
    const cause = newest === undefined ? undefined : whyNot(newest, set);
    if (cause?.kind !== 'custom') return { kind: 'unusable', cause: { kind: 'no-versions' } };
    const causesOf = (some: readonly Offer[]) =>
      some.flatMap((offer) => {
        const reason = whyNot(offer, set);
        return reason?.kind === 'custom' && isAlike(reason, cause) ? [{ offer, reason }] : [];
      });
    const asked = causesOf(offers);
    const reasons = asked.map(({ reason }) => reason);
    const told = new Set(reasons.map(({ message }) => message));
    // Whether a yanked version may be used depends on the set.
    const same =
      cause.reason === 'yanked'
        ? asked
        : causesOf(shelf.offers).filter(({ reason }) => told.has(reason.message));
    return {
      kind: 'unusable',
      cause: commonCause(cause, reasons, circumstances.python),
      set: spansOf(same.map(({ offer }) => offer)),
    };
  };

  const orders = new Map<Offer, readonly IndexFile[]>();
  const filesOf = (offer: Offer): readonly IndexFile[] => {
    const known = orders.get(offer);
    if (known !== undefined) return known;
    const files = existingFiles(offer, context).filter(({ requiresPython }) =>
      circumstances.allowsPython(requiresPython),
    );
    const order = metadataOrder(files, circumstances);
    orders.set(offer, order);
    return order;
  };
  const factsOf: PypiProvider['factsOf'] = (offer) =>
    offer.direct === undefined
      ? library.facts(offer, filesOf(offer))
      : context.factsOfDirect(offer);

  /** Has the indexes asked for what an offer will need. */
  const askAhead = (offer: Offer): void => {
    const facts = factsOf(offer);
    const look = (known: FactsOrCause): void => {
      if (isCause(known)) return;
      const active = activeNeeds(offer, { facts: known, extra: undefined }, context);
      if (isUnusableCause(active)) return;
      for (const { need, platforms } of active) if (platforms.length > 0) void start(need.name);
    };
    if (facts instanceof Promise) facts.then(look, () => {});
  };

  const start = (name: string): Eventually<Shelf | undefined> => {
    const shelf = shelfOf(name);
    // Whoever asks for it in earnest is told of the failure.
    if (shelf instanceof Promise) shelf.catch(() => {});
    return shelf;
  };

  /** Where many versions were tried, those that come next are asked for at once. */
  const askMore = (shelf: Shelf, set: VersionSet, best: Offer): void => {
    const tried = tries.get(shelf.name) ?? new Set<Offer>();
    tries.set(shelf.name, tried);
    if (tried.has(best)) return;
    tried.add(best);
    if (tried.size < manyTries) return;
    let left = Math.min(tried.size, mostPrefetched);
    for (const offer of inOrder(shelf, set)) {
      if (left === 0) return;
      if (whyNot(offer, set) !== undefined) continue;
      left -= 1;
      const facts = factsOf(offer);
      if (facts instanceof Promise) facts.catch(() => {});
    }
  };

  const missing = (name: string): Unusable<VersionSet> => ({
    kind: 'unusable',
    cause: noSuchPackage(context.indexesOf(name)),
    set: versionSets.full,
  });

  const chooseFrom = (
    key: string,
    set: VersionSet,
    shelf: Shelf | undefined,
  ): Candidate<VersionSet, Offer> | Unusable<VersionSet> => {
    const { name, extra } = splitKey(key);
    if (shelf === undefined) return missing(name);
    library.meet(name);
    if (extra !== undefined) {
      const base = lastChosen.get(name);
      if (base !== undefined && versionSets.isSubset(base.only, set)) return candidate(base);
    }
    const best = bestOf(shelf, set);
    if (best === undefined) return unusable(shelf, set);
    if (extra === undefined) {
      lastChosen.set(name, best);
      askMore(shelf, set, best);
    }
    return candidate(best);
  };

  const dependenciesFrom = (
    key: string,
    offer: Offer,
    facts: FactsOrCause,
  ): Dependencies<VersionSet> | Unusable<VersionSet> => {
    const { name, extra } = splitKey(key);
    if (isCause(facts)) return { kind: 'unusable', cause: facts, set: offer.span };
    const active = activeNeeds(offer, { facts, extra }, context);
    if (isUnusableCause(active)) return { kind: 'unusable', cause: active, set: offer.span };
    needs.set(`${key}\0${offer.point}`, active);
    const dependencies: Dependency<VersionSet>[] = [];
    if (extra !== undefined)
      dependencies.push({ package: name, set: offer.only, from: offer.span });
    for (const { need, asked, text, platforms, rule } of active) {
      if (platforms.length === 0) continue;
      const own = need.name === name;
      note(need.name, asked);
      const set = own ? versionSets.intersect(asked.set, offer.only) : asked.set;
      const place = rule?.place ?? need.place;
      const origin = place === undefined ? {} : { origin: place };
      for (const on of [undefined, ...need.extras]) {
        const target = keyOf(need.name, on);
        // What asks for itself is satisfied, unless it asks for another version.
        const isSelf = target === key || (own && on === undefined);
        if (isSelf && versionSets.isSubset(offer.only, asked.set)) continue;
        dependencies.push({ package: target, set, from: offer.span, text, ...origin });
      }
    }
    return { kind: 'dependencies', dependencies };
  };

  const prioritise = (
    key: string,
    set: VersionSet,
    { affected, culprit, discovered }: PackageStatistics,
  ): Priority => {
    const { name } = splitKey(key);
    if (context.isDirect(name)) return [0, discovered];
    if (pins.covers(name, set)) return [1, discovered];
    if (affected >= manyConflicts) return [2, discovered];
    return culprit >= manyConflicts ? [late, discovered] : [3, discovered];
  };

  return {
    sets: versionSets,
    choose: (key, set) =>
      eventually(shelfOf(splitKey(key).name), (shelf) => chooseFrom(key, set, shelf)),
    dependencies: (key, offer) =>
      eventually(factsOf(offer), (facts) => dependenciesFrom(key, offer, facts)),
    prioritise,
    // As uv does: else each version of what conflicts would be tried against this one.
    reconsider: (key, set, statistics) => prioritise(key, set, statistics)[0] === late,
    prefetch: (key, set) => {
      const { name, extra } = splitKey(key);
      if (extra !== undefined) return;
      const look = (shelf: Shelf | undefined): void => {
        const before = ahead.get(name);
        if (shelf === undefined) return;
        if (before !== undefined && versionSets.isSubset(before.only, set)) return;
        const best = bestOf(shelf, set);
        if (best === undefined) return;
        ahead.set(name, best);
        askAhead(best);
      };
      const shelf = start(name);
      if (shelf instanceof Promise) shelf.then(look, () => {});
      else look(shelf);
    },
    whyNot,
    factsOf,
    needsOf: (offer, extra) => needs.get(`${keyOf(offer.name, extra)}\0${offer.point}`) ?? [],
  };
};
