import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parsePinnedGraph } from '../../graph/parse.ts';
import { pinnedGraphSchema } from '../../graph/schema.ts';
import { formatJson, graphToJson, type JsonValue } from '../../graph/serialise.ts';
import type { PinnedGraph } from '../../graph/types.ts';
import { fullGraph, id, makeGraph, pinned } from './make-graph.ts';

const reread = (graph: PinnedGraph): PinnedGraph =>
  parsePinnedGraph(JSON.parse(formatJson(graphToJson(graph))));

test('what was written is read back', () => {
  expect(reread(fullGraph)).toEqual(fullGraph);
  expect([...reread(fullGraph).packages.keys()]).toEqual(['app@1.0', 'git@1', 'lib@2.0', 'tool@3']);
});

test('so are names that objects have by themselves', () => {
  const names = ['__proto__', 'constructor', 'hasOwnProperty', 'toString'];
  const graph = makeGraph({
    packages: names.map((name) => pinned(name, '1')),
    environments: Object.fromEntries(
      names.map((name) => [name, { kind: 'runtime', members: [{ id: id(`${name}@1`) }] }]),
    ),
  });
  const proto = { kind: 'build', members: [] } as const;
  const full = { ...graph, environments: new Map([...graph.environments, ['__proto__', proto]]) };
  const back = reread(full);
  expect([...back.environments]).toEqual([...full.environments].sort());
  expect(back.environments.get('__proto__')).toEqual(proto);
  expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
});

test('so is any text that may be in a name', () => {
  const text = fc
    .string({ unit: 'grapheme', minLength: 1 })
    .filter((each) => /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u.test(each));
  fc.assert(
    fc.property(
      fc.uniqueArray(text, { maxLength: 5 }),
      fc.string({ unit: 'binary' }),
      (names, prose) => {
        const graph = makeGraph({
          packages: names.map((name) => pinned(name, '1', { metadata: { description: prose } })),
        });
        expect(new Map(reread(graph).packages)).toEqual(graph.packages);
      },
    ),
  );
});

type Json = { [key: string]: Json } & unknown[];

/** The graph's JSON, damaged. */
const damaged = (damage: (json: Json) => void): unknown => {
  const json = JSON.parse(formatJson(graphToJson(fullGraph))) as Json;
  damage(json);
  return json;
};

/** Sets a value deep inside, by a path such as `packages/lib@2.0/name`; undefined removes it. */
const set =
  (path: string, value: unknown) =>
  (json: Json): void => {
    const keys = path.split('/');
    const last = keys.pop() ?? '';
    let at: Json = json;
    for (const key of keys) at = at[key] as Json;
    if (value === undefined) delete at[last];
    else (at as Record<string, unknown>)[last] = value;
  };

const lib = 'packages/lib@2.0';
const source = `${lib}/artifacts/0/source`;

test.each<[string, unknown, string]>([
  ['ecosystem', 'gems', '`/ecosystem` must be one of pypi, npm'],
  ['ecosystem', undefined, 'the graph must have required property `ecosystem`'],
  ['extra', 1, 'the graph must not have the property `extra`'],
  ['roots', {}, '`/roots` must be array'],
  ['roots/0/scripts/1', 7, '`/roots/0/scripts/1` must be string'],
  ['roots/0/name', '', '`/roots/0/name` must match pattern "^[^\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]+$"'],
  ['target/platforms', [], '`/target/platforms` must NOT have fewer than 1 items'],
  [
    'target/platforms/0/system',
    'x86_64-windows',
    expect.stringMatching(
      /^`\/target\/platforms\/0\/system` must be one of x86_64-linux, /,
    ) as never,
  ],
  ['target/platforms/0/libc', 'glibc', '`/target/platforms/0/system` must match pattern "-linux$"'],
  [
    'target/platforms/1/macosMinimum',
    '11.0',
    '`/target/platforms/1/system` must match pattern "-darwin$"',
  ],
  [
    'target/platforms/1/libcVersion',
    '2.x',
    '`/target/platforms/1/libcVersion` must match pattern "^\\d+(\\.\\d+)*$"',
  ],
  [
    'target/platforms/1/libc',
    undefined,
    '`/target/platforms/1` must have property libc when property libcVersion is present',
  ],
  ['target/python/version', 3.12, '`/target/python/version` must be string'],
  [
    'target/python/implementation',
    'pypy',
    '`/target/python/implementation` must be one of cpython',
  ],
  [lib, [], '`/packages/lib@2.0` must be object'],
  [
    `${lib}/name`,
    'a\nb',
    '`/packages/lib@2.0/name` must match pattern "^[^\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]+$"',
  ],
  [
    `${lib}/artifacts/0/kind`,
    'egg',
    '`/packages/lib@2.0/artifacts/0/kind` must be one of wheel, sdist, tarball, tree',
  ],
  [
    `${source}/kind`,
    'ftp',
    '`/packages/lib@2.0/artifacts/0/source/kind` must be one of registry, url, git, path',
  ],
  [
    `${source}/kind`,
    undefined,
    '`/packages/lib@2.0/artifacts/0/source` must have required property `kind`',
  ],
  [`${source}/rev`, 'a', '`/packages/lib@2.0/artifacts/0/source` must not have the property `rev`'],
  [
    source,
    { kind: 'git', url: 'https://git.example/a' },
    '`/packages/lib@2.0/artifacts/0/source` must have required property `rev`',
  ],
  [
    source,
    { kind: 'path', path: '.', editable: 'yes' },
    '`/packages/lib@2.0/artifacts/0/source/editable` must be boolean',
  ],
  [
    `${lib}/artifacts/0/platforms`,
    [],
    '`/packages/lib@2.0/artifacts/0/platforms` must NOT have fewer than 1 items',
  ],
  [
    `${lib}/artifacts/0/integrity/of`,
    'disk',
    '`/packages/lib@2.0/artifacts/0/integrity/of` must be one of file, tree',
  ],
  [`${lib}/build/environment`, null, '`/packages/lib@2.0/build/environment` must be string'],
  [
    'packages/app@1.0/dependencies/0/kind',
    'soft',
    '`/packages/app@1.0/dependencies/0/kind` must be one of runtime, optional, peer, dev',
  ],
  [
    'environments/default/kind',
    'test',
    '`/environments/default/kind` must be one of runtime, build',
  ],
  [
    'environments/default/members/0/id',
    undefined,
    '`/environments/default/members/0` must have required property `id`',
  ],
  [
    'environments/a\u001bb',
    {},
    '`/environments` must match pattern "^[^\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]+$"',
  ],
  ['environments/a~b', 1, '`/environments/a~0b` must be object'],
])('damage at %s (%j)', (path, value, message) => {
  expect(() => parsePinnedGraph(damaged(set(path, value)))).toThrow(
    expect.objectContaining({ code: 'GRAPH_INVALID', exitCode: 1, message }),
  );
});

