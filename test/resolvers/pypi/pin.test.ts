import { expect, test } from '@jest/globals';
import { convert } from '../../../converters/poetry/convert.ts';
import { Lock2nixError } from '../../../graph/errors.ts';
import { formatJson, graphToJson } from '../../../graph/serialise.ts';
import type { Gap, PackageId } from '../../../graph/types.ts';
import type { Registry } from '../../../resolvers/registry/types.ts';
import { fakeIndex } from '../../support/fake-index.ts';
import { fakeRegistry, sriOf } from '../../support/fake-registry.ts';
import { type LockOutline, makeLock } from './make-lock.ts';
import { membersOf, packageOf, pin, said } from './make-pin.ts';

const both = ['aarch64-darwin', 'x86_64-linux'];

test('edges and members say where they hold; what no platform wants is not asked for', async () => {
  const registry = fakeRegistry();
  const lock = makeLock({
    needs: ['app'],
    packages: {
      'app@1': {
        needs: [
          'appnope; sys_platform == "darwin"',
          'colorama; sys_platform == "win32"',
          'typing; python_version < "3.5"',
          'old; python_version < "3.12"',
          'base',
        ],
      },
      'appnope@1': { needs: ['base'] },
      'base@1': {},
      'colorama@1': {},
      'old@1': {},
      'typing@1': {},
    },
  });
  const pinned = await pin(lock, { registry });
  expect(membersOf(pinned)).toEqual(['app@1', 'appnope@1 aarch64-darwin', 'base@1']);
  expect(packageOf(pinned, 'app@1').dependencies).toEqual([
    {
      to: 'appnope@1',
      extras: [],
      marker: 'sys_platform == "darwin"',
      kind: 'runtime',
      platforms: ['aarch64-darwin'],
    },
    { to: 'base@1', extras: [], kind: 'runtime' },
  ]);
  // Wherever appnope is, base is.
  expect(packageOf(pinned, 'appnope@1').dependencies).toEqual([
    { to: 'base@1', extras: [], kind: 'runtime' },
  ]);
  expect(registry.questions.join('\n')).not.toMatch(/colorama|typing|old/);
});

test('the same from a poetry.lock: a package for another Python is not asked for', async () => {
  const file = (name: string) => `{file = "${name}", hash = "sha256:${'ab'.repeat(32)}"}`;
  const entry = (name: string, more: string) => `
[[package]]
name = "${name}"
version = "1.0"
optional = false
python-versions = "*"
groups = ["main"]
files = [${file(`${name}-1.0-py3-none-any.whl`)}]
${more}`;
  const text = `${entry('app', '\n[package.dependencies]\nbackport = {version = "*", markers = "python_version < \\"3.9\\""}\n')}
${entry('backport', 'markers = "python_version < \\"3.9\\""')}
[metadata]
lock-version = "2.1"
python-versions = ">=3.8"
content-hash = "${'cd'.repeat(32)}"
`;
  const { graph } = convert({ file: 'poetry.lock', text, read: () => undefined });
  const registry = fakeRegistry();
  expect(membersOf(await pin(graph, { registry }))).toEqual(['app@1.0']);
  expect(registry.questions).toEqual(['fileUrls app app-1.0-py3-none-any.whl']);
  expect(membersOf(await pin(graph, { python: '3.8' }))).toEqual(['app@1.0', 'backport@1.0']);
});

test('a package of a private index whose files the poetry.lock does not name is asked for there', async () => {
  const text = `
[[package]]
name = "secret"
version = "1.0"
description = ""
category = "main"
optional = false
python-versions = "*"

[package.source]
type = "legacy"
url = "https://private.example/simple"
reference = "private"

[metadata]
lock-version = "1.1"
python-versions = "*"
content-hash = "${'cd'.repeat(32)}"

[metadata.files]
secret = []
`;
  const { graph } = convert({ file: 'poetry.lock', text, read: () => undefined });
  const name = 'secret-1.0-py3-none-any.whl';
  const file = { fileName: name, url: `https://private.example/${name}`, sris: [sriOf(name)] };
  const registry = fakeRegistry({ releases: { 'secret 1.0': [file] } });
  await pin(graph, { registry });
  expect(registry.questions).toEqual(['releaseFiles https://private.example/simple secret 1.0']);
});

