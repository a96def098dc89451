/**
 * Which requirement to give up so that a contradiction is none: somebody else's before the user's
 * own, an exact pin before a range, and of ranges the one that asks for older versions.
 */
import type { ConstraintRule } from '../../../graph/requirements.ts';
import { formatSpecifierSet, tryParseSpecifierSet } from '../../../standards/specifier.ts';
import type { Asking, Evidence } from './askings.ts';
import { isIn, type Published } from './version-words.ts';

export interface BlameContext {
  /** The name of the project whose own requirement it is, as `of` of a rule has it. */
  readonly projectOf: (asking: Asking) => string;
  /** What is published of a distribution, oldest first. */
  readonly published: (name: string) => readonly Published[];
  /** What constraints ask of everybody; no rule can loosen them. */
  readonly bounds: readonly Asking[];
  /** Whether a rule for it is assumed already, by `of` and `on`. */
  readonly isSettled: (of: string, on: string) => boolean;
}

/** All that one asker says of one package. */
interface Voice {
  readonly asker: string | undefined;
  /** A bound for everybody: it cannot be given up. */
  readonly isBound: boolean;
  readonly askings: readonly Asking[];
  readonly allows: (published: Published) => boolean;
}

const byText = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

/** The newest version that asks, by its place among those published. */
const newestAsker = ({ of, asking }: Asking, { published }: BlameContext): number =>
  of === undefined ? 0 : published(of).findLastIndex((each) => isIn(asking, each));

/**
 * Each of the project's own requirements is a voice. The versions of a distribution speak together,
 * and allow what any of them does; or only the newest speaks.
 */
const voicesOn = (
  askings: readonly Asking[],
  speaking: 'all' | 'newest',
  context: BlameContext,
): readonly Voice[] => {
  const own = askings.filter(({ of }) => of === undefined);
  const others = [...new Set(askings.flatMap(({ of }) => of ?? []))].sort(byText);
  return [
    ...own.map((asking) => ({
      asker: undefined,
      isBound: context.bounds.includes(asking),
      askings: [asking],
      allows: (each: Published) => isIn(asking.set, each),
    })),
    ...others.map((asker) => {
      const mine = askings
        .filter(({ of }) => of === asker)
        .sort((a, b) => newestAsker(b, context) - newestAsker(a, context));
      const newest = mine.slice(0, 1).map((each) => newestAsker(each, context))[0];
      const heard =
        speaking === 'all' ? mine : mine.filter((each) => newestAsker(each, context) === newest);
      return {
        asker,
        isBound: false,
        askings: heard,
        allows: (each: Published) =>
          speaking === 'all'
            ? heard.some(({ set }) => isIn(set, each))
            : heard.every(({ set }) => isIn(set, each)),
      };
    }),
  ];
};

const isPinned = ({ specifier }: Asking): boolean =>
  specifier?.startsWith('==') === true && !/[*,]/.test(specifier);

/** The first is kept: the user's, then those that leave a choice, then those for newer versions. */
const byRight =
  (usable: readonly Published[]) =>
  (a: Voice, b: Voice): number => {
    const rank = ({ asker, allows, askings, isBound }: Voice): readonly number[] => {
      const isPin = askings.every(isPinned);
      const newest = -usable.findLastIndex(allows);
      if (isBound) return [-1, 0, 0];
      return asker === undefined ? [0, isPin ? 0 : 1, newest] : [1, isPin ? 1 : 0, newest];
    };
    const [ranksA, ranksB] = [rank(a), rank(b)];
    const difference = ranksA.map((each, index) => each - (ranksB[index] ?? 0)).find(Boolean);
    return difference ?? byText(a.asker ?? '', b.asker ?? '');
  };

/** What the kept ones say, as one specifier; the newest version that they all take when they cannot be written so. */
const specifierOf = (kept: readonly Voice[], fitting: readonly Published[]): string => {
  const specifiers = kept.flatMap(({ askings }) => askings.map(({ specifier }) => specifier));
  const joined = specifiers.every((each) => each !== undefined)
    ? tryParseSpecifierSet(specifiers.join(','))
    : undefined;
  const isShort = joined !== undefined && joined.clauses.length > 0 && joined.clauses.length < 4;
  const isWhole = kept.every(({ askings }) => askings.length === 1);
  return isShort && isWhole ? formatSpecifierSet(joined) : `==${fitting.at(-1)?.text ?? ''}`;
};

