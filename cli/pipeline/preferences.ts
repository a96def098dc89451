/** Which versions of a recipe are to stay when it is made again. */
import { preferencesOf, type RecordedVersions } from '../../resolvers/pypi/preferences.ts';
import type { AskedOptions } from '../options.ts';
import { recordedSolveOptions } from '../solve-options.ts';
import { tryReadRecorded } from './recorded.ts';

/** Nothing is recorded, or all of it is to move. */
export const nothingKept: RecordedVersions = {
  runtime: new Map(),
  builds: new Map(),
  commits: new Map(),
};

/** Options that change which version is the best one, as a text to compare. */
const ranking = (asked: AskedOptions): string => {
  const { resolution = 'highest', excludeNewer, pre } = recordedSolveOptions(asked);
  return JSON.stringify([resolution, excludeNewer, pre]);
};

/**
 * The versions of the recipe in a folder; none when there is no recipe, or when it was made with
 * another `--resolution`, `--exclude-newer` or `--pre`: who changes these wants other versions.
 */
export const keptAt = (folder: string, asked: AskedOptions): RecordedVersions => {
  const recorded = tryReadRecorded(folder);
  return recorded === undefined || ranking(recorded.record.options) !== ranking(asked)
    ? nothingKept
    : preferencesOf(recorded.graph);
};
