import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { version } from '../../cli/version.ts';
import { copyProject, demoCache } from '../support/convert.ts';
import { buildProgram, type ProgramOptions, runProgram, startProgram } from './program.ts';
import {
  listing,
  lockText,
  makeFolder,
  makeProject,
  manifestText,
  proxyOf,
  serveIndex,
} from './support.ts';

let lock2nix = '';
let convert = '';

beforeAll(() => {
  const folder = buildProgram();
  chmodSync(folder, 0o755);
  lock2nix = join(folder, 'lock2nix.mjs');
  convert = join(folder, 'convert.mjs');
});

/** A project whose lock names the index, as no option of the program does. */
const makeLocalProject = (index: string): string =>
  makeProject({ 'poetry.lock': lockText(index), 'pyproject.toml': manifestText });

/** Arguments that take what builds and checks need from the index too. */
const indexArgs = (index: string): readonly string[] => ['--index-url', index];

const outputOf = (project: string) => listing(join(project, 'nix', 'lock2nix'));

const waitFor = async (isThere: () => boolean): Promise<void> => {
  for (let count = 0; !isThere(); count += 1) {
    if (count > 1000) throw new Error('it never came');
    await sleep(10);
  }
};

/** An index that never answers about `beta`. */
const serveHalf = () => serveIndex({ '/simple/beta/': () => {} });

const entriesOf = (cache: string): readonly string[] =>
  existsSync(cache)
    ? readdirSync(cache, { recursive: true, encoding: 'utf8' }).filter((name) =>
        name.endsWith('.json'),
      )
    : [];

test('both names are one program', async () => {
  const cwd = makeFolder();
  const [long, short] = await Promise.all([
    runProgram(lock2nix, ['convert', '--help'], { cwd }),
    runProgram(convert, ['--help'], { cwd }),
  ]);
  expect(long.stdout).toMatch(/^Usage: lock2nix convert/);
  expect(short).toEqual(long);
  for (const [script, argv] of [
    [lock2nix, ['--version']],
    [lock2nix, ['convert', '--version']],
    [convert, ['-V']],
  ] as const) {
    expect(await runProgram(script, argv, { cwd })).toMatchObject({
      exitCode: 0,
      stdout: `lock2nix ${version}\n`,
      stderr: '',
    });
  }
});

test('the version is told before anything else is loaded', () => {
  const loaded = new Set<string>();
  const load = (path: string): void => {
    if (loaded.has(path)) return;
    loaded.add(path);
    const text = readFileSync(path, 'utf8');
    // Static imports alone: what is imported later stands in brackets.
    for (const [, specifier = ''] of text.matchAll(/^(?:import|\} from) "(\.[^"]+)";$/gm)) {
      load(join(path, '..', specifier));
    }
  };
  load(lock2nix);
  const bytes = [...loaded].reduce((sum, path) => sum + statSync(path).size, 0);
  expect(loaded.size).toBeGreaterThan(1);
  expect(bytes).toBeLessThan(10_000);
});

