import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { expectGolden } from './golden.ts';
import { listing, makeFolder, run, writeFiles } from './support.ts';
import { openShop, serve } from './universe.ts';

const fixed = ['--python', '3.12', '--systems', 'x86_64-linux'];

const recipeOf = (cwd: string): Record<string, string> => listing(join(cwd, 'nix/lock2nix'));

const recordOf = (cwd: string) =>
  JSON.parse(recipeOf(cwd)['lock2nix.json'] ?? '') as {
    readonly input: unknown;
    readonly inputs: Readonly<Record<string, string | null>>;
    readonly options: Readonly<Record<string, unknown>>;
  };

const manifest = `[project]
name = "tiny"
version = "1.0"
dependencies = ["bottle[fancy]", "label; sys_platform == 'linux'"]

[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
`;

test.each([
  ['spec', {}, ['pypi:bottle[fancy]', 'pypi:label']],
  ['pyproject', { 'pyproject.toml': manifest }, ['pyproject.toml']],
  ['requirements', { 'requirements.txt': 'bottle[fancy]\nlabel\n' }, ['.']],
])('the golden recipe of a %s', async (name, files, argv) => {
  const cwd = writeFiles(makeFolder(), files);
  const { run: runIn, server } = await openShop(cwd);
  expect(await runIn('convert', ...argv, ...fixed)).toMatchObject({ exitCode: 0, stdout: '' });
  const recipe = recipeOf(cwd);
  const text = ['default.nix', 'pins.nix'].map((file) => `== ${file}\n${recipe[file]}`).join('\n');
  expectGolden(`cli/recipes/${name}.txt`, server.masked(text));
  expect(await runIn('check')).toMatchObject({ exitCode: 0 });
  expect(await runIn('check', ...argv, ...fixed)).toMatchObject({ exitCode: 0 });
});

test('packages by name: what is recorded, and in which order they were named does not matter', async () => {
  const shop = await openShop();
  await shop.run('convert', 'pypi:Label', 'pypi:bottle>=1', 'pypi:label', ...fixed);
  expect(recordOf(shop.cwd)).toMatchObject({
    input: ['pypi:bottle>=1', 'pypi:label'],
    inputs: { 'overrides.toml': null },
  });
  expect(await shop.run('convert', 'pypi:bottle>=1', 'pypi:label', ...fixed)).toMatchObject({
    stderr: expect.stringContaining('unchanged'),
  });
  const other = makeFolder();
  const options = { cwd: other, index: shop.server.index };
  const argv = ['bottle>=1', 'label', '--ecosystem', 'pypi', ...fixed];
  await run(['convert', ...argv, '--cache-dir', makeFolder()], options);
  expect(recipeOf(other)).toEqual(recipeOf(shop.cwd));
});

test("the systems of names are this machine's, and recorded", async () => {
  const shop = await openShop();
  await shop.run('convert', 'pypi:cork');
  expect(recordOf(shop.cwd).options).toMatchObject({ systems: ['x86_64-linux'] });
});

test('all files that were read are inputs', async () => {
  const files = {
    'requirements.txt': '-r more/base.txt\n-c bounds.txt\nbottle\n',
    'more/base.txt': '-r deep.txt\nlabel\n',
    'more/deep.txt': 'glass\n',
    'bounds.txt': 'label<1.1\n',
    'own.txt': 'cork<2\n',
  };
  const cwd = writeFiles(makeFolder(), files);
  const shop = await openShop(cwd);
  expect(await shop.run('convert', '-c', 'own.txt', ...fixed)).toMatchObject({ exitCode: 0 });
  const { inputs, input } = recordOf(cwd);
  expect(input).toBe('requirements.txt');
  expect(Object.keys(inputs).filter((name) => inputs[name] !== null)).toEqual(
    Object.keys(files).sort(),
  );
  expect(await shop.run('check')).toMatchObject({ exitCode: 0 });
  for (const name of Object.keys(files)) {
    const text = readFileSync(join(cwd, name), 'utf8');
    writeFiles(cwd, { [name]: `${text}# changed\n` });
    expect(await shop.run('check')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(
        `input: \`${name}\` has changed since it was converted\nerror: \`nix/lock2nix\` is not up to date: 1 input\nhint: bring the recipe up to date: convert --python 3.12 --systems x86_64-linux --constraints own.txt`,
      ),
    });
    writeFiles(cwd, { [name]: text });
  }
});

