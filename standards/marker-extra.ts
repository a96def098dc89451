/** What is left of a marker once the extras asked for are known. */
import type { Marker } from '../graph/marker.ts';
import { combineMarkers, evaluateMarker, type MarkerEnvironment } from './marker.ts';

const isAboutExtra = ({ left, right }: Extract<Marker, { kind: 'compare' }>): boolean =>
  [left, right].some(
    (value) => 'variable' in value && (value.variable === 'extra' || value.variable === 'extras'),
  );

const environmentOf = (extra: string | undefined): MarkerEnvironment => ({
  python_version: '',
  python_full_version: '',
  os_name: '',
  sys_platform: '',
  platform_release: '',
  platform_system: '',
  platform_version: '',
  platform_machine: '',
  platform_python_implementation: '',
  implementation_name: '',
  implementation_version: '',
  extras: new Set(extra === undefined ? [] : [extra]),
  dependency_groups: new Set(),
});

/**
 * The marker for when one extra (normalised) is asked for, or none: `true` or `false` when that
 * decides it. Example: `extra == "a" and os_name == "posix"` is `os_name == "posix"` for `a`, and
 * `false` without. Throws MARKER_INVALID as `evaluateMarker` does.
 */
export const markerWithExtra = (marker: Marker, extra: string | undefined): Marker | boolean => {
  if (marker.kind === 'compare') {
    return isAboutExtra(marker) ? evaluateMarker(marker, environmentOf(extra)) : marker;
  }
  const decisive = marker.kind === 'or';
  const rest: Marker[] = [];
  for (const operand of marker.operands) {
    const left = markerWithExtra(operand, extra);
    if (left === decisive) return decisive;
    if (typeof left !== 'boolean') rest.push(left);
  }
  return combineMarkers(marker.kind, rest) ?? !decisive;
};
