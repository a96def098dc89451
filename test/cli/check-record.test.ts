import { existsSync, readFileSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { expectGolden } from './golden.ts';
import {
  type Files,
  listing,
  makeFolder,
  makeProject,
  run,
  serveIndex,
  writeFiles,
} from './support.ts';

const recordFile = 'nix/lock2nix/lock2nix.json';

/** A converted project as files. */
let files: Files = {};

beforeAll(async () => {
  const { index } = await serveIndex();
  const cwd = makeProject();
  const argv = ['--extras', 'fast', '--prefer', 'sdist', '--cache-dir', makeFolder()];
  expect(await run(['convert', ...argv], { cwd, index })).toMatchObject({ exitCode: 0 });
  files = Object.fromEntries(Object.entries(listing(cwd)).filter(([name]) => !name.endsWith('/')));
});

const projectWith = (record: string): string =>
  writeFiles(makeFolder(), { ...files, [recordFile]: record });

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const original = (): { [key: string]: Json } =>
  JSON.parse(files[recordFile] ?? '') as { [key: string]: Json };

/** The record with a value set, by a path of keys; undefined removes it. */
const withValue = (path: readonly string[], value: Json | undefined): string => {
  const record = original();
  let at: { [key: string]: Json } = record;
  for (const key of path.slice(0, -1)) at = at[key] as { [key: string]: Json };
  const last = path.at(-1) ?? '';
  if (value === undefined) delete at[last];
  else at[last] = value;
  return JSON.stringify(record);
};

interface Case {
  readonly name: string;
  readonly record: () => string;
  readonly exitCode?: 1 | 2;
}

const at =
  (path: string, value?: Json): (() => string) =>
  () =>
    withValue(path.split(' '), value);

const cases: readonly Case[] = [
  { name: 'nothing', record: () => '' },
  { name: 'something else', record: () => 'Dear diary' },
  { name: 'cut off', record: () => (files[recordFile] ?? '').slice(0, 500) },
  {
    name: 'with merge conflict marks',
    record: () => `<<<<<<< HEAD\n${files[recordFile]}=======\n${files[recordFile]}>>>>>>> theirs\n`,
  },
  { name: 'a list', record: () => '[]' },
  { name: 'another JSON', record: () => '{"name": "x"}' },
  { name: 'of a newer form', record: at('record', 2) },
  {
    name: 'of a newer form, with a hostile version',
    record: () =>
      JSON.stringify({ lock2nix: '9\u001b[31m\n9', record: 1e9, files: { 'pins.nix': 'x' } }),
  },
  { name: 'of a form that is none', record: at('record', 'one') },
  { name: 'of form 0', record: at('record', 0) },
  { name: 'without a version', record: at('lock2nix', 7) },
  { name: 'with a version of two lines', record: at('lock2nix', '0.1.0\nhint: rm -rf /') },
  { name: 'without inputs', record: at('inputs') },
  { name: 'with inputs that are a list', record: at('inputs', []) },
  { name: 'with a digest that is none', record: at('inputs poetry.lock', 'md5-x') },
  { name: 'with a lock that was not there', record: at('inputs poetry.lock', null) },
  { name: 'with a lock elsewhere', record: at('input', '../poetry.lock') },
  { name: 'with a lock that is a folder', record: at('input', '..') },
  { name: 'with a lock that it did not read', record: at('input', 'uv.lock') },
  { name: 'with an absolute input', record: at('inputs /etc/passwd', null) },
  { name: 'with an input that wanders', record: at('inputs a/../../b', null) },
  { name: 'with an input of two lines', record: at('inputs a\nb', null) },
  { name: 'without options', record: at('options') },
  { name: 'with an unknown preference', record: at('options prefer', 'egg') },
  { name: 'with extras that are a text', record: at('options extras', 'fast') },
  { name: 'with an extra that moves the cursor', record: at('options extras', ['\u001b[2J']) },
  { name: 'with a project below', record: at('place project', 'sub') },
  { name: 'with an absolute project', record: at('place project', '/etc') },
  { name: 'that excludes what is outside', record: at('place exclude', ['../../..']) },
  {
    name: 'with a file outside',
    record: at('files ../../../pins.nix', `sha256-${'A'.repeat(43)}=`),
  },
  { name: 'with an absolute file', record: at('files /etc/passwd', `sha256-${'A'.repeat(43)}=`) },
  { name: 'with a file that is a folder', record: at('files .', `sha256-${'A'.repeat(43)}=`) },
  { name: 'with files that have no digest', record: at('files pins.nix', '') },
  { name: 'without a graph', record: at('graph') },
  { name: 'with a graph for nothing', record: at('graph target') },
  { name: 'with a graph that misses a package', record: at('graph packages beta@2.0') },
  { name: 'with a graph of a wrong type', record: at('graph packages beta@2.0 artifacts', {}) },
  { name: 'with a graph of npm', record: at('graph ecosystem', 'npm') },
];

const texts: string[] = [];

test.each(cases)('a record $name is refused, and nothing changes', async ({ name, record }) => {
  const project = projectWith(record());
  const before = listing(project);
  const { exitCode, stdout, stderr } = await run(['check'], { cwd: project });
  texts.push(`== ${name}\n${stderr}`);
  expect({ exitCode, stdout, stderr }).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: expect.stringMatching(
      /^error: [^\n]*`?nix\/lock2nix\/lock2nix\.json[^\n]+\nhint: [^\n]+\n$/,
    ),
  });
  expect(listing(project)).toEqual(before);
});

test('the texts are those of the golden file', () => {
  expectGolden('cli/check/damaged-records.txt', texts.join('\n'));
});

test.each([
  ['a damaged one', 'cut off', 2, 'OUTPUT_FOREIGN', 'bring it back from version control'],
  ['one in conflict', 'with merge conflict marks', 2, '', 'git checkout --ours -- '],
  ['a newer one', 'of a newer form', 1, '', 'use that version of lock2nix'],
])('`convert` does not write over %s', async (_, name, exitCode, _code, hint) => {
  const project = projectWith(cases.find((each) => each.name === name)?.record() ?? '');
  const before = listing(project);
  const { index } = await serveIndex();
  const result = await run(['convert', '--cache-dir', makeFolder()], { cwd: project, index });
  expect(result).toMatchObject({ exitCode, stderr: expect.stringContaining(hint) });
  expect(listing(project)).toEqual(before);
});

test.each([
  ['without options', at('options'), ''],
  [
    'of a graph that misses a package',
    at('graph packages beta@2.0'),
    ' --extras fast --prefer sdist',
  ],
])('the command of the hint repairs a record %s', async (_, record, options) => {
  const project = projectWith(record());
  const { index } = await serveIndex();
  const { stderr } = await run(['check'], { cwd: project });
  expect(stderr.split('\n')[1]).toBe(`hint: write it again: convert${options}`);
  const argv = ['convert', ...options.split(' ').slice(1), '--cache-dir', makeFolder()];
  expect(await run(argv, { cwd: project, index })).toMatchObject({ exitCode: 0 });
  expect(await run(['check'], { cwd: project })).toMatchObject({ exitCode: 0 });
});

test('a record that is a link is not followed', async () => {
  const project = projectWith('');
  const elsewhere = makeFolder();
  writeFileSync(join(elsewhere, 'record.json'), files[recordFile] ?? '');
  unlinkSync(join(project, recordFile));
  symlinkSync(join(elsewhere, 'record.json'), join(project, recordFile));
  const { exitCode, stderr } = await run(['check'], { cwd: project });
  expect({ exitCode, stderr }).toEqual({
    exitCode: 2,
    stderr: expect.stringContaining('is there already and is no plain file'),
  });
});

/** Every place of a record, as keys. */
const places = (json: Json, path: readonly string[] = []): readonly (readonly string[])[] =>
  typeof json === 'object' && json !== null
    ? Object.entries(json).flatMap(([key, value]) => {
        const here = [...path, key];
        return [here, ...places(value, here)];
      })
    : [];

const wrong: readonly (Json | undefined)[] = [undefined, null, 1.5, '', '../x', [], {}, [[]]];

test('whatever is wrong with a record, it is told, and never as a bug', async () => {
  const paths = places(original());
  expect(paths.length).toBeGreaterThan(100);
  const project = projectWith('');
  const before = Object.keys(listing(project));
  const codes = new Map<number, number>();
  for (const [index, path] of paths.entries()) {
    // All kinds at each place would take minutes.
    for (const value of [wrong[index % wrong.length], wrong[(index * 3 + 1) % wrong.length]]) {
      writeFileSync(join(project, recordFile), withValue(path, value));
      const { exitCode, stderr } = await run(['check'], { cwd: project });
      expect({ path, value, exitCode, stderr }).toEqual({
        path,
        value,
        exitCode: 1,
        stderr: expect.stringMatching(/^(?:[a-z]+: [^\n]+\n)*error: [^\n]+\nhint: [^\n]+\n$/),
      });
      codes.set(exitCode, (codes.get(exitCode) ?? 0) + 1);
    }
  }
  expect(codes.get(1)).toBe(paths.length * 2);
  expect(Object.keys(listing(project))).toEqual(before);
  expect(existsSync(join(project, '..', 'x'))).toBe(false);
  expect(readFileSync(join(project, 'poetry.lock'), 'utf8')).toBe(files['poetry.lock']);
});
