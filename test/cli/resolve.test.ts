import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import {
  listing,
  lockText,
  makeFolder,
  manifestText,
  run,
  serveIndex,
  writeFiles,
} from './support.ts';
import { openShop, universe } from './universe.ts';

const both = ['--python', '3.12', '--systems', 'x86_64-linux,aarch64-darwin'];

test('versions as requirements, with markers, and nothing is written', async () => {
  const { run: runIn, cwd, server } = await openShop();
  expect(await runIn('resolve', 'pypi:bottle', 'pypi:label', ...both)).toEqual({
    exitCode: 0,
    stdout: 'bottle==1.1\ncork==1.0\nlabel==1.1\npaste==0.1 ; sys_platform == "darwin"\n',
    stderr: '',
  });
  expect(listing(cwd)).toEqual({});
  // No build requirement is asked for.
  expect(server.requests.filter(({ path }) => path.includes('pip'))).toEqual([]);
});

test('versions as a tree', async () => {
  const shop = await openShop();
  const argv = ['pypi:bottle[fancy]', 'pypi:label', '--format', 'tree', ...both];
  expect((await shop.run('resolve', ...argv)).stdout).toBe(
    `bottle[fancy]==1.1
  cork==1.0
  glass==3.0
label==1.1
  cork==1.0
  paste==0.1 (aarch64-darwin)
`,
  );
});

test('what is repeated in a tree, and circles, are cut', async () => {
  const shop = await openShop(makeFolder(), {
    a: { '1': ['b', 'c'] },
    b: { '1': ['c'] },
    c: { '1': ['a'] },
  });
  expect((await shop.run('resolve', 'pypi:a', '--format', 'tree', ...both)).stdout).toBe(
    `a==1
  b==1
    c==1
      a==1 (*)
  c==1 (*)
`,
  );
});

test('the graph as JSON', async () => {
  const shop = await openShop();
  const { stdout } = await shop.run('resolve', 'pypi:bottle', '--format', 'json', ...both);
  expect(JSON.parse(stdout)).toMatchObject({
    ecosystem: 'pypi',
    target: { python: { version: '3.12' } },
    packages: { 'bottle@1.1': { version: '1.1' }, 'cork@2.0': { version: '2.0' } },
    environments: { default: { members: [{ id: 'bottle@1.1' }, { id: 'cork@2.0' }] } },
  });
});

test.each([
  [['--pre'], 'bottle==2.0rc1\ncork==2.0\n'],
  [['--resolution', 'lowest'], 'bottle==1.0\ncork==1.0\n'],
  [['-c', 'bounds.txt'], 'bottle==1.0\ncork==1.0\n'],
  [[], 'bottle==1.1\ncork==2.0\n'],
])('%j', async (argv, stdout) => {
  const shop = await openShop(writeFiles(makeFolder(), { 'bounds.txt': 'cork<2\nbottle<1.1\n' }));
  expect(await shop.run('resolve', 'pypi:bottle', ...argv)).toMatchObject({ exitCode: 0, stdout });
});

test.each([
  ['2024-01-01', 'cork==1.0\n'],
  ['2024-06-01T00:00:00Z', 'cork==1.0\n'],
  ['2024-06-01', 'cork==2.0\n'],
])('`--exclude-newer %s`', async (date, stdout) => {
  const shop = await openShop();
  expect((await shop.run('resolve', 'pypi:cork', '--exclude-newer', date)).stdout).toBe(stdout);
});

test.each([
  [
    'a requirements file',
    { 'requirements.txt': '-r base.txt\nbottle\n', 'base.txt': 'label<1.1\n' },
  ],
  [
    'a pyproject.toml',
    {
      'pyproject.toml':
        '[project]\nname = "tiny"\nversion = "1"\ndependencies = ["bottle", "label<1.1"]\n',
    },
  ],
  [
    'a setup.cfg',
    {
      'setup.cfg':
        '[metadata]\nname = tiny\nversion = 1\n[options]\ninstall_requires =\n  bottle\n  label<1.1\n',
    },
  ],
  [
    'a setup.py',
    {
      'setup.py':
        'from setuptools import setup\nsetup(name="tiny", version="1", install_requires=["bottle", "label<1.1"])\n',
    },
  ],
])('%s of the current folder', async (_, files) => {
  const shop = await openShop(writeFiles(makeFolder(), files));
  expect(await shop.run('resolve', ...both)).toMatchObject({
    exitCode: 0,
    stdout: 'bottle==1.1\ncork==1.0\nlabel==1.0\n',
  });
});

