import { tryParsePlatform } from '../../../graph/platform.ts';
import type {
  LockedArtifact,
  LockedDependency,
  LockedGraph,
  LockedPackage,
  LockedRoot,
  PackageId,
} from '../../../graph/types.ts';
import type { Selection, Wanted } from '../../../resolvers/pypi/select.ts';
import { select } from '../../../resolvers/pypi/select.ts';
import { parsePython } from '../../../resolvers/pypi/target.ts';
import { parseMarker } from '../../../standards/marker.ts';
import { parseRequirement } from '../../../standards/requirement.ts';
import { parseSpecifierSet, specifierContains } from '../../../standards/specifier.ts';
import { compareVersions, parseVersion } from '../../../standards/version.ts';
import { sriOf } from '../../support/fake-registry.ts';

/** Requirements (PEP 508) of a package or group; by extra, with `''` for those without one. */
export type Needs = readonly string[] | Readonly<Record<string, readonly string[]>>;

export interface PackageOutline extends Partial<Omit<LockedPackage, 'marker' | 'id' | 'name'>> {
  readonly needs?: Needs;
  /** Names of files on the index; a wheel for everything without. */
  readonly files?: readonly string[];
  readonly marker?: string;
}

export interface LockOutline extends Partial<Omit<LockedGraph, 'packages' | 'roots'>> {
  /** By `NAME@VERSION`. */
  readonly packages: Readonly<Record<string, PackageOutline>>;
  /** What `main` needs. */
  readonly needs: Needs;
  readonly groups?: Readonly<Record<string, Needs>>;
  readonly root?: Partial<LockedRoot>;
}

const split = (id: string): { readonly name: string; readonly version: string } => {
  const [name = '', version = ''] = id.split('@');
  return { name, version: version.split('#')[0] ?? '' };
};

/** A file of the public index as a lock knows it: its hash is that of its name. */
export const indexFile = (fileName: string): LockedArtifact => ({
  kind: fileName.endsWith('.whl') ? 'wheel' : 'sdist',
  fileName,
  source: { kind: 'index' },
  integrities: [{ sri: sriOf(fileName), of: 'file' }],
});

const dependencyOf = (
  text: string,
  extra: string,
  ids: readonly string[],
  kind: LockedDependency['kind'],
): LockedDependency => {
  const { name, extras, specifier = '', marker } = parseRequirement(text);
  const set = parseSpecifierSet(specifier);
  const versionOf = (id: string) => parseVersion(split(id).version);
  const candidates = ids
    .filter((id) => split(id).name === name && specifierContains(set, versionOf(id)))
    .sort((left, right) => compareVersions(versionOf(right), versionOf(left)));
  return {
    name,
    extras,
    candidates: candidates as PackageId[],
    ...(marker === undefined ? {} : { marker }),
    ...(extra === '' ? {} : { extra }),
    kind,
  };
};

/** A lock from its outline; candidates are the packages that a requirement allows, newest first. */
export const makeLock = (outline: LockOutline): LockedGraph => {
  const { packages, needs, groups = {}, root, ...rest } = outline;
  const ids = Object.keys(packages);
  const dependenciesOf = (
    some: Needs = [],
    kind: LockedDependency['kind'] = 'runtime',
  ): readonly LockedDependency[] =>
    Object.entries(Array.isArray(some) ? { '': some } : some).flatMap(([extra, texts]) =>
      (texts as readonly string[]).map((text) => dependencyOf(text, extra, ids, kind)),
    );
  const locked = Object.entries(packages).map(([key, each]): LockedPackage => {
    const { needs: own, files, marker, ...others } = each;
    const { name, version } = split(key);
    return {
      id: key as PackageId,
      name,
      version,
      artifacts: (files ?? [`${name.replaceAll('-', '_')}-${version}-py2.py3-none-any.whl`]).map(
        indexFile,
      ),
      dependencies: dependenciesOf(own),
      metadata: {},
      ...(marker === undefined ? {} : { marker: parseMarker(marker) }),
      ...others,
    };
  });
  const groupEntries = Object.entries(groups).map(([name, own]) => [
    name,
    dependenciesOf(own, 'dev'),
  ]);
  return {
    ecosystem: 'pypi',
    format: { name: 'test', version: '1', file: 'test.lock' },
    roots: [
      {
        name: 'project',
        groups: { main: dependenciesOf(needs), ...Object.fromEntries(groupEntries) },
        extras: Array.isArray(needs) ? [] : Object.keys(needs).filter((extra) => extra !== ''),
        scripts: [],
        metadata: {},
        ...root,
      },
    ],
    packages: new Map(locked.map((each) => [each.id, each])),
    gaps: [],
    diagnostics: [],
    ...rest,
  };
};

export const platformOf = (name: string) => {
  const platform = tryParsePlatform(name);
  if (platform === undefined) throw new Error(`${name} is no platform`);
  return platform;
};

export interface SelectOptions extends Partial<Wanted> {
  readonly python?: string;
  readonly system?: string;
}

/** What a lock means; on Python 3.12 and x86_64-linux, without groups and extras. */
export const selectFrom = (
  graph: LockedGraph,
  { python = '3.12', system = 'x86_64-linux', groups = [], extras = [] }: SelectOptions = {},
): Selection =>
  select(graph, parsePython(python), { platform: platformOf(system), wanted: { groups, extras } });
