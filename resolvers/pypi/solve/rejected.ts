/** Why versions that are newer than the chosen one were not taken. */
import type { Rejected } from '../resolution.ts';
import { activeNeeds, isUnusableCause, type NeedsContext } from './active-needs.ts';
import type { GroupSolution } from './group.ts';
import { isCause } from './library.ts';
import { versionSets } from './sets.ts';
import { newestIn, type Offer, type Shelf } from './shelf.ts';

/** Who asks for a name, and what. */
interface Asker {
  readonly who: string;
  readonly text: string;
  readonly excludes: (offer: Offer) => boolean;
}

const askersOf = (name: string, { chosen, needsOf, question }: GroupSolution): readonly Asker[] => {
  const excluding =
    (set: typeof versionSets.full) =>
    (offer: Offer): boolean =>
      !versionSets.isSubset(offer.only, set);
  const own = question.needs
    .filter((need) => need.name === name)
    .map(({ origin, text, versions }) => ({
      who: origin,
      text,
      excludes: excluding(versions.set),
    }));
  const others = [...chosen].flatMap(([asker, { offer, extras }]) =>
    [undefined, ...extras].flatMap((extra) =>
      needsOf(offer, extra)
        .filter(({ need, platforms }) => need.name === name && platforms.length > 0)
        .map(({ asked, text }) => ({
          who: `${asker} ${offer.text}`,
          text,
          excludes: excluding(asked.set),
        })),
    ),
  );
  return [...own, ...others];
};

const constraintOf = (
  name: string,
  offer: Offer,
  { question }: GroupSolution,
): string | undefined => {
  const exclusion = question.problem.exclusions?.find(
    (each) => each.package === name && versionSets.isSubset(offer.only, each.set),
  );
  return exclusion?.cause.kind === 'custom' ? exclusion.cause.message : undefined;
};

/** Why its metadata, or what it needs, speak against an offer; its metadata are asked for. */
const ownReason = async (
  offer: Offer,
  { chosen, provider }: GroupSolution,
  context: NeedsContext,
): Promise<string | undefined> => {
  const facts = await provider.factsOf(offer);
  if (isCause(facts)) return facts.message;
  const needs = activeNeeds(offer, { facts, extra: undefined }, context);
  if (isUnusableCause(needs)) return needs.message;
  for (const { need, asked, text, platforms } of needs) {
    const other = chosen.get(need.name)?.offer;
    if (platforms.length === 0 || other === undefined) continue;
    if (!versionSets.isSubset(other.only, asked.set))
      return `needs ${text}, and ${need.name} is ${other.text}`;
  }
  return undefined;
};

const whyNot = async (
  offer: Offer,
  group: GroupSolution,
  {
    askers,
    context,
    kept,
  }: {
    readonly askers: readonly Asker[];
    readonly context: NeedsContext;
    /** The chosen version, when it is one that was to be kept. */
    readonly kept: string | undefined;
  },
): Promise<string> => {
  const all = versionSets.full;
  const reason = group.provider.whyNot(offer, all);
  if (reason?.kind === 'custom') return reason.message;
  const constraint = constraintOf(offer.name, offer, group);
  if (constraint !== undefined) return constraint;
  const asker = askers.find(({ excludes }) => excludes(offer));
  if (asker !== undefined) return `is excluded by ${asker.text} (${asker.who})`;
  if (offer.prerelease) return 'is a pre-release';
  if (kept !== undefined) return `is newer than ${kept}, which is recorded and still satisfies`;
  return (await ownReason(offer, group, context)) ?? 'leads to versions that do not go together';
};

/** The newer versions, newest first, each with the first reason that is found. */
export const rejectedOf = async (
  name: string,
  group: GroupSolution,
  {
    context,
    shelf,
    kept,
  }: { readonly context: NeedsContext; readonly shelf: Shelf; readonly kept: readonly string[] },
): Promise<readonly Rejected[]> => {
  const chosen = group.chosen.get(name)?.offer;
  if (chosen === undefined) return [];
  const askers = askersOf(name, group);
  const newer = [...newestIn(shelf, versionSets.full)].filter(({ point }) => point > chosen.point);
  const stays = kept.includes(chosen.point) ? chosen.text : undefined;
  const rejected: Rejected[] = [];
  for (const offer of newer) {
    const why = await whyNot(offer, group, { askers, context, kept: stays });
    rejected.push({ version: offer.text, why });
  }
  return rejected;
};
