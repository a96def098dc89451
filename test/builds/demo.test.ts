import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { findInterpreters } from '../host/interpreters.ts';
import { hostInterpreters, lintOutput } from '../host/lint-output.ts';
import { type HostNix, openHostNix } from '../host/nix.ts';
import { requirement, testWith } from '../host/requirements.ts';
import { copyProject, demoCache, runLock2nix } from '../support/convert.ts';
import { transcriptReport } from '../support/transcript.ts';

/** The newest interpreter that the lock allows. */
const minor =
  ['3.13', '3.12', '3.11'].find((known) =>
    findInterpreters().found.some((interpreter) => interpreter.minor === known),
  ) ?? '3.11';
const needs = ['nix', `python${minor}`];

/** Tests build one after the other: each starts where the one before it ended. */
describe(`the demo application on Python ${minor}`, () => {
  const project = copyProject('demo');
  const scratch = mkdtempSync(join(tmpdir(), 'l2n-demo-'));
  let opened: HostNix | undefined;
  const nix = (): HostNix => {
    if (opened === undefined) throw new Error('no Nix');
    return opened;
  };
  const build = async (attribute: string): Promise<string> => {
    const { paths } = await nix().nixBuild({
      file: join(project, 'nix', 'lock2nix'),
      attributes: [attribute],
    });
    return paths[0] ?? '';
  };
  const run = async (...command: readonly string[]): Promise<string> => {
    const { exitCode, output, log } = await nix().run(command, { cwd: scratch });
    expect({ exitCode, log }).toEqual({ exitCode: 0, log: '' });
    return output.trim();
  };

  beforeAll(async () => {
    if (requirement('nix').available) opened = openHostNix();
    // MarkupSafe and PyYAML from source on each interpreter; what is built by another backend stays a wheel.
    const { exitCode, stderr } = await runLock2nix(
      [
        ...['convert', '--offline', '--cache-dir', demoCache],
        ...['--python', minor, '--prefer', 'sdist', '--extras', 'metrics'],
      ],
      project,
    );
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  });
  afterAll(() => {
    opened?.close();
    rmSync(project, { recursive: true, force: true });
    rmSync(scratch, { recursive: true, force: true });
  });

  testWith(needs, '`env` imports everything and its programs run', async () => {
    const env = await build('env');
    expect(await run(`${env}/bin/flask`, '--version')).toContain('Flask 3.');
    expect(await run(`${env}/bin/gunicorn`, '--version')).toContain('gunicorn');
    const compiled = 'import markupsafe._speedups, yaml, sys; print(sys.prefix)';
    expect(await run(`${env}/bin/python`, '-c', compiled)).toBe(env);
    expect(await build('checks.default')).not.toBe('');
  });

  testWith(needs, 'a link to its python from outside keeps the environment', async () => {
    const env = await build('env');
    const link = join(scratch, 'python');
    symlinkSync(join(env, 'bin', 'python'), link);
    const child =
      'import subprocess, sys; subprocess.check_call([sys.executable, "-c", "import flask"])';
    expect(await run(link, '-c', `${child}; print(sys.prefix)`)).toBe(env);
  });

  testWith(needs, '`app` answers, with its data file', async () => {
    const app = await build('app');
    const report = JSON.parse(await run(join(app, 'bin', 'demo-app'), '--check'));
    expect(report).toEqual(transcriptReport());
  });

  testWith(
    needs,
    'every package is built again with the same bytes, and passes the linter',
    async () => {
      const target = { file: join(project, 'nix', 'lock2nix') };
      const names = (await nix().nixInstantiate({
        expression: `builtins.attrNames (import ${target.file} { }).packages`,
      })) as string[];
      const { paths } = await nix().nixBuild({
        ...target,
        attributes: names.map((name) => `packages.${name}`),
      });
      const provided = [`libpython${minor}.so.1.0`];
      for (const path of paths) {
        expect(
          lintOutput(path, {
            storeDir: nix().storeDir,
            hostInterpreters,
            provided,
            allRecorded: true,
          }),
        ).toEqual([]);
      }
      for (const attribute of ['app', 'checks.default']) {
        const { failed, checked, log } = await nix().rebuildCheck(await build(attribute));
        expect({ failed, log: failed.length > 0 ? log : '' }).toEqual({ failed: [], log: '' });
        expect(checked.length).toBeGreaterThan(1);
      }
      for (const attribute of ['env', 'app']) {
        const output = await build(attribute);
        expect(
          lintOutput(output, { storeDir: nix().storeDir, hostInterpreters, provided }),
        ).toEqual([]);
      }
    },
  );
});
