import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { type Integrity, packageId } from '../../../../graph/types.ts';
import { preferencesOf } from '../../../../resolvers/pypi/preferences.ts';
import type { FakeProjects } from '../../../support/fake-index.ts';
import { fakeRegistry, sriOf } from '../../../support/fake-registry.ts';
import { packageOf, pin } from '../make-pin.ts';
import { type Asked, type Asking, answer, idsOf, resolve, saidBy } from './ask.ts';

const rev = '0123456789abcdef0123456789abcdef01234567';
const archive = 'https://files.example/tool-2.0.tar.gz';
const repository = 'https://git.example/app.git';
const projects: FakeProjects = {
  dep: { '1': [], '2': [] },
  tool: { '1.0': [], '3.0': [] },
  user: { '1': ['tool<2.5'] },
  remote: { '1': [`tool @ ${archive}`] },
};
const registry = fakeRegistry({
  facts: {
    'tool-2.0.tar.gz': { name: 'Tool', version: '2.0', requiresDist: ['dep<2'] },
    [repository]: {
      name: 'app',
      version: '5',
      requiresDist: [`tool @ ${archive}`, 'dep>=1', 'dep==1; extra == "one"'],
    },
  },
});

const tool: Asking = {
  text: `tool @ ${archive}`,
  name: 'tool',
  source: { kind: 'url', url: archive },
};
const bare: Asking = { text: archive, source: { kind: 'url', url: archive } };
const app: Asking = {
  text: `app @ git+${repository}@${rev}`,
  name: 'app',
  source: { kind: 'git', url: repository, rev },
};
const sources = { registry };

test.each<[Asking[], readonly string[], Asked?]>([
  [[tool], ['dep@1', 'tool@2.0']],
  [
    [bare, 'user'],
    ['dep@1', 'tool@2.0', 'user@1'],
  ],
  [['tool', 'dep'], ['dep@1', 'tool@2.0'], { constraints: [tool] }],
  // What a source names is allowed as if the project had named it.
  [[app], ['app@5', 'dep@1', 'tool@2.0']],
  [
    [{ ...(app as object), text: 'app[one]', extras: ['one'] } as Asking],
    ['app@5', 'dep@1', 'tool@2.0'],
  ],
  // What a package of an index names must be named by the project, too.
  [
    ['remote', tool],
    ['dep@1', 'remote@1', 'tool@2.0'],
  ],
])('%#: direct sources', async (asking, expected, asked = {}) => {
  const resolution = await resolve(projects, asking, { ...asked, sources });
  expect(idsOf(resolution)).toEqual(expected);
});

test('a source is pinned as it is named', async () => {
  const { graph } = await resolve(projects, [app], { sources });
  const pinned = await pin(graph, { systems: ['x86_64-linux'], registry });
  expect(packageOf(pinned, 'app@5').artifacts).toEqual([
    {
      kind: 'tree',
      fileName: 'app.git',
      source: { kind: 'git', url: repository, rev },
      integrity: { sri: sriOf(rev), of: 'tree' },
    },
  ]);
  expect(packageOf(pinned, 'tool@2.0').artifacts).toEqual([
    {
      kind: 'sdist',
      fileName: 'tool-2.0.tar.gz',
      source: { kind: 'url', url: archive },
      integrity: { sri: sriOf(archive), of: 'file' },
    },
  ]);
});

