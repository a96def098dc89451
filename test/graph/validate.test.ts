import { expect, test } from '@jest/globals';
import { type PlatformName, tryParsePlatform } from '../../graph/platform.ts';
import type { Edge } from '../../graph/types.ts';
import { graphInvalid, validateGraph } from '../../graph/validate.ts';
import { sriOf } from '../support/fake-registry.ts';
import { file, fullGraph, type GraphOutline, id, makeGraph, pinned } from './make-graph.ts';

test('a graph with something of everything is valid', () => {
  expect(() => validateGraph(fullGraph)).not.toThrow();
});

const tools = { kind: 'build', members: [] } as const;
const build = { backend: 'x', environment: 'tools' } as const;
const wheel = file('a-1-py3-none-any.whl');
const { integrity: _, ...bare } = wheel;
const sdist = file('a-1.tar.gz');
const live = { kind: 'tree', fileName: 'a', source: { kind: 'path', path: 'a' } } as const;
const git = {
  kind: 'tree',
  fileName: 'a-1',
  source: { kind: 'git', url: 'https://git.example/a', rev: 'a'.repeat(40) },
} as const;
const linux = tryParsePlatform('x86_64-linux') ?? { system: 'x86_64-linux' as const };

const digest = (bytes: number): string => Buffer.alloc(bytes, 7).toString('base64');
const withSri = (sri: string): GraphOutline => ({
  packages: [pinned('a', '1', { artifacts: [{ ...wheel, integrity: { sri, of: 'file' } }] })],
});
const unreadable = (sri: string): string =>
  `\`a@1\`: \`a-1-py3-none-any.whl\` has the integrity \`${sri}\`, which Nix cannot read`;

const edge = (to: string, ...platforms: readonly PlatformName[]): Edge => ({
  to: id(to),
  extras: [],
  kind: 'runtime',
  ...(platforms.length === 0 ? {} : { platforms }),
});

/** Two packages that are built with each other where they are source. */
const circle = (
  source: readonly PlatformName[],
  built: readonly PlatformName[] = [],
): GraphOutline => ({
  packages: [
    pinned('a', '1', {
      artifacts: [
        { ...sdist, platforms: source },
        ...(built.length === 0 ? [] : [{ ...wheel, platforms: built }]),
      ],
      build: { backend: 'x', environment: 'with-b' },
    }),
    pinned('b', '1', {
      artifacts: [{ ...sdist, platforms: ['aarch64-darwin'] }],
      build: { backend: 'x', environment: 'with-a' },
    }),
  ],
  environments: {
    'with-a': { kind: 'build', members: [{ id: id('a@1') }] },
    'with-b': { kind: 'build', members: [{ id: id('b@1') }] },
  },
});

