import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { newestPython3 } from '../host/interpreters.ts';
import { lintOutput } from '../host/lint-output.ts';
import { type HostNix, openHostNix } from '../host/nix.ts';
import { requirement, testWith } from '../host/requirements.ts';
import {
  edge,
  graphOf,
  legacy,
  member,
  pinned,
  runtime,
  setuptools,
  tree,
} from '../recipes/graphs.ts';
import { writeRecipe } from '../recipes/write-recipe.ts';

/** A package of one module with a script of its name and others, and data. */
const project = (name: string, scripts: readonly string[]): Readonly<Record<string, string>> => ({
  'setup.py': `from setuptools import setup

setup(
    name="${name}",
    version="1.0",
    py_modules=["${name}"],
    data_files=[("share/${name}", ["data.txt"]), ("share/man/man1", ["${name}.1"])],
    entry_points={"console_scripts": [${scripts.map((each) => `"${each} = ${name}:main"`).join(', ')}]},
)
`,
  'data.txt': `${name}\n`,
  [`${name}.1`]: `.TH ${name} 1\n`,
  [`${name}.py`]: `import helper\n\n\ndef main():\n    print("${name} " + helper.word)\n`,
});

const helper: Readonly<Record<string, string>> = {
  'setup.py':
    'from setuptools import setup\nsetup(name="helper", version="1.0", py_modules=["helper"], data_files=[("share/helper", ["x"])], entry_points={"console_scripts": ["helper = helper:main"]})\n',
  'helper.py': 'word = "helped"\n\n\ndef main():\n    pass\n',
  x: 'x\n',
};

const folder = (name: string, dependencies: readonly string[]) =>
  pinned(name, '1.0', {
    artifacts: [tree({ kind: 'path', path: name })],
    dependencies: dependencies.map((each) => edge(each)),
    build: legacy('setuptools-80'),
    metadata: { description: `The project ${name}` },
  });

/** No lock has several roots yet; a graph may. */
describe('`app` of several roots', () => {
  const minor = newestPython3()?.minor ?? '3.11';
  const needs = ['nix', `python${minor}`];
  const scratch = mkdtempSync(join(tmpdir(), 'l2n-app-'));
  let opened: HostNix | undefined;

  beforeAll(() => {
    if (requirement('nix').available) opened = openHostNix();
    const packages = {
      one: project('one', ['one-serve', 'one-admin']),
      two: project('two', ['two', 'two-admin']),
      helper,
    };
    for (const [name, files] of Object.entries(packages)) {
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(join(scratch, name, dirname(path)), { recursive: true });
        writeFileSync(join(scratch, name, path), text);
      }
    }
    const graph = graphOf(
      [
        folder('helper', []),
        folder('one', ['helper@1.0']),
        folder('two', ['helper@1.0']),
        ...setuptools.packages,
      ],
      {
        environments: { default: runtime(member('helper@1.0')), ...setuptools.environment },
        roots: ['one', 'two'].map((name) => ({
          name,
          package: folder(name, []).id,
          scripts: name === 'one' ? ['one-admin', 'one-serve'] : ['two', 'two-admin'],
        })),
        python: { version: minor },
      },
    );
    writeRecipe(join(scratch, 'nix'), graph, '..');
  });
  afterAll(() => {
    opened?.close();
    rmSync(scratch, { recursive: true, force: true });
  });

  testWith(needs, 'has what they bring, and nothing of what they need', async () => {
    if (opened === undefined) throw new Error('no Nix');
    const nix = opened;
    const file = join(scratch, 'nix');
    const [app = ''] = (await nix.nixBuild({ file, attributes: ['app'] })).paths;
    const list = (path: string): readonly string[] => readdirSync(join(app, path)).sort();
    expect(list('.')).toEqual(['bin', 'share']);
    expect(list('bin')).toEqual(['one-admin', 'one-serve', 'two', 'two-admin']);
    expect(list('share')).toEqual(['man', 'one', 'two']);
    expect(list('share/man/man1')).toEqual(['one.1', 'two.1']);
    expect(readFileSync(join(app, 'share', 'two', 'data.txt'), 'utf8')).toBe('two\n');
    const ran = await Promise.all(
      ['one-admin', 'two'].map((name) => nix.run([join(app, 'bin', name)])),
    );
    expect(ran.map(({ output }) => output)).toEqual(['one helped\n', 'two helped\n']);
    expect(lintOutput(app, { storeDir: nix.storeDir })).toEqual([]);
    const meta = await nix.nixInstantiate({ file, attributes: ['app.meta'] });
    // `one` has no program that is meant by itself.
    expect(meta).toMatchObject({ description: 'The project one', mainProgram: 'two' });
  });
});
