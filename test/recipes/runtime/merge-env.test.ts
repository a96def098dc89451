import { chmodSync, mkdirSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import {
  type Python,
  readTree,
  runProgram,
  type ScriptResult,
  scripts,
  type Tree,
  testOnPythons,
  withFolder,
  writeTree,
} from './support.ts';

/** Writes packages under names as a store has them, `@` standing for site-packages and `PREFIX` for the interpreter. */
const writePackages = (
  python: Python,
  folder: string,
  packages: Readonly<Record<string, Tree>>,
): readonly string[] =>
  Object.entries(packages).map(([name, tree], index) =>
    writeTree(
      join(folder, `${String(index).repeat(32)}-${name}`),
      Object.fromEntries(
        Object.entries(tree).map(([path, text]) => [
          path.replace('@', python.library).replace('pythonX.Y', `python${python.minor}`),
          text.replace('PREFIX', python.prefix),
        ]),
      ),
    ),
  );

interface Merged extends ScriptResult {
  readonly out: string;
  readonly packages: readonly string[];
}

const merge = async (
  python: Python,
  folder: string,
  packages: Readonly<Record<string, Tree>>,
  prefix = python.prefix,
): Promise<Merged> => {
  const paths = writePackages(python, folder, packages);
  const named = Object.keys(packages).map((name, index) => {
    const [stem = '', version = ''] = name.split(/-(?=\d)/);
    return { name: stem, version, path: paths[index] };
  });
  const manifest = join(folder, 'manifest.json');
  writeFileSync(manifest, JSON.stringify({ packages: named, collisions: [] }));
  const out = join(folder, 'out');
  const args = [out, prefix, python.minor, manifest];
  return { ...(await python.run('merge_env.py', args)), out, packages: paths };
};

const extendPath = '__path__ = __import__("pkgutil").extend_path(__path__, __name__)\n';
const declare = `"""Shared."""
try:
    __import__('pkg_resources').declare_namespace(__name__)
except ImportError:
    from pkgutil import extend_path
    __path__ = extend_path(__path__, __name__)
`;
/** The name of the bytecode of a module. */
const bytecode = (python: Python, name: string): string =>
  python.minor === '2.7'
    ? `${name}.pyc`
    : `__pycache__/${name}.cpython-${python.minor.replace('.', '')}.pyc`;

testOnPythons('packages become an environment that works by itself', async (python) => {
  await withFolder(async (folder) => {
    const { out, packages, ...result } = await merge(python, folder, {
      'left-1.0': {
        '@/left.py': 'name = "left"\n',
        '@/shared/__init__.py': extendPath,
        [`@/shared/${bytecode(python, '__init__')}`]: 'left',
        '@/shared/one.py': 'one = 1\n',
        '@/left.pth': 'more\n',
        '@/more/deep.py': 'deep = "deep"\n',
        'bin/tool':
          '#!PREFIX/bin/pythonX.Y -u\nimport sys, left; print(left.name + sys.prefix)\n+x'.replace(
            'X.Y',
            python.minor,
          ),
        'bin/shell': '#!/bin/sh\n+x',
        'bin/data': 'no program',
        'share/same': 'same',
        'share/folder/left': 'left',
        'nix-support/propagated-build-inputs': 'left',
      },
      'right-1.0': {
        '@/right.py': '',
        '@/shared/__init__.py': declare,
        [`@/shared/${bytecode(python, '__init__')}`]: 'right',
        '@/shared/two.py': 'two = 2\n',
        'share/same': 'same',
        'share/folder/right': 'right',
        'nix-support/propagated-build-inputs': 'right',
      },
    });
    expect(result).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    const [left = '', right = ''] = packages;
    const tree = readTree(out);
    const own = Object.fromEntries(
      Object.entries(tree)
        .filter(([, text]) => !text.startsWith(`-> ${python.prefix}/`))
        .filter(([path]) => path !== `bin/python${python.minor}`)
        .map(([path, text]) => [
          path.replace(python.library, '@'),
          text
            .replace(left, 'LEFT')
            .replace(right, 'RIGHT')
            .replace(python.library, '@')
            .replace(out, 'OUT'),
        ]),
    );
    const program = `python${python.minor}`;
    expect(own).toEqual({
      'bin/python': `-> ${program}`,
      [`bin/python${python.minor[0]}`]: `-> ${program}`,
      'bin/tool': `#!OUT/bin/${program} -u\nimport sys, left; print(left.name + sys.prefix)\n+x`,
      'bin/shell': '-> LEFT/bin/shell',
      'bin/data': '-> LEFT/bin/data',
      '@/left.py': '-> LEFT/@/left.py',
      '@/left.pth': '-> LEFT/@/left.pth',
      '@/more/deep.py': '-> LEFT/@/more/deep.py',
      '@/shared/one.py': '-> LEFT/@/shared/one.py',
      '@/shared/two.py': '-> RIGHT/@/shared/two.py',
      // The longer declaration, and the bytecode that belongs to it.
      '@/shared/__init__.py': '-> RIGHT/@/shared/__init__.py',
      [`@/shared/${bytecode(python, '__init__')}`]: `-> RIGHT/@/shared/${bytecode(python, '__init__')}`,
      '@/right.py': '-> RIGHT/@/right.py',
      'share/same': '-> LEFT/share/same',
      'share/folder/left': '-> LEFT/share/folder/left',
      'share/folder/right': '-> RIGHT/share/folder/right',
    });
    // The whole standard library, bytecode included: else each start would compile it anew.
    expect(readdirSync(join(out, 'lib', program)).sort()).toEqual(
      readdirSync(join(python.prefix, 'lib', program)).sort(),
    );
    expect(readlinkSync(join(out, 'include'))).toBe(join(python.prefix, 'include'));

    const code =
      'import sys, left, deep, json; print(sys.prefix); print(sys.executable); print(deep.deep)';
    expect(await runProgram(join(out, 'bin', 'python'), ['-c', code], folder)).toEqual({
      exitCode: 0,
      stdout: `${out}\n${join(out, 'bin', 'python')}\ndeep\n`,
      stderr: '',
    });
    expect(await runProgram(join(out, 'bin', 'tool'), [], folder)).toEqual({
      exitCode: 0,
      stdout: `left${out}\n`,
      stderr: '',
    });
  });
});

testOnPythons("headers of packages lie beside the interpreter's", async (python) => {
  await withFolder(async (folder) => {
    const { out, packages, exitCode } = await merge(python, folder, {
      'left-1.0': { 'include/pythonX.Y/left/left.h': '' },
      'right-1.0': { 'include/pythonX.Y/right/right.h': '', 'include/other.h': '' },
    });
    expect(exitCode).toBe(0);
    const headers =
      readdirSync(join(python.prefix, 'include')).find((name) =>
        name.startsWith(`python${python.minor}`),
      ) ?? '';
    const include = join(out, 'include');
    expect(readlinkSync(join(include, `python${python.minor}`, 'left', 'left.h'))).toContain(
      packages[0],
    );
    expect(readlinkSync(join(include, `python${python.minor}`, 'right', 'right.h'))).toContain(
      packages[1],
    );
    expect(readlinkSync(join(include, 'other.h'))).toContain(packages[1]);
    expect(readlinkSync(join(include, headers, 'Python.h'))).toBe(
      join(python.prefix, 'include', headers, 'Python.h'),
    );
  });
});

const left = 'left-1.0';
const right = 'right-2.0';

/** Two packages that do not go together, and the paths that they are told of. */
const collisions: readonly (readonly [string, Tree, Tree, readonly string[]])[] = [
  ['a module', { '@/x.py': '1' }, { '@/x.py': '2' }, ['@/x.py']],
  [
    'data',
    { 'share/x': '1', 'bin/x': 'a' },
    { 'share/x': '2', 'bin/x': 'b' },
    ['bin/x', 'share/x'],
  ],
  [
    'an __init__.py that does something',
    { '@/x/__init__.py': extendPath },
    { '@/x/__init__.py': `${extendPath}value = 1\n` },
    ['@/x/__init__.py'],
  ],
  ['links', { 'share/x': '-> one' }, { 'share/x': '-> two' }, ['share/x']],
  ['a link and a file', { 'share/x': '-> one' }, { 'share/x': 'one' }, ['share/x']],
  ['a file and a folder', { 'share/x': '1' }, { 'share/x/y/z': '2' }, ['share/x']],
  ['a linked folder and a folder', { 'share/x': '-> .' }, { 'share/x/y': '2' }, ['share/x']],
  ['bytecode without source', { '@/x.pyc': '1' }, { '@/x.pyc': '2' }, ['@/x.pyc']],
];

testOnPythons('a collision names the path and both owners', async (python) => {
  for (const [name, one, other, paths] of collisions) {
    await withFolder(async (folder) => {
      const { packages, exitCode, stderr } = await merge(python, folder, {
        [left]: one,
        'middle-1.5': { 'share/middle': '' },
        [right]: other,
      });
      const owner = (text: string): string => text.replace(/-(?=\d)/, ' ');
      const message = paths
        .map(
          (path) =>
            `error: 2 packages bring ${path.replace('@', python.library)} with differing content:\n` +
            `  ${owner(left)} (${packages[0]})\n  ${owner(right)} (${packages[2]})\n`,
        )
        .join('');
      const [found] = stderr.split('hint: ');
      expect({ name, exitCode, found }).toEqual({ name, exitCode: 1, found: message });
    });
  }
});

testOnPythons("what is the interpreter's own stays so", async (python) => {
  const own = [
    'bin/python',
    `lib/python${python.minor}/os.py`,
    `lib/python${python.minor}/json/deep/extra.py`,
  ];
  for (const path of own) {
    await withFolder(async (folder) => {
      const { packages, exitCode, stderr } = await merge(python, folder, {
        [left]: { [path]: 'x' },
      });
      expect({ exitCode, stderr }).toEqual({
        exitCode: 1,
        stderr: `error: ${left.replace(/-(?=\d)/, ' ')} (${packages[0]}) brings ${path}, which is the interpreter's own\n`,
      });
    });
  }
});

testOnPythons('a wrapper is no interpreter', async (python) => {
  await withFolder(async (folder) => {
    const prefix = join(folder, 'wrapped');
    mkdirSync(join(prefix, 'bin'), { recursive: true });
    mkdirSync(join(prefix, 'include'));
    mkdirSync(join(prefix, 'lib', `python${python.minor}`), { recursive: true });
    const program = join(prefix, 'bin', `python${python.minor}`);
    writeFileSync(program, `#!/bin/sh\nexec ${python.executable} "$@"\n`);
    chmodSync(program, 0o755);
    const { exitCode, stderr } = await merge(python, folder, { [left]: {} }, prefix);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: `error: the copied interpreter takes ${python.prefix} for its prefix; pass a bare interpreter as \`python\`\n`,
    });
  });
});

