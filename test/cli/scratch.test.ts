import { expect, test } from '@jest/globals';
import { openShop } from './universe.ts';
import { listing } from './support.ts';
test('x', async () => {
  const { run, cwd } = await openShop();
  for (const argv of [
    ['resolve', 'pypi:bottle', 'pypi:label'],
    ['resolve', 'pypi:bottle[fancy]', '--format', 'tree', '--python', '3.12', '--systems', 'x86_64-linux,aarch64-darwin', 'pypi:label'],
    ['convert', 'pypi:bottle[fancy]', '--python', '3.12'],
    ['update', '--exclude-newer', '2024-02-01'],
    ['update', 'cork'],
    ['check'],
    ['explain', 'cork'],
    ['update', 'crk'],
    ['convert', 'bottle'],
    ['convert', 'bottle', '--ecosystem', 'pypi'],
  ]) {
    const r = await run(...argv);
    console.log(argv.join(' ') + '\n' + r.exitCode + '\n' + r.stdout + r.stderr);
  }
  console.log(listing(cwd)['nix/lock2nix/pins.nix']);
  expect(1).toBe(1);
});
