/** Small pinned graphs made by hand: each shows one feature of recipes. */
import { createHash } from 'node:crypto';
import { type PlatformName, tryParsePlatform } from '../../graph/platform.ts';
import {
  type Artifact,
  type Build,
  type Edge,
  type Environment,
  type Member,
  type PackageId,
  type PinnedGraph,
  type PinnedPackage,
  type PythonTarget,
  packageId,
  type Source,
} from '../../graph/types.ts';
import { tools } from './tools.ts';

export const commonPlatforms = [
  'aarch64-darwin',
  'aarch64-linux',
  'x86_64-darwin',
  'x86_64-linux',
] as const satisfies readonly PlatformName[];

/** An integrity that is right in form, and always the same for a text. */
export const sriOf = (text: string): string =>
  `sha256-${createHash('sha256').update(text).digest('base64')}`;

const onPlatforms = (
  platforms: readonly PlatformName[],
): { readonly platforms?: readonly PlatformName[] } =>
  platforms.length === 0 ? {} : { platforms };

/** A wheel on the fake index; without `platforms` it serves them all. */
export const wheel = (fileName: string, ...platforms: readonly PlatformName[]): Artifact => ({
  kind: 'wheel',
  fileName,
  source: { kind: 'registry', url: `https://files.example.org/${fileName}` },
  integrity: { sri: sriOf(fileName), of: 'file' },
  ...onPlatforms(platforms),
});

export const sdist = (fileName: string, ...platforms: readonly PlatformName[]): Artifact => ({
  ...wheel(fileName, ...platforms),
  kind: 'sdist',
});

/** A folder: live, a commit, or an archive that is hashed unpacked. */
export const tree = (source: Source): Artifact => ({
  kind: 'tree',
  fileName: 'source',
  source,
  ...(source.kind === 'path' ? {} : { integrity: { sri: sriOf(source.url), of: 'tree' as const } }),
});

/** `legacy('setuptools-80')`: built as before PEP 517. */
export const legacy = (environment: string): Build => ({
  backend: 'setuptools.build_meta:__legacy__',
  environment,
});

export interface PackageDetails extends Partial<Omit<PinnedPackage, 'id' | 'name' | 'version'>> {
  /** Tells packages of one name and version apart. */
  readonly source?: string;
}

/** A package; without artifacts it has a pure wheel. */
export const pinned = (
  name: string,
  version: string,
  { source, ...details }: PackageDetails = {},
): PinnedPackage => ({
  id: packageId(name, version, source),
  name,
  version,
  artifacts: [wheel(`${name.replaceAll('-', '_')}-${version}-py3-none-any.whl`)],
  dependencies: [],
  metadata: {},
  ...details,
});

/** A run-time edge to `NAME@VERSION`. */
export const edge = (to: string, details: Partial<Omit<Edge, 'to'>> = {}): Edge => ({
  to: to as PackageId,
  extras: [],
  kind: 'runtime',
  ...details,
});

export const member = (id: string, ...platforms: readonly PlatformName[]): Member => ({
  id: id as PackageId,
  ...onPlatforms(platforms),
});

export const runtime = (...members: readonly Member[]): Environment => ({
  kind: 'runtime',
  members,
});
export const buildOnly = (...members: readonly Member[]): Environment => ({
  kind: 'build',
  members,
});

export { tools };

/** The build environment of setuptools, and its packages. */
export const setuptools = {
  packages: tools('setuptools', 'wheel'),
  environment: { 'setuptools-80': buildOnly(member('setuptools@80.9.0'), member('wheel@0.45.1')) },
};

export interface GraphDetails {
  readonly environments?: Readonly<Record<string, Environment>>;
  readonly roots?: PinnedGraph['roots'];
  readonly python?: Partial<PythonTarget>;
  readonly platforms?: readonly PlatformName[];
}

/** A graph for Python 3.12 on the common platforms, with everything in `default` unless told otherwise. */
export const graphOf = (
  packages: readonly PinnedPackage[],
  { environments, roots = [], python, platforms = commonPlatforms }: GraphDetails = {},
): PinnedGraph => ({
  ecosystem: 'pypi',
  target: {
    python: { implementation: 'cpython', version: '3.12', ...python },
    platforms: platforms.flatMap((name) => tryParsePlatform(name) ?? []),
  },
  roots,
  packages: new Map(packages.map((each) => [each.id, each])),
  environments: new Map(
    Object.entries({
      ...(environments?.['default'] === undefined
        ? { default: runtime(...packages.map(({ id }) => member(id))) }
        : {}),
      ...environments,
    }),
  ),
});
