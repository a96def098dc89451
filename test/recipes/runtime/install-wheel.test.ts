import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { makeZip, type ZipItem } from '../../standards/make-archive.ts';
import { type Python, readTree, runProgram, testOnPythons, withFolder } from './support.ts';

const info = (name: string, contents: string): ZipItem => ({
  path: `demo-1.0.dist-info/${name}`,
  contents,
});
const metadata = [
  info('METADATA', 'Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n'),
  info('WHEEL', 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\n'),
  info('RECORD', 'demo/__init__.py,,\n'),
];
const writeWheel = (folder: string, ...items: readonly ZipItem[]): string => {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'demo-1.0-py3-none-any.whl');
  writeFileSync(path, makeZip([...items, ...metadata]));
  return path;
};

const install = async (python: Python, wheel: string, out: string): Promise<string> => {
  const unpacked = await python.run('install_wheel.py', ['unpack', wheel, out, python.executable]);
  expect(unpacked).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  const finished = await python.run('install_wheel.py', ['finish', out, python.executable]);
  expect(finished).toMatchObject({ exitCode: 0, stderr: '' });
  return finished.stdout;
};

/** What is installed, with `@` for the library and without bytecode. */
const installed = (python: Python, out: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(readTree(out))
      .filter(([path]) => !path.endsWith('.pyc'))
      .map(([path, text]) => [
        path.replace(python.library, '@').replace(`python${python.minor}`, 'pythonX.Y'),
        text.replace(python.executable, 'PYTHON'),
      ]),
  );

const entryPoint = (module: string, first: string, reference: string): string =>
  `#!PYTHON
# -*- coding: utf-8 -*-
import sys

from ${module} import ${first}

if __name__ == "__main__":
    sys.exit(${reference}())
+x`;

testOnPythons('a wheel is spread over its schemes', async (python) => {
  await withFolder(async (folder) => {
    const out = join(folder, 'out');
    const wheel = writeWheel(
      join(folder, 'wheels'),
      { path: 'demo/', mode: 0o040755 },
      { path: 'demo/__init__.py', contents: 'def main():\n    print("said")\n' },
      { path: './demo//naïve.txt', contents: 'x' },
      { path: 'demo/run.py', contents: '#!/usr/bin/env python3\nrun\n', mode: 0o100755 },
      { path: 'demo/plain.py', contents: '#!/usr/bin/env python3\nplain\n' },
      { path: 'demo-1.0.data/scripts/tool', contents: '#!python\ntool\n' },
      { path: 'demo-1.0.data/scripts/toolw', contents: '#!pythonw -E\r\ntool\n' },
      { path: 'demo-1.0.data/scripts/env', contents: '#!/usr/bin/env -S python3.9 -u\ntool\n' },
      { path: 'demo-1.0.data/scripts/other', contents: '#!/usr/bin/pythonista\ntool\n' },
      { path: 'demo-1.0.data/scripts/shell', contents: '#!/bin/sh\n' },
      { path: 'demo-1.0.data/data/share/demo/text', contents: 'x' },
      { path: 'demo-1.0.data/headers/demo.h', contents: '/* */' },
      { path: 'demo-1.0.data/purelib/pure.txt', contents: 'x' },
      { path: 'demo-1.0.data/platlib/plat.so', contents: 'x', mode: 0o104755 },
      info('RECORD.jws', '{}'),
      // Indented, as some projects write theirs.
      info(
        'entry_points.txt',
        '# comment\n  [console_scripts]\n  hello = demo:main\n    deep.name-2 = demo.sub:obj.method [extra, other]\n ; more\n\n[gui_scripts]\ngui=demo:main\n\n[other]\nx = what ever\n',
      ),
    );
    // Given as a folder with one wheel, which is what backends leave.
    await install(python, join(wheel, '..'), out);
    expect(installed(python, out)).toEqual({
      '@/demo/__init__.py': 'def main():\n    print("said")\n',
      '@/demo/naïve.txt': 'x',
      '@/demo/run.py': '#!PYTHON\nrun\n+x',
      '@/demo/plain.py': '#!/usr/bin/env python3\nplain\n',
      '@/pure.txt': 'x',
      '@/plat.so': 'x+x',
      '@/demo-1.0.dist-info/METADATA': metadata[0]?.contents,
      '@/demo-1.0.dist-info/WHEEL': metadata[1]?.contents,
      '@/demo-1.0.dist-info/INSTALLER': 'lock2nix\n',
      '@/demo-1.0.dist-info/RECORD': expect.any(String),
      '@/demo-1.0.dist-info/entry_points.txt': expect.any(String),
      'bin/tool': '#!PYTHON\ntool\n+x',
      'bin/toolw': '#!PYTHON -E\ntool\n+x',
      'bin/env': '#!PYTHON -u\ntool\n+x',
      'bin/other': '#!/usr/bin/pythonista\ntool\n+x',
      'bin/shell': '#!/bin/sh\n+x',
      'bin/hello': entryPoint('demo', 'main', 'main'),
      'bin/deep.name-2': entryPoint('demo.sub', 'obj', 'obj.method'),
      'bin/gui': entryPoint('demo', 'main', 'main'),
      'include/pythonX.Y/demo/demo.h': '/* */',
      'share/demo/text': 'x',
    });
    // setuid is gone.
    expect(statSync(join(out, python.library, 'plat.so')).mode & 0o7777).toBe(0o755);
    const program = `import sys; sys.path.insert(0, ${JSON.stringify(join(out, python.library))}); import runpy; runpy.run_path(${JSON.stringify(join(out, 'bin', 'hello'))}, run_name="__main__")`;
    expect(await runProgram(python.executable, ['-c', program])).toEqual({
      exitCode: 0,
      stdout: 'said\n',
      stderr: '',
    });
  });
});

