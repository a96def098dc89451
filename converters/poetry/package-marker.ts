import type { Marker } from '../../graph/marker.ts';
import { combineMarkers, parseMarker } from '../../standards/marker.ts';
import { type Place, readAt } from '../../standards/toml-document.ts';
import { platformMarker, pythonMarker } from './environment-marker.ts';
import { decideExtras } from './extra-marker.ts';
import type { Entry } from './packages.ts';

const at = (entry: Entry, ...path: readonly string[]): Place => ({
  ...entry.place,
  path: [...entry.place.path, ...path],
});

/** `requirements` of locks before 0.12: the marker's older form. */
const fromRequirements = (entry: Entry): Marker | undefined => {
  const { python, platform } = entry.locked.requirements ?? {};
  return readAt(at(entry, 'requirements'), () =>
    combineMarkers('and', [
      python === undefined ? undefined : pythonMarker(python),
      platform === undefined ? undefined : platformMarker(platform),
    ]),
  );
};

/**
 * The marker that a lock records for a package in a group, extras of the project and of those who
 * require it included; undefined when it is always wanted there. Throws MARKER_INVALID.
 */
export const recordedMarker = (entry: Entry, group?: string): Marker | undefined => {
  const { markers, marker } = entry.locked;
  if (typeof markers === 'string') return readAt(at(entry, 'markers'), () => parseMarker(markers));
  if (markers !== undefined) {
    const groups = group === undefined ? (entry.locked.groups ?? Object.keys(markers)) : [group];
    return combineMarkers(
      'or',
      groups.map((name) => {
        const text = Object.hasOwn(markers, name) ? markers[name] : undefined;
        return text === undefined
          ? undefined
          : readAt(at(entry, 'markers', name), () => parseMarker(text));
      }),
    );
  }
  if (marker !== undefined) return readAt(at(entry, 'marker'), () => parseMarker(marker));
  return entry.locked.requirements === undefined ? undefined : fromRequirements(entry);
};

/** Where a package can be wanted at all: its recorded marker, whatever extras are asked for. */
export const packageMarker = (entry: Entry): Marker | undefined => {
  const recorded = recordedMarker(entry);
  const decided = recorded === undefined ? true : decideExtras(recorded, 'any');
  return typeof decided === 'boolean' ? undefined : decided;
};