test('a slash in a key is escaped in its pointer (RFC 6901)', () => {
  const json = damaged((each) => {
    (each['environments'] as Record<string, unknown>)['a/b'] = { kind: 'build', members: 1 };
  });
  expect(() => parsePinnedGraph(json)).toThrow('`/environments/a~1b/members` must be array');
});

test.each([[null], [undefined], [7], ['graph'], [[]]])('%j is no graph', (json) => {
  expect(() => parsePinnedGraph(json)).toThrow('the graph must be object');
});

test('what the schema allows and no recipe can be made of is refused, too', () => {
  expect(() => parsePinnedGraph(damaged(set('packages/tool@3', undefined)))).toThrow(
    expect.objectContaining({
      code: 'GRAPH_INVALID',
      message: '`tool@3` in the environment `tools` is not in the graph',
    }),
  );
});

/** All places of a JSON document, as paths. */
const places = (json: JsonValue, path: readonly string[] = []): readonly (readonly string[])[] =>
  typeof json === 'object' && json !== null
    ? [path, ...Object.entries(json).flatMap(([key, value]) => places(value, [...path, key]))]
    : [path];

test('a wrong type anywhere is refused with its pointer, and never a crash', () => {
  const paths = places(graphToJson(fullGraph)).filter((path) => path.length > 0);
  expect(paths.length).toBeGreaterThan(100);
  for (const path of paths) {
    const pointer = `/${path.map((key) => key.replace(/~/g, '~0').replace(/\//g, '~1')).join('/')}`;
    const at = path.map((key) => key.replace(/\//g, '\0'));
    const json = damaged((whole) => {
      let parent: Json = whole;
      for (const key of at.slice(0, -1)) parent = parent[key.replace(/\0/g, '/')] as Json;
      (parent as Record<string, unknown>)[at.at(-1) ?? ''] = 1.5;
    });
    expect(() => parsePinnedGraph(json)).toThrow(
      expect.objectContaining({
        code: 'GRAPH_INVALID',
        message: expect.stringContaining(`\`${pointer}\` must be`),
      }),
    );
  }
});

test('every property and definition of the schema is described', () => {
  const missing: string[] = [];
  const walk = (schema: unknown, path: string): void => {
    if (typeof schema !== 'object' || schema === null) return;
    for (const [key, value] of Object.entries(schema)) {
      const here = `${path}/${key}`;
      const isNamed = /\/(?:properties|\$defs)$/.test(path);
      const isCondition = /\/(?:if|dependentSchemas)\//.test(here);
      if (isNamed && !isCondition && !('description' in value) && !('$ref' in value)) {
        missing.push(here);
      }
      walk(value, here);
    }
  };
  walk(pinnedGraphSchema, '');
  expect(missing).toEqual([]);
  expect(pinnedGraphSchema['description']).toEqual(expect.any(String));
});
