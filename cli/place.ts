import { join, relative, resolve } from 'node:path';

/** How a recipe and its project see each other; part of the recipe's bytes. */
export interface Place {
  /** Relative path from the output folder to the project, such as `../..`; absent: it is elsewhere. */
  readonly project?: string;
  /** The output folder seen from the project, when it lies below it. */
  readonly exclude: readonly string[];
}

const leadsUp = (path: string): boolean => path === '..' || path.startsWith('../');

/** The absolute output folder: the one asked for, else `nix/lock2nix` under the input's folder. */
export const outputFolder = (
  asked: string | undefined,
  { folder, cwd }: { readonly folder: string; readonly cwd: string },
): string => (asked === undefined ? join(folder, 'nix', 'lock2nix') : resolve(cwd, asked));

/** The place of a recipe in `output` for the project in `folder`; both are absolute. */
export const placeOf = (folder: string, output: string): Place => {
  const inside = relative(folder, output);
  return inside === '' || leadsUp(inside)
    ? { exclude: [] }
    : { project: relative(output, folder), exclude: [inside] };
};

/** A path as messages show it: relative to where the command runs, when it is below. */
export const shownPath = (path: string, cwd: string): string => {
  const near = relative(cwd, path);
  return near === '' ? '.' : leadsUp(near) ? path : near;
};

/** An output folder as messages show it: never as `.`, which says little in a report. */
export const shownOutput = (output: string, cwd: string): string => {
  const shown = shownPath(output, cwd);
  return shown === '.' ? output : shown;
};
