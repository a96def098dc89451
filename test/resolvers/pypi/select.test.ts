import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Marker } from '../../../graph/marker.ts';
import type { LockedGraph, PackageId } from '../../../graph/types.ts';
import { rootId } from '../../../resolvers/pypi/select.ts';
import { codeOf } from '../../standards/table.ts';
import { makeLock, type SelectOptions, selectFrom } from './make-lock.ts';

const chosen = (graph: LockedGraph, options?: SelectOptions): readonly string[] =>
  [...selectFrom(graph, options).packages].sort();

const severalVersions = makeLock({
  needs: ['app'],
  packages: {
    'app@1.0': {
      needs: [
        'numpy>=1.19,<1.20; python_version < "3.8"',
        'numpy>=1.24,<2; python_version >= "3.8" and python_version < "3.12"',
        'numpy>=2; python_version >= "3.12"',
        'plots',
        'pywin32; sys_platform == "win32"',
        'appnope; sys_platform == "darwin"',
      ],
    },
    'plots@2.0': { needs: ['numpy'] },
    'numpy@1.19.5': {},
    'numpy@1.24.4': {},
    'numpy@2.1.0': {},
    'pywin32@306': {},
    'appnope@0.1.4': {},
  },
});

test.each([
  ['3.7', 'x86_64-linux', ['app@1.0', 'numpy@1.19.5', 'plots@2.0']],
  ['3.11', 'x86_64-linux', ['app@1.0', 'numpy@1.24.4', 'plots@2.0']],
  ['3.12', 'aarch64-linux', ['app@1.0', 'numpy@2.1.0', 'plots@2.0']],
  ['3.12', 'aarch64-darwin', ['app@1.0', 'appnope@0.1.4', 'numpy@2.1.0', 'plots@2.0']],
])('several versions of a name: Python %s on %s', (python, system, expected) => {
  expect(chosen(severalVersions, { python, system })).toEqual(expected);
});

test('a package’s own marker and its requires-python decide between candidates', () => {
  const graph = makeLock({
    needs: ['a', 'b'],
    packages: {
      'a@2': { marker: 'python_version >= "3.10"' },
      'a@1': { marker: 'python_version < "3.10"' },
      'b@2': { requiresPython: '>=3.10' },
      'b@1': { requiresPython: '>=3.7' },
    },
  });
  expect(chosen(graph, { python: '3.12' })).toEqual(['a@2', 'b@2']);
  expect(chosen(graph, { python: '3.9' })).toEqual(['a@1', 'b@1']);
});

test.each([
  ['x86_64-linux', ['app@1.0', 'torch@2.9']],
  ['x86_64-darwin', ['app@1.0', 'torch@2.2']],
])('what was chosen for some platforms is no candidate elsewhere: %s', (system, expected) => {
  const graph = makeLock({
    needs: ['app'],
    packages: {
      'app@1.0': { needs: ['torch'] },
      'torch@2.9': { platforms: ['x86_64-linux', 'aarch64-linux'] },
      'torch@2.2': { platforms: ['x86_64-darwin'] },
    },
  });
  expect(chosen(graph, { system })).toEqual(expected);
});

test('a worse candidate is taken when another requirer needs it, whatever comes first', () => {
  for (const needs of [
    ['x', 'y'],
    ['y', 'x'],
  ]) {
    const graph = makeLock({
      needs,
      packages: {
        'x@1': { needs: ['z'] },
        'y@1': { needs: ['z<2'] },
        'z@2': { needs: ['only-for-2'] },
        'z@1': {},
        'only-for-2@1': {},
      },
    });
    expect(chosen(graph)).toEqual(['x@1', 'y@1', 'z@1']);
  }
});

test('a pick that another pick forbids is undone', () => {
  // z@2 asks for y@1, which the root forbids; z@2 goes when y@2 does not allow it.
  const graph = makeLock({
    needs: ['z', 'y>=2'],
    packages: {
      'z@2': { needs: ['y<2'] },
      'z@1': { needs: ['y'] },
      'y@2': { needs: ['z<2'] },
      'y@1': {},
    },
  });
  expect(chosen(graph)).toEqual(['y@2', 'z@1']);
});

const withExtras = makeLock({
  needs: { '': ['client'], proxies: ['client[socks]'], speed: ['fast; sys_platform != "darwin"'] },
  groups: { test: ['pytest'], docs: ['client[all]'] },
  root: { optionalGroups: ['docs'] },
  packages: {
    'client@1': {
      needs: {
        '': ['base'],
        socks: ['pysocks'],
        http2: ['h2[fast]'],
        all: ['client[socks,http2]'],
      },
    },
    'base@1': {},
    'pysocks@1': {},
    'h2@4': { needs: { fast: ['hyper'] } },
    'hyper@1': {},
    'fast@1': {},
    'pytest@8': {},
  },
});

