/** The requirement sets of fixtures/resolve/sets.json, as questions to the resolver. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AskedRequirement, RequirementSet } from '../../graph/requirements.ts';
import type { LockedGraph } from '../../graph/types.ts';
import type { ResolveOptions } from '../../resolvers/pypi/resolution.ts';
import { parsePython } from '../../resolvers/pypi/target.ts';
import { parseRequirement } from '../../standards/requirement.ts';

export interface ResolveSet {
  readonly name: string;
  /** Who said what the versions are: uv, pip 20.3.4, or pip 19.2.3 (first-wins). */
  readonly oracle: 'uv' | 'pip-20' | 'pip-19';
  readonly python: string;
  readonly requirements: readonly string[];
  readonly constraints?: readonly string[];
  readonly resolution?: 'highest' | 'lowest' | 'first-wins';
  readonly prereleases?: boolean;
  /** Instead of the date of all sets. */
  readonly date?: string;
  /** Where our answer is another on purpose: why, and what we say instead of the oracle. */
  readonly differs?: {
    readonly why: string;
    /** By name; null: not in our answer. Or that there is no solution. */
    readonly versions: Readonly<Record<string, string | null>> | 'no solution';
  };
}

/** Versions by normalised name, or that there is no solution. */
export type Answer = Readonly<Record<string, string>> | 'no solution';

const folder = join(import.meta.dirname, '../../fixtures/resolve');
const read = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), 'utf8'));

/** Files uploaded at `date` or later do not exist, unless the set has a date of its own. */
export const readSets = (): { readonly date: string; readonly sets: readonly ResolveSet[] } =>
  read('sets.json') as { date: string; sets: ResolveSet[] };

/** What the oracles said, by set. */
export const readAnswers = (): Readonly<Record<string, Answer>> =>
  (read('answers.json') as { answers: Record<string, Answer> }).answers;

const asked = (text: string, origin: string): AskedRequirement => {
  const { name, extras, specifier, marker } = parseRequirement(text);
  return {
    name,
    extras,
    ...(specifier === undefined ? {} : { specifier }),
    ...(marker === undefined ? {} : { marker }),
    text,
    origin,
    integrities: [],
  };
};

/** A set as a requirements file would have it, one line a requirement. */
export const requirementSetOf = ({
  requirements,
  constraints = [],
}: ResolveSet): RequirementSet => ({
  ecosystem: 'pypi',
  format: { name: 'requirements', file: 'requirements.txt' },
  roots: [
    {
      name: 'requirements',
      groups: {
        main: requirements.map((text, at) => asked(text, `requirements.txt:${at + 1}`)),
      },
      extras: {},
      scripts: [],
      metadata: {},
    },
  ],
  constraints: constraints.map((text, at) => asked(text, `constraints.txt:${at + 1}`)),
  indexes: { extra: [] },
  diagnostics: [],
});

export const optionsOf = (set: ResolveSet, date: string): ResolveOptions => ({
  python: parsePython(set.python),
  platforms: [{ system: 'x86_64-linux', libc: 'glibc', libcVersion: '2.28' }],
  wanted: { groups: [], extras: [] },
  strategy: set.resolution ?? 'highest',
  indexes: { extra: [], strategy: 'first-index' },
  prefer: 'wheel',
  preferWheels: [],
  onlyBinary: [],
  noBinary: [],
  prereleases: set.prereleases === true ? ':all:' : [],
  excludeNewer: Date.parse(set.date ?? date),
  preferences: new Map(),
  rules: { constraints: [] },
});

/** Versions by name, sorted. */
export const versionsOf = ({ packages }: LockedGraph): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...packages.values()]
      .map(({ name, version }): [string, string] => [name, version])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

/** What we are to say: the oracle's answer, but for what `differs` says. */
export const expectedOf = ({ differs }: ResolveSet, answer: Answer): Answer => {
  if (differs === undefined) return answer;
  if (differs.versions === 'no solution') return 'no solution';
  const merged = { ...(answer === 'no solution' ? {} : answer), ...differs.versions };
  return Object.fromEntries(
    Object.entries(merged)
      .filter((entry): entry is [string, string] => entry[1] !== null)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
};
