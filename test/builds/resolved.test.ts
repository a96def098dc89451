/** Inputs without pins, from the command line to what runs: found, pinned, built in the sandbox, imported. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { type HostNix, openHostNix } from '../host/nix.ts';
import { requirement, testWith } from '../host/requirements.ts';
import { copyProject, resolvedCache, runLock2nix } from '../support/convert.ts';

const offline = [
  ...['--offline', '--cache-dir', resolvedCache],
  ...['--systems', 'x86_64-linux,aarch64-linux,x86_64-darwin,aarch64-darwin'],
];

let opened: HostNix | undefined;
const nix = (): HostNix => {
  if (opened === undefined) throw new Error('no Nix');
  return opened;
};

const folders: string[] = [];
const makeFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'l2n-resolved-'));
  folders.push(folder);
  return folder;
};
const openProject = (fixture: string): string => {
  const folder = copyProject(fixture);
  folders.push(folder);
  return folder;
};

beforeAll(() => {
  if (requirement('nix').available) opened = openHostNix();
});
afterAll(() => {
  opened?.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

interface Recipe {
  /** Ids of its packages, but for the tools of builds and checks. */
  readonly ids: readonly string[];
  /** Builds attributes; their store paths. */
  readonly build: (...attributes: readonly string[]) => Promise<readonly string[]>;
}

/** Converts in a folder. */
const convert = async (
  folder: string,
  argv: readonly string[],
  allowed: Readonly<Record<string, string>> = {},
): Promise<Recipe> => {
  const { exitCode, stderr } = await runLock2nix(['convert', ...argv, ...offline], folder);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  const recipe = join(folder, 'nix', 'lock2nix');
  const { graph } = JSON.parse(readFileSync(join(recipe, 'lock2nix.json'), 'utf8')) as {
    readonly graph: {
      readonly environments: { readonly default: { readonly members: readonly { id: string }[] } };
    };
  };
  return {
    ids: graph.environments.default.members.map(({ id }) => id),
    build: async (...attributes) =>
      (await nix().nixBuild({ file: recipe, attributes, arguments: allowed })).paths,
  };
};

const run = async (...command: readonly string[]): Promise<string> => {
  const { exitCode, output, log } = await nix().run(command, { cwd: makeFolder() });
  expect({ exitCode, log }).toEqual({ exitCode: 0, log: '' });
  return output.trim();
};

const programsOf = (path: string): readonly string[] => readdirSync(join(path, 'bin')).sort();

describe('packages by name', () => {
  testWith(['nix', 'python3.12'], 'Flask: it is imported, and the app is its command', async () => {
    const { ids, build } = await convert(makeFolder(), [
      ...['pypi:flask==3.0.3', '--python', '3.12'],
    ]);
    expect(ids).toContain('flask@3.0.3');
    const [env = '', app = ''] = await build('env', 'app', 'checks.default');
    const program = 'import flask, markupsafe._speedups, sys; print(sys.prefix)';
    expect(await run(`${env}/bin/python`, '-c', program)).toBe(env);
    expect(programsOf(app)).toEqual(['flask']);
    expect(await run(`${app}/bin/flask`, '--version')).toMatch(
      /^Python 3\.12\.\d+\nFlask 3\.0\.3\n/,
    );
  });

  testWith(['nix', 'python2.7'], 'Pyramid on Python 2.7', async () => {
    const argv = ['pypi:pyramid==1.10.4', '--python', '2.7'];
    const { ids, build } = await convert(makeFolder(), argv, { allowInsecurePython: 'true' });
    expect(ids).toContain('pyramid@1.10.4');
    const [env = '', app = ''] = await build('env', 'app', 'checks.default');
    const program = 'import pyramid.config, zope.interface._zope_interface_coptimizations';
    expect(await run(`${env}/bin/python`, '-c', `${program}; print("done")`)).toBe('done');
    expect(programsOf(app)).toEqual(expect.arrayContaining(['prequest', 'pserve']));
    expect(programsOf(app)).not.toContain('python');
    expect(await run(`${app}/bin/pdistreport`)).toContain('Pyramid version: 1.10.4');
  });
});

describe('a requirements file', () => {
  testWith(['nix', 'python3.12'], 'with constraints and hashes', async () => {
    const folder = openProject('resolved/requirements');
    const { ids, build } = await convert(folder, ['--python', '3.12']);
    // MarkupSafe is nobody's requirement: constraints bound it and have its hashes.
    expect(ids).toEqual(['itsdangerous@2.1.2', 'jinja2@3.1.4', 'markupsafe@2.1.5']);
    const [env = ''] = await build('env', 'checks.default');
    const program = `
import itsdangerous, markupsafe._speedups
from jinja2 import Template
print(Template("{{ word|e }}").render(word="<a>"))
`;
    expect(await run(`${env}/bin/python`, '-c', program)).toBe('&lt;a&gt;');
  });
});

describe('a project with a pyproject.toml (PEP 621)', () => {
  testWith(['nix', 'python3.12'], 'runs, with an extra', async () => {
    const folder = openProject('resolved/project');
    const { ids, build } = await convert(folder, ['--python', '3.12', '--extras', 'table']);
    expect(ids.map((id) => id.split('@')[0])).toEqual([
      'click',
      'markupsafe',
      'tabulate',
      'wcwidth',
    ]);
    const [env = '', app = ''] = await build('env', 'app', 'checks.default');
    expect(await run(`${env}/bin/python`, '-c', 'import tabulate, wcwidth; print(1)')).toBe('1');
    const text = join(makeFolder(), 'text');
    writeFileSync(text, 'b <a> b\n');
    expect(programsOf(app)).toEqual(['tally']);
    expect(await run(`${app}/bin/tally`, text)).toBe('&lt;a&gt; 1\nb 2');
  });
});
