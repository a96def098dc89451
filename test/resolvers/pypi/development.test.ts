import { expect, test } from '@jest/globals';
import { Lock2nixError } from '../../../graph/errors.ts';
import type { Gap, PackageId } from '../../../graph/types.ts';
import { fakeRegistry } from '../../support/fake-registry.ts';
import { type LockOutline, makeLock } from './make-lock.ts';
import { filesOf, membersOf, packageOf, pin, said } from './make-pin.ts';

const outline: LockOutline = {
  needs: ['app'],
  groups: { dev: ['tool'], docs: ['sphinx'], extra: ['more'] },
  root: { optionalGroups: ['docs', 'extra'] },
  packages: {
    'app@1': { needs: ['base'] },
    'base@1': {},
    'more@1': {},
    'sphinx@1': { needs: ['base'] },
    'tool@1': { needs: ['base', 'helper; sys_platform == "darwin"'] },
    'helper@1': {},
  },
};

test('development is the groups that are not optional, and those that were asked for', async () => {
  const plain = await pin(makeLock(outline));
  expect(membersOf(plain)).toEqual(['app@1', 'base@1']);
  expect(membersOf(plain, 'development')).toEqual([
    'app@1',
    'base@1',
    'helper@1 aarch64-darwin',
    'tool@1',
  ]);
  const asked = await pin(makeLock(outline), { wanted: { groups: ['docs'], extras: [] } });
  expect(membersOf(asked)).toEqual(['app@1', 'base@1', 'sphinx@1']);
  expect(membersOf(asked, 'development')).toEqual([
    'app@1',
    'base@1',
    'helper@1 aarch64-darwin',
    'sphinx@1',
    'tool@1',
  ]);
  expect(packageOf(asked, 'tool@1').dependencies).toMatchObject([
    { to: 'base@1' },
    { to: 'helper@1', platforms: ['aarch64-darwin'] },
  ]);
});

test.each<[string, LockOutline, readonly string[]]>([
  ['no groups', { ...outline, groups: {} }, []],
  ['optional groups only', { ...outline, groups: { docs: ['sphinx'] } }, []],
  ['groups that were asked for', { ...outline, groups: { dev: ['tool'] } }, ['dev']],
  ['groups of what is there anyway', { ...outline, groups: { dev: ['base'] } }, []],
  ['empty groups', { ...outline, groups: { dev: [] } }, []],
])('with %s there is one environment', async (_, lock, groups) => {
  const pinned = await pin(makeLock(lock), { wanted: { groups, extras: [] } });
  expect([...pinned.graph.environments.keys()]).toEqual(['default', 'check']);
});

test('a file is asked for once, whoever wants it', async () => {
  const registry = fakeRegistry();
  await pin(makeLock(outline), { registry });
  expect([...registry.questions].sort()).toEqual(
    ['app', 'base', 'helper', 'tool'].map(
      (name) => `fileUrls ${name} ${name}-1-py2.py3-none-any.whl`,
    ),
  );
});

test('a package that development alone wants on a platform has a file there', async () => {
  const files = [
    'native-1-cp312-cp312-macosx_11_0_arm64.whl',
    'native-1-cp312-cp312-manylinux_2_17_x86_64.whl',
  ];
  const lock = (groups: LockOutline['groups']) =>
    makeLock({
      needs: ['native; sys_platform == "linux"'],
      ...(groups === undefined ? {} : { groups }),
      packages: { 'native@1': { files } },
    });
  const platforms = async (groups?: LockOutline['groups']) =>
    filesOf(await pin(lock(groups)), 'native@1').map((each) => each.split(' ')[0]);
  // Without it the one file serves all who want the package.
  expect(await platforms()).toEqual([files[1]]);
  expect(await platforms({ dev: ['native'] })).toEqual(['aarch64-darwin', 'x86_64-linux']);
});

test('where development picks another version, packages that both have need the one of `default`', async () => {
  const lock = makeLock({
    needs: ['app'],
    groups: { dev: ['base<2', 'tool'] },
    packages: {
      'app@1': { needs: ['base'] },
      'base@1': {},
      'base@2': {},
      'tool@1': { needs: ['base'] },
    },
  });
  const pinned = await pin(lock);
  expect(membersOf(pinned)).toEqual(['app@1', 'base@2']);
  expect(membersOf(pinned, 'development')).toEqual(['app@1', 'base@1', 'tool@1']);
  const needs = (id: string) => packageOf(pinned, id).dependencies.map(({ to }) => to);
  expect([needs('app@1'), needs('tool@1')]).toEqual([['base@2'], ['base@1']]);
});

test('an extra that development alone asks for is an edge of its package', async () => {
  const lock = makeLock({
    needs: ['app'],
    groups: { dev: ['app[fast]'] },
    packages: { 'app@1': { needs: { fast: ['speed'] } }, 'speed@1': {} },
  });
  const pinned = await pin(lock);
  expect(membersOf(pinned)).toEqual(['app@1']);
  expect(membersOf(pinned, 'development')).toEqual(['app@1', 'speed@1']);
  expect(packageOf(pinned, 'app@1').dependencies).toMatchObject([{ to: 'speed@1', extra: 'fast' }]);
});