test('groups are part of the environment, not of the root’s own dependencies', async () => {
  const lock = makeLock({
    needs: { '': ['a'], fast: ['b'] },
    groups: { dev: ['c'] },
    root: {
      name: 'demo',
      version: '2.0',
      path: '.',
      scripts: ['demo'],
      buildSystem: { requires: ['poetry-core>=1'], backend: 'poetry.core.masonry.api' },
      metadata: { description: 'Demo.' },
    },
    packages: { 'a@1': {}, 'b@1': {}, 'c@1': {} },
  });
  const pinned = await pin(lock, { wanted: { groups: ['dev'], extras: ['fast'] } });
  expect(membersOf(pinned)).toEqual(['a@1', 'b@1', 'c@1']);
  expect(pinned.graph.roots).toEqual([{ name: 'demo', package: 'demo@2.0', scripts: ['demo'] }]);
  expect(packageOf(pinned, 'demo@2.0')).toEqual({
    id: 'demo@2.0',
    name: 'demo',
    version: '2.0',
    artifacts: [{ kind: 'tree', fileName: 'source', source: { kind: 'path', path: '.' } }],
    dependencies: [
      { to: 'a@1', extras: [], kind: 'runtime' },
      { to: 'b@1', extras: [], extra: 'fast', kind: 'runtime' },
    ],
    build: { backend: 'poetry.core.masonry.api', environment: 'poetry-core-2' },
    metadata: { description: 'Demo.' },
  });
  expect(membersOf(pinned, 'poetry-core-2')).toEqual(['poetry-core@2.2.1']);
});

test('a root without a folder has no package; one that cannot be built is refused by name', async () => {
  const lock = makeLock({ needs: ['a'], packages: { 'a@1': {} } });
  expect((await pin(lock)).graph.roots).toEqual([{ name: 'project', scripts: [] }]);
  const buildSystem = { requires: ['maturin'], backend: 'maturin' };
  const own = makeLock({ needs: [], packages: {}, root: { name: 'demo', path: '.', buildSystem } });
  await expect(pin(own)).rejects.toMatchObject({
    code: 'BACKEND_UNSUPPORTED',
    message:
      'the project `demo` cannot be built: its build requirement `maturin` needs a Rust toolchain and vendored crates, which recipes do not have',
  });
});

test('a root that is called as a locked package does not take its place', async () => {
  const lock = makeLock({
    needs: ['demo'],
    packages: { 'demo@1': { needs: ['a'] }, 'a@1': {} },
    root: { name: 'demo', version: '1', path: '.' },
  });
  const pinned = await pin(lock);
  expect(pinned.graph.roots).toMatchObject([{ package: 'demo@1#root' }]);
  expect(packageOf(pinned, 'demo@1').artifacts[0]?.kind).toBe('wheel');
  expect(packageOf(pinned, 'demo@1#root').artifacts[0]?.kind).toBe('tree');
});

test('patch releases that markers look at are in the target', async () => {
  const lock = makeLock({
    needs: ['a; python_full_version >= "3.11.3"', 'b; python_full_version < "3.11.40"'],
    packages: { 'a@1': {}, 'b@1': {} },
  });
  expect((await pin(lock, { python: '3.11' })).graph.target.python).toEqual({
    implementation: 'cpython',
    version: '3.11',
    patchRange: { from: '3.11.3', to: '3.11.39' },
  });
});

const setuptoolsFile = 'setuptools-80.9.0-py3-none-any.whl';
const withSetuptools = (files: LockOutline['packages'][string]) =>
  makeLock({
    needs: ['app', 'setuptools'],
    packages: { 'app@1': { files: ['app-1.tar.gz'] }, 'setuptools@80.9.0': files },
  });

