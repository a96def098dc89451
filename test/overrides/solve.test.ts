import { describe, expect, test } from '@jest/globals';
import { applyToLock } from '../../overrides/lock.ts';
import { parseOverrides } from '../../overrides/parse.ts';
import { solveRules } from '../../overrides/solve-rules.ts';
import { rootId } from '../../resolvers/pypi/select.ts';
import { parsePython } from '../../resolvers/pypi/target.ts';
import { platformOf } from '../resolvers/pypi/make-lock.ts';
import { type Asked, type Asking, answer, idsOf, resolve } from '../resolvers/pypi/solve/ask.ts';
import { type FakeProjects, fakeIndex, wheelOf } from '../support/fake-index.ts';
import { fakeRegistry } from '../support/fake-registry.ts';

const rev = '0123456789abcdef0123456789abcdef01234567';
const systems = ['aarch64-darwin', 'x86_64-linux'];
const projects: FakeProjects = {
  app: { '1': ['bad', 'lib>=1', 'extra; extra == "more"'], '2': ['bad', 'lib==2'] },
  lib: { '1': [], '2': ['six'] },
  six: { '1': [] },
  other: { '1': [] },
  fast: {
    '2': { files: ['fast-2.tar.gz'] },
    '1': { files: [wheelOf('fast', '1'), 'fast-1.tar.gz'] },
  },
};
const facts = {
  'lib-3.tar.gz': { name: 'lib', version: '3', requiresDist: ['other'] },
  'https://git.example/lib.git': { name: 'lib', version: '1.5', requiresDist: ['other'] },
  'https://git.example/silent.git': { name: 'lib', requiresDist: [] },
};

const rule = (name: string, text: string): string => `[[package]]\nname = "${name}"\n${text}\n`;
const git = (name: string): string => `git = "https://git.example/${name}.git", rev = "${rev}"`;

const ask = (text: string, asked: Asked = {}): Asked => ({
  rules: solveRules(parseOverrides('overrides.toml', text), parsePython('3.12')),
  sources: { registry: fakeRegistry({ facts }) },
  ...asked,
});

test.each<[string, Asking[], readonly string[] | string]>([
  [rule('bad', 'drop = true'), ['app'], ['app@2', 'lib@2', 'six@1']],
  [rule('bad', 'drop = true'), ['bad', 'six'], ['six@1']],
  [
    rule('app', 'dependencies = { remove = ["bad"], add = ["other"] }'),
    ['app==1'],
    ['app@1', 'lib@2', 'other@1', 'six@1'],
  ],
  [
    rule('app', 'dependencies = { replace = { bad = "other>=1", lib = "lib<2" } }'),
    ['app'],
    ['app@2', 'lib@1', 'other@1'],
  ],
  [
    rule('app', 'when = { version = "<2" }\ndependencies = { remove = ["bad"] }'),
    ['app'],
    ['app@1', 'lib@2', 'six@1'],
  ],
  // Of the project itself.
  [rule('project', 'dependencies = { add = ["other"], remove = ["bad"] }'), ['bad'], ['other@1']],
  [
    rule('lib', 'source = { url = "https://files.example/lib-3.tar.gz" }'),
    ['lib'],
    ['lib@3', 'other@1'],
  ],
  // What is asked for stays the version, unless the rule states one.
  [
    rule('lib', 'source = { url = "https://files.example/lib-3.tar.gz" }'),
    ['lib==1'],
    ['lib@1', 'other@1'],
  ],
  [rule('lib', `source = { ${git('lib')} }`), ['lib'], ['lib@1.5', 'other@1']],
  [rule('lib', `source = { ${git('silent')} }`), ['lib'], ['lib@2']],
  [rule('new', `source = { ${git('new')} }`), ['new'], ['new@0']],
  [rule('lib', `source = { ${git('lib')}, version = "7" }`), ['lib'], ['lib@7', 'other@1']],
  [
    rule('lib', `when = { version = "<2" }\nsource = { ${git('lib')} }`),
    ['lib'],
    ['lib@2', 'six@1'],
  ],
  [rule('lib', 'source = { version = "1" }'), ['lib'], ['lib@1']],
  [rule('lib', 'when = { version = "==2" }\nsource = { version = "1" }'), ['lib'], ['lib@1']],
  // A package of nixpkgs is not looked into.
  [rule('tk', 'source = { nixpkgs = "tkinter", version = "3.12.1" }'), ['tk'], ['tk@3.12.1']],
  [rule('fast', 'source = { prefer = "wheel" }'), ['fast'], ['fast@1']],
  ['', ['fast'], ['fast@2']],
  [
    rule('lib', 'source = { version = "1" }'),
    ['lib==2'],
    expect.stringContaining('UNSATISFIABLE') as unknown as string,
  ],
])('%#: %s %j', async (text, asking, expected) => {
  expect(await answer(projects, asking, ask(text))).toEqual(expected);
});

