import { platformName } from '../../graph/platform.ts';
import type {
  Build,
  PackageId,
  PackageMetadata,
  PinnedGraph,
  PinnedPackage,
  Root,
  Source,
} from '../../graph/types.ts';
import { nixpkgsLicences } from '../../standards/licence.ts';
import { oneLine, storeName } from '../nix/escape.ts';
import {
  apply,
  attributes,
  binding,
  bindings,
  list,
  type NixExpression,
  type NixValueBinding,
  setBindings,
  string,
  strings,
  variable,
} from '../nix/expression.ts';
import { attributeNames } from './attribute-names.ts';
import { printChanges, usesNixpkgs } from './changes.ts';
import { type ByPlatform, dependenciesOf } from './dependencies.ts';
import { builderOf, type Files, fetchersOf, filesOf, printSources } from './sources.ts';

const printNames = (
  ids: readonly PackageId[],
  names: ReadonlyMap<PackageId, string>,
): NixExpression => strings(ids.map((id) => names.get(id) ?? id).sort());

/** `NAME = [ … ]` for what holds everywhere, `NAMEOn.PLATFORM = [ … ]` for the rest; nothing where that is empty. */
export const printByPlatform = (
  name: string,
  { everywhere, only: rest }: ByPlatform,
  names: ReadonlyMap<PackageId, string>,
): readonly NixValueBinding[] => [
  ...(everywhere.length === 0 ? [] : [binding(name, printNames(everywhere, names))]),
  ...setBindings(
    `${name}On`,
    [...rest].sort().map(([platform, ids]) => binding(platform, printNames(ids, names))),
  ),
];

const text = (value: string | undefined): NixExpression | undefined =>
  value === undefined ? undefined : string(value);

/** A licence that is not a name but its whole text has no place in a recipe. */
const longestLicence = 100;

const prose = (
  value: string | undefined,
  longest = Number.POSITIVE_INFINITY,
): string | undefined =>
  value === undefined || value.length > longest ? undefined : oneLine(value) || undefined;

/** nixpkgs has descriptions without the full stop. */
const phrase = (value: string | undefined): string | undefined =>
  prose(value)?.replace(/(?<=[^.\s])\.$/, '');

/**
 * nixpkgs takes any text for a free licence, but for this one word, which would have it refuse the
 * package.
 */
const refusedWord = 'unfree';

const licencesOf = ({ licence }: PackageMetadata): readonly string[] | undefined =>
  licence === undefined ? undefined : nixpkgsLicences(licence);

/** What nixpkgs has a name for by that name, any other licence as the text that the package has. */
const printLicence = (metadata: PackageMetadata): NixExpression | undefined => {
  const [first, ...others] = (licencesOf(metadata) ?? []).map((name) =>
    variable('lib', 'licenses', name),
  );
  if (first !== undefined) return others.length === 0 ? first : list([first, ...others]);
  const unknown = prose(metadata.licence, longestLicence);
  return unknown === refusedWord ? undefined : text(unknown);
};

/** The program that `nix run` starts: the one named like the project, or the only one. */
const mainProgram = ({ name, scripts }: Root): string | undefined =>
  scripts.find((script) => script === name) ?? (scripts.length === 1 ? scripts[0] : undefined);

/** Of its own programs only a root tells before it is built. */
const printMeta = (metadata: PackageMetadata, root: Root | undefined): readonly NixValueBinding[] =>
  setBindings(
    'meta',
    bindings([
      ['description', text(phrase(metadata.description))],
      ['homepage', text(metadata.homepage)],
      ['license', printLicence(metadata)],
      ['mainProgram', text(root && mainProgram(root))],
    ]),
  );

/** The backend that `build.nix` takes when none is named: setuptools' own way before PEP 517. */
const defaultBackend = 'setuptools.build_meta:__legacy__';

const printBuild = (
  build: Build | undefined,
  source: Source | undefined,
): readonly NixValueBinding[] => {
  const { backend, backendPath, environment } = build ?? {};
  return bindings([
    ['subdirectory', source && 'subdirectory' in source ? text(source.subdirectory) : undefined],
    ['buildEnvironment', text(environment)],
    ['backend', backend === defaultBackend ? undefined : text(backend)],
    ['backendPath', backendPath && strings(backendPath)],
  ]);
};

const filesOfKind = (files: Files, wheel: boolean): Files =>
  new Map([...files].filter(([, { kind }]) => (kind === 'wheel') === wheel));

const printPackage = (
  graph: PinnedGraph,
  pinned: PinnedPackage,
  names: ReadonlyMap<PackageId, string>,
): NixExpression => {
  const { build, id, metadata, name, version } = pinned;
  const files = filesOf(pinned, graph.target.platforms.map(platformName).sort());
  const wheels = filesOfKind(files, true);
  const sources = filesOfKind(files, false);
  const builder = pinned.nixpkgs === undefined ? builderOf(files) : 'nixpkgs';
  const fromSource = builder === 'sdist';
  const [source] = [...sources.values()].map((artifact) => artifact.source);
  const fullName = `${name}-${version}`;
  return apply(
    variable(builder),
    attributes([
      ...bindings([
        ['pname', string(name)],
        ['version', string(version)],
        ['name', storeName(fullName) === fullName ? undefined : string(storeName(fullName))],
      ]),
      ...bindings([['attribute', text(pinned.nixpkgs)]]),
      ...(fromSource ? printSources('src', sources) : []),
      ...printSources(fromSource ? 'wheels' : 'src', wheels),
      ...(fromSource ? printBuild(build, source) : []),
      ...printChanges(pinned),
      ...printByPlatform('dependencies', dependenciesOf(graph, id), names),
      ...printMeta(
        metadata,
        graph.roots.find((root) => root.package === id),
      ),
    ]),
  );
};

/** `pins.nix`: a function of fetchers and builders that gives one attribute a package, sorted. */
export const printPins = (graph: PinnedGraph): NixExpression => {
  const names = attributeNames(graph);
  const platforms = graph.target.platforms.map(platformName);
  const packages = [...graph.packages.values()];
  const builders = new Set(
    packages.map((pinned) =>
      pinned.nixpkgs === undefined ? builderOf(filesOf(pinned, platforms)) : 'nixpkgs',
    ),
  );
  const entries = packages
    .map((pinned) => ({ name: names.get(pinned.id) ?? pinned.id, pinned }))
    .sort((left, right) => (left.name < right.name ? -1 : 1))
    .map(({ name, pinned }, index) => ({
      ...binding(name, printPackage(graph, pinned, names)),
      ...(pinned.overrides === undefined ? {} : { comment: pinned.overrides.join('; ') }),
      blankBefore: index > 0,
    }));
  return {
    kind: 'function',
    formals: [
      ...(packages.some(({ metadata }) => licencesOf(metadata) !== undefined) ? ['lib'] : []),
      ...fetchersOf(graph),
      ...(packages.some(usesNixpkgs) ? ['pkgs'] : []),
      ...[...builders].sort(),
    ].map((name) => ({ name })),
    ellipsis: true,
    body: attributes(entries),
  };
};