test('a build tool that the lock has as the same file is shared', async () => {
  const pinned = await pin(withSetuptools({ files: [setuptoolsFile] }));
  expect(membersOf(pinned, 'setuptools-80')).toEqual(['setuptools@80.9.0', 'wheel@0.45.1']);
  expect(packageOf(pinned, 'setuptools@80.9.0').artifacts[0]?.source).toEqual({
    kind: 'registry',
    url: `https://files.example/${setuptoolsFile}`,
  });
});

test.each([
  ['another wheel', { files: ['setuptools-80.9.0-py2.py3-none-any.whl'] }],
  ['the source', { files: ['setuptools-80.9.0.tar.gz'] }],
])('a build tool that the lock has as %s is kept apart', async (_, files) => {
  const pinned = await pin(withSetuptools(files));
  expect(membersOf(pinned)).toEqual(['app@1', 'setuptools@80.9.0']);
  expect(membersOf(pinned, 'setuptools-80')).toEqual(['setuptools@80.9.0#build', 'wheel@0.45.1']);
  expect(packageOf(pinned, 'setuptools@80.9.0#build').artifacts).toMatchObject([
    { fileName: setuptoolsFile, integrity: { sri: sriOf(setuptoolsFile) } },
  ]);
});

test('packages with different tools have build environments of different names', async () => {
  const lock = makeLock({
    needs: ['a', 'b', 'c'],
    packages: {
      'a@1': { files: ['a-1.tar.gz'] },
      'b@1': { files: ['b-1.tar.gz'] },
      'c@1': { files: ['c-1.tar.gz'] },
    },
  });
  const backend = 'poetry.core.masonry.api';
  const facts = {
    'a-1.tar.gz': { buildSystem: { requires: ['poetry-core'], backend } },
    'b-1.tar.gz': { buildSystem: { requires: ['poetry-core', 'setuptools'], backend } },
    'c-1.tar.gz': { buildSystem: { requires: ['setuptools', 'wheel'] } },
  };
  const pinned = await pin(lock, { registry: fakeRegistry({ facts }) });
  expect([...pinned.graph.environments.keys()]).toEqual([
    'default',
    'check',
    'poetry-core-2',
    'poetry-core-2-setuptools-80',
    'setuptools-80',
  ]);
  expect(membersOf(pinned, 'poetry-core-2-setuptools-80')).toEqual([
    'poetry-core@2.2.1',
    'setuptools@80.9.0',
    'wheel@0.45.1',
  ]);
});

const gap = (id: string, kind: Gap['kind'], message: string, requirement?: string): Gap => ({
  package: id as PackageId,
  kind,
  message,
  ...(requirement === undefined ? {} : { requirement }),
});
const gapLock = (requirement: string) =>
  makeLock({
    needs: ['gunicorn; sys_platform == "linux"', 'app'],
    packages: { 'gunicorn@20.0.4': {}, 'app@1': {}, 'unwanted@1': {} },
    gaps: [
      gap('gunicorn@20.0.4', 'dependencies', 'gunicorn 20.0.4: …', requirement),
      gap('unwanted@1', 'dependencies', 'unwanted 1: …', 'setuptools'),
    ],
  });

test('what the project itself requires and the lock leaves out is added everywhere', async () => {
  const lock = makeLock({
    needs: ['app; sys_platform == "linux2"'],
    packages: { 'app@1': {} },
    root: { path: '.' },
    gaps: [{ kind: 'dependencies', message: 'the project: …', requirement: 'setuptools<45' }],
  });
  const pinned = await pin(lock, { python: '2.7' });
  expect(membersOf(pinned)).toEqual(['app@1 x86_64-linux', 'setuptools@44.1.1']);
  const root = pinned.graph.roots[0]?.package ?? '';
  expect(packageOf(pinned, root).dependencies).toContainEqual({
    to: 'setuptools@44.1.1',
    extras: [],
    kind: 'runtime',
  });
  expect(said(pinned)).toEqual([
    'note dependency-filled the project requires `setuptools<45`, which the lock leaves out; setuptools 44.1.1 is added',
  ]);
});