test.each<[string, SelectOptions, readonly string[]]>([
  ['nothing', {}, ['base@1', 'client@1']],
  ['an extra', { extras: ['proxies'] }, ['base@1', 'client@1', 'pysocks@1']],
  ['an extra under a marker', { extras: ['speed'] }, ['base@1', 'client@1', 'fast@1']],
  [
    'the same on another platform',
    { extras: ['speed'], system: 'x86_64-darwin' },
    ['base@1', 'client@1'],
  ],
  ['a group', { groups: ['test'] }, ['base@1', 'client@1', 'pytest@8']],
  [
    'an optional group, extras of extras of itself',
    { groups: ['docs'] },
    ['base@1', 'client@1', 'h2@4', 'hyper@1', 'pysocks@1'],
  ],
  ['a group that no root has', { groups: ['constructor'] }, ['base@1', 'client@1']],
])('extras and groups: %s', (_, options, expected) => {
  expect(chosen(withExtras, options)).toEqual(expected);
});

test('an extra that is asked for later adds its edges once', () => {
  const edges = selectFrom(withExtras, { extras: ['proxies'], groups: ['docs'] }).edges;
  expect(
    edges.get('client@1' as PackageId)?.map(({ dependency, to }) => [dependency.extra ?? '', to]),
  ).toEqual(
    expect.arrayContaining([
      ['', 'base@1'],
      ['socks', 'pysocks@1'],
      ['http2', 'h2@4'],
      ['all', 'client@1'],
    ]),
  );
  expect(edges.get('client@1' as PackageId)).toHaveLength(4);
});

test('the root’s own edges are those of main; groups are of the environment only', () => {
  const { edges } = selectFrom(withExtras, { extras: ['proxies'], groups: ['test'] });
  expect(edges.get('project@0' as PackageId)?.map(({ to }) => to)).toEqual([
    'client@1',
    'client@1',
  ]);
});

test.each<[string, string, Parameters<typeof makeLock>[0]['packages'], unknown]>([
  [
    'a marker around a patch release',
    '3.11',
    { 'a@1': { needs: ['b; python_full_version < "3.11.3"'] }, 'b@1': {} },
    { from: '3.11.3' },
  ],
  [
    'the same on another minor version',
    '3.12',
    { 'a@1': { needs: ['b; python_full_version < "3.11.3"'] }, 'b@1': {} },
    {},
  ],
  [
    'requires-python that leaves a patch release out',
    '3.9',
    { 'a@1': { requiresPython: '>=3.8,!=3.9.7' } },
    { from: '3.9.8' },
  ],
  [
    'requires-python from a patch release on',
    '3.7',
    { 'a@1': { requiresPython: '>=3.7.1' } },
    { from: '3.7.1' },
  ],
  [
    'the narrowest of several',
    '3.9',
    {
      'a@1': {
        requiresPython: '!=3.9.7',
        needs: ['b; python_full_version > "3.9.1"', 'c; python_full_version > "3.9.40"'],
      },
      'b@1': { requiresPython: '>=3.9.2' },
      'c@1': {},
    },
    { from: '3.9.8', to: '3.9.40' },
  ],
  [
    'a patch release that was asked for',
    '3.9.6',
    { 'a@1': { requiresPython: '!=3.9.7' } },
    { to: '3.9.6' },
  ],
  [
    'a package that a forgone pick wanted does not count',
    '3.9',
    {
      'a@1': { needs: ['z'] },
      'b@1': { needs: ['z<2'] },
      'z@2': { needs: ['c; python_full_version > "3.9.5"'] },
      'z@1': {},
      'c@1': {},
    },
    {},
  ],
])('patch releases: %s', (_, python, packages, expected) => {
  const needs = Object.keys(packages).includes('z@2') ? ['a', 'b'] : ['a'];
  expect(selectFrom(makeLock({ needs, packages }), { python }).patchRange).toEqual(expected);
});

test('what the lock as a whole requires of Python limits the patch releases', () => {
  const graph = makeLock({ needs: ['a'], packages: { 'a@1': {} }, requiresPython: '>=3.7.2,<4' });
  expect(selectFrom(graph, { python: '3.7' }).patchRange).toEqual({ from: '3.7.2' });
  expect(selectFrom(graph, { python: '3.8' }).patchRange).toEqual({});
});

