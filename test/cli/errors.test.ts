import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { main } from '../../cli/main.ts';
import { version } from '../../cli/version.ts';
import type { World } from '../../cli/world.ts';
import type { Script } from '../support/loopback.ts';
import { expectGolden } from './golden.ts';
import {
  deadIndex,
  type Files,
  listing,
  lockText,
  makeFolder,
  makeProject,
  manifestText,
  run,
  serveIndex,
} from './support.ts';

interface Case {
  readonly name: string;
  readonly exitCode: 1 | 2 | 3;
  /** What the message must name: file with line, or package. */
  readonly names: string;
  readonly files?: Files;
  /** `DIR` in an argument is an empty folder outside of the project, `PROJECT` the project. */
  readonly argv?: readonly string[];
  readonly replies?: Readonly<Record<string, Script | readonly Script[]>>;
  readonly dead?: true;
  /** Makes what files cannot be. */
  readonly prepare?: (project: string) => void;
}

const lock = lockText();
const withLock = (text: string): Files => ({ 'poetry.lock': text, 'pyproject.toml': manifestText });
const alpha = '/simple/alpha/';
const html = { 'content-type': 'text/html' };
const json = { 'content-type': 'application/vnd.pypi.simple.v1+json' };
const swapped = lock.replace(
  /(?<=alpha-1\.0-py3-none-any\.whl", hash = "sha256:)[0-9a-f]{8}/,
  '00000000',
);
const tooLong = 'x'.repeat(300);

const inputs: readonly Case[] = [
  { name: 'a file that is not there', exitCode: 2, names: 'poetri.lock', argv: ['poetri.lock'] },
  { name: 'a folder without a lock', exitCode: 2, names: '`.`', files: { 'a.txt': '' } },
  { name: 'a package of npm', exitCode: 2, names: 'npm:express', argv: ['npm:express'] },
  { name: 'a package that is none', exitCode: 2, names: 'pypi:fl ask', argv: ['pypi:fl ask'] },
  { name: 'a package without pypi:', exitCode: 2, names: '`flask>=3`', argv: ['flask>=3'] },
  {
    name: 'a package and a file',
    exitCode: 2,
    names: 'was given 2',
    argv: ['pypi:flask', 'poetry.lock'],
  },
  { name: 'two inputs', exitCode: 2, names: 'was given 2', argv: ['poetry.lock', 'poetry.lock'] },
  {
    name: 'a lock cut off',
    exitCode: 1,
    names: 'poetry.lock:11:',
    files: withLock(lock.slice(0, lock.indexOf('-py3-none-any'))),
  },
  {
    name: 'an empty lock',
    exitCode: 1,
    names: 'poetry.lock',
    files: withLock(''),
  },
  {
    name: 'a lock that is bytes',
    exitCode: 1,
    names: 'poetry.lock:1:',
    files: withLock('\u0000\u0001PK\u001b[31m'),
  },
  {
    name: 'a lock with merge conflict markers',
    exitCode: 1,
    names: 'poetry.lock:3:1',
    files: withLock(lock.replace('[[package]]', '<<<<<<< ours\n[[package]]')),
  },
  {
    name: 'a lock of a future version',
    exitCode: 1,
    names: 'poetry.lock:59:',
    files: withLock(lock.replace('"2.1"', '"3.0"')),
  },
  {
    name: 'a wrong type',
    exitCode: 1,
    names: 'poetry.lock:7:',
    files: withLock(lock.replace('optional = false', 'optional = "no"')),
  },
  {
    name: 'a package twice',
    exitCode: 1,
    names: 'poetry.lock:',
    files: withLock(
      lock.replace(
        '[extras]',
        `${lock.slice(lock.indexOf('[[package]]'), lock.indexOf('[package.dep'))}[extras]`,
      ),
    ),
  },
  {
    name: 'a dependency that the lock does not have',
    exitCode: 1,
    names: 'poetry.lock:',
    files: withLock(lock.replace('beta = ">=2"', 'omega = ">=2"')),
  },
  {
    name: 'a manifest that is no TOML',
    exitCode: 1,
    names: 'pyproject.toml:1:',
    files: { 'poetry.lock': lock, 'pyproject.toml': '[project\n' },
  },
  {
    name: 'a hash that is none',
    exitCode: 1,
    names: 'poetry.lock:11:',
    files: withLock(lock.replace(/sha256:[0-9a-f]+/, 'sha256:xyz')),
  },
  {
    name: 'a file name with a path',
    exitCode: 1,
    names: 'poetry.lock:',
    files: withLock(lock.replace('alpha-1.0-py3-none-any.whl', '../alpha-1.0-py3-none-any.whl')),
  },
  ...[
    ['uv.lock', 'version = 1\n'],
    ['pdm.lock', ''],
    ['Pipfile.lock', '{}'],
    ['package-lock.json', '{}'],
    ['yarn.lock', ''],
    ['pnpm-lock.yaml', ''],
  ].map(
    ([file = '', text = '']): Case => ({
      name: `the format of ${file}`,
      exitCode: 2,
      names: file,
      files: { [file]: text },
      argv: [file],
    }),
  ),
  {
    name: 'a file in no known format',
    exitCode: 2,
    names: 'notes.txt',
    files: { 'notes.txt': 'buy milk\n' },
    argv: ['notes.txt'],
  },
  {
    name: 'a folder with a lock of an unsupported format',
    exitCode: 2,
    names: 'uv.lock',
    files: { 'uv.lock': 'version = 1\n' },
  },
  {
    name: 'an input that is a dangling link',
    exitCode: 2,
    names: 'poetry.lock',
    files: { 'pyproject.toml': manifestText },
    argv: ['poetry.lock'],
    prepare: (project) => symlinkSync('gone', join(project, 'poetry.lock')),
  },
  {
    name: 'a folder with two manifests',
    exitCode: 2,
    names: 'pyproject.toml, requirements.txt',
    files: { 'pyproject.toml': manifestText, 'requirements.txt': 'alpha\n' },
  },
  {
    name: 'a lock that is a folder',
    exitCode: 2,
    names: 'poetry.lock',
    files: { 'poetry.lock/a.txt': '' },
  },
];