test.each(['setuptools', 'setuptools>=3.0', 'Setuptools (>=40)'])(
  'the lock leaves out `%s`: the pinned one is added where it is needed',
  async (requirement) => {
    const pinned = await pin(gapLock(requirement));
    expect(membersOf(pinned)).toEqual([
      'app@1',
      'gunicorn@20.0.4 x86_64-linux',
      'setuptools@80.9.0 x86_64-linux',
    ]);
    expect(packageOf(pinned, 'gunicorn@20.0.4').dependencies).toEqual([
      { to: 'setuptools@80.9.0', extras: [], kind: 'runtime' },
    ]);
    expect(said(pinned)).toEqual([
      `note dependency-filled \`gunicorn@20.0.4\` requires \`${requirement}\`, which the lock leaves out; setuptools 80.9.0 is added`,
    ]);
  },
);

test('the lock leaves out `setuptools<58`: the newest that meets it is added', async () => {
  const pinned = await pin(gapLock('setuptools<58'));
  expect(membersOf(pinned)).toContain('setuptools@57.5.0 x86_64-linux');
});

test('what is filled in brings what it needs, within the bounds of the lock', async () => {
  const lock = makeLock({
    needs: ['app'],
    packages: { 'app@1': { needs: ['platformdirs'] }, 'platformdirs@4': {} },
    gaps: [gap('app@1', 'dependencies', 'app 1: …', 'wheel')],
  });
  const needs = ['packaging>=24.0', 'platformdirs'];
  const index = fakeIndex({
    wheel: { '0.47': ['platformdirs>=5'], '0.46.3': needs },
    packaging: { '26.0': [] },
    platformdirs: { '4': [], '5': [] },
    pip: { '25.3': [] },
  });
  const pinned = await pin(lock, { index });
  expect(membersOf(pinned)).toEqual(['app@1', 'packaging@26.0', 'platformdirs@4', 'wheel@0.46.3']);
  const edges = packageOf(pinned, 'wheel@0.46.3').dependencies.map(({ to }) => to);
  expect(edges).toContain('packaging@26.0');
});

test.each([
  [
    'setuptools<1',
    'no version of setuptools fits this Python, these systems and the lock, so the environment is without it',
  ],
  ['distribute', 'the environment is without it'],
  ['hatchling', 'the environment is without it'],
  ['not valid!', 'the environment is without it'],
])(
  'the lock leaves out `%s`, which cannot be filled in: a warning says so',
  async (requirement, reason) => {
    const pinned = await pin(gapLock(requirement));
    expect(membersOf(pinned)).toEqual(['app@1', 'gunicorn@20.0.4 x86_64-linux']);
    expect(pinned.diagnostics).toEqual([
      {
        severity: 'warning',
        code: 'dependency-left-out',
        message: `\`gunicorn@20.0.4\` requires \`${requirement}\`, which the lock leaves out; ${reason}`,
        hint: 'lock again with a newer version of its tool, or add the requirement to the project',
      },
    ]);
  },
);

test('packages whose dependencies the lock may not know are named in one warning', async () => {
  const lock = makeLock({
    needs: ['b', 'a'],
    packages: { 'a@1': {}, 'b@1': {} },
    gaps: [gap('b@1', 'dependencies', 'b 1: …'), gap('a@1', 'dependencies', 'a 1: …')],
  });
  expect((await pin(lock)).diagnostics).toEqual([
    {
      severity: 'warning',
      code: 'dependencies-unknown',
      message:
        'the lock records no dependencies of `a@1`, `b@1`, and its tool may not have found them; they are taken to have none',
      hint: 'lock again with a newer version of its tool, or add what they need to the project',
    },
  ]);
});

const strictLock = (gaps: readonly Gap[]) =>
  makeLock({ needs: ['a'], packages: { 'a@1': {}, 'b@1': {} }, gaps });

