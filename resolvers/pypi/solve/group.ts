/** One version of each name for a group of platforms. */
import { type Platform, type PlatformName, platformName } from '../../../graph/platform.ts';
import type { AskedRequirement, ConstraintRule } from '../../../graph/requirements.ts';
import { type Failure, type Solution, solve } from '../../solver/solve.ts';
import type { ResolutionStrategy } from '../resolution.ts';
import type { ActiveNeed } from './active-needs.ts';
import type { Circumstances } from './circumstances.ts';
import { asNamed } from './commits.ts';
import type { DirectFound } from './direct.ts';
import { directOfUrl } from './find-directs.ts';
import { splitKey } from './keys.ts';
import { type Eventually, type Facts, isCause, type Library, makeFacts } from './library.ts';
import type { NeedChanges } from './need-changes.ts';
import type { Policy } from './policy.ts';
import { createProvider, type PypiProvider } from './provider.ts';
import { type Directs, type Question, questionOf, type RootNeed } from './question.ts';
import type { RuledShelves } from './ruled-shelf.ts';
import type { VersionSet } from './sets.ts';
import { type Offer, type Shelf, shelfOfDirect } from './shelf.ts';
import { textOfSource } from './source-text.ts';
import { type Conditions, existingFiles, fitsPlatform } from './usable.ts';

/** A version that was chosen, with the extras of it that somebody asks for. */
export interface Chosen {
  readonly offer: Offer;
  /** Sorted. */
  readonly extras: readonly string[];
}

export interface GroupSolution {
  readonly kind: 'solution';
  readonly platforms: readonly Platform[];
  readonly question: Question;
  /** By name. */
  readonly chosen: ReadonlyMap<string, Chosen>;
  readonly needsOf: (offer: Offer, extra: string | undefined) => readonly ActiveNeed[];
  readonly factsOf: (offer: Offer) => Facts | undefined;
  readonly provider: PypiProvider;
  readonly conditions: Conditions;
}

export interface GroupFailure {
  readonly kind: 'failure';
  readonly platforms: readonly Platform[];
  readonly failure: Failure<VersionSet>;
  readonly question: Question;
  /** The versions of a name as far as they were looked up. */
  readonly knownShelf: (name: string) => Shelf | undefined;
  /** The same, and looked up. */
  readonly shelfOf: (name: string) => Eventually<Shelf | undefined>;
}

/** What is the same for all groups. */
export interface Task {
  readonly library: Library;
  readonly policy: Policy;
  readonly strategy: ResolutionStrategy;
  readonly rules: readonly ConstraintRule[];
  /** The rules that changed something are added to it. */
  readonly fired: Set<ConstraintRule>;
  /** Other rules that change what is needed, and what names are taken from. */
  readonly changes: NeedChanges | undefined;
  readonly ruled: RuledShelves;
  readonly constraints: readonly AskedRequirement[];
  readonly needs: readonly RootNeed[];
  readonly directs: Directs;
  /** Further sources that direct ones name, by name. */
  readonly further: ReadonlyMap<string, DirectFound>;
  /** Versions to keep, as points, best first. */
  readonly preferred: ReadonlyMap<string, readonly string[]>;
  readonly circumstances: (platforms: readonly Platform[]) => Circumstances;
}

const nothing: readonly string[] = [];

/** Pairs of a name and a platform on which it has to have a file. */
type Required = ReadonlyMap<string, ReadonlySet<PlatformName>>;

const contextOf = (
  task: Task,
  {
    question,
    circumstances,
    required,
  }: {
    readonly question: Question;
    readonly circumstances: Circumstances;
    readonly required: Required;
  },
) => {
  const { changes, fired, library, policy, preferred, ruled, rules, strategy } = task;
  const sources = new Map([...task.further, ...question.directs]);
  const shelves = new Map(
    [...sources].map(([name, { version, direct }]) => [name, shelfOfDirect(name, version, direct)]),
  );
  const facts = new Map<Offer, Facts>();
  const listed = (name: string) => library.shelf(name, question.indexes.get(name));
  return {
    library,
    policy,
    rules,
    fired,
    changes,
    strategy,
    circumstances,
    hashesOf: (name: string) => question.hashes.get(name),
    requiredOn: (name: string): readonly Platform[] => {
      const names = required.get(name);
      return names === undefined
        ? []
        : circumstances.platforms.filter((each) => names.has(platformName(each)));
    },
    knownShelf: (name: string) =>
      ruled.has(name)
        ? ruled.known(name)
        : (shelves.get(name) ?? library.knownShelf(name, question.indexes.get(name))),
    shelfOf: (name: string) =>
      ruled.has(name)
        ? ruled.shelf(name, () => shelves.get(name) ?? listed(name))
        : (shelves.get(name) ?? listed(name)),
    factsOfDirect: (offer: Offer): Facts => {
      const { direct } = offer;
      if (direct === undefined) throw new Error(`${offer.name} is not from a source`);
      const known = facts.get(offer) ?? makeFacts(direct.facts);
      facts.set(offer, known);
      return known;
    },
    preferred: (name: string) =>
      ruled.has(name)
        ? [...ruled.preferred(name), ...(preferred.get(name) ?? nothing)]
        : (preferred.get(name) ?? nothing),
    isDirect: (name: string) => sources.has(name),
    indexesOf: (name: string) => library.indexesOf(question.indexes.get(name)),
    isSource: (name: string, url: string) => {
      if (ruled.replacesAll(name)) return true;
      const source = sources.get(name)?.direct.source;
      return (
        source !== undefined &&
        [source, asNamed(source)].some((each) => isSameSource(url, textOfSource(each)))
      );
    },
    asked: question.asked,
  };
};

