import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { World } from '../../cli/world.ts';
import { startLoopback } from '../support/loopback.ts';
import { makeFolder, run } from './support.ts';
import { openShop } from './universe.ts';

const fixed = ['--python', '3.12', '--systems', 'x86_64-linux'];

const rulesIn = (cwd: string): string | undefined => {
  const path = join(cwd, 'overrides.toml');
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
};

const bodyOf = (cwd: string): string => rulesIn(cwd)?.split('\n').slice(2).join('\n') ?? '';

const override = (cwd: string, ...argv: readonly string[]) => run(['override', ...argv], { cwd });

test('a rule is appended, printed, and its recipe is made again', async () => {
  const shop = await openShop();
  const { cwd } = shop;
  await shop.run('convert', 'pypi:bottle', ...fixed);
  const argv = ['add', 'Cork', '--library', 'zlib', '--tool', 'pkg-config', '--why', 'it is "C"'];
  const { exitCode, stdout, stderr } = await shop.run('override', ...argv);
  const rule = `[[package]]
name = "cork"
why = "it is \\"C\\""
native = { tools = ["pkg-config"], libraries = ["zlib"] }
`;
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: rule });
  expect(stderr).toBe(
    'overrides.toml: 1 rule added\nnix/lock2nix: 2 packages for Python 3.12 on 1 system, 2 files written\n',
  );
  expect(rulesIn(cwd)).toMatch(/^#:schema https:\/\/\S+\.json\n\n\[\[package\]\]\n/);
  expect(bodyOf(cwd)).toBe(rule);
  const pins = readFileSync(join(cwd, 'nix/lock2nix/pins.nix'), 'utf8');
  expect(pins).toContain('overrides.toml: it is "C"');
  expect(pins).toContain('pkgs.zlib');
});

test('what is in the file stays as it is, and nothing is converted when it is not wanted', async () => {
  const shop = await openShop();
  const { cwd } = shop;
  await shop.run('convert', 'pypi:bottle', ...fixed);
  const record = readFileSync(join(cwd, 'nix/lock2nix/lock2nix.json'), 'utf8');
  const before = '# mine\n[[package]]\nname   =   "x" # odd';
  writeFileSync(join(cwd, 'overrides.toml'), before);
  const { exitCode } = await shop.run('override', 'add', 'cork', '--drop', '--no-convert');
  expect(exitCode).toBe(0);
  expect(rulesIn(cwd)).toBe(`${before}\n\n[[package]]\nname = "cork"\ndrop = true\n`);
  expect(readFileSync(join(cwd, 'nix/lock2nix/lock2nix.json'), 'utf8')).toBe(record);
});

test.each([
  [['--hardening-disable', 'format'], 'native = { hardening-disable = ["format"] }'],
  [
    ['--build-requires', 'cython<3', '--build-requires', 'numpy'],
    'build = { requires = ["cython<3", "numpy"] }',
  ],
  [['--add-dependency', 'setuptools'], 'dependencies = { add = ["setuptools"] }'],
  [['--prefer', 'sdist'], 'source = { prefer = "sdist" }'],
  [['--env', 'CFLAGS=-O1 -g=x', '--env', 'A='], 'env = { CFLAGS = "-O1 -g=x", A = "" }'],
  [['--drop'], 'drop = true'],
])('%j', async (argv, line) => {
  const cwd = makeFolder();
  const { exitCode, stderr } = await override(cwd, 'add', 'thing', ...argv);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: 'overrides.toml: 1 rule added\n' });
  expect(bodyOf(cwd)).toBe(`[[package]]\nname = "thing"\n${line}\n`);
});

