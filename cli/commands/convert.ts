import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { detectFormat } from '../../converters/registry.ts';
import { type Diagnostic, Lock2nixError } from '../../graph/errors.ts';
import { type Platform, platformName, systems, tryParsePlatform } from '../../graph/platform.ts';
import type { LockedGraph, LockedRoot } from '../../graph/types.ts';
import { validateGraph } from '../../graph/validate.ts';
import type { Overrides } from '../../overrides/types.ts';
import { normaliseName } from '../../standards/name.ts';
import { nearest } from '../../standards/nearest.ts';
import { createSiblings, findInput, type Input, type Siblings } from '../input.ts';
import { writeOutput } from '../output.ts';
import { formatRecord, type RecordOptions } from '../record.ts';
import { readRuntime } from '../runtime-files.ts';
import { version } from '../version.ts';
import type { World } from '../world.ts';

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

/** The platforms of a lock whose systems nobody names. */
const commonSystems = ['aarch64-darwin', 'aarch64-linux', 'x86_64-darwin', 'x86_64-linux'];

/** Beside the lock. */
const overridesName = 'overrides.toml';

/** Stands for all extras or groups, as pip's `--no-binary` has it. */
const all = ':all:';

const parsePlatforms = (names: readonly string[]): readonly Platform[] => {
  const hint = `write one of ${systems.join(', ')}; \`-musl\` behind a Linux one means musl`;
  if (names.length === 0) {
    throw new Lock2nixError('SYSTEM_UNKNOWN', '`--systems` names no system', { hint });
  }
  return [...new Set(names)].sort().map((name) => {
    const platform = tryParsePlatform(name);
    if (platform !== undefined) return platform;
    const near = nearest(name, systems);
    throw new Lock2nixError('SYSTEM_UNKNOWN', `\`${name}\` is no system that lock2nix knows`, {
      hint: near === undefined ? hint : `did you mean \`${near}\`? Or ${hint}`,
    });
  });
};

interface Choice {
  readonly kind: 'extra' | 'group';
  readonly asked: readonly string[];
  readonly known: readonly string[];
  readonly file: string;
}

/** What was asked for of what there is. Throws EXTRA_UNKNOWN or GROUP_UNKNOWN with the nearest name. */
const chooseNames = ({ kind, asked, known, file }: Choice): readonly string[] => {
  if (asked.includes(all)) return known;
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

/** Where the recipe goes, and how it and the project see each other. */
const placeOutput = (request: ConvertRequest, input: Input, cwd: string) => {
  const output =
    request.output === undefined
      ? join(input.folder, 'nix', 'lock2nix')
      : resolve(cwd, request.output);
  const inside = relative(input.folder, output);
  const isBelow = inside !== '' && !inside.startsWith('..') && !isAbsolute(inside);
  return {
    output,
    project: isBelow ? relative(output, input.folder) : undefined,
    exclude: isBelow ? [inside] : [],
  };
};

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

const shownOutput = (output: string, cwd: string): string => {
  const near = relative(cwd, output);
  return near.startsWith('..') || near === '' ? output : near;
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
  if (text === undefined) return { packages: [], collisions: [] };
  const { parseOverrides } = await import('../../overrides/parse.ts');
  return parseOverrides(join(dirname(input.shown), overridesName), text);
};

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
  const { graph: locked } = converter.convert({
    file: input.shown,
    text: input.text,
    read: siblings.read,
  });
  const { choosePython } = await import('../../resolvers/pypi/target.ts');
  const { pinGraph } = await import('../../resolvers/pypi/pin.ts');
  const python = choosePython(request.python, locked.requiresPython, input.shown);
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
  const { graph, diagnostics: unmatched } = applyOverrides(pinned.graph, overrides);

  const place = placeOutput(request, input, cwd);
  const { printRecipe } = await import('../../recipes/python/index.ts');
  const files = printRecipe(graph, {
    project: place.project,
    exclude: place.exclude,
    banner: `Written by lock2nix ${version} from ${input.fileName}. Change the lock and run \`convert\` again.`,
    runtime: readRuntime('python'),
  });
  const options: RecordOptions = {
    ...(request.python === undefined ? {} : { python: request.python }),
    ...(request.systems === undefined ? {} : { systems: unique(request.systems) }),
    extras: wanted.extras,
    groups: wanted.groups,
    prefer,
    strict,
  };
  const record = formatRecord({
    tool: version,
    inputs: new Map<string, string | Uint8Array | undefined>([
      [input.fileName, input.text],
      ...siblings.seen,
    ]),
    options,
    graph,
    files,
  });
  const { written, removed } = writeOutput(place.output, files, record);
  const output = shownOutput(place.output, cwd);
  const runtime = graph.environments.get('default')?.members ?? [];
  return {
    input: input.shown,
    output,
    python: python.fullVersion ?? python.version,
    systems: platforms.map(platformName),
    packages: runtime.length,
    written,
    removed,
    diagnostics: [
      ...locked.diagnostics,
      ...pinned.diagnostics,
      ...unmatched,
      ...(written.length > 0 ? flakeNote(place.output, output) : []),
    ],
  };
};
