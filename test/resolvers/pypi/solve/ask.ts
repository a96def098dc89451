/** Questions to the resolver in short, over indexes in memory. */

import { isLock2nixError } from '../../../../graph/errors.ts';
import type {
  AskedRequirement,
  AskingRoot,
  RequirementSet,
} from '../../../../graph/requirements.ts';
import type { Resolution, ResolveOptions } from '../../../../resolvers/pypi/resolution.ts';
import { type ResolveSources, resolveRequirements } from '../../../../resolvers/pypi/resolve.ts';
import { parsePython } from '../../../../resolvers/pypi/target.ts';
import { parseRequirement } from '../../../../standards/requirement.ts';
import {
  type FakeIndexOptions,
  type FakeProjects,
  fakeIndex,
} from '../../../support/fake-index.ts';
import { fakeRegistry } from '../../../support/fake-registry.ts';
import { platformOf } from '../make-lock.ts';

/** A requirement in PEP 508's form, or with more that is said of it. */
export type Asking = string | (Partial<AskedRequirement> & { readonly text: string });

/** `file:LINE` is the origin of the LINE-th requirement. */
export const askedOf = (asking: Asking, origin: string): AskedRequirement => {
  const { text, ...more } = typeof asking === 'string' ? { text: asking } : asking;
  if (more.source !== undefined) return { extras: [], integrities: [], text, origin, ...more };
  const { name, extras, specifier, marker } = parseRequirement(text);
  return {
    name,
    extras,
    ...(specifier === undefined ? {} : { specifier }),
    ...(marker === undefined ? {} : { marker }),
    text: text.split(';')[0]?.trim() ?? text,
    origin,
    integrities: [],
    ...more,
  };
};

export interface Asked
  extends Partial<Omit<ResolveOptions, 'python' | 'platforms' | 'wanted'>>,
    FakeIndexOptions {
  readonly python?: string;
  readonly systems?: readonly string[];
  readonly groups?: Readonly<Record<string, readonly Asking[]>>;
  readonly optionalGroups?: readonly string[];
  readonly rootExtras?: Readonly<Record<string, readonly Asking[]>>;
  readonly wanted?: { readonly groups?: readonly string[]; readonly extras?: readonly string[] };
  readonly constraints?: readonly Asking[];
  readonly set?: Partial<RequirementSet>;
  readonly sources?: Partial<ResolveSources>;
}

const all = (askings: readonly Asking[], file: string): readonly AskedRequirement[] =>
  askings.map((asking, index) => askedOf(asking, `${file}:${index + 1}`));

const allOf = (
  groups: Readonly<Record<string, readonly Asking[]>>,
): Readonly<Record<string, readonly AskedRequirement[]>> =>
  Object.fromEntries(Object.entries(groups).map(([name, each]) => [name, all(each, name)]));

const setOf = (requirements: readonly Asking[], asked: Asked): RequirementSet => {
  const root: AskingRoot = {
    name: 'project',
    groups: { main: all(requirements, 'in.txt'), ...allOf(asked.groups ?? {}) },
    ...(asked.optionalGroups === undefined ? {} : { optionalGroups: asked.optionalGroups }),
    extras: allOf(asked.rootExtras ?? {}),
    scripts: [],
    metadata: {},
  };
  return {
    ecosystem: 'pypi',
    format: { name: 'requirements', file: 'in.txt' },
    roots: [root],
    constraints: all(asked.constraints ?? [], 'constraints.txt'),
    indexes: { extra: [] },
    diagnostics: [],
    ...asked.set,
  };
};

/** Resolves; for Python 3.12 on x86_64-linux unless asked otherwise. */
export const resolve = async (
  projects: FakeProjects,
  requirements: readonly Asking[],
  asked: Asked = {},
): Promise<Resolution> => {
  const { python = '3.12', systems = ['x86_64-linux'], wanted = {}, sources = {} } = asked;
  const options: ResolveOptions = {
    strategy: 'highest',
    indexes: { extra: [], strategy: 'first-index' },
    prefer: 'wheel',
    preferWheels: [],
    onlyBinary: [],
    noBinary: [],
    prereleases: [],
    preferences: new Map(),
    rules: { constraints: [] },
    ...asked,
    python: parsePython(python),
    platforms: systems.map(platformOf),
    wanted: { groups: wanted.groups ?? [], extras: wanted.extras ?? [] },
  };
  return resolveRequirements(setOf(requirements, asked), options, {
    index: fakeIndex(projects, asked),
    registry: fakeRegistry(),
    ...sources,
  });
};

/** Ids of packages, with their platforms when they are limited. */
export const idsOf = ({ graph }: Resolution): readonly string[] =>
  [...graph.packages.values()].map(({ id, platforms = [] }) => [id, ...platforms].join(' '));

/** The ids of the solution, or the text of the refusal. */
export const answer = async (
  projects: FakeProjects,
  requirements: readonly Asking[],
  asked: Asked = {},
): Promise<readonly string[] | string> => {
  try {
    return idsOf(await resolve(projects, requirements, asked));
  } catch (error) {
    if (!isLock2nixError(error)) throw error;
    return `${error.code}: ${error.message}${error.hint === undefined ? '' : `\nhint: ${error.hint}`}`;
  }
};

/** Diagnostics as `severity code message`. */
export const saidBy = ({ diagnostics }: Resolution): readonly string[] =>
  diagnostics.map(({ severity, code, message }) => `${severity} ${code} ${message}`);
