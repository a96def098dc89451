import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { commitFiles } from '../support/git-repository.ts';
import { serveRepositories } from '../support/git-server.ts';
import { listing, makeFolder, makeProject, run, serveIndex, writeFiles } from './support.ts';
import { openShop, serve, universe } from './universe.ts';

const fixed = ['--python', '3.12', '--systems', 'x86_64-linux'];

/** The universe a year on. */
const later = {
  ...universe,
  bottle: { ...universe['bottle'], '1.2': ['cork>=1', 'paste'] },
  cork: { ...universe['cork'], '2.1': [] },
};

interface RecordPart {
  readonly options: Readonly<Record<string, unknown>>;
  readonly graph: { readonly packages: Readonly<Record<string, unknown>> };
}

const recordOf = (cwd: string): RecordPart =>
  JSON.parse(readFileSync(join(cwd, 'nix/lock2nix/lock2nix.json'), 'utf8')) as RecordPart;

const idsOf = (cwd: string): readonly string[] =>
  Object.keys(recordOf(cwd).graph.packages).filter((id) => !id.startsWith('pip@'));

/** A folder whose recipe was made when there was less, with the index of a year later. */
const openLater = async (...argv: readonly string[]) => {
  const cwd = makeFolder();
  const shop = await openShop(cwd);
  expect(await shop.run('convert', ...argv, ...fixed)).toMatchObject({ exitCode: 0 });
  const server = await serve(later);
  const cache = makeFolder();
  return {
    cwd,
    run: (...words: readonly string[]) =>
      run([...words, '--cache-dir', cache], { cwd, index: server.index }),
  };
};

test('`convert` keeps what is recorded, and `update` moves it', async () => {
  const shop = await openLater('pypi:bottle', 'pypi:glass');
  const before = ['bottle@1.1', 'cork@2.0', 'glass@3.0'];
  expect(idsOf(shop.cwd)).toEqual(before);
  expect(await shop.run('convert', 'pypi:bottle', 'pypi:glass', ...fixed)).toMatchObject({
    exitCode: 0,
  });
  expect(idsOf(shop.cwd)).toEqual(before);
  expect(await shop.run('update')).toMatchObject({
    exitCode: 0,
    stdout: `Packages:
  bottle: 1.1 -> 1.2
  cork: 2.0 -> 2.1
  paste: 0.1 added
`,
    stderr: expect.stringMatching(/^nix\/lock2nix: 4 packages for Python 3\.12 on 1 system, /m),
  });
  expect(idsOf(shop.cwd)).toEqual(['bottle@1.2', 'cork@2.1', 'glass@3.0', 'paste@0.1']);
  expect(await shop.run('update')).toMatchObject({ exitCode: 0, stdout: '' });
  expect(await shop.run('check')).toMatchObject({ exitCode: 0 });
});

test('`update NAME` moves that one alone', async () => {
  const shop = await openLater('pypi:bottle');
  expect(await shop.run('update', 'Cork', '--format', 'markdown')).toMatchObject({
    exitCode: 0,
    stdout: `### Packages

| name | from | to | |
| --- | --- | --- | --- |
| cork | 2.0 | 2.1 | changed |
`,
  });
  const json = await shop.run('update', 'bottle', '--format', 'json');
  expect(JSON.parse(json.stdout)).toEqual([
    { scope: 'runtime', name: 'bottle', kind: 'changed', from: ['1.1'], to: ['1.2'] },
    { scope: 'runtime', name: 'paste', kind: 'added', from: [], to: ['0.1'] },
  ]);
  expect(JSON.parse((await shop.run('update', '--format', 'json')).stdout)).toEqual([]);
});

test('a version that satisfies no more moves without being asked', async () => {
  const shop = await openLater('pypi:bottle');
  await shop.run('convert', 'pypi:bottle', 'pypi:cork>=2.1', ...fixed);
  expect(idsOf(shop.cwd)).toEqual(['bottle@1.1', 'cork@2.1']);
});

test('another `--resolution` lets all move', async () => {
  const shop = await openLater('pypi:bottle');
  await shop.run('convert', 'pypi:bottle', '--resolution', 'lowest', ...fixed);
  expect(idsOf(shop.cwd)).toEqual(['bottle@1.0', 'cork@1.0']);
});

