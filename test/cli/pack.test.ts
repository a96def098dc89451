import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { version } from '../../cli/version.ts';
import { copyProject, demoCache } from '../support/convert.ts';
import { buildProgram, runProgram } from './program.ts';
import { listing, makeFolder, run } from './support.ts';

const root = join(import.meta.dirname, '..', '..');
const runtime = join(root, 'recipes', 'runtime', 'python');
const collection = join(import.meta.dirname, '..', '..', 'overrides', 'collection', 'pypi');

/** What `npm install` made of the tarball. */
let installed = '';

const npm = (cwd: string, ...argv: readonly string[]): string =>
  execFileSync('npm', argv, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: cwd, npm_config_update_notifier: 'false' },
  }).trim();

beforeAll(() => {
  // Packed from a copy, so that `dist/` may be rebuilt meanwhile.
  const staging = makeFolder();
  for (const name of ['package.json', 'README.md', 'LICENSE']) {
    copyFileSync(join(root, name), join(staging, name));
  }
  buildProgram(join(staging, 'dist'));
  writeFileSync(join(staging, 'secret.txt'), 'not for the package');
  const tarball = npm(staging, 'pack', '--ignore-scripts', '--silent');
  installed = makeFolder();
  const flags = ['--offline', '--no-audit', '--no-fund', '--ignore-scripts'];
  npm(installed, 'install', ...flags, join(staging, tarball));
}, 60_000);

test('the package needs no other package', () => {
  expect(readdirSync(join(installed, 'node_modules')).sort()).toEqual([
    '.bin',
    '.package-lock.json',
    'lock2nix',
  ]);
});

test('the package holds the bundle, the runtime and the licences, and nothing else', () => {
  const names = Object.keys(listing(join(installed, 'node_modules', 'lock2nix'))).filter(
    (name) => !name.endsWith('/'),
  );
  const expected = readdirSync(runtime).filter((name) => /\.(?:json|nix|py)$/.test(name));
  const prefix = 'dist/runtime/python/';
  expect(
    names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length)),
  ).toEqual(expected.sort());
  const others = names.filter(
    (name) => !name.startsWith(prefix) && !name.startsWith('dist/chunks/'),
  );
  expect(others.sort()).toEqual([
    'LICENSE',
    'README.md',
    'dist/THIRD-PARTY-NOTICES.txt',
    ...readdirSync(collection)
      .map((name) => `dist/collection/pypi/${name}`)
      .sort(),
    'dist/convert.mjs',
    'dist/lock2nix.mjs',
    'dist/overrides.schema.json',
    'package.json',
  ]);
});

test('the notices have a licence for every bundled package', () => {
  const dist = join(installed, 'node_modules', 'lock2nix', 'dist');
  const notices = readFileSync(join(dist, 'THIRD-PARTY-NOTICES.txt'), 'utf8');
  const chunks = Object.values(listing(join(dist, 'chunks'))).join('\n');
  const bundled = [...chunks.matchAll(/^\/\/ node_modules\/((?:@[^/\n]+\/)?[^/\n]+)\//gm)];
  const names = [...new Set(bundled.map(([, name = '']) => name))];
  expect(names).toEqual(expect.arrayContaining(['commander', 'got', '@iarna/toml']));
  for (const name of names)
    expect(notices).toMatch(new RegExp(`^${name} \\d[^ ]* \\([^)]+\\)$`, 'm'));
});

test('the installed programs run', async () => {
  const bin = (name: string): string => join(installed, 'node_modules', '.bin', name);
  expect(await runProgram(bin('lock2nix'), ['--version'], { cwd: installed })).toMatchObject({
    exitCode: 0,
    stdout: `lock2nix ${version}\n`,
  });
  const [project, reference] = [copyProject('demo'), copyProject('demo')];
  const argv = ['--offline', '--cache-dir', demoCache];
  const { exitCode, stderr } = await runProgram(bin('convert'), argv, { cwd: project });
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  await run(['convert', ...argv], { cwd: reference });
  const output = listing(join(project, 'nix', 'lock2nix'));
  expect(Object.keys(output)).toContain('pins.nix');
  expect(output).toEqual(listing(join(reference, 'nix', 'lock2nix')));
});

test('a build clears away what is no longer part of it', () => {
  const folder = makeFolder();
  writeFileSync(join(folder, 'old.mjs'), '');
  buildProgram(folder);
  expect(existsSync(join(folder, 'old.mjs'))).toBe(false);
  const before = listing(folder);
  buildProgram(folder);
  expect(listing(folder)).toEqual(before);
});
