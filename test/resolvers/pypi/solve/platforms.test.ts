import { expect, test } from '@jest/globals';
import type { Resolution } from '../../../../resolvers/pypi/resolution.ts';
import type { FakeProjects } from '../../../support/fake-index.ts';
import { membersOf, pin } from '../make-pin.ts';
import { type Asked, type Asking, answer, idsOf, resolve } from './ask.ts';

const linux = 'x86_64-linux';
const mac = 'aarch64-darwin';
const old = 'x86_64-darwin';
const all = [mac, 'aarch64-linux', old, linux];

const wheel = (name: string, version: string, ...platforms: readonly string[]) =>
  platforms.map((platform) => `${name}-${version}-cp312-cp312-${platform}.whl`);
const onLinux = ['manylinux_2_28_x86_64', 'manylinux_2_28_aarch64'];
const onMac = ['macosx_11_0_arm64', 'macosx_11_0_x86_64'];

const projects: FakeProjects = {
  torch: {
    '2.2': { files: wheel('torch', '2.2', ...onLinux, ...onMac) },
    '2.9': {
      needs: ['triton; sys_platform == "linux"'],
      files: wheel('torch', '2.9', ...onLinux, 'macosx_11_0_arm64'),
    },
  },
  triton: { '3': { files: wheel('triton', '3', ...onLinux) } },
  appnope: { '1': { files: wheel('appnope', '1', ...onMac) } },
  shell: { '1': ['appnope; sys_platform == "darwin"', 'common'] },
  common: { '1': [], '2': [] },
  split: {
    '1': ['common<2; sys_platform == "darwin"', 'common>=2; sys_platform == "linux"', 'both'],
  },
  both: { '1': [], '2': ['common'] },
  newest: { '1': ['torch>=2.9'] },
};

const forksOf = ({ forks }: Resolution): unknown =>
  Object.fromEntries([...forks].map(([name, versions]) => [name, Object.fromEntries(versions)]));

test.each<[Asking[], readonly string[], readonly string[], unknown?]>([
  // One version for all, where there is one.
  [['torch'], [linux, mac], ['torch@2.9', 'triton@3']],
  [['torch'], all, ['torch@2.2']],
  // What is needed somewhere only needs files there.
  [['shell'], all, ['appnope@1', 'common@2', 'shell@1']],
  [['torch; sys_platform == "linux"'], all, ['torch@2.9', 'triton@3']],
  // Otherwise the solve forks, and versions stay together as far as they can.
  [
    ['torch', 'newest; sys_platform == "linux"'],
    all,
    ['newest@1', `torch@2.2 ${old}`, `torch@2.9 ${mac} aarch64-linux ${linux}`, 'triton@3'],
    { torch: { '2.2': [old], '2.9': [mac, 'aarch64-linux', linux] } },
  ],
  [
    ['split'],
    [linux, mac],
    ['both@2', `common@1 ${mac}`, `common@2 ${linux}`, 'split@1'],
    { common: { '2': [linux], '1': [mac] } },
  ],
  [
    ['common==1; sys_platform == "darwin"', 'common==2; sys_platform == "linux"', 'both'],
    all,
    ['both@2', `common@1 ${mac} ${old}`, `common@2 aarch64-linux ${linux}`],
    { common: { '1': [mac, old], '2': ['aarch64-linux', linux] } },
  ],
])('%#: %j on %j', async (asking, systems, expected, forks = {}) => {
  const resolution = await resolve(projects, asking, { systems });
  expect(idsOf(resolution)).toEqual(expected);
  expect(forksOf(resolution)).toEqual(forks);
  const pinned = await pin(resolution.graph, { systems });
  const names = new Set(expected.map((id) => id.split(' ')[0]));
  expect(new Set(membersOf(pinned).map((member) => member.split(' ')[0]))).toEqual(names);
});

test('which package is where', async () => {
  const { graph } = await resolve(projects, ['split'], { systems: [linux, mac] });
  const pinned = await pin(graph, { systems: [linux, mac] });
  expect(membersOf(pinned)).toEqual(['both@2', `common@1 ${mac}`, `common@2 ${linux}`, 'split@1']);
  expect(
    pinned.graph.packages.get([...pinned.graph.packages.keys()][0] ?? ('' as never))?.dependencies,
  ).toEqual([
    { to: 'common@1', extras: [], kind: 'runtime', platforms: [mac] },
    { to: 'common@2', extras: [], kind: 'runtime', platforms: [linux] },
  ]);
});

test.each<[Asking[], Asked, string]>([
  [['newest'], { systems: all }, 'torch'],
  [['appnope'], { systems: [linux, mac] }, 'x86_64-linux'],
  [['torch==2.9'], { systems: [old, linux] }, 'x86_64-darwin'],
])('%#: one platform without a solution is the failure', async (asking, asked, expected) => {
  const refusal = await answer(projects, asking, asked);
  expect(refusal).toMatch(/^UNSATISFIABLE: /);
  expect(refusal).toContain(expected);
});

test('a marker that depends on the patch release limits the recipe', async () => {
  const patched: FakeProjects = {
    app: {
      '1': [
        'backport; python_full_version < "3.12.4"',
        'extra-part; python_full_version >= "3.12.2" and extra == "more"',
      ],
    },
    'extra-part': { '1': [] },
  };
  const { graph } = await resolve(patched, ['app[more]']);
  const pinned = await pin(graph, { systems: [linux] });
  expect(pinned.graph.target.python?.patchRange).toEqual({ from: '3.12.4' });
  expect(membersOf(pinned)).toEqual(['app@1', 'extra-part@1']);
});
