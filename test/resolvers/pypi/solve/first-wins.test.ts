import { expect, test } from '@jest/globals';
import type { FakeProjects } from '../../../support/fake-index.ts';
import { membersOf, pin } from '../make-pin.ts';
import { type Asked, type Asking, answer, idsOf, resolve, saidBy } from './ask.ts';

const projects: FakeProjects = {
  app: { '1': ['web==1', 'tool[fast]'] },
  web: { '1': ['deep==1'], '2': ['deep==2'] },
  tool: { '1': ['deep==2', 'web==2', 'speed; extra == "fast"', 'small; extra == "slow"'] },
  deep: { '1': [], '2': [], '3': [] },
  speed: { '1': ['tool[slow]'] },
  small: { '1': [] },
  mac: { '1': ['deep==1; sys_platform == "darwin"', 'deep==2; sys_platform == "linux"'] },
  broken: { '1': ['nobody'] },
};

const contradiction = (text: string): string => `warning contradiction ${text}`;

test.each<[Asking[], readonly string[], readonly string[], Asked?]>([
  // Breadth first: web's deep is met before tool's, and app's web before tool's.
  [
    ['app'],
    ['app@1', 'deep@1', 'small@1', 'speed@1', 'tool@1', 'web@1'],
    [
      contradiction(
        'deep==2 (tool 1) is not met: `deep@1` is taken, since deep==1 (web 1) came first',
      ),
      contradiction(
        'web==2 (tool 1) is not met: `web@1` is taken, since web==1 (app 1) came first',
      ),
    ],
  ],
  // The project's own come before all others, and the first of them decides.
  [
    ['web', 'deep==3', 'deep<3'],
    ['deep@3', 'web@2'],
    [
      contradiction(
        'deep<3 (in.txt:3) is not met: `deep@3` is taken, since deep==3 (in.txt:2) came first',
      ),
      contradiction(
        'deep==2 (web 2) is not met: `deep@3` is taken, since deep==3 (in.txt:2) came first',
      ),
    ],
  ],
  // The order of the project's own requirements decides what theirs are.
  [
    ['web==1', 'tool'],
    ['deep@1', 'tool@1', 'web@1'],
    [
      contradiction(
        'deep==2 (tool 1) is not met: `deep@1` is taken, since deep==1 (web 1) came first',
      ),
      contradiction(
        'web==2 (tool 1) is not met: `web@1` is taken, since web==1 (in.txt:1) came first',
      ),
    ],
  ],
  [
    ['tool', 'web==1'],
    ['deep@2', 'tool@1', 'web@1'],
    [
      contradiction(
        'deep==1 (web 1) is not met: `deep@2` is taken, since deep==2 (tool 1) came first',
      ),
      contradiction(
        'web==2 (tool 1) is not met: `web@1` is taken, since web==1 (in.txt:2) came first',
      ),
    ],
  ],
  // A constraint is met before all of them, and is asked in place of the requirement.
  [
    ['web', 'deep==3'],
    ['deep@2', 'web@1'],
    [
      contradiction(
        'deep==1 (web 1) is not met: `deep@2` is taken, since deep<3 (constraints.txt:2) came first',
      ),
      contradiction(
        'deep==3 (in.txt:2) is not met: `deep@2` is taken, since deep<3 (constraints.txt:2) came first',
      ),
    ],
    { constraints: ['web<2', 'deep<3', 'nobody==1'] },
  ],
  // Rules settle what they are about.
  [
    ['web==1', 'deep==1', 'tool'],
    ['deep@1', 'tool@1', 'web@1'],
    [],
    {
      rules: {
        constraints: [
          { of: 'tool', on: 'deep', use: undefined, place: 'overrides.toml:1' },
          { of: 'tool', on: 'web', use: '<2', place: 'overrides.toml:5' },
        ],
      },
    },
  ],
])('%#: %j', async (asking, expected, said, asked = {}) => {
  const resolution = await resolve(projects, asking, { strategy: 'first-wins', ...asked });
  expect(idsOf(resolution)).toEqual(expected);
  expect(saidBy(resolution)).toEqual(said);
  const pinned = await pin(resolution.graph, { systems: ['x86_64-linux'] });
  expect(membersOf(pinned)).toEqual(expected);
});

test('each platform has the first that is met there', async () => {
  const systems = ['aarch64-darwin', 'x86_64-linux'];
  const resolution = await resolve(projects, ['mac'], { strategy: 'first-wins', systems });
  expect(idsOf(resolution)).toEqual(['deep@1 aarch64-darwin', 'deep@2 x86_64-linux', 'mac@1']);
});

test.each<[Asking[], string]>([
  [['deep>3'], 'UNSATISFIABLE: deep>3 (in.txt:1) cannot be had: no version of it matches'],
  [
    ['deep>3'],
    'hint: the first requirement that is met decides; put another one before it in the input, or use `--resolution highest`',
  ],
  [['broken'], 'UNSATISFIABLE: nobody (broken 1) cannot be had: nobody is not on pypi.org'],
  [['broken'], 'hint: check how `nobody` is spelt'],
  [['brokn', 'broken'], 'hint: did you mean `broken`?'],
])('%j is refused', async (asking, expected) => {
  expect(await answer(projects, asking, { strategy: 'first-wins' })).toContain(expected);
});
