import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { detectFormat } from '../../converters/registry.ts';
import { type Diagnostic, Lock2nixError } from '../../graph/errors.ts';
import { platformName } from '../../graph/platform.ts';
import type { LockedGraph, LockedRoot } from '../../graph/types.ts';
import { validateGraph } from '../../graph/validate.ts';
import type { Overrides } from '../../overrides/types.ts';
import { normaliseName } from '../../standards/name.ts';
import { nearest } from '../../standards/nearest.ts';
import { createSiblings, findInput, type Input, type Siblings } from '../input.ts';
import { recordedOptions } from '../options.ts';
import { outputFolder, placeOf, shownOutput } from '../place.ts';
import { commonSystems, parsePlatforms } from '../platforms.ts';
import { allNames, digest } from '../record.ts';
import { version } from '../version.ts';
import type { World } from '../world.ts';
import { writeOutput } from '../write-output.ts';

export interface ConvertRequest {
  readonly input?: string;
  readonly output?: string;
  readonly python?: string;
  readonly systems?: readonly string[];
  readonly extras: readonly string[];
  readonly groups: readonly string[];
  readonly prefer: 'wheel' | 'sdist';
  readonly strict: boolean;
  readonly offline: boolean;
  readonly cacheDir?: string;
}

export interface ConvertResult {
  readonly input: string;
  readonly output: string;
  readonly python: string;
  readonly systems: readonly string[];
  readonly packages: number;
  /** Files that were written or removed, relative to the output folder. */
  readonly written: readonly string[];
  readonly removed: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

export interface ConvertContext {
  readonly world: World;
  readonly say: (text: string) => void;
}

/** Beside the lock. */
const overridesName = 'overrides.toml';

interface Choice {
  readonly kind: 'extra' | 'group';
  readonly asked: readonly string[];
  readonly known: readonly string[];
  readonly file: string;
}

/** What was asked for of what there is. Throws EXTRA_UNKNOWN or GROUP_UNKNOWN with the nearest name. */
const chooseNames = ({ kind, asked, known, file }: Choice): readonly string[] => {
  if (asked.includes(allNames)) return known;
  const names = [...new Set(asked.map(normaliseName))].sort();
  const missing = names.find((name) => !known.includes(name));
  if (missing === undefined) return names;
  const near = nearest(missing, known);
  const list = known.length === 0 ? `it has no ${kind}s` : `its ${kind}s are ${known.join(', ')}`;
  throw new Lock2nixError(
    kind === 'extra' ? 'EXTRA_UNKNOWN' : 'GROUP_UNKNOWN',
    `\`${file}\` has no ${kind} \`${missing}\``,
    { hint: near === undefined ? list : `did you mean \`${near}\`? ${list}`, location: { file } },
  );
};

const unique = (names: readonly string[]): readonly string[] => [...new Set(names)].sort();

const groupsOf = (root: LockedRoot): readonly string[] =>
  Object.keys(root.groups).filter((name) => name !== 'main');

const wantedOf = (graph: LockedGraph, request: ConvertRequest, file: string) => ({
  extras: chooseNames({
    kind: 'extra',
    asked: request.extras,
    known: unique(graph.roots.flatMap((root) => root.extras)),
    file,
  }),
  groups: chooseNames({
    kind: 'group',
    asked: request.groups.filter((name) => name !== 'main'),
    known: unique(graph.roots.flatMap(groupsOf)),
    file,
  }),
});

const openWorldRegistry = async (
  { cacheDir, offline }: ConvertRequest,
  { world, say }: ConvertContext,
) => {
  const { openRegistry } = await import('../../resolvers/registry/registry.ts');
  const { defaultCacheDir } = await import('../../resolvers/registry/cache.ts');
  return openRegistry({
    cacheDir:
      cacheDir === undefined
        ? defaultCacheDir(world.env, world.platform)
        : resolve(world.cwd, cacheDir),
    env: world.env,
    offline,
    userAgent: `lock2nix/${version}`,
    ...world.registry,
    onProgress: ({ started, finished }) => say(`asking registries: ${finished} of ${started}`),
  });
};

/** The nearest folder upwards that is a git repository with a flake: it sees tracked files only. */
const flakeNote = (output: string, shown: string): readonly Diagnostic[] => {
  for (let folder = output; ; folder = join(folder, '..')) {
    if (existsSync(join(folder, '.git'))) {
      if (!existsSync(join(folder, 'flake.nix'))) return [];
      return [
        {
          severity: 'note',
          code: 'flake-needs-git-add',
          message: 'a flake sees only what git tracks',
          hint: `git add ${shown}`,
        },
      ];
    }
    if (resolve(folder, '..') === resolve(folder)) return [];
  }
};

/** The rules of the `overrides.toml` beside the lock; none when there is no such file. */
const readOverrides = async (input: Input, siblings: Siblings): Promise<Overrides> => {
  const text = siblings.read(overridesName);
  if (text === undefined) return { packages: [], collisions: [], constraints: [] };
  const { parseOverrides } = await import('../../overrides/parse.ts');
  const { readPatches } = await import('../../overrides/patches.ts');
  const rules = parseOverrides(join(dirname(input.shown), overridesName), text);
  return readPatches(rules, siblings.readBytes);
};

const digestsOf = (
  inputs: readonly (readonly [string, Uint8Array | undefined])[],
): ReadonlyMap<string, string | null> =>
  new Map(inputs.map(([name, bytes]) => [name, bytes === undefined ? null : digest(bytes)]));

/**
 * Converts a lock to a recipe and writes it. Nothing is written unless all of it can be. Throws
 * Lock2nixError.
 */
export const convert = async (
  request: ConvertRequest,
  context: ConvertContext,
): Promise<ConvertResult> => {
  const { cwd } = context.world;
  const platforms = parsePlatforms(request.systems ?? commonSystems);
  const input = findInput(request.input, cwd);
  const siblings = createSiblings(input.folder);
  const { applyOverrides } = await import('../../overrides/apply.ts');
  const overrides = await readOverrides(input, siblings);
  const converter = await detectFormat(input.shown, input.text).load();
  const converted = converter.convert({
    file: input.shown,
    text: input.text,
    read: siblings.read,
  });
  if (converted.kind !== 'locked') {
    throw new Lock2nixError('INPUT_UNKNOWN', `\`${input.shown}\` has no pins`);
  }
  const { choosePython } = await import('../../resolvers/pypi/target.ts');
  const { pinGraph } = await import('../../resolvers/pypi/pin.ts');
  const { requiresPython } = converted.graph;
  const python = choosePython(request.python, requiresPython, input.shown);
  const { applyToLock } = await import('../../overrides/lock.ts');
  const { rootId } = await import('../../resolvers/pypi/select.ts');
  const outcome = applyToLock(converted.graph, overrides, { python, platforms, rootId });
  const locked = outcome.graph;
  const wanted = wantedOf(locked, request, input.shown);
  const registry = await openWorldRegistry(request, context);
  const { prefer, strict } = request;
  const pinned = await pinGraph(
    locked,
    {
      python,
      platforms,
      wanted,
      prefer,
      strict,
      readPath: siblings.readBytes,
    },
    registry,
  ).finally(() => registry.close());
  validateGraph(pinned.graph);
  const { graph, diagnostics: unmatched } = applyOverrides(pinned.graph, overrides, outcome);
  const { findCollisions } = await import('../../overrides/collisions.ts');
  const collisions = await findCollisions(graph, siblings.readBytes);

  const output = outputFolder(request.output, { folder: input.folder, cwd });
  const { printOutput } = await import('../print-output.ts');
  const { files, record } = await printOutput({
    input: input.fileName,
    inputs: digestsOf([[input.fileName, input.bytes], ...siblings.seen]),
    options: recordedOptions(request),
    place: placeOf(input.folder, output),
    graph,
  });
  const { written, removed } = writeOutput(output, files, record);
  const shown = shownOutput(output, cwd);
  const runtime = graph.environments.get('default')?.members ?? [];
  return {
    input: input.shown,
    output: shown,
    python: python.fullVersion ?? python.version,
    systems: platforms.map(platformName),
    packages: runtime.length,
    written,
    removed,
    diagnostics: [
      ...locked.diagnostics,
      ...pinned.diagnostics,
      ...outcome.diagnostics,
      ...unmatched,
      ...collisions,
      ...(written.length > 0 ? flakeNote(output, shown) : []),
    ],
  };
};
