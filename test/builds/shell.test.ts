import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { newestPython3 } from '../host/interpreters.ts';
import { hostInterpreters, lintOutput } from '../host/lint-output.ts';
import { type HostNix, openHostNix, type RunOptions, type RunResult } from '../host/nix.ts';
import { requirement, testWith } from '../host/requirements.ts';
import { runLock2nix, toolsCache } from '../support/convert.ts';
import { makeWheel, makeWorkshop } from './workshop.ts';

/** Tests build one after the other: each starts where the one before it ended. */
describe.each(['2.7', newestPython3()?.minor ?? '3.11'])(
  'a project to work on, on Python %s',
  (minor) => {
    const needs = ['nix', `python${minor}`];
    const project = makeWorkshop();
    const recipe = join(project, 'nix', 'lock2nix');
    const scratch = mkdtempSync(join(tmpdir(), 'l2n-shell-'));
    const allowed = { allowInsecurePython: 'true' };
    const options: RunOptions = { environment: { NIX_BUILD_SHELL: '/bin/bash' }, cwd: scratch };
    let opened: HostNix | undefined;
    const nix = (): HostNix => {
      if (opened === undefined) throw new Error('no Nix');
      return opened;
    };
    const build = async (
      attributes: readonly string[],
      more: Readonly<Record<string, string>> = {},
    ): Promise<readonly string[]> => {
      const given = minor === '2.7' ? { ...allowed, ...more } : more;
      return (await nix().nixBuild({ file: recipe, attributes, arguments: given })).paths;
    };
    const run = async (...command: readonly string[]): Promise<string> => {
      const { exitCode, output, log } = await nix().run(command, { cwd: scratch });
      expect({ exitCode, log }).toEqual({ exitCode: 0, log: '' });
      return output.trim();
    };
    const given = minor === '2.7' ? ['--arg', 'allowInsecurePython', 'true'] : [];
    const shell = (
      command: string,
      more: readonly string[] = [],
      environment: Readonly<Record<string, string>> = {},
    ): Promise<RunResult> =>
      nix().run(['nix-shell', recipe, '-A', 'shell', ...given, ...more, '--run', command], {
        ...options,
        environment: { ...options.environment, ...environment },
      });
    const edit = (path: string, from: string, to: string): string =>
      `sed -i 's/${from}/${to}/' '${join(project, path)}'`;
    const say = 'python -c "import workshop, greeter; print(workshop.state); greeter.main()"';

    beforeAll(async () => {
      if (requirement('nix').available) opened = openHostNix();
      const { exitCode, stderr } = await runLock2nix(
        ['convert', '--offline', '--cache-dir', toolsCache, '--python', minor],
        project,
      );
      expect(exitCode === 0 ? '' : stderr).toBe('');
    });
    afterAll(() => {
      opened?.close();
      rmSync(project, { recursive: true, force: true });
      rmSync(scratch, { recursive: true, force: true });
    });

    testWith(needs, '`nix-shell` sees edits of live members without a build', async () => {
      const first = await shell(
        [
          say,
          edit('workshop/__init__.py', 'built', 'edited'),
          edit('libs/greeter/src/greeter/__init__.py', 'hello', 'good morning'),
          say,
          'workshop',
          'greet',
          `cd /; python -c "import tiny; print(tiny.value)"`,
        ].join('; '),
      );
      const edited = 'edited\ngood morning 42\n';
      expect(first.output).toBe(
        `built\nhello 42\n${edited}edited: good morning\ngood morning 42\ntiny\n`,
      );
      expect(first.exitCode).toBe(0);
      // The next shell has the same sources, so that it is the edit that was built.
      expect((await shell(say)).output).toBe(edited);
    });

    testWith(needs, '`nix develop` enters it, and building it keeps what it needs', async () => {
      const flags = ['--impure', '-f', recipe, 'shell', ...given];
      const develop = await nix().run(['nix', 'develop', ...flags, '-c', 'greet'], options);
      expect({ ...develop, log: '' }).toEqual({
        exitCode: 0,
        output: 'good morning 42\n',
        log: '',
      });
      const [path = ''] = await build(['shell']);
      const env = readFileSync(path, 'utf8').trim();
      expect(await nix().references(path)).toEqual([env]);
      expect(await run(join(env, 'bin', 'greet'))).toBe('good morning 42');
    });

    testWith(needs, 'LOCK2NIX_PROJECT names the project where `src` is in the store', async () => {
      const stored = ['--arg', 'src', `builtins.path { path = ${project}; name = "source"; }`];
      const told = await shell(say, stored);
      expect(told.log).toContain('name its folder: export LOCK2NIX_PROJECT="$PWD"');
      expect(told.output).toBe('edited\ngood morning 42\n');
      const elsewhere = join(scratch, 'elsewhere');
      cpSync(project, elsewhere, { recursive: true });
      writeFileSync(join(elsewhere, 'workshop', '__init__.py'), 'state = "elsewhere"\n');
      const seen = await shell(say, stored, { LOCK2NIX_PROJECT: elsewhere });
      expect(seen.log).not.toContain('LOCK2NIX_PROJECT');
      expect(seen.output).toBe('elsewhere\ngood morning 42\n');
    });

    testWith(needs, 'live members are well-formed packages, made the same twice', async () => {
      const [path = ''] = await build(['shell']);
      const env = readFileSync(path, 'utf8').trim();
      const editable = (await nix().references(env)).filter((each) => each.endsWith('-editable'));
      expect(editable).toHaveLength(2);
      const lint = {
        storeDir: nix().storeDir,
        hostInterpreters,
        provided: [`libpython${minor}.so.1.0`],
      };
      for (const each of editable) {
        expect(lintOutput(each, { ...lint, allRecorded: true })).toEqual([]);
      }
      expect(lintOutput(env, lint)).toEqual([]);
      const { failed, log } = await nix().rebuildCheck(path);
      expect({ failed, log: failed.length > 0 ? log : '' }).toEqual({ failed: [], log: '' });
      const pythonModules = 'print("%s %s" % (left.value, right.value))';
      expect(await run(`${env}/bin/python`, '-c', `import left, right; ${pythonModules}`)).toBe(
        'left right',
      );
    });

    testWith(needs, 'the development environment is whole, and `env` has none of it', async () => {
      await build(['checks.default', 'checks.development']);
      const [env = '', development = ''] = await build(['env', 'envs.development']);
      const importTiny = 'import tiny; print(tiny.value)';
      expect(await run(`${development}/bin/python`, '-c', importTiny)).toBe('tiny');
      const { exitCode, log } = await nix().run([`${env}/bin/python`, '-c', importTiny]);
      expect({ exitCode, log }).toEqual({ exitCode: 1, log: expect.stringContaining('tiny') });
    });

    testWith(needs, '`app` has the scripts and data of the root only', async () => {
      const [app = ''] = await build(['app']);
      expect(readdirSync(app).sort()).toEqual(['bin', 'share']);
      expect(readdirSync(join(app, 'bin')).sort()).toEqual(['workshop', 'workshop-single']);
      expect(readFileSync(join(app, 'share', 'workshop', 'notes.txt'), 'utf8')).toBe('notes\n');
      expect(await run(join(app, 'bin', 'workshop'))).toBe('edited: good morning');
      expect(lintOutput(app, { storeDir: nix().storeDir })).toEqual([]);
    });

    testWith(
      needs,
      'packages that need each other are built, each with an environment',
      async () => {
        const paths = await build(['packages.left.env', 'packages.right.env']);
        expect(paths).toHaveLength(2);
        for (const path of paths) {
          const text = 'import right, left; print("%s %s" % (left.value, right.value))';
          expect(await run(`${path}/bin/python`, '-c', text)).toBe('left right');
        }
      },
    );

    testWith(needs, '`pythonModules` are what `withPackages` takes', async () => {
      const python = `python${minor.replace('.', '')}`;
      const { paths } = await nix().nixBuild(
        {
          expression: `let
          pkgs = import <nixpkgs> { };
          recipe = import ${recipe} { };
        in pkgs.${python}.withPackages (_: [ recipe.pythonModules.left recipe.pythonModules.greeter ])`,
        },
        { environment: { NIXPKGS_ALLOW_INSECURE: '1' } },
      );
      const [path = ''] = paths;
      const text = 'import left, right, greeter; greeter.main()';
      expect(await run(`${path}/bin/python`, '-c', text)).toBe('good morning 42');
      expect(await run(`${path}/bin/greet`)).toBe('good morning 42');
    });

    testWith(needs, 'a package changed by `packageOverrides` reaches everything', async () => {
      const file = join(scratch, 'left-1.0-py2.py3-none-any.whl');
      writeFileSync(file, makeWheel('left', 'import right\nvalue = "changed"\n', ['right']));
      const packageOverrides = `_final: prev: {
      left = prev.left.overrideAttrs (_old: { src = ${file}; });
    }`;
      const attributes = ['env', 'packages.right.env', 'app.env', 'shell.env'];
      for (const path of await build(attributes, { packageOverrides })) {
        expect(await run(`${path}/bin/python`, '-c', 'import left; print(left.value)')).toBe(
          'changed',
        );
      }
    });
  },
);