describe('a branch or tag', () => {
  const named = (ref: string): Asking => ({
    text: `app @ git+${repository}@${ref}`,
    name: 'app',
    source: { kind: 'git', url: repository, rev: ref },
  });
  const commit = (ref: string): string =>
    createHash('sha1').update(`${repository} ${ref}`).digest('hex');
  const sourceIn = async (asking: Asking[], asked: Asked = {}) => {
    const { graph } = await resolve(projects, asking, { ...asked, sources });
    return graph.packages.get(packageId('app', '5'))?.artifacts[0]?.source;
  };

  test.each<[string, Asking[]]>([
    ['main', [named('main')]],
    ['HEAD', [named('HEAD')]],
    // Asked for twice, by name and by the commit that it stands for.
    ['v5', [named('v5'), named(commit('v5')), named('v5')]],
  ])('%s becomes a commit', async (ref, asking) => {
    expect(await sourceIn(asking)).toMatchObject({
      kind: 'git',
      url: repository,
      rev: commit(ref),
    });
  });

  test('its commit is kept for it, and for nothing else', async () => {
    const pinned = await pin((await resolve(projects, [named('main')], { sources })).graph, {
      registry,
    });
    const moved = { ...pinned.graph, packages: new Map(pinned.graph.packages) };
    const own = packageOf(pinned, 'app@5');
    const [artifact] = own.artifacts;
    if (artifact?.source.kind !== 'git') throw new Error('no commit');
    moved.packages.set(own.id, {
      ...own,
      artifacts: [{ ...artifact, source: { ...artifact.source, rev } }],
    });
    const { commits: keptCommits } = preferencesOf(moved);
    expect(await sourceIn([named('main')], { keptCommits })).toEqual({
      kind: 'git',
      url: repository,
      rev,
      ref: 'main',
    });
    expect(await sourceIn([named('dev')], { keptCommits })).toMatchObject({ rev: commit('dev') });
    const { commits } = preferencesOf(moved, new Set(['app']));
    expect(commits.size).toBe(0);
  });

  test('it may be named by a source, or by a package of an index that the project agrees with', async () => {
    const branch = `tool @ git+${repository}@main`;
    const graph = await resolve(
      { remote: { '1': [`app @ git+${repository}@main`] } },
      ['remote', named('main')],
      {
        sources: {
          registry: fakeRegistry({ facts: { [repository]: { name: 'app', version: '5' } } }),
        },
      },
    );
    expect(idsOf(graph)).toEqual(['app@5', 'remote@1']);
    const parent = 'https://git.example/parent.git';
    const facts = {
      [parent]: { name: 'parent', version: '1', requiresDist: [branch] },
      [repository]: { name: 'tool', version: '2' },
    };
    const source = { kind: 'git', url: parent, rev: 'v1' } as const;
    const nested = await resolve({}, [{ text: 'parent', name: 'parent', source }], {
      sources: { registry: fakeRegistry({ facts }) },
    });
    expect(idsOf(nested)).toEqual(['parent@1', 'tool@2']);
  });

  test('two of them are two sources', async () => {
    expect(await answer(projects, [named('main'), named('dev')], { sources })).toContain(
      `two sources: git+${repository}@main (in.txt:1) and git+${repository}@dev (in.txt:2)`,
    );
  });
});

const file = (fileName: string): Integrity => ({ sri: sriOf(fileName), of: 'file' });

test.each<[Asking[], string, Asked?]>([
  [
    [
      tool,
      {
        ...(bare as object),
        text: 'other',
        source: { kind: 'git', url: repository, rev },
        name: 'tool',
      } as Asking,
    ],
    'ARCHIVE_INVALID: `other` (in.txt:2) leads to a package that calls itself `app`',
  ],
  [['remote'], 'a source that only the project itself can name'],
  [[tool, 'tool>=3'], 'UNSATISFIABLE: '],
  [
    [
      { text: 'dep', index: 'https://one.example/simple' },
      { text: 'dep>1', index: 'https://two.example/simple' },
    ],
    'UNSATISFIABLE: `dep` is asked for from two indexes: https://one.example/simple (in.txt:1) and https://two.example/simple (in.txt:2)',
  ],
  [[{ text: 'dep', integrities: [file('other')] }], 'has no file with a hash that is asked for'],
  [
    [{ text: 'dep==2', integrities: [file('dep-2-py2.py3-none-any.whl')] }, 'user'],
    'HASH_MISSING: no hash is stated for tool==1.0, user==1',
  ],
  [['dep'], 'HASH_MISSING: no hash is stated for dep==2', { set: { requireHashes: true } }],
])('%#: is refused', async (asking, expected, asked = {}) => {
  expect(await answer(projects, asking, { ...asked, sources })).toContain(expected);
});

