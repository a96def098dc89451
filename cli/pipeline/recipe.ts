/** From a pinned graph to a recipe on the disk. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Diagnostic } from '../../graph/errors.ts';
import { platformName } from '../../graph/platform.ts';
import { type AskedOptions, recordedOptions } from '../options.ts';
import { placeOf, shownOutput } from '../place.ts';
import type { PrintedOutput } from '../print-output.ts';
import { digest } from '../record.ts';
import type { World } from '../world.ts';
import type { PinnedProject } from './pin.ts';
import type { Project } from './project.ts';
import { systemsFor } from './versions.ts';

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

const inputsOf = ({ input, siblings }: Project): ReadonlyMap<string, string | null> => {
  const own = input.kind === 'file' ? [[input.fileName, input.bytes] as const] : [];
  return new Map(
    [...own, ...siblings.seen].map(([name, bytes]) => [
      name,
      bytes === undefined ? null : digest(bytes),
    ]),
  );
};

/** Prints the recipe of a pinned project for an output folder. Throws NIX_TEXT. */
const printRecipe = async (
  project: Project,
  { graph }: PinnedProject,
  { asked, output, world }: RecipePlace,
): Promise<PrintedOutput> => {
  const { input, converted } = project;
  const { printOutput } = await import('../print-output.ts');
  // A lock's recipe is for all the usual systems; another one must not depend on who converts it.
  const systems = converted.kind === 'locked' ? asked.systems : systemsFor(project, asked, world);
  return printOutput({
    input: input.kind === 'file' ? input.fileName : input.specs.map(({ text }) => text),
    inputs: inputsOf(project),
    options: recordedOptions({ ...asked, ...(systems === undefined ? {} : { systems }) }),
    place: placeOf(input.folder, output),
    graph,
  });
};

/** For what, and where to, a recipe is written. */
export interface RecipePlace {
  readonly asked: AskedOptions;
  /** Absolute. */
  readonly output: string;
  readonly world: World;
}

/** What came of making a recipe. */
export interface RecipeResult {
  readonly input: string;
  readonly output: string;
  readonly python: string;
  readonly systems: readonly string[];
  /** How many the environment has. */
  readonly packages: number;
  /** Files that were written or removed, relative to the output folder. */
  readonly written: readonly string[];
  readonly removed: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Prints and writes the recipe of a pinned project. Nothing is written unless all of it can be.
 * Throws OUTPUT_FOREIGN, OUTPUT_UNWRITABLE, NIX_TEXT.
 */
export const writeRecipe = async (
  project: Project,
  pinned: PinnedProject,
  place: RecipePlace,
): Promise<RecipeResult> => {
  const { files, record } = await printRecipe(project, pinned, place);
  const { writeOutput } = await import('../write-output.ts');
  const { written, removed } = writeOutput(place.output, files, record);
  const shown = shownOutput(place.output, place.world.cwd);
  const { target, environments } = pinned.graph;
  return {
    input: project.input.shown,
    output: shown,
    python: target.python?.fullVersion ?? target.python?.version ?? '',
    systems: target.platforms.map(platformName),
    packages: environments.get('default')?.members.length ?? 0,
    written,
    removed,
    diagnostics: [
      ...pinned.diagnostics,
      ...(written.length > 0 ? flakeNote(place.output, shown) : []),
    ],
  };
};