/** Whether the URL of a requirement is a source; `git+…@REV` may be written shorter than it is known. */
const isSameSource = (url: string, text: string): boolean => {
  const found = directOfUrl(url);
  return (
    text === url.replace(/#egg=[^&]*$/, '') ||
    text === textOfSource(found?.source ?? { kind: 'url', url })
  );
};

const chosenOf = ({ versions }: Solution<Offer>): ReadonlyMap<string, Chosen> => {
  const chosen = new Map<string, { offer: Offer; extras: string[] }>();
  for (const [key, offer] of versions) {
    const { name, extra } = splitKey(key);
    const known = chosen.get(name) ?? { offer, extras: [] };
    if (extra !== undefined) known.extras.push(extra);
    chosen.set(name, known);
  }
  const sorted = [...chosen].sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(
    sorted.map(([name, { offer, extras }]) => [name, { offer, extras: extras.sort() }]),
  );
};

/** The names that are needed on a platform, walked from the roots. */
const neededOn = (
  platform: Platform,
  {
    question,
    circumstances,
    chosen,
    provider,
  }: Pick<GroupSolution, 'question' | 'chosen' | 'provider'> & {
    readonly circumstances: Circumstances;
  },
): ReadonlySet<string> => {
  const names = new Set<string>();
  const seen = new Set<string>();
  const open: { readonly name: string; readonly extra?: string }[] = [];
  const add = (name: string, extras: readonly string[]): void => {
    for (const extra of [undefined, ...extras]) {
      const key = `${name}[${extra ?? ''}`;
      if (seen.has(key)) continue;
      seen.add(key);
      names.add(name);
      open.push({ name, ...(extra === undefined ? {} : { extra }) });
    }
  };
  for (const { name, asked } of question.needs)
    if (circumstances.whereHolds(asked.marker).includes(platform)) add(name, asked.extras);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const offer = chosen.get(next.name)?.offer;
    if (offer === undefined) continue;
    for (const { need, platforms } of provider.needsOf(offer, next.extra))
      if (platforms.includes(platform)) add(need.name, need.extras);
  }
  return names;
};

const runsOn = (offer: Offer, platform: Platform, conditions: Conditions): boolean =>
  offer.direct !== undefined ||
  existingFiles(offer, conditions).some(
    (file) =>
      conditions.circumstances.allowsPython(file.requiresPython) &&
      fitsPlatform(offer.name, file, { ...conditions, platform }),
  );

/** The names that are needed on platforms where their chosen version has no file. */
const missingFiles = (solution: GroupSolution, circumstances: Circumstances): Required => {
  const missing = new Map<string, Set<PlatformName>>();
  if (circumstances.platforms.length < 2) return missing;
  for (const platform of circumstances.platforms) {
    for (const name of neededOn(platform, { ...solution, circumstances })) {
      const offer = solution.chosen.get(name)?.offer;
      if (offer === undefined || runsOn(offer, platform, solution.conditions)) continue;
      const names = missing.get(name) ?? new Set<PlatformName>();
      names.add(platformName(platform));
      missing.set(name, names);
    }
  }
  return missing;
};

const unite = (a: Required, b: Required): Required => {
  const all = new Map(a);
  for (const [name, names] of b) all.set(name, new Set([...(a.get(name) ?? []), ...names]));
  return all;
};

/** A question for some platforms with what answers it. */
export const openGroup = (
  task: Task,
  platforms: readonly Platform[],
  required: Required = new Map(),
) => {
  const circumstances = task.circumstances(platforms);
  const question = questionOf(task, task, circumstances);
  const context = contextOf(task, { question, circumstances, required });
  const provider = createProvider(context);
  const solutionOf = (chosen: ReadonlyMap<string, Chosen>): GroupSolution => ({
    kind: 'solution',
    platforms,
    question,
    chosen,
    needsOf: provider.needsOf,
    factsOf: (offer) => {
      const facts = provider.factsOf(offer);
      return facts instanceof Promise || isCause(facts) ? undefined : facts;
    },
    provider,
    conditions: context,
  });
  const { knownShelf, shelfOf } = context;
  return { circumstances, question, provider, knownShelf, shelfOf, solutionOf };
};

/**
 * Solves for a group of platforms. A name is first required to have a file on one of them; where a
 * solution turns out to need it on others, it is solved again with that known. Throws UNSATISFIABLE
 * as `questionOf`, and what the registry throws.
 */
export const solveGroup = async (
  task: Task,
  platforms: readonly Platform[],
): Promise<GroupSolution | GroupFailure> => {
  let required: Required = new Map();
  for (;;) {
    const group = openGroup(task, platforms, required);
    const { question, knownShelf, shelfOf } = group;
    const result = await solve(group.provider, question.problem);
    if (result.kind === 'failure')
      return { kind: 'failure', platforms, failure: result, question, knownShelf, shelfOf };
    const solution = group.solutionOf(chosenOf(result));
    const missing = missingFiles(solution, group.circumstances);
    if (missing.size === 0) return solution;
    required = unite(required, missing);
  }
};
