import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import {
  type Python,
  runProgram,
  type ScriptResult,
  scripts,
  type Tree,
  testOnPythons,
  withFolder,
  writeTree,
} from './support.ts';

/** Checks packages, of which only the first one's library can be imported from. */
const check = async (
  python: Python,
  folder: string,
  packages: Readonly<Record<string, Tree>>,
): Promise<ScriptResult> => {
  const paths = Object.entries(packages).map(([name, tree]) =>
    writeTree(
      join(folder, `${'0'.repeat(32)}-${name}`),
      Object.fromEntries(
        Object.entries(tree).map(([path, text]) => [path.replace('@', python.library), text]),
      ),
    ),
  );
  writeFileSync(join(folder, 'list'), `${paths.join('\n')}\n`);
  const code =
    'import runpy, sys; sys.path.insert(0, sys.argv.pop()); sys.argv.pop(0); runpy.run_path(sys.argv[0], run_name="__main__")';
  const script = join(scripts, 'check_imports.py');
  const library = join(paths[0] ?? '', python.library);
  return runProgram(python.executable, ['-c', code, script, join(folder, 'list'), library]);
};

testOnPythons('every top-level module of a package is imported', async (python) => {
  await withFolder(async (folder) => {
    const result = await check(python, folder, {
      'good-1.0': {
        '@/good/__init__.py': '',
        '@/good/broken.py': 'raise ValueError\n',
        '@/single.py': '',
        '@/_private.py': 'raise ValueError\n',
        '@/setup.py': 'raise SystemExit("usage")\n',
        '@/tests/__init__.py': 'import pytest_is_not_here\n',
        '@/data/file.txt': '',
        '@/good-1.0.dist-info/METADATA': '',
      },
      'empty-1.0': { 'bin/tool': '' },
    });
    expect(result).toEqual({ exitCode: 0, stdout: 'good: ok\nsingle: ok\n', stderr: '' });
  });
});

testOnPythons('packages of a declared namespace are imported', async (python) => {
  await withFolder(async (folder) => {
    const declared = { '@/acme.one-1.0.dist-info/namespace_packages.txt': 'acme\nabsent\n../up\n' };
    const pkgutil = 'from pkgutil import extend_path\n__path__ = extend_path(__path__, __name__)\n';
    const result = await check(python, folder, {
      'acme.one-1.0': {
        ...declared,
        '@/acme/__init__.py': pkgutil,
        '@/acme/one/__init__.py': '',
        '@/acme/module.py': 'raise ValueError\n',
        '@/acme/tests/__init__.py': 'raise ValueError\n',
        '@/acme/data/file.txt': '',
      },
      'acme.two-1.0': {
        '@/acme.two-1.0.dist-info/namespace_packages.txt': 'acme\n',
        '@/acme/two/__init__.py': '',
      },
    });
    expect({ ...result, stderr: result.stderr.split('\n')[0] }).toEqual({
      exitCode: 1,
      stdout: 'acme: ok\nacme.one: ok\n',
      stderr: 'error: `import acme.two` fails in acme.two-1.0',
    });
  });
});

testOnPythons('modules that fail are all named with their package', async (python) => {
  await withFolder(async (folder) => {
    const { exitCode, stdout, stderr } = await check(python, folder, {
      'bad-1.0': {
        '@/bad.py': 'import missing_module\n',
        '@/ends.py': 'import sys\nsys.exit(0)\n',
        '@/good.py': '',
      },
      'absent-2.0': { '@/absent/__init__.py': '' },
    });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: 'good: ok\n' });
    expect(stderr.split('\n').filter((line) => line.startsWith('error: '))).toEqual([
      'error: `import bad` fails in bad-1.0',
      'error: `import ends` fails in bad-1.0',
      'error: `import absent` fails in absent-2.0',
    ]);
    expect(stderr).toContain('missing_module');
  });
});
