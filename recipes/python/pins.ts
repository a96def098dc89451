import { type PlatformName, platformName } from '../../graph/platform.ts';
import type { Artifact, PackageId, PinnedGraph, PinnedPackage } from '../../graph/types.ts';
import { storeName } from '../nix/escape.ts';
import {
  apply,
  attributes,
  binding,
  bindings,
  boolean,
  type NixExpression,
  string,
  strings,
  variable,
} from '../nix/expression.ts';
import { attributeNames } from './attribute-names.ts';
import { type ByPlatform, dependenciesOf } from './dependencies.ts';

type Fetcher = 'fetchgit' | 'fetchurl' | 'fetchzip' | 'source';

/** Which functions a recipe's pins call. */
export const fetcherOf = ({ kind, source }: Artifact): Fetcher => {
  if (source.kind === 'git') return 'fetchgit';
  if (source.kind === 'path') return 'source';
  return kind === 'tree' ? 'fetchzip' : 'fetchurl';
};

const hashOf = ({ fileName, integrity }: Artifact): NixExpression => {
  if (integrity === undefined) throw new Error(`${fileName} is not pinned`);
  return string(integrity.sri);
};

/** fetchurl names the store path after the URL, which may hold what a store path may not. */
const nameFor = (url: string): NixExpression | undefined => {
  const last = url.slice(url.lastIndexOf('/') + 1);
  if (/^[0-9A-Za-z+_?=-][0-9A-Za-z+._?=-]{0,200}$/.test(last)) return undefined;
  let decoded = last;
  try {
    decoded = decodeURIComponent(last);
  } catch {
    // A lone percent sign: the name is made of the text as it is.
  }
  return string(storeName(decoded).slice(-200) || 'source');
};

const printSource = (artifact: Artifact): NixExpression => {
  const { source } = artifact;
  if (source.kind === 'path') return apply(variable('source'), string(source.path));
  if (source.kind === 'git') {
    return apply(
      variable('fetchgit'),
      attributes(
        bindings([
          ['url', string(source.url)],
          ['rev', string(source.rev)],
          ['hash', hashOf(artifact)],
          ['fetchSubmodules', source.submodules === false ? boolean(false) : undefined],
        ]),
      ),
    );
  }
  const fetcher = fetcherOf(artifact);
  return apply(
    variable(fetcher),
    attributes(
      bindings([
        ['name', fetcher === 'fetchurl' ? nameFor(source.url) : undefined],
        ['url', string(source.url)],
        ['hash', hashOf(artifact)],
      ]),
    ),
  );
};

/** One source for all platforms, or a set by platform. */
const printSources = (
  artifacts: readonly Artifact[],
  platforms: readonly PlatformName[],
): NixExpression | undefined => {
  const [first] = artifacts;
  if (first === undefined) return undefined;
  if (artifacts.length === 1 && first.platforms === undefined) return printSource(first);
  const entries = platforms.flatMap((name) => {
    const artifact = artifacts.find((each) => each.platforms?.includes(name) ?? true);
    return artifact === undefined ? [] : [binding(name, printSource(artifact))];
  });
  return attributes(entries);
};

const printNames = (
  ids: readonly PackageId[],
  names: ReadonlyMap<PackageId, string>,
): NixExpression => strings(ids.map((id) => names.get(id) ?? id).sort());

/** `{ common, byPlatform }` of a list of packages; undefined where it is empty. */
export const printByPlatform = (
  { everywhere, only }: ByPlatform,
  names: ReadonlyMap<PackageId, string>,
): { common: NixExpression | undefined; only: NixExpression | undefined } => ({
  common: everywhere.length === 0 ? undefined : printNames(everywhere, names),
  only:
    only.size === 0
      ? undefined
      : attributes([...only].sort().map(([name, ids]) => binding(name, printNames(ids, names)))),
});

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

const printMeta = ({ metadata }: PinnedPackage): NixExpression | undefined => {
  const { description, homepage } = metadata;
  const entries = bindings([
    ['description', description === undefined ? undefined : string(oneLine(description))],
    ['homepage', homepage === undefined ? undefined : string(homepage)],
  ]);
  return entries.length === 0 ? undefined : attributes(entries);
};

const printPackage = (
  graph: PinnedGraph,
  pinned: PinnedPackage,
  names: ReadonlyMap<PackageId, string>,
): NixExpression => {
  const { artifacts, build, name, version } = pinned;
  const platforms = graph.target.platforms.map(platformName).sort();
  const wheels = artifacts.filter(({ kind }) => kind === 'wheel');
  const sources = artifacts.filter(({ kind }) => kind !== 'wheel');
  const fromSource = sources.length > 0;
  const [source] = sources;
  const subdirectory =
    source !== undefined && 'subdirectory' in source.source
      ? source.source.subdirectory
      : undefined;
  const dependencies = printByPlatform(dependenciesOf(graph, pinned.id), names);
  const fullName = `${name}-${version}`;
  return apply(
    variable(fromSource ? 'sdist' : 'wheel'),
    attributes(
      bindings([
        ['pname', string(name)],
        ['version', string(version)],
        ['name', storeName(fullName) === fullName ? undefined : string(storeName(fullName))],
        ['src', printSources(fromSource ? sources : wheels, platforms)],
        ['wheels', fromSource ? printSources(wheels, platforms) : undefined],
        ['subdirectory', subdirectory === undefined ? undefined : string(subdirectory)],
        ['buildEnvironment', build === undefined ? undefined : string(build.environment)],
        ['backend', build === undefined ? undefined : string(build.backend)],
        ['backendPath', build?.backendPath === undefined ? undefined : strings(build.backendPath)],
        ['dependencies', dependencies.common],
        ['dependenciesOn', dependencies.only],
        ['meta', printMeta(pinned)],
      ]),
    ),
  );
};

/** `pins.nix`: a function of fetchers and builders that gives one attribute a package, sorted. */
export const printPins = (graph: PinnedGraph): NixExpression => {
  const names = attributeNames(graph);
  const packages = [...graph.packages.values()];
  const used = new Set<string>(
    packages.flatMap(({ artifacts }) => [
      ...artifacts.map(fetcherOf),
      artifacts.every(({ kind }) => kind === 'wheel') ? 'wheel' : 'sdist',
    ]),
  );
  const order = ['fetchgit', 'fetchurl', 'fetchzip', 'source', 'sdist', 'wheel'];
  const entries = packages
    .map((pinned) => ({ name: names.get(pinned.id) ?? pinned.id, pinned }))
    .sort((left, right) => (left.name < right.name ? -1 : 1))
    .map(({ name, pinned }, index) => ({
      ...binding(name, printPackage(graph, pinned, names)),
      blankBefore: index > 0,
    }));
  return {
    kind: 'function',
    formals: order.filter((name) => used.has(name)).map((name) => ({ name })),
    ellipsis: true,
    body: attributes(entries),
  };
};
