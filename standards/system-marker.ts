/** Systems as markers; the names are Python's (`sys.platform`, `platform.machine()`). */
import type { Marker } from '../graph/marker.ts';
import type { System } from '../graph/platform.ts';

const compare = (
  variable: 'sys_platform' | 'platform_machine',
  operator: '==' | '!=',
  literal: string,
): Marker => ({ kind: 'compare', left: { variable }, operator, right: { literal } });

const join = (kind: 'and' | 'or', operands: readonly Marker[]): Marker | undefined => {
  const [first] = operands;
  return operands.length < 2 ? first : { kind, operands };
};

/** All of the markers that there are; undefined when there is none. */
export const allMarkers = (...markers: readonly (Marker | undefined)[]): Marker | undefined =>
  join(
    'and',
    markers.flatMap((each) => each ?? []),
  );

const namesOf = (system: System): readonly [string, string] => {
  const [machine = '', os = ''] = system.split('-');
  return [
    os,
    machine === 'aarch64' && os === 'darwin' ? 'arm64' : machine.replace('powerpc64le', 'ppc64le'),
  ];
};

const systemMarkers = (systems: readonly System[], outer: 'and' | 'or'): Marker | undefined => {
  const [inner, operator] = outer === 'or' ? (['and', '=='] as const) : (['or', '!='] as const);
  return join(
    outer,
    systems.map((system): Marker => {
      const [os, machine] = namesOf(system);
      return {
        kind: inner,
        operands: [
          compare('sys_platform', operator, os),
          compare('platform_machine', operator, machine),
        ],
      };
    }),
  );
};

/** Holds on these systems; undefined when there are none. */
export const onSystems = (systems: readonly System[]): Marker | undefined =>
  systemMarkers(systems, 'or');

/** Holds on all other systems; undefined when there are none to leave out. */
export const notOnSystems = (systems: readonly System[]): Marker | undefined =>
  systemMarkers(systems, 'and');
