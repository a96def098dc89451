import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { hostInterpreters, lintOutput } from '../host/lint-output.ts';
import { type HostNix, openHostNix } from '../host/nix.ts';
import { missingRequirements, requirement, testWith } from '../host/requirements.ts';
import { copyProject, python27Cache, runLock2nix } from '../support/convert.ts';

const minors = ['2.7', '3.8', '3.11', '3.12', '3.13'];

/** What an environment says of itself; runs on all of them. */
const question = `
from __future__ import print_function
import json, os, site, subprocess, sys, warnings
warnings.simplefilter('ignore')
import backports.functools_lru_cache, backports.shutil_get_terminal_size, tabulate
import pkg_resources
def scripts():
    try:
        from importlib.metadata import distribution
    except ImportError:
        return None
    return sorted(each.name for each in distribution('tabulate').entry_points)
child = [sys.executable, '-c', 'import sys, tabulate; sys.stdout.write(tabulate.__file__)']
print(json.dumps({
    'prefix': sys.prefix,
    'site': site.getsitepackages()[0],
    'namespace': len(list(backports.__path__)),
    'metadata': scripts(),
    'pkgResources': [each.name for each in pkg_resources.iter_entry_points('console_scripts', 'tabulate')],
    'child': subprocess.check_output(child, env={}).decode('utf-8'),
    'version': '%d.%d' % sys.version_info[:2],
}, sort_keys=True))
`;

/** Each interpreter has a project of its own; all share a store. */
describe('the same small environment', () => {
  const project = copyProject('poetry/python27-and-3-1.1');
  const scratch = mkdtempSync(join(tmpdir(), 'l2n-small-'));
  const recipeOf = (minor: string): string => join(project, `recipe-${minor}`);
  let opened: HostNix | undefined;

  const nix = (): HostNix => {
    if (opened === undefined) throw new Error('no Nix');
    return opened;
  };
  const run = async (command: readonly string[]): Promise<string> => {
    const { exitCode, output, log } = await nix().run(command, { cwd: scratch });
    expect({ exitCode, log }).toEqual({ exitCode: 0, log: '' });
    return output.trim();
  };
  const envOf = async (minor: string): Promise<string> => {
    const { paths } = await nix().nixBuild({
      file: recipeOf(minor),
      attributes: ['env'],
      ...(minor === '2.7' ? { arguments: { allowInsecurePython: 'true' } } : {}),
    });
    return paths[0] ?? '';
  };

  beforeAll(async () => {
    if (requirement('nix').available) opened = openHostNix();
    for (const minor of minors) {
      const { exitCode, stderr } = await runLock2nix(
        [
          ...['convert', '--offline', '--cache-dir', python27Cache],
          ...['--python', minor, '-o', recipeOf(minor)],
        ],
        project,
      );
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    }
    const found = minors.filter((minor) => missingRequirements([`python${minor}`]).length === 0);
    // Both cores have something to do; what fails is told by the tests.
    if (opened !== undefined) await Promise.allSettled(found.map(envOf));
  }, 300_000);
  afterAll(() => {
    opened?.close();
    rmSync(project, { recursive: true, force: true });
    rmSync(scratch, { recursive: true, force: true });
  });

  for (const minor of minors) {
    testWith(['nix', `python${minor}`], `on Python ${minor}`, async () => {
      const env = await envOf(minor);
      const library = join(env, 'lib', `python${minor}`, 'site-packages');
      const link = join(scratch, `python${minor}`);
      symlinkSync(join(env, 'bin', 'python'), link);
      const answer = {
        prefix: env,
        site: library,
        namespace: 1,
        metadata: minor === '2.7' ? null : ['tabulate'],
        pkgResources: ['tabulate'],
        child: expect.stringContaining(`${library}/tabulate.py`),
        version: minor,
      };
      for (const python of [[`${env}/bin/python`], [link], ['env', '-i', `${env}/bin/python`]]) {
        expect(JSON.parse(await run([...python, '-c', question]))).toEqual(answer);
      }
      expect(await run(['env', '-i', `${env}/bin/tabulate`, '--help'])).toContain('tabulate');
      expect(
        lintOutput(env, {
          storeDir: nix().storeDir,
          hostInterpreters,
          provided: [`libpython${minor}.so.1.0`],
        }),
      ).toEqual([]);
    });
  }
});