test('a group of a pyproject.toml', async () => {
  const files = {
    'pyproject.toml':
      '[project]\nname = "tiny"\nversion = "1"\ndependencies = ["cork"]\n[dependency-groups]\ndev = ["glass"]\n',
  };
  const shop = await openShop(writeFiles(makeFolder(), files));
  const argv = ['resolve', '--format', 'tree', ...both];
  expect((await shop.run(...argv)).stdout).toBe('cork==2.0\n');
  expect((await shop.run(...argv, '--groups', 'dev')).stdout).toBe(
    'cork==2.0\nglass==3.0 (group dev)\n',
  );
  expect(await shop.run(...argv, '--groups', 'deb')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('did you mean `dev`?'),
  });
});

test('a lock wins over a manifest, and is printed without being asked about', async () => {
  const { index, requests } = await serveIndex();
  const files = {
    'poetry.lock': lockText(),
    'pyproject.toml': manifestText,
    'requirements.txt': 'x\n',
  };
  const cwd = writeFiles(makeFolder(), files);
  expect(await run(['resolve'], { cwd, index })).toEqual({
    exitCode: 0,
    stdout: 'alpha==1.0\nbeta==2.0\n',
    stderr: '',
  });
  expect((await run(['resolve', '--format', 'tree'], { cwd, index })).stdout).toBe(
    'alpha==1.0\n  beta==2.0\n',
  );
  expect(requests).toEqual([]);
});

test('no versions: exit code 1 with the reason', async () => {
  const shop = await openShop();
  const { exitCode, stdout, stderr } = await shop.run('resolve', 'pypi:label', 'pypi:cork>=2');
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  expect(stderr).toMatch(/^error: no versions satisfy all requirements[\s\S]*cork[\s\S]*\nhint: /);
});

test('offline with a warm cache, and without one', async () => {
  const { cwd, run: warm, server } = await openShop(makeFolder(), universe);
  const { stdout } = await warm('resolve', 'pypi:bottle');
  const asked = server.requests.length;
  expect(await warm('resolve', 'pypi:bottle', '--offline')).toMatchObject({ exitCode: 0, stdout });
  expect(server.requests).toHaveLength(asked);
  const argv = ['resolve', 'pypi:bottle', '--offline', '--cache-dir', join(cwd, 'none')];
  expect(await run(argv, { cwd, index: server.index })).toMatchObject({ exitCode: 3, stdout: '' });
});

const kinds = {
  two: { '1': { sdist: { 'setup.py': '' } } },
  six: { '1': { sdist: { 'setup.py': '' } } },
};

test.each([
  [[], { two: 'wheel', six: 'wheel' }],
  [['--prefer', 'sdist'], { two: 'sdist', six: 'sdist' }],
  [['--no-binary', 'two'], { two: 'sdist', six: 'wheel' }],
  [['--no-binary', ':all:'], { two: 'sdist', six: 'sdist' }],
  // Who names a package goes before `:all:`, as with pip.
  [['--only-binary', ':all:', '--no-binary', 'two'], { two: 'sdist', six: 'wheel' }],
  [['--no-binary', ':all:', '--only-binary', 'two'], { two: 'wheel', six: 'sdist' }],
])('%j: which files are taken', async (argv, expected) => {
  const shop = await openShop(makeFolder(), kinds);
  const names = ['pypi:two', 'pypi:six', '--format', 'json'];
  const { stdout } = await shop.run('resolve', ...names, ...both, ...argv);
  const { packages } = JSON.parse(stdout) as {
    readonly packages: Readonly<
      Record<string, { readonly artifacts: readonly { kind: string }[] }>
    >;
  };
  const kindOf = (id: string) => packages[id]?.artifacts.map(({ kind }) => kind).join();
  expect({ two: kindOf('two@1'), six: kindOf('six@1') }).toEqual(expected);
});
