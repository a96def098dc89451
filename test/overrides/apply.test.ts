import { expect, test } from '@jest/globals';
import { type PackageId, type PinnedGraph, packageId } from '../../graph/types.ts';
import { applyOverrides } from '../../overrides/apply.ts';
import { parseOverrides } from '../../overrides/parse.ts';

const graphOf = (...names: readonly string[]): PinnedGraph => ({
  ecosystem: 'pypi',
  target: {
    python: { implementation: 'cpython', version: '2.7' },
    platforms: [{ system: 'x86_64-linux', libc: 'glibc' }],
  },
  roots: [],
  packages: new Map(
    names.map((name) => {
      const id = packageId(name, '1');
      const artifact = {
        kind: 'sdist',
        fileName: `${name}-1.zip`,
        source: { kind: 'path', path: `${name}-1.zip` },
      } as const;
      return [
        id,
        { id, name, version: '1', artifacts: [artifact], dependencies: [], metadata: {} },
      ];
    }),
  ),
  environments: new Map(),
});
const apply = (text: string, ...names: readonly string[]) =>
  applyOverrides(graphOf(...names), parseOverrides('overrides.toml', text));
const packageOf = (graph: PinnedGraph, id: string) => graph.packages.get(id as PackageId);

test('all rules of a package merge, and their reasons are kept', () => {
  const text = `[[package]]
name = "a"
why = "one"
native = { tools = ["cmake"], hardening-disable = ["format"] }
[[package]]
name = "a"
native = { tools = ["pkg-config", "cmake"], libraries = ["zlib"] }
`;
  const { graph, diagnostics } = apply(text, 'a', 'b');
  expect(diagnostics).toEqual([]);
  expect(packageOf(graph, 'a@1')).toMatchObject({
    native: { tools: ['cmake', 'pkg-config'], libraries: ['zlib'], hardeningDisable: ['format'] },
    overrides: ['overrides.toml', 'overrides.toml: one'],
  });
  expect(packageOf(graph, 'b@1')).not.toHaveProperty('native');
  expect(graph).not.toHaveProperty('collisions');
});

test('a package that is built with more than it states says so; a wheel does not', () => {
  const graph = graphOf('a', 'b');
  const source = graph.packages.get(packageId('a', '1'));
  if (source === undefined) throw new Error('no a');
  const build = { backend: 'own', environment: 'bare' };
  const packages = new Map([...graph.packages, [source.id, { ...source, build }]]);
  const rules = ['a', 'b'].map(
    (name) => `[[package]]\nname = "${name}"\nwhy = "old"\nbuild = { requires = ["pbr"] }\n`,
  );
  const overrides = parseOverrides('overrides.toml', rules.join(''));
  const applied = applyOverrides({ ...graph, packages }, overrides);
  expect(packageOf(applied.graph, 'a@1')).toMatchObject({ overrides: ['overrides.toml: old'] });
  expect(packageOf(applied.graph, 'a@1')).not.toHaveProperty('native');
  expect(packageOf(applied.graph, 'b@1')).not.toHaveProperty('overrides');
  expect(applied.diagnostics).toEqual([]);
});

test('collisions are kept in their order; rules for nobody are named with the nearest name', () => {
  const text = `[[package]]
name = "umemcash"
native = { hardening-disable = ["format"] }
[[collision]]
path = "bin/x"
keep = "umemcache"
[[collision]]
path = "bin/y"
drop-from = ["gone"]
`;
  const { graph, diagnostics } = apply(text, 'umemcache');
  expect(graph.collisions).toEqual([
    { path: 'bin/x', keep: 'umemcache' },
    { path: 'bin/y', dropFrom: ['gone'] },
  ]);
  expect(diagnostics).toEqual([
    {
      severity: 'warning',
      code: 'rule-unmatched',
      message: 'overrides.toml:1: no package `umemcash` is in the recipe, so the rule does nothing',
      hint: 'did you mean `umemcache`?',
    },
    {
      severity: 'warning',
      code: 'rule-unmatched',
      message: 'overrides.toml:7: no package `gone` is in the recipe, so the rule does nothing',
    },
  ]);
});
