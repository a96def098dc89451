import { expect, test } from '@jest/globals';
import type { System } from '../../graph/platform.ts';
import { evaluateForMinor } from '../../standards/marker-environment.ts';
import { allMarkers, notOnSystems, onSystems } from '../../standards/system-marker.ts';

const python = { implementation: 'cpython', version: '3.12' } as const;
const systems: readonly System[] = ['aarch64-darwin', 'aarch64-linux', 'x86_64-linux'];

const where = (marker: ReturnType<typeof onSystems>): readonly string[] =>
  systems.filter((system) => {
    const platform = system.endsWith('linux')
      ? ({ system, libc: 'glibc' } as const)
      : ({ system } as const);
    return marker === undefined || evaluateForMinor(marker, python, platform as never).value;
  });

test.each<[readonly System[]]>([
  [['x86_64-linux']],
  [['aarch64-darwin', 'aarch64-linux']],
  [['aarch64-darwin', 'aarch64-linux', 'x86_64-linux']],
])('%j', (some) => {
  expect(where(onSystems(some))).toEqual(some);
  expect(where(notOnSystems(some))).toEqual(systems.filter((each) => !some.includes(each)));
  expect(where(allMarkers(onSystems(some), notOnSystems(some)))).toEqual([]);
});

test('no systems are no marker', () => {
  expect([onSystems([]), notOnSystems([]), allMarkers(undefined, undefined)]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
