import { platformName } from '../../graph/platform.ts';
import type { Environment, PinnedGraph } from '../../graph/types.ts';
import {
  apply,
  attributes,
  binding,
  bindings,
  boolean,
  list,
  type NixBinding,
  type NixExpression,
  type NixFormal,
  type NixValueBinding,
  path,
  setBindings,
  string,
  strings,
  variable,
} from '../nix/expression.ts';
import { attributeNames } from './attribute-names.ts';
import { membersOf } from './dependencies.ts';
import { printByPlatform } from './pins.ts';
import { fetchersOf } from './sources.ts';

/** Where the project is, seen from the output folder: `src` has no default when it is elsewhere. */
export interface EntryOptions {
  /** Relative path from the output folder to the project, such as `../..`. */
  readonly project: string | undefined;
  /** The output folder seen from the project: it is not part of the source. */
  readonly exclude: readonly string[];
}

const message = (text: string): NixExpression =>
  apply(variable('throw'), string(`lock2nix: ${text}`));

const pythonAttribute = (version: string): string => `python${version.replace('.', '')}`;

const formals = (
  graph: PinnedGraph,
  { project }: EntryOptions,
  fetchers: readonly string[],
): NixFormal[] => {
  const version = graph.target.python?.version ?? '';
  const attribute = pythonAttribute(version);
  return [
    {
      name: 'pkgs',
      fallback: apply(
        apply(variable('import'), { kind: 'lookup', name: 'nixpkgs' }),
        attributes([]),
      ),
    },
    {
      name: 'python',
      // A package set without it gets the runtime's own message.
      fallback: { kind: 'or', target: variable('pkgs', attribute), fallback: variable('null') },
    },
    // nixpkgs marks this one as insecure.
    ...(version === '2.7' ? [{ name: 'allowInsecurePython', fallback: boolean(false) }] : []),
    ...fetchers.map((name) => ({ name, fallback: variable('pkgs', name) })),
    {
      name: 'src',
      fallback:
        project === undefined
          ? message('the project is not beside this recipe; pass its folder as `src`')
          : path(project),
    },
    {
      name: 'packageOverrides',
      fallback: {
        kind: 'constant',
        argument: '_final',
        body: { kind: 'constant', argument: '_prev', body: attributes([]) },
      },
    },
  ];
};

const printEnvironment = (
  [name, environment]: readonly [string, Environment],
  graph: PinnedGraph,
  names: ReturnType<typeof attributeNames>,
): readonly NixValueBinding[] => {
  const items = printByPlatform('packages', membersOf(graph, environment), names);
  return items.length === 0 ? [binding(name, attributes([]))] : setBindings(name, items);
};

const printEnvironments = (
  name: string,
  graph: PinnedGraph,
  kind: Environment['kind'],
): readonly NixValueBinding[] => {
  const names = attributeNames(graph);
  const items = [...graph.environments]
    .filter(([, environment]) => environment.kind === kind)
    .flatMap((entry) => printEnvironment(entry, graph, names));
  return items.length === 0 ? [binding(name, attributes([]))] : setBindings(name, items);
};

/** What `app` is made of: the project's own packages, or those of the environment that were asked for by name. */
const printRoots = (
  graph: PinnedGraph,
  names: ReturnType<typeof attributeNames>,
): readonly NixValueBinding[] => {
  const { environments, roots } = graph;
  const apps = new Set(roots.flatMap((root) => root.apps ?? []));
  const members = environments.get('default')?.members.filter(({ id }) => apps.has(id)) ?? [];
  if (members.length > 0) return printByPlatform('roots', membersOf(graph, { members }), names);
  const own = roots.flatMap(({ package: id }) => (id === undefined ? [] : (names.get(id) ?? [])));
  return [binding('roots', strings(own))];
};

/** The live folders that `shell` takes modules from: the project's own, and those that the lock wants so. */
const printEditable = (
  graph: PinnedGraph,
  names: ReturnType<typeof attributeNames>,
): readonly NixValueBinding[] => {
  const own = new Set(graph.roots.map((root) => root.package));
  const folders = [...graph.packages.values()].flatMap(({ artifacts, id }) => {
    const [artifact] = artifacts;
    if (artifact?.kind !== 'tree' || artifact.source.kind !== 'path') return [];
    const { editable, path: folder } = artifact.source;
    return editable || own.has(id) ? [[names.get(id) ?? id, folder] as const] : [];
  });
  folders.sort(([left], [right]) => (left < right ? -1 : 1));
  return setBindings(
    'editable',
    folders.map(([name, folder]) => binding(name, string(folder))),
  );
};

const printCollisions = ({ collisions = [] }: PinnedGraph): readonly NixValueBinding[] =>
  collisions.length === 0
    ? []
    : [
        binding(
          'collisions',
          list(
            collisions.map(({ path: pattern, keep, dropFrom }) =>
              attributes(
                bindings([
                  ['path', string(pattern)],
                  ['keep', keep === undefined ? undefined : string(keep)],
                  ['dropFrom', dropFrom && strings(dropFrom)],
                ]),
              ),
            ),
          ),
        ),
      ];

const inherit = (...names: readonly string[]): NixBinding => ({ kind: 'inherit', names });

/** `default.nix`: what a user passes in, and the environments, which are lists of pins. */
export const printEntry = (graph: PinnedGraph, options: EntryOptions): NixExpression => {
  const { python, platforms } = graph.target;
  const fetchers = [...new Set(['fetchurl', ...fetchersOf(graph)])]
    .filter((name) => name !== 'source')
    .sort();
  const names = attributeNames(graph);
  const from = python?.patchRange?.from;
  const to = python?.patchRange?.to;
  const body = apply(
    apply(variable('import'), path('./runtime')),
    attributes([
      inherit(
        ...['pkgs', 'python', 'src', 'packageOverrides'],
        ...(python?.version === '2.7' ? ['allowInsecurePython'] : []),
      ),
      binding('fetchers', attributes([inherit(...fetchers)])),
      binding('pins', apply(variable('import'), path('./pins.nix'))),
      ...bindings([
        ['exclude', strings(options.exclude)],
        ['pythonVersion', string(python?.version ?? '')],
        ['pythonFrom', from === undefined ? undefined : string(from)],
        ['pythonTo', to === undefined ? undefined : string(to)],
        ['platforms', strings(platforms.map(platformName).sort())],
      ]),
      ...printEnvironments('environments', graph, 'runtime'),
      ...printEnvironments('buildEnvironments', graph, 'build'),
      ...printCollisions(graph),
      ...printRoots(graph, names),
      ...printEditable(graph, names),
    ]),
  );
  return { kind: 'function', formals: formals(graph, options, fetchers), ellipsis: false, body };
};
