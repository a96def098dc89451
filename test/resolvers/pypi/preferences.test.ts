import { expect, test } from '@jest/globals';
import { preferencesOf } from '../../../resolvers/pypi/preferences.ts';
import { buildTools } from '../../support/build-tools.ts';
import { fakeIndex } from '../../support/fake-index.ts';
import { fakeRegistry } from '../../support/fake-registry.ts';
import { makeLock } from './make-lock.ts';
import { membersOf, pin } from './make-pin.ts';

const lock = makeLock({
  needs: ['a', 'b'],
  packages: { 'a@1': { files: ['a-1.tar.gz'] }, 'b@1': { files: ['b-1.tar.gz'] } },
});
const buildSystem = (...requires: readonly string[]) => ({ buildSystem: { requires } });
const registry = fakeRegistry({ facts: { 'b-1.tar.gz': buildSystem('setuptools<60') } });

const older = fakeIndex(
  Object.fromEntries(
    Object.entries(buildTools).map(([name, versions]) => [
      name,
      Object.fromEntries(
        Object.entries(versions).filter(([version]) => !['80.9.0', '25.3'].includes(version)),
      ),
    ]),
  ),
);

test('the versions of a graph, for runtime and builds, newest first', async () => {
  const { runtime, builds } = preferencesOf((await pin(lock, { registry, index: older })).graph);
  expect([...runtime]).toEqual([
    ['a', ['1']],
    ['b', ['1']],
  ]);
  expect([...builds]).toEqual([
    ['pip', ['25.0.1']],
    ['setuptools', ['75.3.2', '59.6.0']],
    ['wheel', ['0.45.1']],
  ]);
});

test('what builds were recorded with is kept where it satisfies', async () => {
  const first = await pin(lock, { registry, index: older });
  const { builds } = preferencesOf(first.graph);
  const second = await pin(lock, { registry, builds: { preferences: builds } });
  expect(second.graph).toEqual(first.graph);
  // Without them, newer ones are taken.
  const fresh = await pin(lock, { registry });
  expect(membersOf(fresh, 'setuptools-80')).toEqual(['setuptools@80.9.0', 'wheel@0.45.1']);
  expect(membersOf(fresh, 'check')).toEqual(['pip@25.3']);
});