test.each<[string, readonly Gap[], string]>([
  [
    'of a package',
    [gap('a@1', 'integrity', 'a 1: the lock has no hash of its URL')],
    'the lock leaves 1 gap: a 1: the lock has no hash of its URL',
  ],
  [
    'of the whole lock',
    [
      { kind: 'roots', message: 'the roots are unknown' },
      gap('a@1', 'files', 'a 1: the lock names no files'),
    ],
    'the lock leaves 2 gaps: the roots are unknown; a 1: the lock names no files',
  ],
  [
    'many',
    Array.from({ length: 12 }, (_, index) => gap('a@1', 'files', `gap ${index}`)),
    'the lock leaves 12 gaps: gap 0; gap 1; gap 2; gap 3; gap 4; gap 5; gap 6; gap 7; gap 8; gap 9; and 2 more',
  ],
])('--strict refuses gaps %s before anything is asked', async (_, gaps, message) => {
  const registry = fakeRegistry();
  await expect(pin(strictLock(gaps), { strict: true, registry })).rejects.toMatchObject({
    code: 'STRICT',
    message,
    hint: 'lock again with a newer version of its tool, or leave out `--strict`',
    location: { file: 'test.lock' },
  });
  expect(registry.questions).toEqual([]);
});

test('--strict lets be what is not wanted, and URLs of files with a hash', async () => {
  const gaps = [gap('b@1', 'files', 'b 1: the lock names no files'), gap('a@1', 'url', 'a 1: …')];
  const pinned = await pin(strictLock(gaps), { strict: true });
  expect(membersOf(pinned)).toEqual(['a@1']);
});

const manyPackages = () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  return makeLock({
    needs: names,
    packages: Object.fromEntries(
      names.map((name, index) => [
        `${name}@1`,
        {
          files: index % 2 === 0 ? [`${name}-1.tar.gz`] : [`${name}-1-py3-none-any.whl`],
          needs: names.slice(index + 1),
        },
      ]),
    ),
    gaps: [gap('a@1', 'dependencies', '…', 'setuptools')],
  });
};

/** A delay that depends on question and seed alone. */
const shuffled = (seed: number) => (question: string) =>
  sriOf(`${seed} ${question}`).charCodeAt(20) % 8;

test('the result does not depend on the order of answers', async () => {
  const results = await Promise.all(
    [0, 1, 2, 3, 4].map(async (seed) => {
      const pinned = await pin(manyPackages(), {
        registry: fakeRegistry({ delay: shuffled(seed) }),
        systems: both,
      });
      return formatJson(graphToJson(pinned.graph)) + JSON.stringify(pinned.diagnostics);
    }),
  );
  expect(new Set(results).size).toBe(1);
});

test('nor on the order of the lock’s packages', async () => {
  const lock = manyPackages();
  const reversed = { ...lock, packages: new Map([...lock.packages].reverse()) };
  const [one, other] = await Promise.all([pin(lock), pin(reversed)]);
  expect(formatJson(graphToJson(one.graph))).toBe(formatJson(graphToJson(other.graph)));
});

test('of several failures the same one is told, whichever comes first', async () => {
  const missing = (name: string) => new Lock2nixError('FILE_NOT_ON_INDEX', `${name} is missing`);
  const failures = {
    'fileUrls b b-1-py3-none-any.whl': missing('b'),
    'archiveFacts e-1.tar.gz': missing('e'),
  };
  for (const slow of ['fileUrls b', 'archiveFacts e']) {
    const registry = fakeRegistry({
      failures,
      delay: (question) => (question.startsWith(slow) ? 20 : 0),
    });
    await expect(pin(manyPackages(), { registry })).rejects.toMatchObject({
      message: 'b is missing',
    });
  }
});

test('a registry that is down ends it at once', async () => {
  const down = new Lock2nixError('REGISTRY_UNREACHABLE', 'down');
  const fake = fakeRegistry({ failures: { 'archiveFacts e-1.tar.gz': down } });
  const registry: Registry = {
    ...fake,
    fileUrls: (index, name, files) =>
      name === 'b' ? new Promise(() => {}) : fake.fileUrls(index, name, files),
  };
  await expect(pin(manyPackages(), { registry })).rejects.toBe(down);
});
