import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { RunProgram, World } from '../../cli/world.ts';
import type { ServedProjects } from '../support/loopback-index.ts';
import { makeFolder, run } from './support.ts';
import { serve, universe } from './universe.ts';

const fixed = ['--python', '3.12', '--systems', 'x86_64-linux'];
const drv = (name: string): string => `/nix/store/${'0'.repeat(32)}-${name}.drv`;

/** One build: the logs of what fails by derivation; none: it succeeds. */
type Logs = Readonly<Record<string, string>>;

/** A Nix whose builds end one after the other as they are written down; the last one stays. */
const fakeNix = (builds: readonly Logs[], keepsLogs = true) => {
  const commands: string[] = [];
  let round = 0;
  const run: RunProgram = async (command) => {
    const logs = builds[Math.min(round, builds.length - 1)] ?? {};
    if (command[0] === 'nix-store') {
      const before = builds[Math.min(round - 1, builds.length - 1)] ?? {};
      const name = Object.keys(before).find((each) => command[2] === drv(each));
      return name === undefined || !keepsLogs
        ? { exitCode: 1, stdout: '', stderr: 'error: no log' }
        : { exitCode: 0, stdout: before[name] ?? '', stderr: '' };
    }
    commands.push(command.join(' '));
    round += 1;
    const failed = Object.entries(logs);
    const stderr = failed
      .map(([name, log]) => `${log}error: builder for '${drv(name)}' failed with exit code 1;\n`)
      .join('');
    return failed.length === 0
      ? { exitCode: 0, stdout: '/nix/store/e-env\n/nix/store/c-check\n', stderr: '' }
      : { exitCode: 1, stdout: '', stderr };
  };
  return { commands, run };
};

const tryIt = async (
  argv: readonly string[],
  world: Partial<World>,
  { cwd = makeFolder(), projects = universe }: { cwd?: string; projects?: ServedProjects } = {},
) => {
  const { index } = await serve(projects);
  const result = await run(['try', ...argv, ...fixed, '--cache-dir', join(cwd, '.cache')], {
    cwd,
    index,
    world,
  });
  const path = join(cwd, 'overrides.toml');
  return { ...result, cwd, rules: existsSync(path) ? readFileSync(path, 'utf8') : undefined };
};

const bodyOf = (rules: string | undefined): string => rules?.split('\n').slice(2).join('\n') ?? '';

const format = 'a.c:8:2: error: format not a string literal and no format arguments\n';
const header = 'a.c:1:10: fatal error: zlib.h: No such file or directory\n';

test('what builds at once needs no rules', async () => {
  const nix = fakeNix([{}]);
  const { cwd: _, ...result } = await tryIt(['pypi:cork'], { run: nix.run });
  expect(result).toEqual({
    exitCode: 0,
    stdout: '/nix/store/e-env\n/nix/store/c-check\n',
    stderr: 'nix/lock2nix: env and checks build\n',
    rules: undefined,
  });
  expect(nix.commands).toEqual(['nix-build -k --no-out-link nix/lock2nix -A env -A checks']);
});

test('failures are learnt from until it builds, and each rule says why', async () => {
  const nix = fakeNix([{ 'cork-2.0': header, 'bottle-1.1': format }, { 'cork-2.0': format }, {}]);
  const { exitCode, rules, stderr } = await tryIt(['pypi:bottle', '--yes'], { run: nix.run });
  expect(exitCode).toBe(0);
  expect(bodyOf(rules)).toBe(`[[package]]
name = "cork"
why = "it includes \`zlib.h\`"
native = { libraries = ["zlib"] }

[[package]]
name = "bottle"
why = "its code does not compile with the hardening flag \`format\`"
native = { hardening-disable = ["format"] }

[[package]]
name = "cork"
why = "its code does not compile with the hardening flag \`format\`"
native = { hardening-disable = ["format"] }
`);
  expect(stderr).toContain('try 1: 2 builds failed: cork-2.0, bottle-1.1\n');
  expect(stderr).toContain(
    'nix/lock2nix: env and checks build, with 3 rules that were written to overrides.toml\n',
  );
});

test('without logs in the store, what the build wrote is read', async () => {
  const nix = fakeNix([{ 'cork-2.0': header }, {}], false);
  const { exitCode, rules } = await tryIt(['pypi:cork', '--yes'], { run: nix.run });
  expect(exitCode).toBe(0);
  expect(rules).toContain('native = { libraries = ["zlib"] }');
});

test('what is not learnt anew ends it, with where to look', async () => {
  const nix = fakeNix([{ 'cork-2.0': format }]);
  const { exitCode, stderr, rules } = await tryIt(['pypi:cork', '--yes'], { run: nix.run });
  expect(exitCode).toBe(1);
  expect(nix.commands).toHaveLength(2);
  expect(rules?.match(/\[\[package\]\]/g)).toHaveLength(1);
  expect(
    stderr,
  ).toContain(`error: \`nix/lock2nix\` does not build, and no rule is known that cures it: cork-2.0
hint: look into the logs, and write a rule with \`lock2nix override add\`:
  nix-store --read-log ${drv('cork-2.0')}
build again: nix-build -k --no-out-link nix/lock2nix -A env -A checks
`);
});

