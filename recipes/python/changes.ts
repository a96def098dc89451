/** What rules change in a package, as hand-written Nix would have it. */
import type { PlatformName } from '../../graph/platform.ts';
import type { Changes, FileChanges, Patch, PinnedPackage } from '../../graph/types.ts';
import {
  apply,
  attributes,
  binding,
  bindings,
  boolean,
  list,
  type NixExpression,
  type NixValueBinding,
  path,
  setBindings,
  string,
  strings,
  variable,
} from '../nix/expression.ts';

/** Attribute paths of nixpkgs, as they stand in overrides: `gst_all_1.gstreamer`. */
const nixpkgs = (paths: readonly string[] = []): NixExpression | undefined =>
  paths.length === 0 ? undefined : list(paths.map((each) => variable('pkgs', ...each.split('.'))));

const printPatch = (patch: Patch): NixExpression =>
  'name' in patch
    ? path(`./patches/${patch.name}`)
    : apply(
        variable('fetchurl'),
        attributes(
          bindings([
            ['url', string(patch.url)],
            ['hash', string(patch.integrity.sri)],
          ]),
        ),
      );

const some = <Item>(
  items: readonly Item[] | undefined,
  print: (item: Item) => NixExpression,
): NixExpression | undefined => items && list(items.map(print));

const printFiles = ({
  patches,
  edits,
  remove,
  create,
}: FileChanges = {}): readonly NixValueBinding[] =>
  bindings([
    ['patches', some(patches, printPatch)],
    [
      'edits',
      some(edits, ({ file, find, replace, required, rule }) =>
        attributes(
          bindings([
            ['file', string(file)],
            ['find', string(find)],
            ['replace', string(replace)],
            ['required', required === undefined ? undefined : boolean(required)],
            ['rule', string(rule)],
          ]),
        ),
      ),
    ],
    [
      'remove',
      some(remove, (each) =>
        attributes(
          bindings([
            ['path', string(each.path)],
            ['rule', string(each.rule)],
          ]),
        ),
      ),
    ],
    [
      'create',
      some(create, (each) =>
        attributes(
          bindings([
            ['path', string(each.path)],
            ['text', string(each.text)],
            ['rule', string(each.rule)],
          ]),
        ),
      ),
    ],
  ]);

const table = (
  name: string,
  entries: Readonly<Record<string, string | readonly string[]>> = {},
): readonly NixValueBinding[] =>
  setBindings(
    name,
    Object.entries(entries)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, value]) =>
        binding(key, typeof value === 'string' ? string(value) : strings(value)),
      ),
  );

/** The changes of a package, or of one on a platform. */
const printFields = (changes: Changes): readonly NixValueBinding[] => {
  const { native, env, configSettings, sourceFiles, installedFiles, hooks } = changes;
  const { requirements, imports } = changes;
  const flags = native?.hardeningDisable ?? [];
  return [
    ...table('configSettings', configSettings),
    ...bindings([
      ['nativeBuildInputs', nixpkgs(native?.tools)],
      ['buildInputs', nixpkgs(native?.libraries)],
      ['hardeningDisable', flags.length === 0 ? undefined : strings(flags)],
    ]),
    ...table('env', env),
    ...printFiles(sourceFiles),
    ...setBindings('installed', printFiles(installedFiles)),
    ...Object.entries(hooks ?? {})
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([name, text]) => binding(name, string(text))),
    ...setBindings('requirements', [
      ...bindings([
        ['add', requirements?.add && strings(requirements.add)],
        ['remove', requirements?.remove && strings(requirements.remove)],
      ]),
      ...table('replace', requirements?.replace),
      ...table('specifiers', requirements?.specifiers),
    ]),
    ...bindings([['pythonImportsCheck', imports && strings(imports)]]),
  ];
};

/** What holds everywhere, and under `on` what takes its place on a platform. */
export const printChanges = (pinned: PinnedPackage): readonly NixValueBinding[] => [
  ...printFields(pinned),
  ...setBindings(
    'on',
    Object.entries(pinned.on ?? {})
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .flatMap(([platform, changes]) => setBindings(platform, printFields(changes ?? {}))),
  ),
];

const partsOf = (pinned: PinnedPackage): readonly Changes[] => [
  pinned,
  ...(Object.entries(pinned.on ?? {}) as [PlatformName, Changes][]).map(([, changes]) => changes),
];

const patchesOf = (pinned: PinnedPackage): readonly Patch[] =>
  partsOf(pinned).flatMap(({ sourceFiles, installedFiles }) => [
    ...(sourceFiles?.patches ?? []),
    ...(installedFiles?.patches ?? []),
  ]);

/** Whether the changes name attributes of nixpkgs. */
export const usesNixpkgs = (pinned: PinnedPackage): boolean =>
  partsOf(pinned).some(
    ({ native }) => native !== undefined && native.tools.length + native.libraries.length > 0,
  );

/** Whether a patch has to be fetched. */
export const fetchesPatches = (pinned: PinnedPackage): boolean =>
  patchesOf(pinned).some((patch) => 'url' in patch);

/** The files that patches are, by path in the recipe. */
export const patchFiles = (packages: Iterable<PinnedPackage>): ReadonlyMap<string, string> =>
  new Map(
    [...packages].flatMap((pinned) =>
      patchesOf(pinned).flatMap((patch) =>
        'name' in patch ? [[`patches/${patch.name}`, patch.text] as const] : [],
      ),
    ),
  );
