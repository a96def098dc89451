/** That no versions satisfy all requirements: why, everything at once, and what to do. */
import { Lock2nixError } from '../../../graph/errors.ts';
import {
  intersection,
  noVersions,
  union,
  type VersionSet,
} from '../../../standards/version-set.ts';
import type { Incompatibility } from '../../solver/incompatibility.ts';
import type { Asking, Fact } from './askings.ts';
import { type BlameContext, hopeless } from './blame.ts';
import { formatConstraints } from './constraint-block.ts';
import {
  type Contradiction,
  type Contradictions,
  findContradictions,
  type Load,
  type SolveAgain,
} from './contradictions.ts';
import { type HintContext, hintFor } from './hints.ts';
import { proofText } from './proof-text.ts';
import { isIn, nearestVersions } from './version-words.ts';

export interface UnsatisfiableContext extends Omit<BlameContext, 'isSettled'>, HintContext {
  readonly load: Load;
}

const unique = <T>(items: readonly T[]): readonly T[] => [...new Set(items)];

/** Hints by the kind of trouble and the package. */
type Hints = ReadonlyMap<string, string>;

const isBefore = (a: string, b: string): boolean => a.localeCompare(b, 'en', { numeric: true }) < 0;

/** One hint for each kind of trouble with a package: the one that comes first, numbers as numbers. */
const hintsOf = (facts: readonly Fact[], context: UnsatisfiableContext): Hints => {
  const kinds = new Map<string, string>();
  for (const fact of facts) {
    const hint = hintFor(fact, context);
    if (hint === undefined) continue;
    const kind = JSON.stringify([fact.name, fact.reason]);
    const known = kinds.get(kind);
    if (known === undefined || isBefore(hint, known)) kinds.set(kind, hint);
  }
  return kinds;
};

/** The hints of several contradictions: what settles one need not be enough for another. */
const uniteHints = (all: readonly Hints[]): readonly string[] => {
  const kinds = new Map<string, string>();
  for (const [kind, hint] of all.flatMap((each) => [...each])) {
    const known = kinds.get(kind);
    if (known === undefined || isBefore(known, hint)) kinds.set(kind, hint);
  }
  return unique([...kinds.values()]);
};

/** Which versions there are, for a requirement that no published one matches. */
const versionHint = (
  { on, set }: Asking,
  { published }: UnsatisfiableContext,
): readonly string[] => {
  const all = published(on);
  if (all.length === 0 || all.some((each) => isIn(set, each))) return [];
  const [first, second] = nearestVersions(set, all);
  if (first === undefined) return [];
  return second === undefined
    ? [`the nearest version of ${on} is ${first}`]
    : [`the nearest versions of ${on} are ${first} and ${second}`];
};

/** What is said of versions that somebody asks for, where the fact is about more. */
const narrowed = (fact: Fact, lost: readonly Asking[]): Fact => {
  const sets = lost.filter(({ on }) => on === fact.name).map(({ set }) => set);
  return sets.length === 0
    ? fact
    : { ...fact, set: intersection(fact.set, sets.reduce(union, noVersions)) };
};

interface Advice {
  readonly nearest: readonly string[];
  readonly hints: Hints;
}

const adviceOn = ({ evidence, proposed }: Contradiction, context: UnsatisfiableContext): Advice => {
  const lost = proposed.length > 0 ? [] : hopeless(evidence, context);
  const names = new Set([...proposed, ...lost].map(({ on }) => on));
  const about = evidence.facts
    .filter(({ name }) => names.size === 0 || names.has(name))
    .map((fact) => narrowed(fact, lost));
  return {
    nearest: lost.flatMap((asking) => versionHint(asking, context)),
    hints: hintsOf(about, context),
  };
};

const isOneClause = (text: string): boolean => !text.includes('\n');

const indent = (text: string, number: number): string =>
  text
    .split('\n')
    .map((line, index) => (line === '' ? '' : `${index === 0 ? `${number}. ` : '   '}${line}`))
    .join('\n');

const messageOf = ({ found, hasMore }: Contradictions, texts: readonly string[]): string => {
  const [first] = found;
  const [text = ''] = texts;
  if (first !== undefined && found.length === 1) {
    if (!isOneClause(text)) return `no versions satisfy all requirements:\n${text}`;
    return first.proposed.length === 0 ? text : `no versions satisfy all requirements: ${text}`;
  }
  const all = texts.map((each, index) => indent(each, index + 1)).join('\n');
  const more = hasMore ? ', and more that are told when these are settled' : '';
  return `no versions satisfy all requirements, for ${found.length} independent reasons${more}:\n${all}`;
};

const hintOf = (found: readonly Contradiction[], context: UnsatisfiableContext): string => {
  const all = found.map((each) => adviceOn(each, context));
  const advice = unique([
    ...all.flatMap(({ nearest }) => nearest),
    ...uniteHints(all.map(({ hints }) => hints)),
  ]);
  const rules = found.flatMap(({ proposed }) => proposed);
  if (rules.length === 0)
    return advice.length === 0 ? 'loosen one of these requirements' : advice.join('\n');
  const block = `loosen these requirements, or add to overrides.toml:\n\n${formatConstraints(rules)}`;
  return [...advice, block].join('\n');
};

/** Names that nobody has are not what was meant. */
const withoutMissing = (
  found: readonly Contradiction[],
  context: UnsatisfiableContext,
): UnsatisfiableContext => {
  const facts = found.flatMap(({ evidence }) => evidence.facts);
  const missing = new Set(
    facts.filter(({ reason }) => reason === 'no-such-package').map(({ name }) => name),
  );
  return { ...context, seen: () => context.seen().filter((name) => !missing.has(name)) };
};

/**
 * The error UNSATISFIABLE for a failure. All independent contradictions are in it, which
 * `solveAgain` finds, and the hint ends with rules that, pasted into overrides.toml, settle those
 * that rules can settle.
 */
export const explainUnsatisfiable = async (
  failure: Incompatibility<VersionSet>,
  solveAgain: SolveAgain,
  context: UnsatisfiableContext,
): Promise<Lock2nixError> => {
  const contradictions = await findContradictions(failure, solveAgain, context);
  const { found } = contradictions;
  const texts = found.map(({ proof, evidence }) => proofText(proof, evidence, context.published));
  return new Lock2nixError('UNSATISFIABLE', messageOf(contradictions, texts), {
    hint: hintOf(found, withoutMissing(found, context)),
  });
};
