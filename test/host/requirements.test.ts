import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { probeInterpreter } from './interpreters.ts';
import { requirement } from './requirements.ts';
import { nixConf, sandboxPaths } from './sandbox.ts';

const folder = mkdtempSync(join(tmpdir(), 'l2n-requirements-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fake = (name: string, script: string): string => {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
};
const answer = {
  implementation: 'CPython',
  version: '3.11.7',
  prefix: folder,
  debian: false,
  wide: true,
};

test.each([
  ['a shim that only complains', `echo 'pyenv: not found' >&2; exit 127`, /pyenv: not found/],
  ['PyPy', { implementation: 'PyPy' }, /PyPy, not CPython/],
  ["Debian's own", { debian: true }, /Debian's own Python/],
  ["the system's own", { prefix: '/usr' }, /system's own/],
  ['a narrow 2.7', { version: '2.7.18', wide: false }, /narrow build/],
  ['no library', {}, /no standard library/],
])('%s is refused by name', (name, given, reason) => {
  const script =
    typeof given === 'string' ? given : `echo '${JSON.stringify({ ...answer, ...given })}'`;
  expect(probeInterpreter(fake(`python-${name.length}`, script))).toMatchObject({
    reason: expect.stringMatching(reason),
  });
});

test('a missing requirement says why', () => {
  expect(requirement('python3.99')).toMatchObject({
    available: false,
    reason: expect.stringMatching(/no clean CPython/),
  });
  expect(requirement('no-such-program')).toMatchObject({ reason: 'not installed' });
  expect(requirement('sh')).toEqual({ name: 'sh', available: true, reason: '' });
});

test('the sandbox never shows /usr/bin under its own name', () => {
  const paths = sandboxPaths([], ['/srv/extra']);
  expect(paths.some((path) => /^\/(?:usr|usr\/bin|bin)(?:=|$)/.test(path))).toBe(false);
  expect(paths).toContain('/srv/extra');
  expect(nixConf(true, paths)).toContain('sandbox-fallback = false');
  expect(nixConf(false, paths)).not.toContain('sandbox-paths');
});
