import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createProgram } from '../../cli/program.ts';
import { version } from '../../cli/version.ts';
import { errorCodes } from '../../graph/errors.ts';
import { expectGolden } from './golden.ts';
import { makeProject, run } from './support.ts';

const program = createProgram({
  cwd: '/',
  env: {},
  platform: 'linux',
  arch: 'x64',
  stdout: { write: () => {} },
  stderr: { write: () => {} },
});
const cwd = makeProject();
const document = readFileSync(join(import.meta.dirname, '../../docs/command-line.md'), 'utf8');
/** By the words that are typed: `override add`. */
const commands = new Map(
  program.commands.flatMap((command) => [
    [command.name(), command] as const,
    ...command.commands.map((inner) => [`${command.name()} ${inner.name()}`, inner] as const),
  ]),
);
const names = [...commands.keys()];

const optionsOf = (name: string): readonly string[] => {
  const options = commands.get(name)?.options.map(({ flags }) => flags) ?? [];
  return [...options, '-h, --help'].sort();
};

test('every command has its help', () => {
  expect(names).toEqual([
    ...['convert', 'try', 'check', 'update', 'resolve', 'explain'],
    ...['override', 'override add', 'override list', 'override check', 'override explain'],
  ]);
});

test.each([[['--help']], [['-h']], [[]]])('lock2nix %j prints the golden help', async (argv) => {
  const { exitCode, stdout, stderr } = await run(argv, { cwd });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expectGolden('cli/help/lock2nix.txt', stdout);
});

describe.each(names)('%s', (name) => {
  test('prints the golden help', async () => {
    const { exitCode, stdout, stderr } = await run([...name.split(' '), '--help'], { cwd });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expectGolden(`cli/help/${name.replace(' ', '-')}.txt`, stdout);
  });

  test('help has a synopsis, one example and the exit codes', async () => {
    const { stdout } = await run([...name.split(' '), '--help'], { cwd });
    expect(stdout.split('\n')[0]).toMatch(new RegExp(`^Usage: lock2nix ${name} \\[options\\]`));
    expect(stdout.match(/^Example:$/gm)).toHaveLength(1);
    const codes = stdout.slice(stdout.indexOf('Exit codes:\n'));
    const listed = [...codes.matchAll(/^ {2}(\d+) /gm)].map((match) => Number(match[1]));
    expect(listed).toEqual(
      [...new Set([0, ...Object.values(errorCodes), 70])].sort((a, b) => a - b),
    );
  });

  test('help lists the options of the code, each but the last two with its default', async () => {
    const { stdout } = await run([...name.split(' '), '--help'], { cwd });
    const part =
      stdout.slice(stdout.indexOf('Options:\n')).split(/\n(?:Commands|Example):/)[0] ?? '';
    const entries = part
      .split(/\n(?= {2}-)/)
      .slice(1)
      .map((entry) => entry.replaceAll(/\s+/g, ' ').trim());
    const flags = entries.map((entry) => /^(?:-\w, )?--[\w-]+(?: <\w+>)?/.exec(entry)?.[0]);
    expect([...flags].sort()).toEqual(optionsOf(name));
    const withoutDefault = entries.filter((entry) => !/default: [^)]+\)$/.test(entry));
    expect(withoutDefault).toEqual([
      '-V, --version print the version',
      '-h, --help print this help',
    ]);
  });

  test('docs/command-line.md lists the options of the code', () => {
    const [, part = ''] = document.split(`\n## \`${name}`);
    const rows = (part.split('\n## ')[0] ?? '').matchAll(/^\| `(?<flags>-[^`]+)` \|/gm);
    const flags = [...rows].map((row) => row.groups?.['flags'] ?? '');
    expect(flags.sort()).toEqual(optionsOf(name));
  });
});

test.each([
  [['--version']],
  [['-V']],
  [['convert', '--version']],
  [['convert', '.', '-V']],
  [['check', '-V']],
])('lock2nix %j prints the version', async (argv) => {
  expect(await run(argv, { cwd })).toEqual({
    exitCode: 0,
    stdout: `lock2nix ${version}\n`,
    stderr: '',
  });
});

test.each([
  [['convrt'], 'unknown command `convrt`', 'did you mean `convert`? `lock2nix --help` lists all'],
  [['frobnicate'], 'unknown command `frobnicate`', '`lock2nix --help` lists the commands'],
  [['poetry.lock'], 'unknown command `poetry.lock`', 'lock2nix convert poetry.lock'],
  [
    ['--offline', 'convert'],
    'unknown option `--offline`',
    'options stand behind the command: lock2nix convert --offline; `lock2nix --help` lists the commands',
  ],
  [
    ['convert', '--ofline'],
    'unknown option `--ofline`',
    'did you mean `--offline`? `lock2nix convert --help` lists all',
  ],
  [['convert', '-x'], 'unknown option `-x`', '`lock2nix convert --help` lists all options'],
  [['convert', "--it's"], "unknown option `--it's`", '`lock2nix convert --help` lists all options'],
  [
    ['convert', '--x\u001b[31m'],
    'unknown option `--x\\u001b[31m`',
    '`lock2nix convert --help` lists all options',
  ],
  [
    ['convert', '--quiet=yes'],
    'unknown option `--quiet=yes`',
    '`lock2nix convert --help` lists all options',
  ],
])('lock2nix %j is refused with a hint', async (argv, message, hint) => {
  expect(await run(argv, { cwd })).toEqual({
    exitCode: 2,
    stdout: '',
    stderr: `error: ${message}\nhint: ${hint}\n`,
  });
});