test('options of the record hold, and new ones are recorded', async () => {
  const shop = await openLater('pypi:bottle', '--resolution', 'lowest');
  expect((await shop.run('update')).stdout).toBe('');
  expect((await shop.run('update', '--resolution', 'highest')).stdout).toContain('1.0 -> 1.2');
  expect(recordOf(shop.cwd).options).toEqual({
    extras: [],
    groups: [],
    prefer: 'wheel',
    python: '3.12',
    strict: false,
    systems: ['x86_64-linux'],
  });
});

test.each([['there is no recipe', makeFolder, [], 'there is no recipe in `nix/lock2nix`']])(
  '%s: exit code 2',
  async (_, make, argv, message) => {
    const result = await run(['update', ...argv], { cwd: make() });
    expect(result).toMatchObject({ exitCode: 2, stdout: '' });
    expect(result.stderr).toContain(message);
  },
);

test('a name that the recipe does not have', async () => {
  const shop = await openLater('pypi:bottle');
  const before = listing(shop.cwd);
  expect(await shop.run('update', 'botle')).toEqual({
    exitCode: 2,
    stdout: '',
    stderr: 'error: `nix/lock2nix` has no package `botle`\nhint: did you mean `bottle`?\n',
  });
  expect(listing(shop.cwd)).toEqual(before);
});

test('the recipe of a lock is moved by the tool of the lock', async () => {
  const { index } = await serveIndex();
  const cwd = makeProject();
  await run(['convert', '--cache-dir', makeFolder()], { cwd, index });
  expect(await run(['update'], { cwd, index })).toEqual({
    exitCode: 2,
    stdout: '',
    stderr:
      'error: `poetry.lock` is a lock: its own tool moves its versions\nhint: update it with poetry update, then convert\n',
  });
});

test('the input is gone', async () => {
  const cwd = writeFiles(makeFolder(), { 'requirements.txt': 'cork\n' });
  const shop = await openShop(cwd);
  await shop.run('convert', ...fixed);
  rmSync(join(cwd, 'requirements.txt'));
  expect(await shop.run('update')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('requirements.txt'),
  });
});

test('`explain` tells of the recipe, and of an input', async () => {
  const shop = await openLater('pypi:bottle');
  const recorded = await shop.run('explain', 'cork');
  expect(recorded).toMatchObject({ exitCode: 0, stderr: '' });
  expect(recorded.stdout).toMatch(/^cork 2\.0 from http:\/\/127\.0\.0\.1:\d+\/simple\n/);
  expect(recorded.stdout).toContain('bottle 1.1');
  expect((await shop.run('explain', 'cork', 'pypi:label', ...fixed)).stdout).toMatch(
    /^cork 1\.0 from /,
  );
  expect(await shop.run('explain', 'crk')).toMatchObject({
    exitCode: 2,
    stdout: '',
    stderr: expect.stringContaining('did you mean `cork`?'),
  });
});

test('the commit of a branch is kept by `convert`, and moved by `update`', async () => {
  const repositories = makeFolder();
  const folder = join(repositories, 'tool');
  const files = (version: string) => ({
    'pyproject.toml': `[project]\nname = "tool"\nversion = "${version}"\n`,
  });
  const first = commitFiles(folder, files('1.0'));
  const server = await serveRepositories(repositories);
  try {
    const line = `tool @ git+${server.url}/tool/.git@main\n`;
    const shop = await openShop(writeFiles(makeFolder(), { 'requirements.txt': line }));
    const env = { PATH: process.env['PATH'] };
    const go = (...argv: readonly string[]) =>
      run([...argv, '--cache-dir', shop.cache], { cwd: shop.cwd, index: shop.server.index, env });
    const rev = () => readFileSync(join(shop.cwd, 'nix/lock2nix/pins.nix'), 'utf8');
    expect(await go('convert', ...fixed)).toMatchObject({ exitCode: 0 });
    expect(rev()).toContain(first);
    const second = commitFiles(folder, files('1.1'));
    expect(await go('convert', ...fixed)).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining('unchanged'),
    });
    expect(await go('update', 'tool')).toMatchObject({
      exitCode: 0,
      stdout: 'Packages:\n  tool: 1.0 -> 1.1\n',
    });
    expect(rev()).toContain(second);
  } finally {
    await server.close();
  }
});