const namespaces: readonly (readonly [source: string, isNamespace: boolean])[] = [
  ['', true],
  ['# comment\n', true],
  ['"""Documented."""\n', true],
  ['pass\n', true],
  [extendPath, true],
  [declare, true],
  ['from pkgutil import extend_path\n__path__ = extend_path(__path__, __name__)\n', true],
  ['import pkg_resources\npkg_resources.declare_namespace(__name__)\n', true],
  [
    'from __future__ import absolute_import\n__import__("pkg_resources").declare_namespace(__name__)\n',
    true,
  ],
  ['# coding: utf-8\n"""Ü"""\n', true],
  ['value = 1\n', false],
  ['import os\n', false],
  ['import pkgutil, os\n', false],
  ['from . import module\n', false],
  ['from os import *\n', false],
  [`${extendPath}print(1)\n`, false],
  ['if True:\n    pass\n', false],
  ['def f():\n    pass\n', false],
  ['try:\n    import pkgutil\nexcept ImportError:\n    print(1)\n', false],
  ['try:\n    import pkgutil\nexcept ImportError:\n    pass\nelse:\n    value = 1\n', false],
  ['try:\n    pass\nexcept ImportError:\n    pass\nfinally:\n    value = 1\n', false],
  ['this is no python\n', false],
  ['a\0b', false],
];

testOnPythons(
  'an __init__.py that only declares a namespace is told from others',
  async (python) => {
    await withFolder(async (folder) => {
      const paths = namespaces.map(([source], index) => {
        writeFileSync(join(folder, `${index}.py`), source);
        return join(folder, `${index}.py`);
      });
      const code =
        'import json, sys; sys.path.insert(0, sys.argv[1]); import merge_env; print(json.dumps([merge_env.is_namespace(path) for path in sys.argv[2:]]))';
      const { stdout, stderr } = await runProgram(python.executable, [
        '-W',
        'error',
        '-c',
        code,
        scripts,
        ...paths,
      ]);
      expect(stderr).toBe('');
      const answers = JSON.parse(stdout) as readonly boolean[];
      expect(namespaces.map(([source], index) => [source, answers[index]])).toEqual(namespaces);
    });
  },
);