test('nothing is asked about what is dropped, nor about what has a source with a version', async () => {
  const index = fakeIndex(projects);
  const text =
    rule('bad', 'drop = true') + rule('lib', `source = { ${git('lib')}, version = "2" }`);
  const asked = ask(text, { strategy: 'highest' });
  const sources = { index, registry: fakeRegistry({ facts }) };
  expect(idsOf(await resolve(projects, ['app', 'bad'], { ...asked, sources }))).toEqual([
    'app@2',
    'lib@2',
    'other@1',
  ]);
  expect(index.questions.filter((each) => /project (bad|lib)/.test(each))).toEqual([]);
});

test('first-wins hears the rules, too', async () => {
  const text = rule('bad', 'drop = true') + rule('app', 'dependencies = { add = ["other"] }');
  const resolution = await resolve(projects, ['app'], ask(text, { strategy: 'first-wins' }));
  expect(idsOf(resolution)).toEqual(['app@2', 'lib@2', 'other@1', 'six@1']);
});

test('the source that a package names need not be named by the project where a rule has another', async () => {
  const remote: FakeProjects = { ...projects, far: { '1': ['lib @ https://e.org/lib-9.tar.gz'] } };
  const text = rule('lib', 'source = { url = "https://files.example/lib-3.tar.gz" }');
  expect(await answer(remote, ['far'], ask(text))).toEqual(['far@1', 'lib@3', 'other@1']);
});

describe('what was solved', () => {
  const apply = async (text: string, asking: readonly Asking[], more: Asked = {}) => {
    const overrides = parseOverrides('overrides.toml', text);
    const { graph } = await resolve(projects, asking, ask(text, { systems, ...more }));
    const outcome = applyToLock(graph, overrides, {
      python: parsePython('3.12'),
      platforms: systems.map(platformOf),
      solved: true,
      rootId,
    });
    return { graph, outcome };
  };

  test('its metadata are rewritten where a rule left something out', async () => {
    const text =
      rule('bad', 'drop = true') +
      '[[constraint]]\nof = "*"\non = "six"\nignore = true\n[[constraint]]\nof = "app"\non = "lib"\nuse = "==1"\n';
    const { outcome } = await apply(text, ['app==2', 'bad']);
    expect([...outcome.packages].map(([id, { requirements }]) => [id, requirements])).toEqual([
      ['app@2', { remove: ['bad'], specifiers: { lib: '==1' } }],
    ]);
    expect(outcome.graph.roots[0]?.ignored).toEqual(['bad']);
    expect(outcome.dropped.map(({ name }) => name)).toEqual(['bad']);
  });

  test('of everybody', async () => {
    const text = '[[constraint]]\nof = "*"\non = "six"\nignore = true\n';
    const { outcome } = await apply(text, ['lib==2']);
    expect(outcome.packages.get('lib@2' as never)?.requirements).toEqual({ remove: ['six'] });
  });

  test('what was added is there once', async () => {
    const text = rule('app', 'dependencies = { add = ["other"], replace = { bad = "six" } }');
    const { graph, outcome } = await apply(text, ['app==1']);
    const edges = [...outcome.graph.packages.values()].find(({ name }) => name === 'app');
    expect(edges?.dependencies.map(({ name }) => name)).toEqual(['six', 'lib', 'other']);
    expect(outcome.graph.gaps).toEqual([]);
    expect([...outcome.graph.packages.keys()]).toEqual([...graph.packages.keys()]);
    expect(outcome.packages.get('app@1' as never)?.requirements).toEqual({
      add: ['other'],
      replace: { bad: 'six' },
    });
  });

  test('what is dropped on some systems is there on the others', async () => {
    const text = rule('six', 'when = { systems = ["x86_64-linux"] }\ndrop = true');
    const { outcome } = await apply(text, ['lib==2']);
    const lib = [...outcome.graph.packages.values()].find(({ name }) => name === 'lib');
    expect(lib?.dependencies).toMatchObject([{ name: 'six', marker: { kind: 'or' } }]);
  });

  test('a source that took a version’s place is recorded, and is as the rule has it', async () => {
    const text =
      rule('lib', 'when = { version = "==2" }\nsource = { version = "1" }') +
      rule('tk', 'source = { nixpkgs = "tkinter", version = "3" }');
    const { outcome } = await apply(text, ['lib', 'tk']);
    expect([...outcome.packages].map(([id, { rules }]) => [id, rules[0]?.fields])).toEqual([
      ['lib@1', ['source']],
      ['tk@3', ['source']],
    ]);
    expect(outcome.graph.packages.get('tk@3' as never)).toMatchObject({
      nixpkgs: 'tkinter',
      artifacts: [],
    });
    expect(outcome.diagnostics).toEqual([]);
  });
});
