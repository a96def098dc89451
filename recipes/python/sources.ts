/** Where the files of packages come from, as Nix: fetchers, and the choice by platform. */
import { type PlatformName, platformName } from '../../graph/platform.ts';
import type { Artifact, PinnedGraph, PinnedPackage } from '../../graph/types.ts';
import { storeName } from '../nix/escape.ts';
import {
  apply,
  attributes,
  binding,
  bindings,
  boolean,
  type NixExpression,
  type NixValueBinding,
  setBindings,
  string,
  variable,
} from '../nix/expression.ts';
import { fetchesPatches } from './changes.ts';

type Fetcher = 'fetchgit' | 'fetchurl' | 'fetchzip' | 'source';

const fetcherOf = ({ kind, source }: Artifact): Fetcher => {
  if (source.kind === 'git') return 'fetchgit';
  if (source.kind === 'path') return 'source';
  return kind === 'tree' ? 'fetchzip' : 'fetchurl';
};

const hashOf = ({ fileName, integrity }: Artifact): NixExpression => {
  if (integrity === undefined) throw new Error(`${fileName} is not pinned`);
  return string(integrity.sri);
};

/** fetchurl names the store path after the URL, which may end otherwise or not fit a store path. */
const nameFor = ({ fileName }: Artifact, url: string): NixExpression | undefined => {
  const name = storeName(fileName);
  return url.slice(url.lastIndexOf('/') + 1) === name ? undefined : string(name);
};

/** fetchzip tells how to unpack by the URL's end, which forges' own URLs lack (`/tarball/v1`). */
const extensionFor = (url: string): NixExpression | undefined => {
  const path = url.replace(/[?#].*$/s, '');
  if (/\.(?:zip|tgz|tbz2?|txz|tar(?:\.[0-9a-z]+)?)$/.test(path)) return undefined;
  return string(/\/(?:legacy\.)?zip(?:ball)?\//.test(path) ? 'zip' : 'tar.gz');
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
        ['name', fetcher === 'fetchurl' ? nameFor(artifact, source.url) : undefined],
        ['url', string(source.url)],
        ['extension', fetcher === 'fetchzip' ? extensionFor(source.url) : undefined],
        ['hash', hashOf(artifact)],
      ]),
    ),
  );
};

export type Files = ReadonlyMap<PlatformName, Artifact>;

/** The file of a package on each platform: the first that serves it. */
export const filesOf = ({ artifacts }: PinnedPackage, platforms: readonly PlatformName[]): Files =>
  new Map(
    platforms.flatMap((name) => {
      const artifact = artifacts.find((each) => each.platforms?.includes(name) ?? true);
      return artifact === undefined ? [] : [[name, artifact]];
    }),
  );

/**
 * `NAME = …` with one source for all platforms, or with a set by platform in which equal ones name
 * each other; nothing without files.
 */
export const printSources = (name: string, files: Files): readonly NixValueBinding[] => {
  const [first, ...others] = new Set(files.values());
  if (first === undefined) return [];
  if (others.length === 0 && first.platforms === undefined) {
    return [binding(name, printSource(first))];
  }
  const owners = new Map<Artifact, PlatformName>();
  const entries = [...files].map(([platform, artifact]) => {
    const owner = owners.get(artifact);
    if (owner === undefined) owners.set(artifact, platform);
    return binding(platform, owner === undefined ? printSource(artifact) : variable(owner));
  });
  if (owners.size === files.size) return setBindings(name, entries);
  return [binding(name, { kind: 'attributes', bindings: entries, recursive: true })];
};

/** Anything that is source somewhere is built by `sdist`, which takes wheels elsewhere. */
export const builderOf = (files: Files): 'sdist' | 'wheel' =>
  [...files.values()].some(({ kind }) => kind !== 'wheel') ? 'sdist' : 'wheel';

const fetcherOrder: readonly Fetcher[] = ['fetchgit', 'fetchurl', 'fetchzip', 'source'];

/** Which functions the pins of a graph call for their files, in the order of `pins.nix`. */
export const fetchersOf = ({ packages, target }: PinnedGraph): readonly Fetcher[] => {
  const platforms = target.platforms.map(platformName);
  const used = new Set(
    [...packages.values()].flatMap((pinned): readonly Fetcher[] => [
      ...[...filesOf(pinned, platforms).values()].map(fetcherOf),
      ...(fetchesPatches(pinned) ? (['fetchurl'] as const) : []),
    ]),
  );
  return fetcherOrder.filter((name) => used.has(name));
};