test('what no rule cures is told', async () => {
  const log = "SyntaxError: Missing parentheses in call to 'print'. Did you mean print(...)?\n";
  const nix = fakeNix([{ 'cork-2.0': log }]);
  const { exitCode, stderr, rules } = await tryIt(['pypi:cork', '--yes'], { run: nix.run });
  expect({ exitCode, rules }).toEqual({ exitCode: 1, rules: undefined });
  expect(stderr).toContain(
    'hint: cork: it is written for Python 2: take a newer version, or `--python 2.7`\n',
  );
});

test('requirements that contradict each other are settled before anything is built', async () => {
  const nix = fakeNix([{}]);
  const { exitCode, rules, stderr } = await tryIt(['pypi:label', 'pypi:cork==2.0', '--yes'], {
    run: nix.run,
  });
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  expect(nix.commands).toHaveLength(1);
  expect(bodyOf(rules)).toBe(`[[constraint]]
of = "label"
on = "cork"
use = "cork==2.0"
why = "label asks for cork<2, but the command line asks for cork==2.0"
`);
});

test('a contradiction that no rule settles stays an error', async () => {
  const nix = fakeNix([{}]);
  const { exitCode, rules, stderr } = await tryIt(['pypi:cork==9', '--yes'], { run: nix.run });
  expect({ exitCode, rules, commands: nix.commands }).toEqual({
    exitCode: 1,
    rules: undefined,
    commands: [],
  });
  expect(stderr).toContain('the nearest version of cork is 2.0');
});

describe('confirmation', () => {
  test('is asked once for all that follows', async () => {
    const questions: string[] = [];
    const nix = fakeNix([{ 'cork-2.0': header }, { 'cork-2.0': format }, {}]);
    const { exitCode, rules } = await tryIt(['pypi:cork'], {
      run: nix.run,
      confirm: async (question) => questions.push(question) === 1,
    });
    expect(exitCode).toBe(0);
    expect(questions).toEqual(['Write this rule to overrides.toml, and those that follow?']);
    expect(rules?.match(/\[\[package\]\]/g)).toHaveLength(2);
  });

  test('that is refused writes nothing, and the rules were shown', async () => {
    const nix = fakeNix([{ 'cork-2.0': header }]);
    const { exitCode, rules, stderr } = await tryIt(['pypi:cork'], {
      run: nix.run,
      confirm: async () => false,
    });
    expect({ exitCode, rules }).toEqual({ exitCode: 1, rules: undefined });
    expect(stderr).toContain('native = { libraries = ["zlib"] }');
    expect(stderr).toContain('error: nothing was written to `overrides.toml`\n');
  });

  test('is not possible without a terminal', async () => {
    const nix = fakeNix([{ 'cork-2.0': header }]);
    const { exitCode, rules, stderr } = await tryIt(['pypi:cork'], { run: nix.run });
    expect({ exitCode, rules }).toEqual({ exitCode: 1, rules: undefined });
    expect(
      stderr,
    ).toContain(`error: 1 rule would be written to \`overrides.toml\`, and there is nobody to ask
hint: write them without asking: lock2nix try --yes
`);
  });
});

test('rules are appended to what is there', async () => {
  const cwd = makeFolder();
  const before = '# mine\r\n[[package]] # odd\r\nname="cork"\r\nwhy="w"\r\nenv={A="1"}';
  writeFileSync(join(cwd, 'overrides.toml'), before);
  const nix = fakeNix([{ 'cork-2.0': header }, {}]);
  const { exitCode, rules } = await tryIt(['pypi:cork', '--yes'], { run: nix.run }, { cwd });
  expect(exitCode).toBe(0);
  expect(rules?.startsWith(`${before}\r\n\r\n[[package]]\r\nname = "cork"\r\n`)).toBe(true);
});

test('for Python 2.7 the interpreter is allowed', async () => {
  const nix = fakeNix([{}]);
  const { index } = await serve({
    ...universe,
    pip: { '20.3.4': { requiresPython: '>=2.7' } },
    setuptools: { '44.1.1': { requiresPython: '>=2.7' } },
  });
  const cwd = makeFolder();
  const argv = ['try', 'pypi:cork', '--python', '2.7', '--cache-dir', join(cwd, '.cache')];
  const { exitCode, stderr } = await run(argv, { cwd, index, world: { run: nix.run } });
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  expect(nix.commands[0]).toMatch(/ --arg allowInsecurePython true$/);
});

test.each<[string, RunProgram | undefined, number, string]>([
  [
    'no nix-build',
    async () => undefined,
    2,
    'error: there is no `nix-build`, so nothing can be built\n',
  ],
  ['nothing to run programs with', undefined, 2, 'error: there is no `nix-build`'],
  [
    'an error of evaluation',
    async () => ({ exitCode: 1, stdout: '', stderr: 'error: file `nixpkgs` was not found\n' }),
    1,
    'error: Nix cannot make anything of `nix/lock2nix`:\nerror: file `nixpkgs` was not found\nhint: try it yourself: nix-build -k',
  ],
])('%s is told', async (_, program, code, message) => {
  const { exitCode, stderr } = await tryIt(
    ['pypi:cork', '--yes'],
    program === undefined ? {} : { run: program },
  );
  expect(exitCode).toBe(code);
  expect(stderr).toContain(message);
});
