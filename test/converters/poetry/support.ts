import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type JsonMap, stringify } from '@iarna/toml';
import { convert } from '../../../converters/poetry/convert.ts';
import { isLock2nixError } from '../../../graph/errors.ts';
import type { LockedDependency, LockedGraph, LockedPackage } from '../../../graph/types.ts';
import { formatMarker } from '../../../standards/marker.ts';

const fixtureFolder = join(import.meta.dirname, '../../../fixtures/poetry');

/** Folders of real locks. */
export const fixtureNames: readonly string[] = readdirSync(fixtureFolder)
  .filter((name) => existsSync(join(fixtureFolder, name, 'poetry.lock')))
  .sort();

export const fixturePath = (name: string, file: string): string => join(fixtureFolder, name, file);

export const readFixture = (name: string, file: string): string =>
  readFileSync(fixturePath(name, file), 'utf8');

/** Converts texts; without `pyproject` the lock stands alone. */
export const convertTexts = (lock: string, pyproject?: string): LockedGraph =>
  convert({
    file: 'app/poetry.lock',
    text: lock,
    read: (path) => (path === 'pyproject.toml' ? pyproject : undefined),
  }).graph;

/** What a made-up package has besides its name, unless it says otherwise. */
const packageDefaults: JsonMap = {
  version: '1.0',
  optional: false,
  'python-versions': '*',
  groups: ['main'],
  files: [],
};

/** A lock in TOML with these packages; `rest` are its other tables, `metadata` is added to its own. */
export const makeLock = (
  packages: readonly JsonMap[],
  {
    metadata = {},
    ...rest
  }: { readonly metadata?: JsonMap; readonly [table: string]: unknown } = {},
): string =>
  stringify({
    package: packages.map((one) => ({ ...packageDefaults, ...one })),
    ...(rest as JsonMap),
    metadata: {
      'lock-version': '2.1',
      'python-versions': '*',
      'content-hash': '0',
      ...metadata,
    },
  });

/** The dependencies of a package of a graph, one line each. */
export const dependenciesOf = (graph: LockedGraph, id: string): readonly string[] =>
  [...graph.packages.values()]
    .filter((locked) => locked.id === id)
    .flatMap(({ dependencies }) => dependencies.map(dependencyText));

/** The dependencies of a group of the only root, one line each. */
export const groupOf = (graph: LockedGraph, group = 'main'): readonly string[] =>
  (graph.roots[0]?.groups[group] ?? []).map(dependencyText);

/** What went wrong, as `CODE file:line message`; anything but our own error is thrown on. */
export const failure = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (!isLock2nixError(error)) throw error;
    const { file, line } = error.location ?? {};
    return `${error.code} ${file ?? '?'}:${line ?? '?'} ${error.message}`;
  }
  return 'no failure';
};

/** `flask[async] {web} -> flask@3.0.0 ; python_version < "3.10"`. */
export const dependencyText = (dependency: LockedDependency): string =>
  [
    dependency.name,
    dependency.extras.length === 0 ? '' : `[${dependency.extras.join(',')}]`,
    dependency.extra === undefined ? '' : ` {${dependency.extra}}`,
    ` -> ${dependency.candidates.join(' | ')}`,
    dependency.marker === undefined ? '' : ` ; ${formatMarker(dependency.marker)}`,
  ].join('');

const sourceText = ({ artifacts, index }: LockedPackage): string => {
  const [first] = artifacts;
  if (first === undefined) return index === undefined ? '' : `index=${index}`;
  const { kind: _, ...where } = first.source;
  const details = Object.entries(where).map(([key, value]) => `${key}=${String(value)}`);
  return [first.source.kind, ...details].join(' ');
};

const packageLines = (locked: LockedPackage): readonly string[] => {
  const count = (kind: string): number =>
    locked.artifacts.filter((artifact) => artifact.kind === kind).length;
  const facts = [
    locked.requiresPython === undefined ? '' : `python ${locked.requiresPython}`,
    locked.marker === undefined ? '' : `; ${formatMarker(locked.marker)}`,
    sourceText(locked),
    ...['wheel', 'sdist', 'tree'].map((kind) =>
      count(kind) === 0 ? '' : `${count(kind)} ${kind}`,
    ),
    locked.hashes === undefined ? '' : `${locked.hashes.length} hashes`,
  ];
  return [
    facts.filter((fact) => fact !== '').join(', '),
    ...locked.dependencies.map(dependencyText),
  ];
};

/** A graph in few lines, each fact on one. */
export const summarise = (graph: LockedGraph): object => ({
  format: graph.format.version,
  requiresPython: graph.requiresPython,
  roots: graph.roots.map(({ groups, ...root }) => ({
    ...root,
    groups: Object.fromEntries(
      Object.entries(groups).map(([group, list]) => [group, list.map(dependencyText)]),
    ),
  })),
  packages: Object.fromEntries(
    [...graph.packages].map(([id, locked]) => [id, packageLines(locked)]),
  ),
  gaps: [
    ...new Set(
      graph.gaps.map(({ kind, package: id, requirement }) =>
        [kind, id, requirement].join(' ').trim(),
      ),
    ),
  ],
  diagnostics: graph.diagnostics.map(({ severity, code }) => `${severity} ${code}`),
});

/** The golden text of a file; with UPDATE_GOLDEN=1 it is written anew. */
export const goldenText = (path: string, actual: object): string => {
  const text = `${JSON.stringify(actual, undefined, 1)}\n`;
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, text);
  return text;
};
