import { tryParsePlatform } from '../../graph/platform.ts';
import type {
  Artifact,
  Environment,
  PackageId,
  PinnedGraph,
  PinnedPackage,
  Root,
} from '../../graph/types.ts';
import { packageId } from '../../graph/types.ts';
import { sriOf } from '../support/fake-registry.ts';

/** A file with its URL and hash. */
export const file = (fileName: string, more: Partial<Artifact> = {}): Artifact => ({
  kind: fileName.endsWith('.whl') ? 'wheel' : 'sdist',
  fileName,
  source: { kind: 'registry', url: `https://files.example/${fileName}` },
  integrity: { sri: sriOf(fileName), of: 'file' },
  ...more,
});

/** A package that is one wheel, as far as nothing else is said. */
export const pinned = (
  name: string,
  version: string,
  more: Partial<PinnedPackage> = {},
): PinnedPackage => ({
  id: packageId(name, version),
  name,
  version,
  artifacts: [file(`${name}-${version}-py3-none-any.whl`)],
  dependencies: [],
  metadata: {},
  ...more,
});

export interface GraphOutline extends Partial<Omit<PinnedGraph, 'packages' | 'environments'>> {
  readonly packages?: readonly PinnedPackage[];
  readonly environments?: Readonly<Record<string, Environment>>;
  readonly roots?: readonly Root[];
}

const platforms = ['aarch64-darwin', 'x86_64-linux'].flatMap(
  (name) => tryParsePlatform(name) ?? [],
);

/** A graph for Python 3.12 on two platforms; `default` has all packages unless it is given. */
export const makeGraph = ({ packages = [], environments, ...more }: GraphOutline): PinnedGraph => ({
  ecosystem: 'pypi',
  target: { python: { implementation: 'cpython', version: '3.12' }, platforms },
  roots: [],
  packages: new Map(packages.map((each) => [each.id, each])),
  environments: new Map(
    Object.entries(
      environments ?? {
        default: { kind: 'runtime', members: packages.map(({ id }) => ({ id })) },
      },
    ),
  ),
  ...more,
});

export const id = (text: string): PackageId => text as PackageId;

/** A graph that has something of everything. */
export const fullGraph: PinnedGraph = makeGraph({
  target: {
    python: {
      implementation: 'cpython',
      version: '3.12',
      fullVersion: '3.12.4',
      patchRange: { from: '3.12.1', to: '3.12.9' },
    },
    platforms: [...platforms, { system: 'x86_64-linux', libc: 'musl', libcVersion: '1.2' }],
  },
  roots: [
    { name: 'app', package: id('app@1.0'), scripts: ['app', 'app-admin'] },
    { name: 'other', scripts: [] },
  ],
  packages: [
    pinned('app', '1.0', {
      artifacts: [
        { kind: 'tree', fileName: 'source', source: { kind: 'path', path: '.', editable: true } },
      ],
      dependencies: [
        { to: id('lib@2.0'), extras: ['fast'], kind: 'runtime', marker: 'os_name == "posix"' },
        { to: id('git@1'), extras: [], extra: 'x', kind: 'optional', platforms: ['x86_64-linux'] },
      ],
      build: { backend: 'custom', backendPath: ['.'], environment: 'tools' },
      metadata: { description: 'Two\nlines', homepage: 'https://app.example', licence: 'MIT' },
    }),
    pinned('lib', '2.0', {
      artifacts: [
        file('lib-2.0.whl', { platforms: ['aarch64-darwin'] }),
        file('lib-2.0.tar.gz', {
          source: { kind: 'url', url: 'https://lib.example/lib-2.0.tar.gz', subdirectory: 'py' },
          platforms: ['x86_64-linux'],
        }),
      ],
      build: { backend: 'custom', environment: 'tools' },
    }),
    pinned('git', '1', {
      artifacts: [
        {
          kind: 'tree',
          fileName: 'git-1',
          source: {
            kind: 'git',
            url: 'https://git.example/git.git',
            rev: 'a'.repeat(40),
            subdirectory: 'py',
            submodules: false,
          },
          integrity: { sri: sriOf('git'), of: 'tree' },
        },
      ],
      build: { backend: 'custom', environment: 'tools' },
    }),
    pinned('tool', '3'),
  ],
  environments: {
    default: {
      kind: 'runtime',
      members: [{ id: id('git@1'), platforms: ['x86_64-linux'] }, { id: id('lib@2.0') }],
    },
    tools: { kind: 'build', members: [{ id: id('tool@3') }] },
  },
});