const versionsOf = (asking: Asking, { published }: BlameContext): string => {
  if (asking.of === undefined) return asking.origin ?? 'the project';
  const asked = published(asking.of).filter((each) => isIn(asking.asking, each));
  return asked.length === 1 ? `${asking.of} ${asked[0]?.text ?? ''}` : asking.of;
};

/** `tokenserver 1.0 asks for cornice==3.5.1`. */
const said = ({ askings }: Voice, context: BlameContext): string => {
  const [asking] = askings;
  return asking === undefined ? '' : `${versionsOf(asking, context)} asks for ${asking.text}`;
};

/** Where a rule stands that is proposed, for what follows from it. */
export const assumedPlace = 'as proposed below';

const askerOf = ({ asker, askings: [asking] }: Voice, context: BlameContext): string =>
  asker ?? (asking === undefined ? '' : context.projectOf(asking));

/** Rules for those who cannot be heard together with the others about `on`. */
const settle = (
  on: string,
  voices: readonly Voice[],
  usable: readonly Published[],
  context: BlameContext,
): readonly ConstraintRule[] => {
  const kept: Voice[] = [];
  const given: Voice[] = [];
  let fitting = usable;
  for (const voice of [...voices].sort(byRight(usable))) {
    const next = fitting.filter(voice.allows);
    if (next.length > 0) {
      kept.push(voice);
      fitting = next;
    } else if (usable.some(voice.allows) && !voice.isBound) given.push(voice);
  }
  if (kept.length === 0) return [];
  const use = specifierOf(kept, fitting);
  const opponent = (voice: Voice): string =>
    said(
      kept.find((each) => !usable.some((one) => each.allows(one) && voice.allows(one))) ??
        kept[0] ??
        voice,
      context,
    );
  return given.map((voice) => ({
    of: askerOf(voice, context),
    on,
    use,
    why: `${said(voice, context)}, but ${opponent(voice)}`,
    place: assumedPlace,
  }));
};

/** Somebody else's requirement that stands alone: the last resort, exact pins first. */
const lastResort = ({ askings }: Evidence, context: BlameContext): readonly ConstraintRule[] => {
  const others = askings.filter(({ of, on }) => of !== undefined && !context.isSettled(of, on));
  const asking = others.find(isPinned) ?? others[0];
  if (asking?.of === undefined) return [];
  const why = `${versionsOf(asking, context)} asks for ${asking.text}, which goes with nothing else`;
  return [{ of: asking.of, on: asking.on, use: undefined, why, place: assumedPlace }];
};

/** Distributions of which somebody asks for nothing that can be used, by what `facts` say. */
export const hopeless = (
  { askings, facts }: Evidence,
  { published }: Pick<BlameContext, 'published'>,
): readonly Asking[] =>
  askings.filter(({ on, set }) => {
    const against = facts.filter(({ name }) => name === on).map((fact) => fact.set);
    return !published(on).some(
      (each) => isIn(set, each) && !against.some((excluded) => isIn(excluded, each)),
    );
  });

/** Facts that are somebody's wish. */
const boundReasons: readonly string[] = ['constraint', 'rule'];

/** What all say of a package, and its versions that would do if all agreed. */
const debateOn = (on: string, { askings, facts }: Evidence, context: BlameContext) => {
  const about = facts.filter(({ name }) => name === on);
  const isBound = about.some(({ reason }) => boundReasons.includes(reason));
  const against = about.filter(({ reason }) => !boundReasons.includes(reason));
  return {
    askings: [
      ...(isBound ? context.bounds.filter((bound) => bound.on === on) : []),
      ...askings.filter((asking) => asking.on === on),
    ],
    usable: context.published(on).filter((each) => !against.some(({ set }) => isIn(set, each))),
  };
};

/**
 * The rules to assume after a failure, so that the search can go on: for the first package, by name,
 * of which no version suits all who ask for it. Nothing when requirements are not what is wrong.
 */
export const blame = (evidence: Evidence, context: BlameContext): readonly ConstraintRule[] => {
  const names = [...new Set(evidence.askings.map(({ on }) => on))].sort(byText);
  for (const speaking of ['all', 'newest'] as const) {
    for (const on of names) {
      const { askings, usable } = debateOn(on, evidence, context);
      const voices = voicesOn(askings, speaking, context);
      if (voices.length < 2) continue;
      const rules = settle(on, voices, usable, context);
      const fresh = rules.filter(({ of }) => !context.isSettled(of, on));
      if (fresh.length > 0) return fresh;
    }
  }
  return hopeless(evidence, context).length > 0 ? [] : lastResort(evidence, context);
};