test.each<[string, Parameters<typeof makeLock>[0], string]>([
  [
    'requirers that exclude each other',
    {
      needs: ['a', 'b'],
      packages: { 'a@1': { needs: ['c<2'] }, 'b@1': { needs: ['c>=2'] }, 'c@1': {}, 'c@2': {} },
    },
    'no locked version of `c` serves all who ask for it on x86_64-linux: a@1, b@1',
  ],
  [
    'no version for this Python',
    { needs: ['a'], packages: { 'a@1': { requiresPython: '<3.12' } } },
    'no locked version of `a` serves all who ask for it on x86_64-linux: project; not for this Python and system: a@1',
  ],
  [
    'an upper bound on the minor version, which has later patch releases',
    { needs: ['a'], packages: { 'a@1': { requiresPython: '<=3.12' } } },
    'no locked version of `a` serves all who ask for it on x86_64-linux: project; not for this Python and system: a@1',
  ],
  [
    'picks that chase each other',
    {
      needs: ['a'],
      packages: { 'a@2': { needs: ['b'] }, 'a@1': {}, 'b@1': { needs: ['a<2'] } },
    },
    'the locked versions never settle on x86_64-linux',
  ],
])('contradictions: %s', (_, outline, message) => {
  expect(() => selectFrom(makeLock(outline))).toThrow(
    expect.objectContaining({ code: 'LOCK_CONTRADICTION', message, hint: expect.any(String) }),
  );
});

test('a marker without a meaning is an error that names the package', () => {
  const graph = makeLock({ needs: ['a'], packages: { 'a@1': {} } });
  const marker: Marker = {
    kind: 'compare',
    left: { variable: 'os_name' },
    operator: '~=',
    right: { literal: 'posix' },
  };
  const locked = graph.packages.get('a@1' as PackageId);
  if (locked === undefined) throw new Error('a@1 is missing');
  const damaged = { ...graph, packages: new Map([[locked.id, { ...locked, marker }]]) };
  expect(() => selectFrom(damaged)).toThrow(
    expect.objectContaining({
      code: 'MARKER_INVALID',
      message: expect.stringContaining('the marker of `a@1`:'),
      location: { file: 'test.lock' },
    }),
  );
});

test('a root that is called as a locked package has an id of its own', () => {
  const graph = makeLock({
    needs: ['demo'],
    packages: { 'demo@1': { needs: ['a'] }, 'a@1': {} },
    root: { name: 'demo', version: '1' },
  });
  const [root] = graph.roots;
  if (root === undefined) throw new Error('the lock has no root');
  expect(rootId(graph, root)).toBe('demo@1#root');
  const { edges } = selectFrom(graph);
  expect(edges.get('demo@1#root' as PackageId)?.map(({ to }) => to)).toEqual(['demo@1']);
  expect(edges.get('demo@1' as PackageId)?.map(({ to }) => to)).toEqual(['a@1']);
});

test('whatever the lock: each name once, every edge kept, or a contradiction', () => {
  const names = ['a', 'b', 'c', 'd'];
  const requirement = fc
    .tuple(fc.constantFrom(...names), fc.constantFrom('', '<2', '>=2'))
    .map(([name, specifier]) => name + specifier);
  const needs = fc.array(requirement, { maxLength: 3 });
  const outline = fc.record({
    needs,
    packages: fc.record(
      Object.fromEntries(
        names.flatMap((name) => [`${name}@1`, `${name}@2`]).map((id) => [id, needs]),
      ),
    ),
  });
  fc.assert(
    fc.property(outline, ({ needs: own, packages }) => {
      const graph = makeLock({
        needs: own,
        packages: Object.fromEntries(
          Object.entries(packages).map(([id, texts]) => [id, { needs: texts }]),
        ),
      });
      if (codeOf(() => selectFrom(graph)) === 'LOCK_CONTRADICTION') return;
      const { packages: picked, edges } = selectFrom(graph);
      const pickedNames = [...picked].map((id) => id.split('@')[0]);
      expect(new Set(pickedNames).size).toBe(pickedNames.length);
      for (const active of [...edges.values()].flat()) {
        expect(active.dependency.candidates).toContain(active.to);
        expect(picked).toContain(active.to);
      }
      for (const id of picked) {
        expect(edges.get(id) ?? []).toHaveLength(graph.packages.get(id)?.dependencies.length ?? 0);
      }
    }),
  );
});
