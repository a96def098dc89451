import type { AskedOptions } from '../options.ts';
import type { World } from '../world.ts';

/** What commands that find or pin versions are asked for, besides their input. */
export interface RecipeRequest extends AskedOptions {
  /** Folder of the recipe, as it was typed. */
  readonly output?: string;
  /** Packages may stand without `pypi:`. */
  readonly ecosystem?: 'pypi';
  readonly offline: boolean;
  readonly cacheDir?: string;
}

/** Where a command runs, and how it tells what it is at. */
export interface PipelineContext {
  readonly world: World;
  readonly say: (text: string) => void;
}