/** What is refused, the message, and the same without the fault. */
const rules: readonly [string, GraphOutline, string, GraphOutline][] = [
  [
    'a platform twice in the target',
    { target: { platforms: [linux, { ...linux, libcVersion: '2.17' }] } },
    'the target has the platform `x86_64-linux` twice',
    { target: { platforms: [linux, { ...linux, libc: 'musl' }] } },
  ],
  [
    'an id of another version',
    { packages: [pinned('a', '1', { id: id('a@10') })] },
    '`a@10` is the id of the package `a@1`',
    { packages: [pinned('a', '1', { id: id('a@1#index') })] },
  ],
  [
    'an edge without an end',
    { packages: [pinned('a', '1', { dependencies: [edge('b@1')] })] },
    '`a@1` depends on `b@1`, which is not in the graph',
    { packages: [pinned('a', '1', { dependencies: [edge('b@1')] }), pinned('b', '1')] },
  ],
  [
    'an edge on another platform',
    { packages: [pinned('a', '1', { dependencies: [edge('a@1', 's390x-linux')] })] },
    '`a@1`: the dependency on `a@1` is for the platform `s390x-linux`, which is not in the target',
    { packages: [pinned('a', '1', { dependencies: [edge('a@1', 'x86_64-linux')] })] },
  ],
  [
    'a remote file without integrity',
    { packages: [pinned('a', '1', { artifacts: [bare] })] },
    '`a@1`: `a-1-py3-none-any.whl` has no integrity',
    { packages: [pinned('a', '1', { artifacts: [wheel] })] },
  ],
  [
    'a commit without integrity',
    { packages: [pinned('a', '1', { artifacts: [git], build })], environments: { tools } },
    '`a@1`: `a-1` has no integrity',
    {
      packages: [
        pinned('a', '1', {
          artifacts: [{ ...git, integrity: { sri: sriOf('a'), of: 'tree' } }],
          build,
        }),
      ],
      environments: { tools },
    },
  ],
  [
    'a live source with an integrity',
    {
      packages: [
        pinned('a', '1', { artifacts: [{ ...live, integrity: { sri: sriOf('a'), of: 'tree' } }] }),
      ],
    },
    '`a@1`: `a` is live, and has an integrity',
    { packages: [pinned('a', '1', { artifacts: [live], build })], environments: { tools } },
  ],
  [
    'the integrity of a tree for a file',
    {
      packages: [
        pinned('a', '1', { artifacts: [{ ...wheel, integrity: { sri: sriOf('a'), of: 'tree' } }] }),
      ],
    },
    '`a@1`: `a-1-py3-none-any.whl` is fetched as a file, and has the integrity of a tree',
    { packages: [pinned('a', '1', { artifacts: [wheel] })] },
  ],
  [
    'the integrity of a file for a commit',
    {
      packages: [
        pinned('a', '1', { artifacts: [{ ...git, integrity: { sri: sriOf('a'), of: 'file' } }] }),
      ],
    },
    '`a@1`: `a-1` is fetched as a tree, and has the integrity of a file',
    { packages: [pinned('a', '1')] },
  ],
  ...[
    'sha256',
    'sha256-',
    `sha384-${digest(48)}`,
    `sha256-${digest(31)}`,
    `sha256-${digest(32).replace('=', '')}`,
    `sha256-${digest(32)}?x`,
    `sha256-${digest(32)} sha256-${digest(32)}`,
    `sha256-${digest(16)}-${digest(16)}`,
    `SHA256-${digest(32)}`,
  ].map((sri): [string, GraphOutline, string, GraphOutline] => [
    `the integrity ${sri}`,
    withSri(sri),
    unreadable(sri),
    withSri(`sha256-${digest(32)}`),
  ]),
  [
    'a file on another platform',
    {
      packages: [pinned('a', '1', { artifacts: [{ ...wheel, platforms: ['x86_64-linux-musl'] }] })],
    },
    '`a@1`: `a-1-py3-none-any.whl` is for the platform `x86_64-linux-musl`, which is not in the target',
    { packages: [pinned('a', '1', { artifacts: [{ ...wheel, platforms: ['x86_64-linux'] }] })] },
  ],
  [
    'two files on a platform',
    {
      packages: [
        pinned('a', '1', { artifacts: [wheel, { ...sdist, platforms: ['x86_64-linux'] }], build }),
      ],
      environments: { tools },
    },
    '`a@1` has both `a-1-py3-none-any.whl` and `a-1.tar.gz` on x86_64-linux',
    {
      packages: [
        pinned('a', '1', {
          artifacts: [
            { ...wheel, platforms: ['aarch64-darwin'] },
            { ...sdist, platforms: ['x86_64-linux'] },
          ],
          build,
        }),
      ],
      environments: { tools },
    },
  ],
  [
    'a source that nothing says how to build',
    { packages: [pinned('a', '1', { artifacts: [sdist] })] },
    '`a@1`: `a-1.tar.gz` is source, and nothing says how to build it',
    { ecosystem: 'npm', packages: [pinned('a', '1', { artifacts: [sdist] })] },
  ],
  [
    'a build environment that is not there',
    { packages: [pinned('a', '1', { artifacts: [sdist], build })] },
    '`a@1` is built in the environment `tools`, which is not in the graph',
    { packages: [pinned('a', '1', { artifacts: [sdist], build })], environments: { tools } },
  ],
  [
    'a build environment that is for running',
    {
      packages: [pinned('a', '1', { artifacts: [sdist], build })],
      environments: { tools: { kind: 'runtime', members: [] } },
    },
    '`a@1` is built in the environment `tools`, which is a runtime environment',
    { packages: [pinned('a', '1', { artifacts: [sdist], build })], environments: { tools } },
  ],
  [
    'a root that is not there',
    { roots: [{ name: 'app', package: id('app@1'), scripts: [] }] },
    '`app@1`, the root `app`, is not in the graph',
    { roots: [{ name: 'app', scripts: [] }] },
  ],
  [
    'an app that is not there',
    { roots: [{ name: 'a', apps: [id('a@1')], scripts: [] }] },
    '`a@1`, an app of the root `a`, is not in the environment `default`',
    { packages: [pinned('a', '1')], roots: [{ name: 'a', scripts: [] }] },
  ],
  [
    'a member that is not there',
    { environments: { default: { kind: 'runtime', members: [{ id: id('a@1') }] } } },
    '`a@1` in the environment `default` is not in the graph',
    { packages: [pinned('a', '1')] },
  ],
  [
    'a member on another platform',
    {
      packages: [pinned('a', '1')],
      environments: {
        default: { kind: 'runtime', members: [{ id: id('a@1'), platforms: ['i686-linux'] }] },
      },
    },
    '`a@1` in the environment `default` is for the platform `i686-linux`, which is not in the target',
    { packages: [pinned('a', '1')] },
  ],
  [
    'two versions of a name on a platform',
    {
      packages: [pinned('a', '1'), pinned('a', '2')],
      environments: {
        default: {
          kind: 'runtime',
          members: [{ id: id('a@1'), platforms: ['x86_64-linux'] }, { id: id('a@2') }],
        },
      },
    },
    'the environment `default` has both `a@1` and `a@2` on x86_64-linux',
    { ecosystem: 'npm', packages: [pinned('a', '1'), pinned('a', '2')] },
  ],
  [
    'builds that go in a circle',
    circle(['aarch64-darwin', 'x86_64-linux']),
    '`a@1` needs itself to be built on aarch64-darwin: `a@1 → b@1 → a@1`',
    circle(['x86_64-linux'], ['aarch64-darwin']),
  ],
];

