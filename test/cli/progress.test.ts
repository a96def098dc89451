import { expect, test } from '@jest/globals';
import { showsProgress, startProgress } from '../../cli/progress.ts';
import type { World } from '../../cli/world.ts';

const worldOf = (isTTY: boolean | undefined, env: World['env'], said: string[] = []): World => ({
  cwd: '/',
  env,
  platform: 'linux',
  arch: 'x64',
  stdout: { isTTY: true, write: () => {} },
  stderr: { isTTY, write: (text) => said.push(text) },
});

test.each([
  [true, {}, true],
  [true, { TERM: 'xterm' }, true],
  [true, { CI: '' }, true],
  [true, { NO_COLOR: '1' }, true],
  [true, { CI: 'true' }, false],
  [true, { TERM: 'dumb' }, false],
  [false, {}, false],
  [undefined, {}, false],
])('a terminal: %s, environment %j: %s', (isTTY, env, expected) => {
  expect(showsProgress(worldOf(isTTY, env))).toBe(expected);
});

test.each([
  ['it is not wanted', false, true],
  ['there is no terminal', true, false],
])('nothing is written when %s', async (_, wanted, isTTY) => {
  const said: string[] = [];
  const progress = await startProgress(wanted, worldOf(isTTY, {}, said));
  progress.say('working');
  progress.end();
  expect(said).toEqual([]);
});
