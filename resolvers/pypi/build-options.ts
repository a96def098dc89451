import type { IndexChoice, SolveRules } from '../../graph/requirements.ts';
import type { Preferences } from './preferences.ts';

/** How build requirements are solved; always for the highest versions. */
export interface BuildOptions {
  /** Absent: the public index alone. */
  readonly indexes?: IndexChoice;
  /** Files uploaded at this time (milliseconds since 1970) or later do not exist. */
  readonly excludeNewer?: number;
  /** Versions to keep where they satisfy: `preferencesOf(GRAPH).builds`. */
  readonly preferences?: Preferences;
  readonly rules?: SolveRules;
  /** What packages are built with besides what they state, by normalised name (PEP 508). */
  readonly requires?: ReadonlyMap<string, readonly string[]>;
}