const folder = { kind: 'path', path: 'gone' } as const;
const live = [{ kind: 'tree', fileName: 'source', source: folder, integrities: [] }] as const;
const rust = { buildSystem: { requires: ['maturin'], backend: 'maturin' } };

test.each<[string, LockOutline, string]>([
  [
    'versions that contradict each other',
    {
      ...outline,
      groups: { dev: ['tool', 'base>1'] },
      packages: { ...outline.packages, 'base@2': {}, 'app@1': { needs: ['base==1'] } },
    },
    'no locked version of `base` serves all who ask for it on aarch64-darwin: app@1, project, tool@1',
  ],
  [
    'files for another Python only',
    {
      ...outline,
      packages: { ...outline.packages, 'tool@1': { files: ['tool-1-cp39-cp39-win32.whl'] } },
    },
    '`tool@1` cannot be installed on aarch64-darwin, x86_64-linux: its only file does not fit CPython 3.12 there',
  ],
  [
    'a backend that is not supported',
    { ...outline, packages: { ...outline.packages, 'tool@1': { files: ['tool-1.tar.gz'] } } },
    '`tool@1` cannot be installed on aarch64-darwin, x86_64-linux: its build requirement `maturin` needs a Rust toolchain and vendored crates, which recipes do not have',
  ],
  [
    'a folder that is not there',
    { ...outline, packages: { ...outline.packages, 'tool@1': { artifacts: live } } },
    '`gone`, which the input names, is not there or has neither pyproject.toml nor setup.py',
  ],
])('development groups with %s are left out, with a warning', async (_, lock, reason) => {
  const registry = fakeRegistry({ facts: { 'tool-1.tar.gz': rust } });
  const pinned = await pin(makeLock(lock), { registry });
  expect([...pinned.graph.environments.keys()]).toEqual(['default', 'check']);
  expect([...pinned.graph.packages.keys()]).toEqual(['app@1', 'base@1', 'pip@25.3']);
  expect(said(pinned)).toEqual([
    `warning development-left-out \`shell\` has no development groups, since \`dev\` cannot be had: ${reason}`,
  ]);
  expect(pinned.diagnostics[0]?.hint).toBeTruthy();
});

test('what is wrong with the project itself is an error, not a matter of development', async () => {
  const lock = makeLock({
    ...outline,
    packages: { ...outline.packages, 'app@1': { files: ['app-1-cp39-cp39-win32.whl'] } },
  });
  await expect(pin(lock)).rejects.toMatchObject({ code: 'NO_USABLE_FILE' });
});

test.each(['REGISTRY_UNREACHABLE', 'OFFLINE', 'HASH_MISMATCH', 'REGISTRY_ANSWER'] as const)(
  '%s of a package of development is an error: nothing is left out by chance',
  async (code) => {
    const question = 'fileUrls tool tool-1-py2.py3-none-any.whl';
    const registry = fakeRegistry({ failures: { [question]: new Lock2nixError(code, 'failed') } });
    await expect(pin(makeLock(outline), { registry })).rejects.toMatchObject({ code });
  },
);

test('a gap of development counts for `--strict`, and is filled in that environment alone', async () => {
  const requirement = 'setuptools>=40';
  const gap: Gap = {
    kind: 'dependencies',
    package: 'tool@1' as PackageId,
    requirement,
    message: 'tool 1: setuptools is left out',
  };
  const lock = makeLock({ ...outline, gaps: [gap] });
  const pinned = await pin(lock);
  expect(membersOf(pinned)).toEqual(['app@1', 'base@1']);
  expect(membersOf(pinned, 'development')).toContain('setuptools@80.9.0');
  expect(said(pinned)).toEqual([
    'note dependency-filled `tool@1` requires `setuptools>=40`, which the lock leaves out; setuptools 80.9.0 is added',
  ]);
  await expect(pin(lock, { strict: true })).rejects.toMatchObject({ code: 'STRICT' });
});

test('sources tell what the lock does not say of them', async () => {
  const lock = makeLock({
    needs: ['app', 'told'],
    packages: {
      'app@1': { files: ['app-1.tar.gz'] },
      'told@1': { files: ['told-1.tar.gz'], metadata: { description: 'As locked' } },
    },
  });
  const metadata = { description: 'As told', homepage: 'https://app.example', licence: 'MIT' };
  const facts = { 'app-1.tar.gz': { metadata }, 'told-1.tar.gz': { metadata } };
  const pinned = await pin(lock, { registry: fakeRegistry({ facts }) });
  expect(packageOf(pinned, 'app@1').metadata).toEqual(metadata);
  expect(packageOf(pinned, 'told@1').metadata).toEqual({ ...metadata, description: 'As locked' });
});