const wishes: readonly Case[] = [
  { name: 'an unknown Python', exitCode: 2, names: '3.99', argv: ['--python', '3.99'] },
  { name: 'a Python that is no version', exitCode: 2, names: 'three', argv: ['--python', 'three'] },
  {
    name: 'a Python that the lock rules out',
    exitCode: 1,
    names: 'poetry.lock',
    argv: ['--python', '3.13'],
  },
  {
    name: 'an unknown system',
    exitCode: 2,
    names: 'x86_64-linus',
    argv: ['--systems', 'x86_64-linus'],
  },
  { name: 'no system', exitCode: 2, names: '--systems', argv: ['--systems', ','] },
  { name: 'an unknown extra', exitCode: 2, names: 'fasst', argv: ['--extras', 'fasst'] },
  { name: 'an unknown group', exitCode: 2, names: 'develop', argv: ['--groups', 'develop'] },
  { name: 'a name that is none', exitCode: 2, names: '`!!`', argv: ['--groups', '!!'] },
  { name: 'an unknown option', exitCode: 2, names: '--pyton', argv: ['--pyton', '3.12'] },
  { name: 'an unknown choice', exitCode: 2, names: 'whl', argv: ['--prefer', 'whl'] },
  ...[['--resolution', 'lowest'], ['--pre'], ['--prefer', 'alpha=wheel'], ['-c', 'bounds.txt']].map(
    (argv): Case => ({
      name: `${argv.join(' ')} with a lock`,
      exitCode: 2,
      names: 'poetry.lock',
      argv,
    }),
  ),
  {
    name: 'a moment that is none',
    exitCode: 2,
    names: '2024-02-31',
    argv: ['--exclude-newer', '2024-02-31'],
  },
  {
    name: 'an index that is no URL',
    exitCode: 2,
    names: '--index-url',
    argv: ['--index-url', 'user:secret@pypi'],
  },
  {
    name: 'a name with wheels only and none',
    exitCode: 2,
    names: '--no-binary alpha',
    argv: ['--only-binary', 'alpha', '--no-binary', 'Alpha'],
  },
  {
    name: 'one package preferred as source',
    exitCode: 2,
    names: '--no-binary alpha',
    argv: ['--prefer', 'alpha=sdist'],
  },
  {
    name: 'constraints that are not there',
    exitCode: 2,
    names: 'bounds.txt',
    argv: ['-c', 'bounds.txt', 'pypi:alpha'],
  },
  { name: 'an option without its argument', exitCode: 2, names: '--python', argv: ['--python'] },
  {
    name: 'a gap under --strict',
    exitCode: 1,
    names: 'beta',
    argv: ['--strict'],
    files: withLock(lock.replace(/files = \[\n {4}\{file = "beta[^\]]*\]/, 'files = []')),
  },
  {
    name: 'no file for a system',
    exitCode: 1,
    names: 'beta@2.0',
    argv: ['--systems', 'x86_64-linux'],
    files: withLock(
      lock
        .replace('beta-2.0-py3-none-any', 'beta-2.0-cp312-cp312-win_amd64')
        .replace(/ {4}\{file = "beta-2\.0\.tar.*\n/, ''),
    ),
  },
];

const registries: readonly Case[] = [
  { name: 'nobody answers', exitCode: 3, names: '/simple/alpha/', dead: true },
  { name: 'the index fails', exitCode: 3, names: alpha, replies: { [alpha]: { status: 500 } } },
  {
    name: 'the index wants a password',
    exitCode: 3,
    names: alpha,
    replies: { [alpha]: { status: 401 } },
  },
  { name: 'no such project', exitCode: 1, names: '`alpha`', replies: { [alpha]: { status: 404 } } },
  {
    name: 'damaged JSON',
    exitCode: 3,
    names: alpha,
    replies: { [alpha]: { headers: json, body: '{"files": [' } },
  },
  {
    name: 'JSON of something else',
    exitCode: 3,
    names: alpha,
    replies: { [alpha]: { headers: json, body: '[1]' } },
  },
  {
    name: 'a login page',
    exitCode: 3,
    names: alpha,
    replies: {
      [alpha]: { headers: html, body: '<html><form action="/login">Please log in</form></html>' },
    },
  },
  {
    name: 'plain text',
    exitCode: 3,
    names: alpha,
    replies: { [alpha]: { headers: { 'content-type': 'text/plain' }, body: 'hi' } },
  },
  {
    name: 'the connection breaks off',
    exitCode: 3,
    names: alpha,
    replies: {
      [alpha]: (_, response) => {
        response.writeHead(200, { ...json, 'content-length': '1000' });
        response.write('{');
        setTimeout(() => response.destroy(), 5);
      },
    },
  },
  {
    name: 'a file that the index has no more',
    exitCode: 1,
    names: 'alpha-1.0-py3-none-any.whl',
    replies: { [alpha]: { headers: json, body: '{"files": []}' } },
  },
  {
    name: 'another hash on the index',
    exitCode: 1,
    names: 'alpha-1.0-py3-none-any.whl',
    files: withLock(swapped),
  },
  {
    name: 'another archive than the lock has',
    exitCode: 1,
    names: 'alpha-1.0.tar.gz',
    argv: ['--prefer', 'sdist'],
    replies: { '/alpha-1.0.tar.gz': { body: 'something else' } },
  },
  { name: 'offline with a cold cache', exitCode: 3, names: '`alpha`', argv: ['--offline'] },
  {
    name: 'a cache that is a file',
    exitCode: 3,
    names: 'cache',
    argv: ['--cache-dir', 'DIR/cache'],
  },
  {
    name: 'a cache that cannot be made',
    exitCode: 3,
    names: tooLong,
    argv: ['--cache-dir', `DIR/${tooLong}`],
  },
];

const outputs: readonly Case[] = [
  {
    name: 'a foreign file in the output',
    exitCode: 2,
    names: 'default.nix',
    files: { ...withLock(lock), 'nix/lock2nix/default.nix': '{ }\n' },
  },
  {
    name: 'a foreign record in the output',
    exitCode: 2,
    names: 'lock2nix.json',
    files: { ...withLock(lock), 'nix/lock2nix/lock2nix.json': '{}\n' },
  },
  {
    name: 'an output folder that is a file',
    exitCode: 2,
    names: 'nix/lock2nix',
    files: { ...withLock(lock), 'nix/lock2nix': '' },
  },
  {
    name: 'an output folder below a file',
    exitCode: 2,
    names: 'nix/lock2nix',
    files: { ...withLock(lock), nix: '' },
  },
  {
    name: 'an output file that is a link',
    exitCode: 2,
    names: 'pins.nix',
    files: { ...withLock(lock), 'nix/lock2nix/a.txt': '', 'precious.txt': 'mine' },
    prepare: (project) => symlinkSync('../../precious.txt', join(project, 'nix/lock2nix/pins.nix')),
  },
  {
    name: 'an output file that is a dangling link',
    exitCode: 2,
    names: 'pins.nix',
    files: { ...withLock(lock), 'nix/lock2nix/a.txt': '' },
    prepare: (project) => symlinkSync('../../new.txt', join(project, 'nix/lock2nix/pins.nix')),
  },
  {
    name: 'a folder of the output that is a link',
    exitCode: 2,
    names: 'runtime',
    files: { ...withLock(lock), 'nix/lock2nix/a.txt': '', 'elsewhere/a.txt': '' },
    prepare: (project) => symlinkSync('../../elsewhere', join(project, 'nix/lock2nix/runtime')),
  },
  {
    name: 'a folder in the place of an output file',
    exitCode: 2,
    names: 'pins.nix',
    files: { ...withLock(lock), 'nix/lock2nix/pins.nix/a.txt': '' },
  },
  {
    name: 'an output folder without a name',
    exitCode: 2,
    names: '--output',
    argv: ['-o', ''],
  },
  {
    name: 'an output folder that cannot be made',
    exitCode: 2,
    names: tooLong,
    argv: ['-o', `DIR/${tooLong}`],
  },
];

const shown = (text: string, secrets: Readonly<Record<string, string>>): string =>
  Object.entries(secrets)
    .reduce((all, [name, value]) => all.replaceAll(value, name), text)
    .replaceAll(/127\.0\.0\.1:\d+/g, 'HOST')
    .replaceAll(/[0-9a-f]{2}\/[0-9a-f]{64}/g, 'HASH')
    .replaceAll(tooLong, 'LONG');

describe.each([
  ['inputs', inputs],
  ['wishes', wishes],
  ['registries', registries],
  ['outputs', outputs],
])('%s', (group, cases) => {
  const texts: string[] = [];

  test.each(cases)(
    '$name',
    async ({ name, exitCode, names, files, argv = [], replies, dead, prepare }) => {
      const project = makeProject(files);
      prepare?.(project);
      const dir = makeFolder();
      if (name === 'a cache that is a file') writeFileSync(join(dir, 'cache'), '');
      else mkdirSync(join(dir, 'cache'));
      const index = dead ? await deadIndex() : (await serveIndex(replies)).index;
      const before = listing(project);
      const args = argv.map((each) => each.replace('DIR', dir));
      const cache = args.includes('--cache-dir') ? [] : ['--cache-dir', join(dir, 'cache')];

      const result = await run(['convert', ...cache, ...args], { cwd: project, index });

      const stderr = shown(result.stderr, { PROJECT: project, DIR: dir });
      texts.push(`== ${name}: exit code ${result.exitCode}\n${stderr}`);
      expect({ exitCode: result.exitCode, stdout: result.stdout, stderr }).toEqual({
        exitCode,
        stdout: '',
        stderr: expect.stringMatching(/^error: [^\n]+\nhint: [^\n]+\n$/),
      });
      expect(stderr).toContain(shown(names, {}));
      expect(stderr).not.toMatch(/^ +at /m);
      expect(listing(project)).toEqual(before);
      expect(existsSync(join(project, 'nix/lock2nix/.lock2nix.json.next'))).toBe(false);
    },
  );

  test('the texts are those of the golden file', () => {
    expectGolden(`cli/errors/${group}.txt`, texts.join('\n'));
  });
});

test('a bug is told as one, with a trace and a request to report it', async () => {
  let stderr = '';
  const exitCode = await main(['convert', '--cache-dir', 'c'], {
    cwd: makeProject(),
    get env(): World['env'] {
      throw new TypeError('boom');
    },
    platform: 'linux',
    arch: 'x64',
    stdout: { write: () => {} },
    stderr: { write: (text) => (stderr += text) },
  });
  expect(exitCode).toBe(70);
  expect(stderr).toContain(`error: this is a bug of lock2nix ${version}`);
  expect(stderr).toContain('TypeError: boom\n    at ');
  expect(stderr).toMatch(/\nhint: please report it[^\n]*\n$/);
});
