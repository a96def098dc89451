import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import {
  type Python,
  readTree,
  runProgram,
  scripts,
  type Tree,
  testOnPythons,
  withFolder,
  writeTree,
} from './support.ts';

interface Project {
  /** What was built; `@` stands for site-packages. */
  readonly built: Tree;
  /** The project's folder. */
  readonly source: Tree;
  /** The member's folder in it; default: the project itself. */
  readonly path?: string;
}

interface Editable {
  readonly live: string;
  /** What is left in the package, without metadata. */
  readonly tree: Tree;
  readonly log: string;
  /** Runs a program that sees the package; `project` is where the project is said to be. */
  readonly run: (program: string, project?: string) => Promise<string>;
}

const info = {
  '@/demo-1.0.dist-info/METADATA': 'Name: demo\n',
  '@/demo-1.0.dist-info/WHEEL': 'Wheel-Version: 1.0\n',
};

const makeEditable = async (
  python: Python,
  folder: string,
  { built, source, path = '.' }: Project,
): Promise<Editable> => {
  const inLibrary = Object.fromEntries(
    Object.entries({ ...info, ...built }).map(([name, text]) => [
      name.replace('@', python.library),
      text,
    ]),
  );
  const store = writeTree(join(folder, 'store'), inLibrary);
  const live = writeTree(join(folder, 'live'), source);
  // The copy that was built, which is not where edits are made.
  const copy = join(folder, 'copy');
  cpSync(join(live, path), copy, { recursive: true });
  const out = join(folder, 'out');
  const finder = join(scripts, 'live_packages.py');
  const args = [store, copy, join(folder, 'live'), path, finder, out];
  const made = await python.run('editable.py', args);
  expect(made).toMatchObject({ exitCode: 0, stderr: '' });
  const library = join(out, python.library);
  const left = Object.entries(readTree(out)).flatMap(([name, text]) => {
    const short = name.replace(python.library, '@');
    return short.includes('.dist-info/') ? [] : [[short, text.replaceAll(folder, 'FOLDER')]];
  });
  return {
    live,
    log: made.stdout,
    tree: Object.fromEntries(left),
    run: async (program, project) => {
      const choose =
        project === undefined
          ? ''
          : `import os; os.environ['LOCK2NIX_PROJECT'] = ${JSON.stringify(project)}\n`;
      const text = `${choose}import site; site.addsitedir(${JSON.stringify(library)})\n${program}`;
      const result = await runProgram(python.executable, ['-c', text]);
      expect(result).toMatchObject({ exitCode: 0, stderr: '' });
      return result.stdout.trim().replaceAll(folder, 'FOLDER');
    },
  };
};

const value = (text: string): string => `value = "${text}"\n`;
const one = { 'one/__init__.py': value('built'), 'one/deep/__init__.py': value('built') };
const under = (folder: string, tree: Tree): Tree =>
  Object.fromEntries(Object.entries(tree).map(([name, text]) => [`${folder}/${name}`, text]));

const layouts: readonly (readonly [string, Project, string])[] = [
  ['a flat layout', { built: under('@', one), source: one }, '.'],
  ['a `src` layout', { built: under('@', one), source: under('src', one) }, 'src'],
  [
    'a member in a folder of its own',
    { built: under('@', one), source: under('libs/one/lib', one), path: 'libs/one' },
    'libs/one/lib',
  ],
  [
    'copies of it elsewhere, which are not what was built',
    {
      built: under('@', one),
      source: {
        ...under('src', one),
        ...under('docs', { 'one/__init__.py': '', 'one/deep/__init__.py': '' }),
        ...under('a/longer/way', one),
        'one/README': 'about one',
      },
    },
    'src',
  ],
];

testOnPythons('modules of every layout are live', async (python) => {
  await Promise.all(
    layouts.map(async ([name, project, found]) => {
      await withFolder(async (folder) => {
        const { live, run, tree } = await makeEditable(python, folder, project);
        const expression = `os.path.abspath(os.path.join(os.environ.get('LOCK2NIX_PROJECT') or 'FOLDER/live', '${found}'))`;
        expect([name, tree]).toEqual([
          name,
          { '@/demo-live.pth': `import os, sys; sys.path.append(${expression})\n` },
        ]);
        const program = 'import one, one.deep; print(" ".join([one.value, one.deep.value]))';
        expect(await run(program)).toBe('built built');
        writeFileSync(join(live, found, 'one', '__init__.py'), value('edited'));
        mkdirSync(join(live, found, 'one', 'new'));
        writeFileSync(join(live, found, 'one', 'new', '__init__.py'), value('new'));
        expect(await run(`import one.new; ${program}; print(one.new.value)`)).toBe(
          'edited built\nnew',
        );
      });
    }),
  );
});

testOnPythons(
  'single modules and several packages are live, and what was compiled of them is gone',
  async (python) => {
    await withFolder(async (folder) => {
      const { log, run, tree } = await makeEditable(python, folder, {
        built: {
          '@/single.py': value('built'),
          '@/single.pyc': 'compiled',
          '@/__pycache__/single.cpython-3.pyc': 'compiled',
          '@/__pycache__/singles.cpython-3.pyc': 'compiled',
          '@/one/__init__.py': '',
          '@/one/__pycache__/__init__.cpython-3.pyc': 'compiled',
          '@/two/__init__.py': '',
          '@/two/data.txt': 'data',
          '@/made.py': value('made'),
          'bin/tool': '#!python\n+x',
          'share/demo/notes': 'x',
        },
        source: {
          'single.py': value('live'),
          'src/one/__init__.py': value('live'),
          'lib/two/__init__.py': value('live'),
          'lib/two/data.txt': 'data',
        },
      });
      expect(log).toBe('made.py is not in the source: it stays as it was built\n');
      expect(tree).toMatchObject({
        '@/made.py': value('made'),
        '@/__pycache__/singles.cpython-3.pyc': 'compiled',
        'bin/tool': '#!python\n+x',
        'share/demo/notes': 'x',
      });
      expect(Object.keys(tree)).toHaveLength(5);
      expect(
        await run(
          'import single, one, two, made; print(single.value, one.value, two.value, made.value)'
            .replace('print(', 'print("%s %s %s %s" % (')
            .replace(/\)$/, '))'),
        ),
      ).toBe('live live live made');
    });
  },
);

