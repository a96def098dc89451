import { appendFileSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { newestPython3 } from '../host/interpreters.ts';
import { hostInterpreters, lintOutput } from '../host/lint-output.ts';
import { type HostNix, openHostNix } from '../host/nix.ts';
import { requirement, testWith } from '../host/requirements.ts';
import { runLock2nix } from '../support/convert.ts';
import { makeSourcesProject, type SourcesProject } from './sources-project.ts';

const minor = newestPython3()?.minor ?? '3.11';
const needs = ['nix', `python${minor}`];

/** Packages by version, as the lock has them. */
const versions = {
  'acme-forge': '2.0',
  'acme-git': '1.0.dev3+g0123456',
  'acme-inside': '1.1',
  'acme-mono': '3.0',
  'acme-nested': '1.2',
  'acme-sibling': '1.3',
  'acme-url': '1.0',
  'acme-url-wheel': '1.0',
  'acme-wheel': '1.0',
  'acme-zip': '1.0',
  'acme-zipped': '1.0',
  app: '0.1.0',
};
const names = Object.keys(versions);

/** Tests build one after the other: each starts where the one before it ended. */
describe(`every kind of source on Python ${minor}`, () => {
  let made: SourcesProject | undefined;
  const sources = (): SourcesProject => {
    if (made === undefined) throw new Error('no project');
    return made;
  };
  let opened: HostNix | undefined;
  const nix = (): HostNix => {
    if (opened === undefined) throw new Error('no Nix');
    return opened;
  };
  // Whatever proxy there is, the servers are on this machine.
  const local = { environment: { no_proxy: '127.0.0.1', NO_PROXY: '127.0.0.1' } };
  const recipe = (): string => join(sources().project, 'nix', 'lock2nix');
  const convert = (...options: readonly string[]) =>
    runLock2nix(
      [
        ...['convert', '--python', minor, '--systems', 'x86_64-linux,aarch64-linux'],
        ...['--cache-dir', join(sources().folder, 'cache'), ...options],
      ],
      sources().project,
      { PATH: process.env['PATH'] },
    );
  const build = async (...attributes: readonly string[]): Promise<readonly string[]> =>
    (await nix().nixBuild({ file: recipe(), attributes }, local)).paths;
  const evaluate = (text: string): Promise<unknown> =>
    nix().nixInstantiate({ expression: `with import ${recipe()} { }; ${text}` });
  const run = async (...command: readonly string[]): Promise<string> => {
    const { exitCode, output, log } = await nix().run(command);
    expect({ exitCode, log }).toEqual({ exitCode: 0, log: '' });
    return output.trim();
  };

  beforeAll(async () => {
    if (requirement('nix').available) opened = openHostNix();
    made = await makeSourcesProject();
    const { exitCode, stderr } = await convert();
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  }, 60_000);
  afterAll(async () => {
    opened?.close();
    await made?.close();
    if (made !== undefined) rmSync(made.folder, { recursive: true, force: true });
  });

  testWith(needs, 'builds, with the versions of the lock', async () => {
    const [env = ''] = await build('env');
    const script = `import importlib, importlib.metadata as metadata, json
names = ${JSON.stringify(names)}
modules = {name: importlib.import_module(name.replace("-", "_")) for name in names if name != "app"}
print(json.dumps([
    {name: metadata.version(name) for name in names if name != "app"},
    {name: module.value for name, module in modules.items()},
    importlib.import_module("acme_vendored").value,
    metadata.metadata("acme-zip")["Summary"],
]))`;
    const { app: _, ...dependencies } = versions;
    expect(JSON.parse(await run(join(env, 'bin', 'python'), '-c', script))).toEqual([
      dependencies,
      expect.objectContaining({
        'acme-git': 'git',
        'acme-sibling': 'sibling',
        'acme-url-wheel': 'acme_url_wheel',
        'acme-zip': 'zip',
        'acme-zipped': 'zipped',
      }),
      'vendored',
      'Grüße, 日本',
    ]);
    expect(await run(join(env, 'bin', 'acme-zipped'))).toBe('zipped');
    const [app = ''] = await build('app');
    expect(await run(join(app, 'bin', 'app'))).toBe('sibling');
    // Once for the conversion, once for the build, each time other bytes.
    expect(new Set(sources().sent).size).toBe(sources().sent.length);
    expect(sources().sent.length).toBeGreaterThan(1);
  });

  testWith(
    needs,
    'every package is built again with the same bytes, and passes the linter',
    async () => {
      const packages = await build(...names.map((name) => `packages.${name}`));
      const [app = ''] = await build('app');
      for (const path of packages) {
        const lint = { storeDir: nix().storeDir, hostInterpreters, allRecorded: true };
        expect(lintOutput(path, lint)).toEqual([]);
      }
      const { failed, checked, log } = await nix().rebuildCheck(app);
      expect({ failed, log: failed.length > 0 ? log : '' }).toEqual({ failed: [], log: '' });
      const built = names.filter((name) => name !== 'acme-wheel' && name !== 'acme-url-wheel');
      for (const name of built) {
        expect(checked.some((path) => path.includes(`-${name}-`))).toBe(true);
      }
    },
  );

  testWith(needs, 'is built again after an edit of its own folder only', async () => {
    const live = ['acme-inside', 'acme-nested', 'acme-sibling', 'acme-wheel', 'acme-zip', 'app'];
    const derivations = async (): Promise<Record<string, string>> =>
      (await evaluate(
        `builtins.mapAttrs (_: package: package.drvPath) { inherit (packages) ${live.join(' ')}; }`,
      )) as Record<string, string>;
    let before = await derivations();
    const changed = async (path: string): Promise<readonly string[]> => {
      const file = join(sources().project, path);
      mkdirSync(join(file, '..'), { recursive: true });
      appendFileSync(file, '# edited\n');
      const after = await derivations();
      const names = live.filter((name) => after[name] !== before[name]);
      before = after;
      return names;
    };
    expect(await changed('../sibling/acme_sibling.py')).toEqual(['acme-sibling']);
    expect(await changed('../sibling/__pycache__/acme_sibling.pyc')).toEqual([]);
    expect(await changed('../other/file.py')).toEqual([]);
    expect(await changed('app/__init__.py')).toEqual(['app']);
    expect(await changed('packages/inside/acme_inside.py')).toEqual(['acme-inside', 'app']);
    // The folder of a member holds those below it, as that of the project does.
    expect(await changed('packages/inside/nested/acme_nested.py')).toEqual([
      'acme-inside',
      'acme-nested',
      'app',
    ]);
    expect(await changed('nix/lock2nix/lock2nix.json')).toEqual([]);
  });

  testWith(
    needs,
    'is built of a project that is fetched, with nothing read while evaluating',
    async () => {
      const output = join(sources().folder, 'packaging');
      expect(await convert('-o', output)).toMatchObject({ exitCode: 0 });
      const { url, rev } = sources().repository;
      // What is in the repository is what was there before the edits of the test above.
      const fetched = join(sources().folder, 'checkout');
      await run('git', 'clone', '--quiet', url, fetched);
      rmSync(join(fetched, '.git'), { recursive: true });
      const hash = await run('nix', 'hash', 'path', fetched);
      const target = (src: string, ...attributes: readonly string[]) => ({
        expression: `let
        pkgs = import <nixpkgs> { };
        work = pkgs.fetchgit { url = "${url}"; rev = "${rev}"; hash = "${hash}"; };
      in import ${output} { src = ${src}; }`,
        attributes,
      });
      const options = { ...local, options: ['--option', 'allow-import-from-derivation', 'false'] };
      const { paths } = await nix().nixBuild(target('(work + "/app")', 'env', 'app'), options);
      expect(await run(join(paths[1] ?? '', 'bin', 'app'))).toBe('sibling');
      const { exitCode, log } = await nix().tryNixBuild(
        target('work', 'packages.acme-sibling'),
        options,
      );
      expect(exitCode).toBe(1);
      expect(log).toContain('lock2nix: `../sibling` is not there, seen from `src`, which is /');
    },
  );

  testWith(needs, 'a flake says what to do about a folder outside of it', async () => {
    const flakes = join(sources().folder, 'flakes');
    const write = (folder: string, path: string): void => {
      cpSync(join(import.meta.dirname, '../host/lib.nix'), join(folder, 'lib.nix'));
      cpSync(join(recipe(), 'runtime', 'source.nix'), join(folder, 'source.nix'));
      writeFileSync(
        join(folder, 'flake.nix'),
        `{
          outputs = _: {
            found = toString (import ./source.nix { lib = import ./lib.nix; src = ${path}; exclude = [ ]; } "../sibling");
          };
        }`,
      );
    };
    mkdirSync(join(flakes, 'alone'), { recursive: true });
    write(join(flakes, 'alone'), './.');
    cpSync(join(sources().folder, 'work'), join(flakes, 'both'), { recursive: true });
    write(join(flakes, 'both'), './app');
    const evaluateFlake = (name: string) =>
      nix().run([
        'nix',
        'eval',
        '--raw',
        '--no-write-lock-file',
        `path:${join(flakes, name)}#found`,
      ]);
    const both = await evaluateFlake('both');
    expect(both).toMatchObject({ exitCode: 0, output: expect.stringMatching(/-source$/) });
    const alone = await evaluateFlake('alone');
    expect(alone.exitCode).toBe(1);
    expect(alone.log).toContain(
      'it lies outside of that folder, and a flake holds its own folder only: put flake.nix into a folder that holds both, or pass `src` as a path that has `../sibling`',
    );
  });
});