interface RecordRow {
  readonly path: string;
  readonly hash: string;
  readonly size: string;
}

/** Rows of a RECORD, quoted as CSV where a name has a comma. */
const readRecord = (text: string): readonly RecordRow[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => {
      const match =
        /^(?:"(?<quoted>(?:[^"]|"")*)"|(?<plain>[^,]*)),(?<hash>[^,]*),(?<size>\d*)$/.exec(line);
      const { quoted, plain = '', hash = '?', size = '' } = match?.groups ?? {};
      return { path: quoted?.replaceAll('""', '"') ?? plain, hash, size };
    });

testOnPythons('RECORD has every file as it is in the end', async (python) => {
  await withFolder(async (folder) => {
    const out = join(folder, 'out');
    const wheel = writeWheel(
      folder,
      { path: 'demo/__init__.py', contents: '' },
      { path: 'demo/a, "b".txt', contents: 'x' },
      { path: 'demo/日本.txt', contents: 'x' },
      { path: 'demo-1.0.data/scripts/tool', contents: '#!python\n' },
    );
    await install(python, wheel, out);
    const library = join(out, python.library);
    const rows = readRecord(readFileSync(join(library, 'demo-1.0.dist-info', 'RECORD'), 'utf8'));
    const files = Object.keys(readTree(out));
    expect(rows.map(({ path }) => join(library, path)).sort()).toEqual(
      files.map((path) => join(out, path)).sort(),
    );
    expect(rows.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['../../../bin/tool', 'demo/a, "b".txt', 'demo/日本.txt']),
    );
    for (const { path, hash, size } of rows) {
      const bytes = readFileSync(join(library, path));
      const isBare = path.endsWith('.pyc') || path.endsWith('/RECORD');
      const digest = createHash('sha256').update(bytes).digest('base64url');
      expect({ path, hash, size }).toEqual({
        path,
        hash: isBare ? '' : `sha256=${digest}`,
        size: isBare ? '' : String(bytes.length),
      });
    }
  });
});

testOnPythons('bytecode is the same wherever and whenever it is made', async (python) => {
  await withFolder(async (folder) => {
    const wheel = writeWheel(
      folder,
      { path: 'demo/__init__.py', contents: 'NAMES = {"a", "b", "c"}\n' },
      {
        path: 'demo/latin.py',
        contents: Buffer.from('# coding: latin-1\nname = "\u00e9"\n', 'latin1'),
      },
      { path: 'demo/broken.py', contents: Buffer.from('name = "\u00e9"\n', 'latin1') },
      { path: 'demo/template.py', contents: 'class {{ name }}:\n' },
      { path: 'demo-1.0.data/scripts/tool.py', contents: '#!python\n' },
    );
    // Python 2 compiles bytes as they are, though it would not read them from a file.
    const isPython2 = python.minor === '2.7';
    const trees = [];
    for (const name of ['one', 'another/place']) {
      const out = join(folder, name);
      const said = await install(python, wheel, out);
      expect(said).toBe(
        [...(isPython2 ? [] : ['broken']), 'template']
          .map((each) => `not compiled: demo/${each}.py\n`)
          .join(''),
      );
      trees.push(readTree(out));
      for (const path of Object.keys(readTree(out))) {
        if (path.endsWith('.pyc'))
          expect(readFileSync(join(out, path)).includes(folder)).toBe(false);
      }
    }
    const [one = {}, another] = trees;
    expect(one).toEqual(another);
    const compiled = Object.keys(one).filter((path) => path.endsWith('.pyc'));
    const names = ['__init__', ...(isPython2 ? ['broken'] : []), 'latin'];
    expect(compiled.map((path) => path.replace(`${python.library}/demo/`, ''))).toEqual(
      isPython2
        ? names.map((name) => `${name}.pyc`)
        : names.map((name) => `__pycache__/${name}.cpython-${python.minor.replace('.', '')}.pyc`),
    );
    // The store gives every file the time 1: bytecode that asks for another one is not used.
    const code =
      'import sys; sys.dont_write_bytecode = True; sys.path.insert(0, sys.argv[1]); import demo; print(demo.__file__ + " " + str(getattr(demo, "__cached__", None)))';
    const used = await runProgram(python.executable, [
      '-v',
      '-c',
      code,
      join(folder, 'one', python.library),
    ]);
    expect(used.stderr).toMatch(
      isPython2
        ? /precompiled from .*demo\/__init__\.pyc/
        : /code object from .*__init__\.cpython-\d+\.pyc/,
    );
  });
});