test.each(rules)('refused: %s', (_, faulty, message, sound) => {
  expect(() => validateGraph(makeGraph(faulty))).toThrow(
    expect.objectContaining({ code: 'GRAPH_INVALID', exitCode: 1, message }),
  );
  expect(() => validateGraph(makeGraph(sound))).not.toThrow();
});

test('refused: a key that is not the id', () => {
  const graph = { ...makeGraph({}), packages: new Map([[id('b@1'), pinned('a', '1')]]) };
  expect(() => validateGraph(graph)).toThrow('the package under `b@1` has the id `a@1`');
});

test('a circle says how to get out of it', () => {
  expect(() => validateGraph(makeGraph(circle(['aarch64-darwin'])))).toThrow(
    expect.objectContaining({ hint: expect.stringContaining('convert without `--prefer sdist`') }),
  );
});

test.each(['md5', 'sha1', 'sha256', 'sha512'])('%s is an algorithm that Nix reads', (algorithm) => {
  const lengths: Readonly<Record<string, number>> = { md5: 16, sha1: 20, sha256: 32, sha512: 64 };
  const sri = `${algorithm}-${digest(lengths[algorithm] ?? 0)}`;
  expect(() => validateGraph(makeGraph(withSri(sri)))).not.toThrow();
});

test('what could upset a terminal is escaped in messages', () => {
  expect(graphInvalid('a\u001b[31m\u202e\u2028b').message).toBe('a\\u{1b}[31m\\u{202e}\\u{2028}b');
});