test('`check` names what the recipe was made from', async () => {
  const shop = await openShop(writeFiles(makeFolder(), { 'dev.txt': 'cork>=1\n' }));
  await shop.run('convert', 'dev.txt', ...fixed);
  writeFiles(shop.cwd, { 'dev.txt': 'cork>=1.0\n' });
  expect((await shop.run('check')).stderr).toContain(
    'hint: bring the recipe up to date: convert dev.txt --python 3.12 --systems x86_64-linux\n',
  );
  await shop.run('convert', 'pypi:cork', ...fixed);
  expect((await shop.run('check', 'pypi:glass')).stderr).toContain(
    'place: `nix/lock2nix` was made from `pypi:cork`, not from `pypi:glass`\nerror: `nix/lock2nix` is not up to date: another place\nhint: make the recipe for it: convert pypi:glass --python',
  );
  expect((await shop.run('check', '--pre')).stderr).toContain(
    'option: `--pre` is asked for, and `nix/lock2nix` was made without it\nerror: `nix/lock2nix` is not up to date: 1 option\nhint: make the recipe for it: convert pypi:cork --python 3.12 --systems x86_64-linux --pre\n',
  );
});

test('a password of an index reaches nothing that is written or said', async () => {
  const server = await serve();
  const [cwd, cache] = [makeFolder(), makeFolder()];
  const url = server.index.replace('http://', 'http://somebody:topsecret@');
  const argv = ['--index-url', url, '--cache-dir', cache, ...fixed];
  const made = await run(['convert', 'pypi:bottle', '--json', ...argv], { cwd });
  expect(made).toMatchObject({ exitCode: 0 });
  expect(server.requests.some(({ headers }) => headers.authorization !== undefined)).toBe(true);
  const failed = await run(['convert', 'pypi:nobody', ...argv], { cwd: makeFolder() });
  expect(failed).toMatchObject({ exitCode: 1 });
  expect(recordOf(cwd).options).toMatchObject({ indexUrl: server.index });
  const all = JSON.stringify([made, failed, listing(cwd), Object.entries(listing(cache))]);
  expect(all).not.toMatch(/topsecret|somebody/);
  expect(await run(['check', '--index-url', url], { cwd })).toMatchObject({ exitCode: 0 });
});

test('nobody answers: exit code 3, nothing is written', async () => {
  const server = await serve({}, { '/simple/bottle/': { status: 500 } });
  const cwd = makeFolder();
  const argv = ['convert', 'pypi:bottle', '--cache-dir', makeFolder(), ...fixed];
  expect(await run(argv, { cwd, index: server.index })).toMatchObject({
    exitCode: 3,
    stdout: '',
    stderr: expect.stringContaining('/simple/bottle/'),
  });
  expect(listing(cwd)).toEqual({});
});

test('a name is taken from the first index that has it, unless told otherwise', async () => {
  const own = await serve({ cork: { '0.9': [] } });
  const shop = await openShop();
  const argv = ['resolve', 'pypi:cork', '--extra-index-url', own.index];
  expect((await shop.run(...argv)).stdout).toBe('cork==0.9\n');
  expect((await shop.run(...argv, '--index-strategy', 'best-match')).stdout).toBe('cork==2.0\n');
});

test('a rule is idle when it changes neither what runs nor what builds need', async () => {
  const overrides = `[[constraint]]
of = "label"
on = "cork"
use = "cork>=2"
why = "it runs with it"

[[constraint]]
of = "*"
on = "pip"
use = "pip<25"
why = "of the checks"

[[constraint]]
of = "label"
on = "corc"
use = "corc>=2"
why = "a misprint"
`;
  const files = { 'requirements.txt': 'label\n', 'overrides.toml': overrides };
  const shop = await openShop(writeFiles(makeFolder(), files));
  const { stderr } = await shop.run('convert', ...fixed);
  expect(stderr.match(/^warning.*/gm)).toEqual([
    'warning: overrides.toml:13: `label` does not ask for `corc`, so the rule does nothing',
  ]);
  expect(recipeOf(shop.cwd)['pins.nix']).toMatch(/cork-2\.0[\s\S]*pip-20\.3\.4/);
});

test.each([
  [
    { 'requirements.txt': 'bottle>=>2\n' },
    /requirements\.txt:1: the requirement `bottle>=>2` cannot be read.*\nhint: correct it, then convert again\n$/,
  ],
  [
    { 'pyproject.toml': '[project]\nname = 1\n' },
    /pyproject\.toml.*\nhint: correct it, then convert again\n$/,
  ],
  [
    { 'requirements.txt': '-c bounds.txt\nbottle\n', 'bounds.txt': 'cork ~= 1\n' },
    /bounds\.txt:1: .*\nhint: correct it, then convert again\n$/,
  ],
  [
    { 'requirements.txt': 'bottle @ https://files.example/odd.whl\n' },
    /error: `odd\.whl` is not the name of a wheel\nhint: wheels are named/,
  ],
  [
    { 'requirements.txt': './lib\n' },
    /error: `lib`, which the input names, is not there .*\nhint: bring the folder back, or take it out of the input\n$/,
  ],
])('what is wrong with an input without pins is not called a lock: %j', async (files, expected) => {
  const shop = await openShop(writeFiles(makeFolder(), files));
  const { exitCode, stderr } = await shop.run('convert', ...fixed);
  expect(exitCode).toBeGreaterThan(0);
  expect(stderr).toMatch(expected);
});