type Hostile = readonly [name: string, items: readonly ZipItem[], message: string];

const member = (path: string): readonly ZipItem[] => [{ path, contents: 'x' }];
const entry = (line: string): readonly ZipItem[] => [
  info('entry_points.txt', `[console_scripts]\n${line}\n`),
];
const outside = "error: the wheel has a member outside its own folder: '%'";
const noEntry = 'error: the entry point % is not NAME = MODULE:FUNCTION';

const hostile: readonly Hostile[] = [
  ['a member above', member('../x'), outside.replace('%', '../x')],
  ['a member above, deep', member('demo/../../x'), outside.replace('%', 'demo/../../x')],
  ['an absolute member', member('/tmp/x'), outside.replace('%', '/tmp/x')],
  ['a member of Windows', member('demo\\x.py'), outside.replace('%', 'demo\\\\x.py')],
  ['a script above', member('demo-1.0.data/scripts/../../x'), outside.replace('%', '../../x')],
  ['an absolute script', member('demo-1.0.data/scripts//tmp/x'), outside.replace('%', '/tmp/x')],
  ['a scheme as a file', member('demo-1.0.data/scripts'), outside.replace('%', '')],
  [
    'an unknown scheme',
    member('demo-1.0.data/stdlib/os.py'),
    "error: the wheel has files of an unknown scheme: 'demo-1.0.data/stdlib/os.py'",
  ],
  [
    'two distributions',
    member('other-1.0.dist-info/WHEEL'),
    'error: the wheel has 2 .dist-info folders instead of one',
  ],
  [
    'a file in place of a folder',
    [{ path: 'demo/x/y' }, { path: 'demo/x' }],
    "error: the wheel's member 'demo/x' cannot be written: ",
  ],
  [
    'a folder in place of a file',
    [{ path: 'demo/x' }, { path: 'demo/x/y' }],
    "error: the wheel's member 'demo/x/y' cannot be written: ",
  ],
  ['a program above', entry('../x = demo:main'), noEntry.replace('%', '../x = demo:main')],
  ['a program in a folder', entry('a/b = demo:main'), noEntry.replace('%', 'a/b = demo:main')],
  [
    'a program named as the folder',
    entry('.. = demo:main'),
    noEntry.replace('%', '.. = demo:main'),
  ],
  ['a program without a name', entry('= demo:main'), noEntry.replace('%', ' = demo:main')],
  ['a program without a function', entry('x = demo'), noEntry.replace('%', 'x = demo')],
  ['a program without a module', entry('x = :main'), noEntry.replace('%', 'x = :main')],
  [
    'a program that is code',
    entry('x = demo:main;import os'),
    noEntry.replace('%', 'x = demo:main;import os'),
  ],
  [
    'a program that is more code',
    entry('x = demo:main()'),
    noEntry.replace('%', 'x = demo:main()'),
  ],
  ['a line without =', entry('demo:main'), noEntry.replace('%', 'demo:main = ')],
];

testOnPythons('hostile and broken wheels are refused', async (python) => {
  await withFolder(async (folder) => {
    const runs = hostile.map(([, items], index) => {
      const cwd = join(folder, String(index), 'build');
      return {
        args: ['unpack', writeWheel(cwd, ...items), join(cwd, '..', 'out'), python.executable],
        cwd,
      };
    });
    const exits = await python.runEach('install_wheel.py', runs);
    for (const [index, [name, , expected]] of hostile.entries()) {
      const { message, traceback } = exits[index] ?? {};
      const said = message?.replaceAll(/\bu(?=')/g, '');
      const strays = Object.keys(readTree(join(folder, String(index)))).filter(
        (path) => !path.startsWith('out/') && !path.startsWith('build/demo-1.0-'),
      );
      expect({ name, said, traceback, strays }).toEqual({
        name,
        said: expect.stringContaining(expected),
        traceback: null,
        strays: [],
      });
    }
  });
});

testOnPythons('what is no wheel of version 1 is refused', async (python) => {
  await withFolder(async (folder) => {
    const write = (name: string, items: readonly ZipItem[]): string => {
      writeFileSync(join(folder, name), makeZip(items));
      return join(folder, name);
    };
    mkdirSync(join(folder, 'empty'));
    const wheels = [
      write('future.whl', [info('WHEEL', 'Wheel-Version: 2.0\n')]),
      write('none.whl', [{ path: 'demo/__init__.py' }]),
      join(folder, 'empty'),
    ];
    const exits = await python.runEach(
      'install_wheel.py',
      wheels.map((wheel) => ({
        args: ['unpack', wheel, join(folder, 'out'), 'python'],
        cwd: folder,
      })),
    );
    expect(exits).toEqual(
      [
        'error: the wheel is of version 2 of its format; only version 1 is known',
        'error: the wheel has 0 .dist-info folders instead of one',
        'error: the backend made 0 wheels instead of one',
      ].map((message) => ({ message, traceback: null })),
    );
  });
});
