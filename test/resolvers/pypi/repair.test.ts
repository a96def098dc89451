import { expect, test } from '@jest/globals';
import type { Gap, LockedGraph, PackageId } from '../../../graph/types.ts';
import { repairLock } from '../../../resolvers/pypi/repair.ts';
import { parsePython } from '../../../resolvers/pypi/target.ts';
import { buildTools } from '../../support/build-tools.ts';
import { type FakeProjects, fakeIndex } from '../../support/fake-index.ts';
import { fakeRegistry } from '../../support/fake-registry.ts';
import { makeLock, platformOf } from './make-lock.ts';
import { membersOf, packageOf, pin } from './make-pin.ts';

const systems = ['aarch64-darwin', 'x86_64-linux'];
const unknown = (...ids: readonly string[]): readonly Gap[] =>
  ids.map((id) => ({ package: id as PackageId, kind: 'dependencies', message: `${id}: …` }));

const projects: FakeProjects = {
  ...buildTools,
  a: { '1': ['b>=1', 'mac; sys_platform == "darwin"', 'more; extra == "x"'] },
  b: { '1': ['c<2'], '2': [] },
  c: { '1': [], '2': [] },
  mac: { '3': ['c'] },
  more: { '5': [] },
  old: { '1': { files: ['old-1.tar.gz'], metadata: { '': { reliable: false } } } },
  silent: { '1': { metadata: { '': undefined } } },
};
const archive = 'https://files.example/url-1.tar.gz';
const registry = fakeRegistry({
  facts: {
    'url-1.tar.gz': { name: 'url', version: '1', requiresDist: ['c'] },
    'old-1.tar.gz': { name: 'old', version: '1' },
  },
});

const repair = (graph: LockedGraph) =>
  repairLock(
    graph,
    { groups: [], extras: [] },
    {
      python: parsePython('3.12'),
      platforms: systems.map(platformOf),
      index: fakeIndex(projects),
      registry,
      readPath: () => undefined,
      indexes: { extra: [], strategy: 'first-index' },
    },
  );

const repaired = async (graph: LockedGraph) => {
  const { graph: complete, diagnostics } = await repair(graph);
  const pinned = await pin(complete, { systems, index: fakeIndex(projects), registry });
  const said = [...diagnostics, ...pinned.diagnostics].map(
    ({ severity, code, message }) => `${severity} ${code} ${message}`,
  );
  return { pinned, said };
};

test('what the lock holds gets edges, one after the other, and what it lacks is found', async () => {
  const { pinned, said } = await repaired(
    makeLock({
      needs: ['a'],
      packages: { 'a@1': {}, 'b@1': {}, 'c@1': {}, 'c@2': {} },
      gaps: unknown('a@1', 'b@1', 'c@1', 'c@2'),
    }),
  );
  expect(membersOf(pinned)).toEqual(['a@1', 'b@1', 'c@1', 'mac@3 aarch64-darwin']);
  expect(packageOf(pinned, 'a@1').dependencies.map(({ to }) => to)).toEqual(['b@1', 'mac@3']);
  expect(said).toEqual([
    'note dependencies-repaired `a@1` requires `b>=1`, `mac ; sys_platform == "darwin"` by its metadata, which the lock does not record',
    'note dependencies-repaired `b@1` requires `c<2` by its metadata, which the lock does not record',
    'note dependency-filled `a@1` requires `mac ; sys_platform == "darwin"`, by its metadata; mac 3 is added',
  ]);
});

test('an extra counts where it is asked for', async () => {
  const { pinned } = await repaired(
    makeLock({
      needs: ['a[x]'],
      packages: { 'a@1': {}, 'b@2': {}, 'mac@3': { needs: [] } },
      gaps: unknown('a@1'),
    }),
  );
  expect(membersOf(pinned)).toContain('more@5');
});

test('what does not fit is taken all the same, with a warning', async () => {
  const { pinned, said } = await repaired(
    makeLock({ needs: ['b==1'], packages: { 'b@1': {}, 'c@2': {} }, gaps: unknown('b@1') }),
  );
  expect(membersOf(pinned)).toEqual(['b@1', 'c@2']);
  expect(said).toContain('warning contradiction c<2 (b@1) is not met: the lock holds `c@2`');
});

test('a URL is looked into', async () => {
  const { pinned } = await repaired(
    makeLock({
      needs: ['url'],
      packages: {
        'url@1': {
          artifacts: [
            {
              kind: 'sdist',
              fileName: 'url-1.tar.gz',
              source: { kind: 'url', url: archive },
              integrities: [],
            },
          ],
        },
        'c@2': {},
      },
      gaps: unknown('url@1'),
    }),
  );
  expect(membersOf(pinned)).toEqual(['c@2', 'url@1']);
});

test('what has no metadata, and what a build may say more of, stays unknown; others are not asked', async () => {
  const gaps = unknown('old@1', 'silent@1', 'b@2');
  const lock = makeLock({
    needs: ['old', 'silent'],
    packages: { 'old@1': { files: ['old-1.tar.gz'] }, 'silent@1': {}, 'b@2': {} },
    gaps,
  });
  const { graph, diagnostics } = await repair(lock);
  expect({ gaps: graph.gaps, diagnostics }).toEqual({ gaps, diagnostics: [] });
});
