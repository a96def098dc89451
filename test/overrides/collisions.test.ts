import { expect, test } from '@jest/globals';
import { type CollisionRule, type PinnedGraph, packageId } from '../../graph/types.ts';
import { findCollisions, patternOf } from '../../overrides/collisions.ts';
import { makeZip } from '../standards/make-archive.ts';

type Files = Readonly<Record<string, string>>;

/** A graph of wheels beside the lock, all in one environment; and what reads them. */
const wheels = (packages: Readonly<Record<string, Files>>, collisions?: CollisionRule[]) => {
  const names = Object.keys(packages);
  const graph: PinnedGraph = {
    ecosystem: 'pypi',
    target: {
      python: { implementation: 'cpython', version: '3.12' },
      platforms: [{ system: 'x86_64-linux', libc: 'glibc' }],
    },
    roots: [],
    packages: new Map(
      names.map((name) => {
        const id = packageId(name, '1');
        const path = `${name}-1-py3-none-any.whl`;
        const source = { kind: 'path', path } as const;
        const artifacts = [{ kind: 'wheel', fileName: path, source } as const];
        return [id, { id, name, version: '1', artifacts, dependencies: [], metadata: {} }];
      }),
    ),
    environments: new Map([
      [
        'default',
        { kind: 'runtime', members: names.map((name) => ({ id: packageId(name, '1') })) },
      ],
    ]),
    ...(collisions === undefined ? {} : { collisions }),
  };
  const read = (path: string): Uint8Array | undefined => {
    const files = packages[path.split('-')[0] ?? ''];
    if (files === undefined) return undefined;
    return makeZip(Object.entries(files).map(([item, contents]) => ({ path: item, contents })));
  };
  return findCollisions(graph, read);
};

const namespace = "__path__ = __import__('pkgutil').extend_path(__path__, __name__)\n";

test('wheels at hand that bring one file are told, with the lines that decide', async () => {
  const found = await wheels({
    a: { 'x/m.py': '1', 'x/n.py': '1', 'a-1.data/scripts/tool': 'a', 'same.py': '' },
    b: { 'x/m.py': '2', 'x/n.py': '2', 'b-1.data/scripts/tool': 'b', 'same.py': '' },
    c: { 'c-1.dist-info/entry_points.txt': '[console_scripts]\nserve = c:main\n' },
    d: { 'd-1.dist-info/entry_points.txt': '[console_scripts]\nserve = d:main\n[x]\nm = 1\n' },
  });
  expect(found.map(({ message, hint }) => `${message}\n${hint}`)).toEqual([
    `\`c@1\` and \`d@1\` bring \`bin/serve\` with differing content; the environment will not build
add to overrides.toml:
[[collision]]
path = "bin/serve"
keep = "c" # or "d"`,
    `\`a@1\` and \`b@1\` bring \`bin/tool\` with differing content; the environment will not build
add to overrides.toml:
[[collision]]
path = "bin/tool"
keep = "a" # or "b"`,
    `\`a@1\` and \`b@1\` bring \`lib/python*/site-packages/x/m.py\` and 1 more with differing content; the environment will not build
add to overrides.toml:
[[collision]]
path = "lib/python*/site-packages/x/**"
keep = "a" # or "b"`,
  ]);
});

test('identical files, namespaces and what a rule decides are not', async () => {
  const packages = {
    a: { 'ns/__init__.py': namespace, 'm.py': '1', 'a-1.dist-info/METADATA': 'a' },
    b: { 'ns/__init__.py': '# none\n', 'm.py': '2', 'b-1.dist-info/METADATA': 'b' },
  };
  const rule = (rest: Partial<CollisionRule>) => [{ path: 'lib/python*/**/m.py', ...rest }];
  expect(await wheels(packages)).toHaveLength(1);
  expect(await wheels(packages, rule({ keep: 'b' }))).toEqual([]);
  expect(await wheels(packages, rule({ dropFrom: ['a'] }))).toEqual([]);
  expect(await wheels(packages, rule({ keep: 'other' }))).toHaveLength(1);
});

test.each<[string, string, boolean]>([
  ['bin/x', 'bin/x', true],
  ['bin/*', 'bin/x', true],
  ['bin/*', 'bin/x/y', false],
  ['**/m.py', 'm.py', true],
  ['**/m.py', 'a/b/m.py', true],
  ['a/**', 'a/b/c', true],
  ['a/**', 'ab/c', false],
  ['a?.py', 'ab.py', true],
  ['a.b', 'axb', false],
  ['(a)+[b]', '(a)+[b]', true],
])('pattern %s on %s: %s', (pattern, path, expected) => {
  expect(patternOf(pattern).test(path)).toBe(expected);
});
