import { isLock2nixError, type Lock2nixError } from '../../../../graph/errors.ts';
import type { AskedRequirement, RequirementSet } from '../../../../graph/requirements.ts';
import type { Resolution, ResolveOptions } from '../../../../resolvers/pypi/resolution.ts';
import { resolveRequirements } from '../../../../resolvers/pypi/resolve.ts';
import { parsePython } from '../../../../resolvers/pypi/target.ts';
import { parseRequirement } from '../../../../standards/requirement.ts';
import {
  type FakeIndexOptions,
  type FakeProjects,
  fakeIndex,
} from '../../../support/fake-index.ts';
import { fakeRegistry } from '../../../support/fake-registry.ts';
import { platformOf } from '../make-lock.ts';

export interface Asking extends Partial<Omit<ResolveOptions, 'python' | 'platforms'>> {
  /** The lines of a requirements.txt; a hash may stand behind `--hash=`. */
  readonly lines: readonly string[];
  /** The lines of a constraints.txt. */
  readonly bounds?: readonly string[];
  readonly python?: string;
  readonly systems?: readonly string[];
}

const readLine = (line: string, origin: string): AskedRequirement => {
  const [text = '', ...hashes] = line.split(' --hash=');
  const { name, extras, specifier, marker } = parseRequirement(text);
  return {
    name,
    extras,
    ...(specifier === undefined ? {} : { specifier }),
    ...(marker === undefined ? {} : { marker }),
    text,
    origin,
    integrities: hashes.map((sri) => ({ sri, of: 'file' })),
  };
};

const readLines = (lines: readonly string[], file: string): readonly AskedRequirement[] =>
  lines.map((line, index) => readLine(line, `${file}:${index + 1}`));

/** Resolves the lines of a requirements.txt of `service` on Python 3.12 and x86_64-linux. */
export const resolve = async (
  projects: FakeProjects,
  { lines, bounds = [], python = '3.12', systems = ['x86_64-linux'], ...options }: Asking,
  indexOptions: FakeIndexOptions = {},
): Promise<Resolution> => {
  const set: RequirementSet = {
    ecosystem: 'pypi',
    format: { name: 'requirements', file: 'requirements.txt' },
    roots: [
      {
        name: 'service',
        groups: { main: readLines(lines, 'requirements.txt') },
        extras: {},
        scripts: [],
        metadata: {},
      },
    ],
    constraints: readLines(bounds, 'constraints.txt'),
    indexes: { extra: [] },
    diagnostics: [],
  };
  return await resolveRequirements(
    set,
    {
      python: parsePython(python),
      platforms: systems.map(platformOf),
      wanted: { groups: [], extras: [] },
      strategy: 'highest',
      indexes: { extra: [], strategy: 'first-index' },
      prefer: 'wheel',
      preferWheels: [],
      onlyBinary: [],
      noBinary: [],
      prereleases: [],
      preferences: new Map(),
      rules: { constraints: [] },
      ...options,
    },
    { index: fakeIndex(projects, indexOptions), registry: fakeRegistry() },
  );
};

/** The error of a question without an answer. */
export const failureOf = async (
  projects: FakeProjects,
  asking: Asking,
  indexOptions: FakeIndexOptions = {},
): Promise<Lock2nixError> => {
  try {
    await resolve(projects, asking, indexOptions);
  } catch (error) {
    if (isLock2nixError(error)) return error;
    throw error;
  }
  throw new Error('there is a solution');
};

/** The error as the command line prints it. */
export const told = ({ message, hint = '' }: Lock2nixError): string =>
  `error: ${message}\nhint: ${hint}`;

/** `{ flask: '3.0.3' }` */
export const versionsOf = ({ graph }: Resolution): Readonly<Record<string, string>> =>
  Object.fromEntries([...graph.packages.values()].map(({ name, version }) => [name, version]));