test('the same bytes whatever HOME, time zone, language and folder are', async () => {
  const environments: readonly Record<string, string>[] = [
    { TZ: 'UTC', LC_ALL: 'C', HOME: makeFolder() },
    { TZ: 'Pacific/Kiritimati', LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8', HOME: makeFolder() },
  ];
  const outputs = await Promise.all(
    environments.map(async (env, index) => {
      const project = copyProject('demo');
      const argv = ['--offline', '--cache-dir', demoCache, ...(index === 0 ? [] : [project])];
      const cwd = index === 0 ? project : makeFolder();
      const { exitCode, stderr } = await runProgram(convert, argv, { cwd, env });
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
      return outputOf(project);
    }),
  );
  expect(Object.keys(outputs[0] ?? {})).toContain('pins.nix');
  expect(outputs[1]).toEqual(outputs[0]);
});

test('two runs at once on one cache folder', async () => {
  const { index } = await serveIndex();
  const cache = makeFolder();
  const projects = [makeLocalProject(index), makeLocalProject(index)];
  const results = await Promise.all(
    projects.map((cwd) =>
      runProgram(convert, ['--prefer', 'sdist', '--cache-dir', cache, ...indexArgs(index)], {
        cwd,
        env: proxyOf(index),
      }),
    ),
  );
  expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  const [one, two] = projects.map(outputOf);
  expect(Object.keys(one ?? {})).toContain('pins.nix');
  expect(two).toEqual(one);
  expect(readdirSync(join(cache, 'v1', 'tmp'))).toEqual([]);
});

test('two runs at once on one output folder end in the output of one of them', async () => {
  const wishes = [
    ['--prefer', 'wheel'],
    ['--prefer', 'sdist', '--python', '3.12'],
  ];
  const argv = ['--offline', '--cache-dir', demoCache];
  const project = copyProject('demo');
  const results = await Promise.all(
    [...wishes, ...wishes].map((wish) => runProgram(convert, [...argv, ...wish], { cwd: project })),
  );
  const codes = results.map(({ exitCode, stderr }) => ({
    exitCode,
    isError: /error/.test(stderr),
  }));
  for (const code of codes) expect(code).toEqual({ exitCode: 0, isError: false });
  const outcomes = await Promise.all(
    wishes.map(async (wish) => {
      const alone = copyProject('demo');
      await runProgram(convert, [...argv, ...wish], { cwd: alone });
      return outputOf(alone);
    }),
  );
  expect(outcomes).toContainEqual(outputOf(project));
  expect(await runProgram(lock2nix, ['check'], { cwd: project })).toMatchObject({ exitCode: 0 });
  // Six programs at once, on a machine that may be busy.
}, 30_000);

describe('a run that ends while it waits for an answer', () => {
  const interrupt = async (signal: NodeJS.Signals) => {
    const server = await serveHalf();
    const project = makeLocalProject(server.index);
    const cache = makeFolder();
    const before = listing(project);
    const argv = ['--cache-dir', cache, ...indexArgs(server.index)];
    const env = proxyOf(server.index);
    const { child, ended } = startProgram(convert, argv, { cwd: project, env });
    await waitFor(
      () =>
        entriesOf(cache).length > 0 && server.requests.some(({ path }) => path === '/simple/beta/'),
    );
    const start = performance.now();
    child.kill(signal);
    const result = await ended;
    expect(performance.now() - start).toBeLessThan(5000);
    expect(listing(project)).toEqual(before);
    return { result, cache, index: server.index };
  };

  test.each([
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s ends it with %i, silently', async (signal, exitCode) => {
    const { result } = await interrupt(signal);
    expect(result).toEqual({ exitCode, signal: null, stdout: '', stderr: '' });
  });

  test('SIGKILL leaves a cache that the next run can use', async () => {
    const { result, cache, index } = await interrupt('SIGKILL');
    expect(result.signal).toBe('SIGKILL');
    const kept = entriesOf(cache).length;
    expect(kept).toBeGreaterThan(0);
    const whole = await serveIndex();
    const [used, fresh] = [makeLocalProject(whole.index), makeLocalProject(whole.index)];
    expect(index).not.toBe(whole.index);
    for (const [cwd, folder] of [
      [used, cache],
      [fresh, makeFolder()],
    ] as const) {
      const argv = ['--cache-dir', folder, ...indexArgs(whole.index)];
      const env = proxyOf(whole.index);
      const { exitCode, stderr } = await runProgram(convert, argv, { cwd, env });
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    }
    expect(outputOf(used)).toEqual(outputOf(fresh));
    expect(entriesOf(cache).length).toBeGreaterThan(kept);
  });
});

test.each([
  ['help', ['--help']],
  ['a result', ['--json', '--offline', '--cache-dir', demoCache]],
])('nobody reads %s: no words, no trace', async (_, argv) => {
  const project = copyProject('demo');
  const { child, ended } = startProgram(convert, argv, { cwd: project });
  child.stdout?.destroy();
  const { stderr, signal } = await ended;
  expect(signal).toBeNull();
  expect(stderr).not.toMatch(/EPIPE|^ +at |error/m);
});

test('no progress line where there is no terminal', async () => {
  const { index } = await serveIndex();
  const cwd = makeLocalProject(index);
  const argv = ['--cache-dir', makeFolder(), ...indexArgs(index)];
  const { stderr } = await runProgram(convert, argv, { cwd, env: proxyOf(index) });
  expect(stderr).toMatch(/^nix\/lock2nix: 2 packages [ -~]*\n$/);
});

describe('as a user who may not', () => {
  const options = (cwd: string): ProgramOptions => ({ cwd, unprivileged: true });
  const cache = join(makeFolder(), 'cache');
  const argv = ['--offline', '--cache-dir', cache];

  beforeAll(() => {
    cpSync(demoCache, cache, { recursive: true });
    chmodSync(join(cache, '..'), 0o755);
  });

  test.each([
    ['write to the output', 0o555, 2, /^error: cannot write to `[^`]+`: EACCES\nhint: [^\n]+\n$/m],
    ['list the folder', 0o311, 2, /^error: `\.` cannot be read: EACCES\nhint: [^\n]+\n$/m],
  ])('%s', async (_, mode, exitCode, message) => {
    const project = copyProject('demo');
    chmodSync(project, mode);
    const before = listing(project);
    const result = await runProgram(convert, argv, options(project));
    expect(result).toMatchObject({ exitCode, stdout: '', stderr: expect.stringMatching(message) });
    chmodSync(project, 0o755);
    expect(listing(project)).toEqual(before);
  });

  test('`check` writes nowhere', async () => {
    const project = copyProject('demo');
    await runProgram(convert, argv, { cwd: project });
    const folders = ['.', 'nix', 'nix/lock2nix'].map((name) => join(project, name));
    for (const folder of folders) chmodSync(folder, 0o555);
    const result = await runProgram(lock2nix, ['check'], options(project));
    chmodSync(join(project, 'nix/lock2nix/lock2nix.json'), 0);
    const unreadable = await runProgram(lock2nix, ['check'], options(project));
    for (const folder of folders) chmodSync(folder, 0o755);
    expect(result).toMatchObject({
      exitCode: 0,
      stderr: expect.stringMatching(/^nix\/lock2nix: up to date with poetry\.lock, /),
    });
    expect(unreadable).toMatchObject({
      exitCode: 2,
      stderr:
        'error: cannot read `nix/lock2nix`: EACCES\nhint: check its permissions, or name another folder with `-o DIR`\n',
    });
  });

  test('read the lock', async () => {
    const project = copyProject('demo');
    chmodSync(project, 0o755);
    chmodSync(join(project, 'poetry.lock'), 0);
    const result = await runProgram(convert, argv, options(project));
    chmodSync(join(project, 'poetry.lock'), 0o644);
    expect(result).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: 'error: `poetry.lock` cannot be read: EACCES\nhint: check its permissions\n',
    });
  });

  test('write to the cache', async () => {
    const { index } = await serveIndex();
    const project = makeLocalProject(index);
    chmodSync(project, 0o777);
    const locked = join(makeFolder(), 'cache');
    mkdirSync(locked);
    chmodSync(join(locked, '..'), 0o755);
    chmodSync(locked, 0o555);
    const result = await runProgram(convert, ['--cache-dir', locked, ...indexArgs(index)], {
      ...options(project),
      env: proxyOf(index),
    });
    expect(result).toMatchObject({
      exitCode: 3,
      stdout: '',
      stderr: `error: cannot write to \`${locked}\`: EACCES\nhint: use another --cache-dir\n`,
    });
    expect(Object.keys(listing(project))).toEqual(['poetry.lock', 'pyproject.toml']);
  });
});