describe('patches', () => {
  test('a file is copied into patches/', async () => {
    const cwd = makeFolder();
    const elsewhere = join(makeFolder(), 'fix it.patch');
    writeFileSync(elsewhere, '--- a\n');
    expect(await override(cwd, 'add', 'thing', '--patch', elsewhere)).toMatchObject({
      exitCode: 0,
    });
    expect(bodyOf(cwd)).toContain('patches = ["patches/fix-it.patch"]\n');
    expect(readFileSync(join(cwd, 'patches/fix-it.patch'), 'utf8')).toBe('--- a\n');
  });

  test('another one of the same name is not replaced', async () => {
    const cwd = makeFolder();
    mkdirSync(join(cwd, 'patches'));
    writeFileSync(join(cwd, 'patches/fix.patch'), 'old');
    writeFileSync(join(cwd, 'fix.patch'), 'new');
    const { exitCode, stderr } = await override(cwd, 'add', 'thing', '--patch', 'fix.patch');
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr:
        'error: `patches/fix.patch` is there already, and is another patch\nhint: give the new one another name\n',
    });
    expect(rulesIn(cwd)).toBeUndefined();
  });

  test('one of the web gets its hash', async () => {
    const server = await startLoopback({ '/fix.patch': { body: '--- a\n' } });
    try {
      const cwd = makeFolder();
      const url = `${server.url}/fix.patch`;
      const argv = ['add', 'thing', '--patch', url, '--cache-dir', join(cwd, '.cache')];
      expect(await override(cwd, ...argv)).toMatchObject({ exitCode: 0 });
      expect(bodyOf(cwd)).toContain(`patches = [{ url = "${url}", hash = "sha256-`);
    } finally {
      await server.close();
    }
  });
});

const format = 'a.c:8:2: error: format not a string literal and no format arguments\n';

test('a commit of a repository is named in full, with its hash', async () => {
  const repository = makeFolder();
  const git = (...argv: readonly string[]): string =>
    execFileSync('git', ['-C', repository, ...argv], {
      encoding: 'utf8',
      env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
    }).trim();
  writeFileSync(
    join(repository, 'setup.py'),
    'from setuptools import setup\nsetup(name="thing")\n',
  );
  git('init', '-q', '-b', 'main');
  git('add', '.');
  git('-c', 'user.name=n', '-c', 'user.email=e@example.org', 'commit', '-q', '-m', 'one');
  const cwd = makeFolder();
  const argv = ['add', 'thing', '--git', `file://${repository}`, '--rev', 'main'];
  const { exitCode, stderr } = await run(
    ['override', ...argv, '--cache-dir', join(cwd, '.cache')],
    { cwd, env: { PATH: process.env['PATH'] }, world: { registry: { gitProtocols: ['file'] } } },
  );
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  const rev = git('rev-parse', 'HEAD');
  expect(bodyOf(cwd)).toContain(
    `source = { git = "file://${repository}", rev = "${rev}", hash = "sha256-`,
  );
});

describe('--from-log', () => {
  const failed = `${format}error: builder for '/nix/store/${'0'.repeat(32)}-thing-1.0.drv' failed with exit code 1\n`;
  const rule = `[[package]]
name = "thing"
why = "its code does not compile with the hardening flag \`format\`"
native = { hardening-disable = ["format"] }
`;

  test('of a file, and nothing new the second time', async () => {
    const cwd = makeFolder();
    writeFileSync(join(cwd, 'build.log'), failed);
    expect(await override(cwd, 'add', '--from-log', 'build.log')).toEqual({
      exitCode: 0,
      stdout: rule,
      stderr: 'overrides.toml: 1 rule added\n',
    });
    expect(await override(cwd, 'add', '--from-log', 'build.log')).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: 'overrides.toml: nothing new is learnt from the log\n',
    });
    expect(bodyOf(cwd)).toBe(rule);
  });

  test('of stdin, for the package that is named', async () => {
    const cwd = makeFolder();
    const world: Partial<World> = { readStdin: async () => format };
    const { exitCode, stdout } = await run(['override', 'add', 'thing', '--from-log', '-'], {
      cwd,
      world,
    });
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: rule });
  });

  test('advice is told', async () => {
    const cwd = makeFolder();
    writeFileSync(join(cwd, 'build.log'), "ModuleNotFoundError: No module named 'urllib2'\n");
    const { stderr } = await override(cwd, 'add', 'thing', '--from-log', 'build.log');
    expect(stderr).toContain('note: thing: `urllib2` is a module of Python 2');
  });
});