testOnPythons(
  'modules that only the build has are found, also while a package is imported',
  async (python) => {
    await withFolder(async (folder) => {
      const { live, run, tree } = await makeEditable(python, folder, {
        built: {
          '@/pkg/__init__.py': '',
          '@/pkg/_version.py': value('1.0'),
          '@/pkg/sub/__init__.py': '',
          '@/pkg/sub/_made.py': value('made'),
          '@/pkg/whole/__init__.py': value('whole'),
          '@/pkg/whole/part.py': value('part'),
          '@/pkg/plain.py': '',
        },
        source: {
          'src/pkg/__init__.py': 'from pkg import _version\nfrom ._version import value\n',
          'src/pkg/sub/__init__.py': 'from ._made import value\n',
          'src/pkg/plain.py': value('live'),
          // Its `__init__.py` is generated, so that all of it is taken from the build.
          'src/pkg/whole/part.py': value('not this'),
        },
      });
      expect(Object.keys(tree).filter((name) => name.endsWith('.py'))).toEqual([
        '@/_lock2nix_live_packages.py',
        '@/pkg/_version.py',
        '@/pkg/sub/_made.py',
        '@/pkg/whole/__init__.py',
        '@/pkg/whole/part.py',
      ]);
      const program = `
import pkg, pkg.sub, pkg.whole.part, pkg.plain
print(" ".join([pkg.value, pkg.sub.value, pkg.whole.value, pkg.whole.part.value, pkg.plain.value]))
print(pkg.__file__.replace('.pyc', '.py'))
try:
    import pkg.missing
except ImportError:
    print("missing")
`;
      const shown = '1.0 made whole part live\nFOLDER/live/src/pkg/__init__.py\nmissing';
      expect(await run(program)).toBe(shown);
      writeFileSync(join(live, 'src', 'pkg', 'plain.py'), value('edited'));
      expect(await run(program)).toBe(shown.replace('live\n', 'edited\n'));
      // A package that fails while it is imported leaves nothing behind.
      writeFileSync(join(live, 'src', 'pkg', '__init__.py'), 'raise ValueError("broken")\n');
      expect(
        await run(`
import sys
for attempt in range(2):
    try:
        import pkg
    except ValueError as error:
        print("%s %s" % (error, "pkg" in sys.modules))
`),
      ).toBe('broken False\nbroken False');
    });
  },
);

testOnPythons('LOCK2NIX_PROJECT says at run time where the project is', async (python) => {
  await withFolder(async (folder) => {
    const { run } = await makeEditable(python, folder, {
      built: under('@', one),
      source: under('libs/one', one),
      path: 'libs/one',
    });
    const program = 'import one; print(one.value)';
    writeTree(join(folder, `it's "there"`), { 'libs/one/one/__init__.py': value('elsewhere') });
    expect(await run(program, join(folder, `it's "there"`))).toBe('elsewhere');
    expect(await run(program, '')).toBe('built');
  });
});

testOnPythons('a folder with letters of any kind is found', async (python) => {
  await withFolder(async (parent) => {
    const folder = join(parent, `é 'quoted' ☃`);
    mkdirSync(folder);
    const { run } = await makeEditable(python, folder, { built: under('@', one), source: one });
    expect(await run('import one; print(one.value)')).toBe('built');
  });
});

/** What setuptools writes for `namespace_packages = ["ns"]`. */
const namespaceFile = `import sys, types, os;has_mfs = sys.version_info > (3, 5);p = os.path.join(sys._getframe(1).f_locals['sitedir'], *('ns',));importlib = has_mfs and __import__('importlib.util');has_mfs and __import__('importlib.machinery');m = has_mfs and sys.modules.setdefault('ns', importlib.util.module_from_spec(importlib.machinery.PathFinder.find_spec('ns', [os.path.dirname(p)])));m = m or sys.modules.setdefault('ns', types.ModuleType('ns'));mp = (m or []) and m.__dict__.setdefault('__path__',[]);(p not in mp) and mp.append(p)\n`;

testOnPythons('a member of a namespace is live beside others that are not', async (python) => {
  await withFolder(async (folder) => {
    const { live, run } = await makeEditable(python, folder, {
      built: {
        '@/ns/mine/__init__.py': value('built'),
        '@/demo-1.0-nspkg.pth': namespaceFile,
        // Those of another distribution, as an environment merges them.
        '@/other-nspkg.pth': namespaceFile,
      },
      source: {
        'src/ns/__init__.py': "__import__('pkg_resources').declare_namespace(__name__)\n",
        'src/ns/mine/__init__.py': value('built'),
      },
    });
    writeFileSync(join(live, 'src', 'ns', 'mine', '__init__.py'), value('edited'));
    expect(await run('import ns.mine; print(ns.mine.value)')).toBe('edited');
  });
});