test.each<[Asking[], readonly string[], Asked?]>([
  // Only the files with these hashes exist.
  [[{ text: 'dep', integrities: [file('dep-1-py2.py3-none-any.whl')] }], ['dep@1']],
  [
    ['dep'],
    ['dep@1'],
    { constraints: [{ text: 'dep', integrities: [file('dep-1-py2.py3-none-any.whl')] }] },
  ],
  // The hash of a URL asks for none of others.
  [
    [
      { ...(tool as object), text: 'tool', integrities: [file('tool-2.0.tar.gz')] } as Asking,
      'dep',
    ],
    ['dep@1', 'tool@2.0'],
    { sources },
  ],
  // A requirement may name its index.
  [
    [{ text: 'dep', index: 'https://one.example/simple' }],
    ['dep@7'],
    { others: { 'https://one.example/simple': { dep: { '7': [] } } } },
  ],
])('%#: hashes and indexes', async (asking, expected, asked = {}) => {
  expect(await answer(projects, asking, asked)).toEqual(expected);
});

test('a password in the URL that a package names is left out of all', async () => {
  const secret = 'https://user:secret@files.example/tool-2.0.tar.gz';
  const facts = {
    'tool-2.0.tar.gz': { name: 'tool', version: '2.0' },
    [repository]: { name: 'app', version: '5', requiresDist: [`tool @ ${secret}`] },
  };
  const { graph } = await resolve(projects, [app], {
    sources: { registry: fakeRegistry({ facts }) },
  });
  expect([...graph.packages.keys()]).toEqual(['app@5', 'tool@2.0']);
  expect(JSON.stringify([...graph.packages.values()])).not.toContain('secret');
  const far: FakeProjects = { far: { '1': [`tool @ ${secret}`] } };
  const refusal = await answer(far, ['far']);
  expect(refusal).toContain('which needs tool @ https://files.example/tool-2.0.tar.gz, a source');
  expect(refusal).not.toContain('secret');
  expect(await answer({ ...projects, ...far }, ['far', tool], { sources })).toEqual([
    'dep@1',
    'far@1',
    'tool@2.0',
  ]);
});

test('a repository that a package names without a branch is the one that the project names so', async () => {
  const near: FakeProjects = { near: { '1': [`app @ git+${repository}`] } };
  const head = { kind: 'git', url: repository, rev: 'HEAD' } as const;
  const asking: Asking = { text: `app @ git+${repository}`, name: 'app', source: head };
  const resolution = await resolve({ ...projects, ...near }, ['near', asking], { sources });
  expect(idsOf(resolution)).toEqual(['app@5', 'dep@1', 'near@1', 'tool@2.0']);
});

test('an extra of a source may be written either way round', async () => {
  const facts = {
    [repository]: { name: 'app', version: '5', requiresDist: ['dep==1; "one" == extra'] },
  };
  const asking = { ...(app as object), text: 'app[one]', extras: ['one'] } as Asking;
  const resolution = await resolve(projects, [asking], {
    sources: { registry: fakeRegistry({ facts }) },
  });
  expect(idsOf(resolution)).toEqual(['app@5', 'dep@1']);
});

test('a hash in a URL that a source names counts', async () => {
  const hex = Buffer.from(sriOf('tool').slice('sha256-'.length), 'base64').toString('hex');
  const naming = (fragment: string): Partial<Asked> => {
    const facts = {
      'tool-2.0.tar.gz': { name: 'tool', version: '2.0' },
      [repository]: { name: 'app', version: '5', requiresDist: [`tool @ ${archive}#${fragment}`] },
    };
    return { sources: { registry: fakeRegistry({ facts }) } };
  };
  const { graph } = await resolve(projects, [app], naming(`sha256=${hex}`));
  const { artifacts } = graph.packages.get(packageId('tool', '2.0')) ?? {};
  expect(artifacts?.map(({ integrities }) => integrities)).toEqual([[file('tool')]]);
  expect(await answer(projects, [app], naming('sha256=12'))).toBe(
    'HASH_INVALID: hash `sha256:12` has 1 bytes, sha256 has 32',
  );
});

