/** Which versions of a recipe are to stay when it is made again. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { preferencesOf, type RecordedVersions } from '../../resolvers/pypi/preferences.ts';
import type { AskedOptions } from '../options.ts';
import { announcementName, recordName } from '../output-view.ts';
import { recordedSolveOptions } from '../solve-options.ts';

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
export const keptAt = async (folder: string, asked: AskedOptions): Promise<RecordedVersions> => {
  const isThere = [announcementName, recordName].some((name) => existsSync(join(folder, name)));
  if (!isThere) return nothingKept;
  // What checks a record is large, and a first run has none.
  const { tryReadRecorded } = await import('./recorded.ts');
  const recorded = tryReadRecorded(folder);
  return recorded === undefined || ranking(recorded.record.options) !== ranking(asked)
    ? nothingKept
    : preferencesOf(recorded.graph);
};
