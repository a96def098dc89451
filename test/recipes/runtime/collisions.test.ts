import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect } from '@jest/globals';
import type { CollisionRule } from '../../../graph/types.ts';
import { findInterpreters, newestPython3 } from '../../host/interpreters.ts';
import { testWith } from '../../host/requirements.ts';

const script = join(import.meta.dirname, '../../../recipes/runtime/python/merge_env.py');
const scratch = mkdtempSync(join(tmpdir(), 'l2n-collisions-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

type Files = Readonly<Record<string, string>>;

interface Merged {
  readonly exitCode: number;
  readonly log: string;
  /** The text of a file of the environment; undefined when it has none. */
  readonly read: (path: string) => string | undefined;
}

let runs = 0;

/** Merges packages given as their files by path; `@` stands for site-packages. */
const merge = (
  minor: string,
  packages: Readonly<Record<string, Files>>,
  collisions: readonly CollisionRule[] = [],
): Merged => {
  const interpreter = findInterpreters().found.find((one) => one.minor === minor);
  if (interpreter === undefined) throw new Error(`no ${minor}`);
  runs += 1;
  const folder = join(scratch, String(runs));
  const site = `lib/python${minor}/site-packages`;
  const list = Object.entries(packages).map(([name, files]) => {
    const path = join(folder, name);
    mkdirSync(path, { recursive: true });
    for (const [file, text] of Object.entries(files)) {
      const target = join(path, file.replace('@', site));
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, text);
    }
    return { name, version: '1.0', path };
  });
  const manifest = join(folder, 'manifest.json');
  writeFileSync(manifest, JSON.stringify({ packages: list, collisions }));
  const out = join(folder, 'out');
  const { prefix, version } = interpreter;
  const run = spawnSync(join(prefix, 'bin', `python${minor}`), [
    ...[script, out, prefix, version.split('.').slice(0, 2).join('.'), manifest],
  ]);
  return {
    exitCode: run.status ?? 1,
    log: run.stderr.toString().replaceAll(folder, 'FOLDER').replaceAll(`python${minor}`, 'pythonX'),
    read: (path) => {
      const file = join(out, path.replace('@', site));
      return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
    },
  };
};

const pkgutil = "__path__ = __import__('pkgutil').extend_path(__path__, __name__)\n";
const commented = `# a namespace\n${pkgutil}`;
const resources = `try:
    __import__('pkg_resources').declare_namespace(__name__)
except ImportError:
    from pkgutil import extend_path
    __path__ = extend_path(__path__, __name__)
`;

describe.each(['2.7', newestPython3()?.minor ?? '3.11'])(
  'files of several packages on %s',
  (minor) => {
    testWith([`python${minor}`], 'identical files and namespaces merge without a rule', () => {
      const { exitCode, read } = merge(minor, {
        a: { '@/ns/__init__.py': pkgutil, '@/ns/a.py': 'a', '@/same.py': 'x', 'share/x': '1' },
        b: { '@/ns/__init__.py': commented, '@/ns/b.py': 'b', '@/same.py': 'x', 'share/y': '2' },
        c: { '@/ns/__init__.py': resources, '@/c-nspkg.pth': '', '@/ns/c.py': 'c' },
        d: { '@/ns/d.py': 'd' },
      });
      expect(exitCode).toBe(0);
      expect(read('@/ns/__init__.py')).toBe(resources);
      expect(['a', 'b', 'c', 'd'].map((name) => read(`@/ns/${name}.py`))).toEqual([
        'a',
        'b',
        'c',
        'd',
      ]);
    });

    testWith([`python${minor}`], 'a compiled file follows its source', () => {
      const { exitCode, read } = merge(
        minor,
        {
          a: { '@/m.py': 'a', '@/m.pyc': 'compiled a', '@/__pycache__/m.cpython-3.pyc': 'cache a' },
          b: { '@/m.py': 'b', '@/m.pyc': 'compiled b', '@/__pycache__/m.cpython-3.pyc': 'cache b' },
        },
        [{ path: 'lib/python*/site-packages/m.py', keep: 'b' }],
      );
      expect(exitCode).toBe(0);
      expect([read('@/m.py'), read('@/m.pyc')]).toEqual(['b', 'compiled b']);
      expect(read('@/__pycache__/m.cpython-3.pyc')).toBe('cache b');
    });

    testWith(
      [`python${minor}`],
      'a real collision names the owners and the rules, which decide it',
      () => {
        const packages = {
          a: {
            '@/tests/__init__.py': 'import a',
            '@/tests/x.py': 'a',
            'bin/tool': 'a',
            '@/only.py': '1',
          },
          b: { '@/tests/__init__.py': 'import b', '@/tests/x.py': 'b', 'bin/tool': 'b' },
        };
        const refused = merge(minor, packages);
        expect(refused.exitCode).toBe(1);
        expect(refused.log).toBe(`error: 2 packages bring bin/tool with differing content:
  a 1.0 (FOLDER/a)
  b 1.0 (FOLDER/b)
error: 2 packages bring lib/pythonX/site-packages/tests/__init__.py with differing content:
       and lib/pythonX/site-packages/tests/x.py
  a 1.0 (FOLDER/a)
  b 1.0 (FOLDER/b)
hint: add to overrides.toml, then run \`convert\` again:

[[collision]]
path = "bin/tool"
keep = "a" # or "b"

[[collision]]
path = "lib/python*/site-packages/tests/**"
keep = "a" # or "b"
`);
        const { exitCode, read } = merge(minor, packages, [
          { path: 'bin/tool', keep: 'a' },
          { path: 'lib/python*/site-packages/tests/**', dropFrom: ['a'] },
        ]);
        expect(exitCode).toBe(0);
        expect([read('bin/tool'), read('@/tests/x.py'), read('@/only.py')]).toEqual([
          'a',
          'b',
          '1',
        ]);
      },
    );

    testWith([`python${minor}`], 'a file where another package has a folder', () => {
      const packages = { a: { '@/x': 'file' }, b: { '@/x/y.py': 'folder', '@/x/z.py': '' } };
      const refused = merge(minor, packages);
      expect(refused.exitCode).toBe(1);
      expect(refused.log).toContain('error: 2 packages bring lib/pythonX/site-packages/x with');
      expect(refused.log).toContain('drop-from = ["a"]');
      const rule = { path: 'lib/python*/site-packages/x', dropFrom: ['a'] };
      expect(merge(minor, packages, [rule]).read('@/x/y.py')).toBe('folder');
    });

    testWith([`python${minor}`], 'what is dropped takes its compiled file along', () => {
      const { exitCode, read } = merge(minor, { a: { '@/m.py': 'a', '@/m.pyc': 'compiled' } }, [
        { path: '**/m.py', dropFrom: ['a'] },
      ]);
      expect(exitCode).toBe(0);
      expect([read('@/m.py'), read('@/m.pyc')]).toEqual([undefined, undefined]);
    });
  },
);
