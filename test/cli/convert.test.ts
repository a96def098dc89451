import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { listing, makeFolder, makeProject, run, serveIndex } from './support.ts';

interface RecordPart {
  readonly options: unknown;
  readonly graph: {
    readonly environments: { readonly default: { readonly members: readonly { id: string }[] } };
    readonly packages: Readonly<Record<string, { artifacts: readonly { fileName: string }[] }>>;
  };
}

const recordOf = (folder: string): RecordPart =>
  JSON.parse(readFileSync(join(folder, 'lock2nix.json'), 'utf8')) as RecordPart;

const membersOf = (folder: string): readonly string[] =>
  recordOf(folder).graph.environments.default.members.map(({ id }) => id);

/** Converts the tiny project in its own folder, with its own cache. */
const convert = async (...argv: readonly string[]) => {
  const { index, requests } = await serveIndex();
  const cwd = makeProject();
  const cache = makeFolder();
  const result = await run(['convert', '--cache-dir', cache, ...argv], { cwd, index });
  return { ...result, cwd, cache, index, requests, output: join(cwd, 'nix', 'lock2nix') };
};

test('converts the lock of the current folder', async () => {
  const { exitCode, stdout, stderr, output } = await convert();
  expect({ exitCode, stdout, stderr }).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: `nix/lock2nix: 2 packages for Python 3.12 on 4 systems, ${
      Object.keys(listing(output)).filter((name) => !name.endsWith('/')).length
    } files written\n`,
  });
  expect(membersOf(output)).toEqual(['alpha@1.0', 'beta@2.0']);
  expect(readFileSync(join(output, 'pins.nix'), 'utf8')).toContain(
    'url = "https://files.example/alpha-1.0-py3-none-any.whl"',
  );
  expect(readFileSync(join(output, 'default.nix'), 'utf8')).toMatch(
    /^# Written by lock2nix \d+\.\d+\.\d+ from poetry\.lock\./,
  );
});

test.each([
  ['the file', ['poetry.lock']],
  ['the folder', ['.']],
  ['the lock below another folder', ['../PROJECT/poetry.lock']],
])('finds its input by %s', async (_, inputs) => {
  const { index } = await serveIndex();
  const cwd = makeProject();
  const argv = inputs.map((input) => input.replace('PROJECT', cwd.split('/').at(-1) ?? ''));
  const options = { cwd, index };
  const { exitCode } = await run(['convert', ...argv, '--cache-dir', makeFolder()], options);
  expect(exitCode).toBe(0);
  expect(membersOf(join(cwd, 'nix', 'lock2nix'))).toEqual(['alpha@1.0', 'beta@2.0']);
});

test('a second run writes nothing', async () => {
  const { cwd, cache, index, output } = await convert();
  const before = listing(output);
  const times = () => Object.keys(before).map((name) => statSync(join(output, name)).mtimeMs);
  const old = times();
  const again = await run(['convert', '--cache-dir', cache], { cwd, index });
  expect(again).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: 'nix/lock2nix: 2 packages for Python 3.12 on 4 systems, unchanged\n',
  });
  expect(listing(output)).toEqual(before);
  expect(times()).toEqual(old);
});

test('`-o` inside of the project', async () => {
  const { exitCode, cwd, stderr } = await convert('-o', 'deep/er');
  expect({ exitCode, stderr }).toEqual({
    exitCode: 0,
    stderr: expect.stringMatching(/^deep\/er: /),
  });
  expect(existsSync(join(cwd, 'deep', 'er', 'default.nix'))).toBe(true);
  expect(existsSync(join(cwd, 'nix'))).toBe(false);
});

test('`-o` outside of the project', async () => {
  const out = join(makeFolder(), 'recipe');
  const { exitCode, cwd, stderr } = await convert('-o', out);
  expect({ exitCode, stderr }).toEqual({
    exitCode: 0,
    stderr: expect.stringMatching(new RegExp(`^${out}: `)),
  });
  expect(existsSync(join(out, 'default.nix'))).toBe(true);
  expect(Object.keys(listing(cwd))).toEqual(['poetry.lock', 'pyproject.toml']);
});

test('`--json` prints the result as data and leaves the talk to stderr', async () => {
  const { stdout, stderr, output } = await convert('--json', '--systems', 'x86_64-linux');
  const files = Object.keys(listing(output)).filter((name) => !name.endsWith('/'));
  expect(JSON.parse(stdout)).toEqual({
    input: 'poetry.lock',
    output: 'nix/lock2nix',
    python: '3.12',
    systems: ['x86_64-linux'],
    packages: 2,
    written: files.sort(),
    removed: [],
    diagnostics: [],
  });
  expect(stderr).toMatch(/^nix\/lock2nix: 2 packages .* on 1 system, \d+ files written\n$/);
});

test('`--quiet` says nothing when all is well', async () => {
  const { exitCode, stdout, stderr } = await convert('--quiet');
  expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: '', stderr: '' });
});