test('what is worth knowing is said', async () => {
  const odd: FakeProjects = {
    app: { '1': ['old>=1.*', 'gone==1', 'old[none]'] },
    old: { '1': { files: ['old-1.tar.gz'] } },
    gone: { '1': { yanked: 'security' } },
  };
  expect(saidBy(await resolve(odd, ['app']))).toEqual([
    'note requirement-repaired `app@1`: the requirement `old>=1.*` is taken as `old>=1`',
    'warning yanked `gone@1` was yanked: security',
    'warning extra-unknown `old@1` has no extra `none`; nothing is installed for it',
    'note requirements-guessed the requirements of `old@1` are as the source distribution says; a build may say otherwise',
  ]);
});

test('development groups that cannot be had are left out, unless they are asked for', async () => {
  const groups = { dev: ['dep>=9'], lint: ['tool'], slow: ['user'] };
  const asked: Asked = { groups, optionalGroups: ['slow'] };
  const resolution = await resolve(projects, ['dep'], asked);
  expect(idsOf(resolution)).toEqual(['dep@2']);
  expect(saidBy(resolution)[0]).toMatch(
    /^warning development-left-out `shell` has no development groups, since `dev, lint` cannot be had/,
  );
  expect(Object.keys(resolution.graph.roots[0]?.groups ?? {})).toEqual(['main']);
  expect(await answer(projects, ['dep'], { ...asked, wanted: { groups: ['dev'] } })).toMatch(
    /^UNSATISFIABLE/,
  );
  expect(
    await answer(projects, ['dep'], {
      ...asked,
      wanted: { groups: ['slow', 'lint'] },
      groups: { lint: ['tool'], slow: ['user'] },
    }),
  ).toEqual(['dep@2', 'tool@1.0', 'user@1']);
});

test('why newer versions were not taken', async () => {
  const many: FakeProjects = {
    web: {
      '1': [],
      '2': [],
      '3': [],
      '4': { requiresPython: '>=3.13' },
      '5': { yanked: 'bad' },
      '6rc1': [],
      '2.5': ['dep<2'],
    },
    ask: { '1': ['web<3'] },
    dep: { '1': [], '2': [] },
  };
  const { rejected } = await resolve(many, ['ask', 'web', 'dep>=2']);
  expect(await rejected('web')).toEqual([
    { version: '6rc1', why: 'is excluded by web<3 (ask 1)' },
    { version: '5', why: 'was yanked (bad)' },
    { version: '4', why: 'needs Python >=3.13' },
    { version: '3', why: 'is excluded by web<3 (ask 1)' },
    { version: '2.5', why: 'needs dep<2, and dep is 2' },
  ]);
  expect(await rejected('nobody')).toEqual([]);
  // What is recorded stays, but that is only the reason where there is no better one.
  const preferences = new Map([['web', ['2']]]);
  const again = await resolve(many, ['ask', 'web', 'dep>=2'], { preferences });
  expect(await again.rejected('web')).toEqual([
    { version: '6rc1', why: 'is excluded by web<3 (ask 1)' },
    { version: '5', why: 'was yanked (bad)' },
    { version: '4', why: 'needs Python >=3.13' },
    { version: '3', why: 'is excluded by web<3 (ask 1)' },
    { version: '2.5', why: 'is newer than 2, which is recorded and still satisfies' },
  ]);
});

test('an extra that is misspelt: the nearest is named', async () => {
  const known: FakeProjects = { web: { '1': ['dep; extra == "async"'] }, dep: { '1': [] } };
  const { diagnostics } = await resolve(known, ['web[asinc,qqq]']);
  expect(diagnostics.map(({ message, hint }) => [message, hint])).toEqual([
    ['`web@1` has no extra `asinc`; nothing is installed for it', 'did you mean `async`?'],
    ['`web@1` has no extra `qqq`; nothing is installed for it', undefined],
  ]);
});