test.each([
  [['add'], 'error: a rule needs the NAME of a package'],
  [['add', 'thing'], 'error: the rule would say nothing'],
  [['add', 'thing', '--rev', 'x'], 'error: `--rev` names a commit of `--git`'],
  [
    ['add', 'thing', '--git', 'u', '--prefer', 'wheel'],
    'error: `--prefer` does not go with `--git`',
  ],
  [['add', 'thing', '--env', 'x'], 'error: `--env` is `x`'],
  [['add', '../x', '--drop'], 'error: `../x` is not a package name'],
  [['add', 'thing', '--patch', 'no.patch'], 'error: there is no patch `no.patch`'],
  [['add', '--from-log', 'no.log'], 'error: there is no log `no.log`'],
  [['add', 'thing', '--library', 'a b'], 'error: overrides.toml:'],
  [['add', 'thing', '--hardening-disable', 'formt'], 'must be one of all, bindnow'],
  [['list'], 'error: there is no `overrides.toml`'],
  [['check'], 'error: there is no `overrides.toml`'],
  [['explain', 'thing'], 'error: there is no recipe in `nix/lock2nix`'],
])('override %j is refused, and nothing is written', async (argv, message) => {
  const cwd = makeFolder();
  const { exitCode, stderr } = await override(cwd, ...argv);
  expect(exitCode).toBeGreaterThan(0);
  expect(exitCode).toBeLessThan(70);
  expect(stderr).toContain(message);
  expect(rulesIn(cwd)).toBeUndefined();
});

describe('list, check and explain', () => {
  const open = async () => {
    const shop = await openShop();
    writeFileSync(
      join(shop.cwd, 'overrides.toml'),
      `[[package]]
name = "cork"
why = "it floats"
native = { libraries = ["zlib"] }

[[package]]
name = "corc"
env = { A = "1" }

[[constraint]]
of = "*"
on = "cork"
use = "cork<3"

[[collision]]
path = "bin/x"
keep = "nobody"
`,
    );
    await shop.run('convert', 'pypi:bottle', ...fixed);
    return shop.cwd;
  };

  test('tell which rules act', async () => {
    const cwd = await open();
    expect(await override(cwd, 'list')).toEqual({
      exitCode: 0,
      stdout: `overrides.toml:1: package cork acts (it floats)
overrides.toml:6: package corc does nothing
overrides.toml:10: constraint * -> cork
overrides.toml:15: collision bin/x does nothing
`,
      stderr: '',
    });
    const { exitCode, stderr } = await override(cwd, 'check');
    expect(exitCode).toBe(0);
    expect(stderr).toBe(`warning: overrides.toml:6: the rule for \`corc\` does nothing in the recipe
hint: did you mean \`cork\`?
warning: overrides.toml:15: the rule for \`bin/x\` does nothing in the recipe
overrides.toml: 4 rules, 2 of them without effect
`);
    expect(await override(cwd, 'explain', 'Cork')).toEqual({
      exitCode: 0,
      stdout: `cork 2.0: 1 rule acts
  overrides.toml: native (it floats)
  overrides.toml:10: what everyone requires of cork is cork<3
`,
      stderr: '',
    });
    expect((await override(cwd, 'explain', 'corc')).stdout).toBe(
      'corc: not in the recipe\n  overrides.toml:6: does nothing here\n',
    );
    expect(await override(cwd, 'explain', 'corg')).toMatchObject({
      exitCode: 2,
      stderr: 'error: neither recipe nor rules have `corg`\nhint: did you mean `cork`?\n',
    });
  });

  test('check refuses what convert refuses', async () => {
    const cwd = makeFolder();
    writeFileSync(join(cwd, 'overrides.toml'), '[[package]]\nname = "a"\npatches = ["no.patch"]\n');
    expect(await override(cwd, 'check')).toMatchObject({ exitCode: 2 });
    writeFileSync(join(cwd, 'overrides.toml'), '[[package]]\nnam = "a"\n');
    expect(await override(cwd, 'check')).toMatchObject({ exitCode: 1 });
  });
});