test('`--quiet` keeps warnings', async () => {
  const { index } = await serveIndex();
  const cwd = makeProject();
  const { 'poetry.lock': lock = '', ...rest } = listing(cwd);
  const stale = lock.replace(/^content-hash = .*$/m, 'content-hash = "00"');
  const folder = makeProject({ ...rest, 'poetry.lock': stale });
  const { exitCode, stderr } = await run(['convert', '--quiet', '--cache-dir', makeFolder()], {
    cwd: folder,
    index,
  });
  expect(exitCode).toBe(0);
  expect(stderr).toMatchInlineSnapshot(`
"warning: poetry.lock:61: \`pyproject.toml\` has changed since \`poetry.lock\` was written
hint: run \`poetry lock\`
"
`);
});

test.each([
  [['--python', '3.11'], 'Python 3.11 on 4 systems'],
  [['--strict'], 'Python 3.12 on 4 systems'],
  [['--python', '3.11.4'], 'Python 3.11.4 on 4 systems'],
  [['--systems', 'x86_64-linux,aarch64-darwin'], 'Python 3.12 on 2 systems'],
  [['--systems', 'x86_64-linux', '--systems', 'x86_64-linux-musl'], 'Python 3.12 on 2 systems'],
])('%j is for %s', async (argv, expected) => {
  const { exitCode, stderr } = await convert(...argv);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.stringContaining(expected) });
});

test.each([
  [
    ['--extras', 'fast'],
    ['alpha@1.0', 'beta@2.0', 'gamma@3.0'],
  ],
  [
    ['--extras', 'FAST'],
    ['alpha@1.0', 'beta@2.0', 'gamma@3.0'],
  ],
  [
    ['--groups', 'dev'],
    ['alpha@1.0', 'beta@2.0', 'delta@4.0'],
  ],
  [
    ['--groups', 'main'],
    ['alpha@1.0', 'beta@2.0'],
  ],
  [
    ['--extras', ':all:', '--groups', ':all:'],
    ['alpha@1.0', 'beta@2.0', 'delta@4.0', 'gamma@3.0'],
  ],
])('%j takes %j', async (argv, expected) => {
  const { exitCode, output } = await convert(...argv);
  expect(exitCode).toBe(0);
  expect(membersOf(output)).toEqual(expected);
});

test.each([
  ['wheel', 'alpha-1.0-py3-none-any.whl'],
  ['sdist', 'alpha-1.0.tar.gz'],
])('`--prefer %s` takes %s', async (kind, fileName) => {
  const { exitCode, output } = await convert('--prefer', kind);
  expect(exitCode).toBe(0);
  const { graph } = recordOf(output);
  expect(graph.packages['alpha@1.0']?.artifacts.map((artifact) => artifact.fileName)).toEqual([
    fileName,
  ]);
});

test('`--offline` with a warm cache gives the same bytes and asks nobody', async () => {
  const { cwd, cache, index, output, requests } = await convert('--prefer', 'sdist');
  const before = listing(output);
  const asked = requests.length;
  const out = join(makeFolder(), 'recipe');
  const again = await run(
    ['convert', '--prefer', 'sdist', '--offline', '--cache-dir', cache, '-o', join(cwd, 'other')],
    { cwd, index },
  );
  expect(again.exitCode).toBe(0);
  expect(requests.length).toBe(asked);
  expect(asked).toBeGreaterThan(0);
  expect(existsSync(out)).toBe(false);
  expect(Object.keys(listing(join(cwd, 'other')))).toEqual(Object.keys(before));
  expect(listing(join(cwd, 'other'))['pins.nix']).toBe(before['pins.nix']);
});

test('the cache is where `--cache-dir` says, else where the environment says', async () => {
  const { index } = await serveIndex();
  const cwd = makeProject();
  const env = { XDG_CACHE_HOME: makeFolder(), HOME: makeFolder() };
  await run(['convert', '--cache-dir', 'here'], { cwd, index, env });
  expect(existsSync(join(cwd, 'here', 'v1'))).toBe(true);
  expect(listing(env.XDG_CACHE_HOME)).toEqual({});
  await run(['convert'], { cwd, index, env });
  expect(existsSync(join(env.XDG_CACHE_HOME, 'lock2nix', 'v1'))).toBe(true);
  await run(['convert'], { cwd, index, env: { HOME: env.HOME } });
  expect(existsSync(join(env.HOME, '.cache', 'lock2nix', 'v1'))).toBe(true);
});

test('in a git repository with a flake, the `git add` line is printed once', async () => {
  const { index } = await serveIndex();
  const cwd = makeProject();
  const lock = listing(cwd);
  const flaky = makeProject({ ...lock, 'flake.nix': '{ }', '.git/HEAD': '' });
  const options = { cwd: flaky, index };
  const cache = makeFolder();
  const first = await run(['convert', '--cache-dir', cache], options);
  expect(first.stderr).toContain(
    'note: a flake sees only what git tracks\nhint: git add nix/lock2nix\n',
  );
  const second = await run(['convert', '--cache-dir', cache], options);
  expect(second.stderr).not.toContain('git add');
});
