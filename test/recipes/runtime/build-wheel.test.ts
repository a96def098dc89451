import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import {
  type Python,
  readTree,
  type ScriptResult,
  type Tree,
  testOnPythons,
  withFolder,
  writeTree,
} from './support.ts';

/** A backend that writes down what it was given. */
const backend = `
import json, os, sys

def build_wheel(folder, config_settings=None, metadata_directory=None):
    with open(os.path.join(folder, 'made.whl'), 'w') as stream:
        json.dump([config_settings, metadata_directory, sys.argv, os.listdir('.')], stream)
    return 'made.whl'

class Inner(object):
    build_wheel = staticmethod(build_wheel)

class hooks(object):
    inner = Inner
`;

const build = async (
  python: Python,
  folder: string,
  tree: Tree,
  ...args: readonly string[]
): Promise<ScriptResult> => {
  const source = join(folder, 'source');
  mkdirSync(source);
  writeTree(source, tree);
  return python.run('build_wheel.py', [join(folder, 'wheels'), ...args], source);
};

const made = (folder: string): unknown => {
  const { 'wheels/made.whl': text = '' } = readTree(folder);
  return text === '' ? undefined : JSON.parse(text);
};

testOnPythons('backends in the tree are found by backend-path alone', async (python) => {
  const rows: readonly (readonly [Tree, readonly string[]])[] = [
    [{ 'own.py': backend }, ['own', '.']],
    [{ 'tools/own/__init__.py': '', 'tools/own/api.py': backend }, ['own.api', 'tools']],
    [{ 'tools/own.py': backend, 'more/x.py': '' }, ['own:hooks.inner', 'more', 'tools']],
  ];
  for (const [tree, args] of rows) {
    await withFolder(async (folder) => {
      const result = await build(python, folder, tree, ...args);
      expect(result).toEqual({ exitCode: 0, stdout: '', stderr: '' });
      const top = [...new Set(Object.keys(tree).map((path) => path.split('/')[0]))];
      expect(made(folder)).toEqual([{}, null, ['setup.py'], expect.arrayContaining(top)]);
    });
  }
});

testOnPythons(
  'neither the source tree nor the script is on the path without backend-path',
  async (python) => {
    await withFolder(async (folder) => {
      const inTree = await build(python, folder, { 'own.py': backend }, 'own');
      expect(inTree.exitCode).toBe(1);
      expect(inTree.stderr).toMatch(/(?:Import|ModuleNotFound)Error: No module named '?own/);
    });
    await withFolder(async (folder) => {
      const beside = await build(python, folder, {}, 'merge_env');
      expect(beside.exitCode).toBe(1);
      expect(beside.stderr).toMatch(/(?:Import|ModuleNotFound)Error: No module named '?merge_env/);
    });
  },
);

testOnPythons(
  'a backend from elsewhere is refused where backend-path names a place',
  async (python) => {
    await withFolder(async (folder) => {
      const { exitCode, stderr } = await build(
        python,
        folder,
        { 'tools/own.py': backend },
        'json',
        'tools',
      );
      expect(exitCode).toBe(1);
      expect(stderr).toContain('error: the backend json is not in backend-path (tools) but ');
    });
    await withFolder(async (folder) => {
      mkdirSync(join(folder, 'outside'));
      writeFileSync(join(folder, 'outside', 'own.py'), backend);
      const { exitCode, stderr } = await build(
        python,
        folder,
        { link: '-> ../outside' },
        'own',
        'link',
      );
      expect({ exitCode, stderr }).toEqual({
        exitCode: 1,
        stderr: 'error: backend-path leads out of the source tree: link\n',
      });
    });
  },
);
