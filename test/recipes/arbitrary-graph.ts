/** Generators of texts and graphs that nobody would lock on purpose. */
import fc from 'fast-check';
import { type PlatformName, tryParsePlatform } from '../../graph/platform.ts';
import type {
  Artifact,
  Environment,
  PackageId,
  PinnedGraph,
  PinnedPackage,
  Source,
} from '../../graph/types.ts';
import { sriOf } from './graphs.ts';

/** What Nix gives a meaning to, inside strings or out of them. */
const fragments = [
  ...['"', '\\', '$', '{', '}', '${', '$${', "''", "''${", '\\${', '\n', '\r', '\t', ' ', ';', '='],
  ...['#', '/*', '*/', '<nixpkgs>', './.', '..', 'a.b', 'with', 'or', 'rec', '2to3', '_', '-', '!'],
  ...['\u0001', '\u001b', '\u007f', '\u0085', '\u2028', '\u202e', 'é', '日', '😀', 'a', 'Z', '0'],
];

/** Any text that Nix can hold. */
export const nixText = (maxLength = 12): fc.Arbitrary<string> =>
  fc.oneof(
    fc.string({ unit: fc.constantFrom(...fragments), maxLength }),
    fc.string({ unit: 'grapheme', maxLength }),
    fc.string({ unit: 'binary', maxLength }).map((text) => text.replaceAll('\0', '')),
  );

/** Any text at all, seldom with what Nix cannot hold. */
export const anyText = (): fc.Arbitrary<string> =>
  fc.oneof(
    { arbitrary: nixText(), weight: 60 },
    { arbitrary: fc.constantFrom('\0', 'a\0b', '\ud800', '\udfffx'), weight: 1 },
  );

const platformNames = [
  'aarch64-darwin',
  'aarch64-linux',
  'x86_64-darwin',
  'x86_64-linux',
  'x86_64-linux-musl',
] as const satisfies readonly PlatformName[];

const optional = <Key extends string, Value>(
  key: Key,
  value: fc.Arbitrary<Value>,
): fc.Arbitrary<{ readonly [K in Key]?: Value }> =>
  fc.oneof(
    fc.constant({}),
    value.map((given) => ({ [key]: given }) as { readonly [K in Key]: Value }),
  );

const onPlatforms = (platforms: readonly PlatformName[]) =>
  optional('platforms', fc.subarray([...platforms]));

const merged = <Left extends object, Right extends object>(
  left: fc.Arbitrary<Left>,
  right: fc.Arbitrary<Right>,
): fc.Arbitrary<Left & Right> => fc.tuple(left, right).map(([a, b]) => ({ ...a, ...b }));

const source = (text: fc.Arbitrary<string>): fc.Arbitrary<Source> =>
  fc.oneof(
    merged(
      fc.record({ kind: fc.constantFrom('registry' as const, 'url' as const), url: text }),
      optional('subdirectory', text),
    ),
    merged(
      fc.record({ kind: fc.constant('git' as const), url: text, rev: text }),
      merged(optional('subdirectory', text), optional('submodules', fc.boolean())),
    ),
    fc.record({ kind: fc.constant('path' as const), path: text }),
  );

const artifact = (
  text: fc.Arbitrary<string>,
  platforms: readonly PlatformName[],
): fc.Arbitrary<Artifact> =>
  merged(
    fc.record({
      kind: fc.constantFrom('wheel' as const, 'sdist' as const, 'tree' as const),
      fileName: text,
      source: source(text),
    }),
    onPlatforms(platforms),
  ).map((each) =>
    each.source.kind === 'path'
      ? each
      : { ...each, integrity: { sri: sriOf(each.fileName.toWellFormed()), of: 'file' as const } },
  );

const pinnedPackage = (
  text: fc.Arbitrary<string>,
  {
    ids,
    index,
    platforms,
  }: { ids: readonly PackageId[]; index: number; platforms: readonly PlatformName[] },
): fc.Arbitrary<PinnedPackage> =>
  merged(
    fc.record({
      id: fc.constant(ids[index] ?? ('' as PackageId)),
      // Few names, so that some have several versions.
      name: fc.oneof(text, fc.constantFrom('same', 'other', 'with')),
      version: fc.oneof(text, fc.constantFrom('1.0+1', '1.0.1', '1!2')),
      artifacts: fc.array(artifact(text, platforms), { maxLength: 3 }),
      dependencies: fc.array(
        merged(
          fc.record({
            to: fc.constantFrom(...ids),
            extras: fc.array(text, { maxLength: 2 }),
            kind: fc.constant('runtime' as const),
          }),
          merged(optional('extra', text), onPlatforms(platforms)),
        ),
        { maxLength: 4 },
      ),
      metadata: merged(
        merged(optional('description', text), optional('homepage', text)),
        optional('licence', text),
      ),
    }),
    optional(
      'build',
      merged(
        fc.record({ backend: text, environment: text }),
        optional('backendPath', fc.array(text, { maxLength: 3 })),
      ),
    ),
  );

const environment = (
  ids: readonly PackageId[],
  platforms: readonly PlatformName[],
): fc.Arbitrary<Environment> =>
  fc.record({
    kind: fc.constantFrom('runtime' as const, 'build' as const),
    members:
      ids.length === 0
        ? fc.constant([])
        : fc.array(merged(fc.record({ id: fc.constantFrom(...ids) }), onPlatforms(platforms)), {
            maxLength: 6,
          }),
  });

/** A graph whose ids have packages; nothing else about it is sane. */
export const pinnedGraph = (text: fc.Arbitrary<string>): fc.Arbitrary<PinnedGraph> =>
  fc
    .tuple(fc.nat({ max: 6 }), fc.subarray([...platformNames], { minLength: 1 }))
    .chain(([size, platforms]) => {
      const ids = Array.from({ length: size }, (_, index) => `package@${index}` as PackageId);
      return fc.record({
        ecosystem: fc.constant('pypi' as const),
        target: fc.record({
          python: merged(
            fc.record({ implementation: fc.constant('cpython' as const), version: text }),
            optional('patchRange', merged(optional('from', text), optional('to', text))),
          ),
          platforms: fc.constant(platforms.flatMap((name) => tryParsePlatform(name) ?? [])),
        }),
        roots: fc.array(
          merged(
            fc.record({ name: text, scripts: fc.array(text, { maxLength: 2 }) }),
            ids.length === 0 ? fc.constant({}) : optional('package', fc.constantFrom(...ids)),
          ),
          { maxLength: 2 },
        ),
        packages: fc
          .tuple(...ids.map((_, index) => pinnedPackage(text, { ids, index, platforms })))
          .map((packages) => new Map(packages.map((each) => [each.id, each]))),
        environments: fc
          .uniqueArray(fc.tuple(text, environment(ids, platforms)), {
            selector: ([name]) => name,
            maxLength: 3,
          })
          .map((entries) => new Map(entries)),
      });
    });
