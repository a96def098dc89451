import { expect, test } from '@jest/globals';
import type { ArtifactKind, LockedArtifact } from '../../../graph/types.ts';
import { readPathFacts } from '../../../resolvers/pypi/path-facts.ts';
import { hashBytes } from '../../../standards/integrity.ts';
import { makeTar } from '../../standards/make-archive.ts';
import { buildTools } from '../../support/build-tools.ts';
import { fakeIndex } from '../../support/fake-index.ts';
import { sriOf } from '../../support/fake-registry.ts';
import { makeLock } from './make-lock.ts';
import { membersOf, packageOf, pin } from './make-pin.ts';

const artifactAt = (
  kind: ArtifactKind,
  path: string,
  ...sris: readonly string[]
): LockedArtifact => ({
  kind,
  fileName: path.split('/').at(-1) ?? '',
  source: { kind: 'path', path },
  integrities: sris.map((sri) => ({ sri, of: 'file' })),
});

const facts = (artifact: LockedArtifact, files: Readonly<Record<string, string | Uint8Array>>) => {
  if (artifact.source.kind !== 'path') throw new Error('not a path');
  return readPathFacts(artifact.source.path, artifact, (path) => {
    const contents = files[path];
    return contents === undefined ? undefined : Buffer.from(contents);
  });
};

const pyproject =
  '[build-system]\nrequires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"\n';
const buildSystem = { requires: ['poetry-core'], backend: 'poetry.core.masonry.api' };

test.each([
  ['lib/a', 'lib/a/'],
  ['../a', '../a/'],
  ['.', ''],
])('a folder: %s', async (path, prefix) => {
  expect(
    await facts(artifactAt('tree', path), { [`${prefix}pyproject.toml`]: pyproject }),
  ).toMatchObject({ buildSystem, hasSetupPy: false });
  expect(await facts(artifactAt('tree', path), { [`${prefix}setup.py`]: '' })).toMatchObject({
    hasSetupPy: true,
  });
});

test('a folder that setuptools knows by its setup.cfg', async () => {
  const files = { 'a/pyproject.toml': '', 'a/setup.cfg': '[metadata]\nname = a\n' };
  expect(await facts(artifactAt('tree', 'a'), files)).toMatchObject({
    buildSystem: { requires: ['setuptools', 'wheel'] },
    hasSetupPy: false,
  });
  const { 'a/setup.cfg': setupCfg } = files;
  await expect(facts(artifactAt('tree', 'a'), { 'a/setup.cfg': setupCfg })).rejects.toMatchObject({
    code: 'INPUT_MISSING',
  });
});

test('an archive beside the lock is looked into', async () => {
  const sdist = makeTar([{ path: 'a-1.0/pyproject.toml', contents: pyproject }]);
  const artifact = artifactAt('sdist', 'dists/a-1.0.tar', hashBytes('sha256', sdist));
  expect(
    await facts({ ...artifact, fileName: 'a-1.0.tar' }, { 'dists/a-1.0.tar': sdist }),
  ).toMatchObject({
    buildSystem,
  });
});

test('of a wheel nothing is asked but its hash', async () => {
  const artifact = artifactAt('wheel', 'dists/a-1.0-py3-none-any.whl', sriOf('wheel'));
  expect(await facts(artifact, { 'dists/a-1.0-py3-none-any.whl': 'wheel' })).toBeUndefined();
});

test.each<[string, LockedArtifact, Readonly<Record<string, string>>, object]>([
  [
    'a folder that is not there',
    artifactAt('tree', 'lib/a'),
    {},
    {
      code: 'INPUT_MISSING',
      message:
        '`lib/a`, which the input names, is not there or has neither pyproject.toml nor setup.py',
      hint: 'bring the folder back, or take it out of the input',
    },
  ],
  [
    'a file that is not there',
    artifactAt('wheel', 'dists/a.whl'),
    {},
    { code: 'INPUT_MISSING', message: '`dists/a.whl`, which the input names, is not there' },
  ],
  [
    'a wheel with another hash',
    artifactAt('wheel', 'dists/a.whl', sriOf('locked')),
    { 'dists/a.whl': 'changed' },
    {
      code: 'HASH_MISMATCH',
      message: `\`dists/a.whl\` has the hash \`${sriOf('changed')}\`, the lock has \`${sriOf('locked')}\``,
      hint: 'lock again if the file was changed on purpose',
    },
  ],
  [
    'one of several hashes differs',
    artifactAt('wheel', 'a.whl', sriOf('a'), hashBytes('md5', Buffer.from('b'))),
    { 'a.whl': 'a' },
    { code: 'HASH_MISMATCH' },
  ],
  [
    'an archive that is none',
    artifactAt('sdist', 'a-1.0.tar.gz'),
    { 'a-1.0.tar.gz': 'no archive' },
    { code: 'ARCHIVE_INVALID' },
  ],
  [
    'a damaged pyproject.toml',
    artifactAt('tree', 'lib/a'),
    { 'lib/a/pyproject.toml': '[build-system' },
    { code: 'MANIFEST_SYNTAX', message: expect.stringContaining('lib/a') },
  ],
  [
    'a build system of another shape',
    artifactAt('tree', 'lib/a'),
    { 'lib/a/pyproject.toml': '[build-system]\nrequires = 1' },
    { code: 'MANIFEST_SHAPE', message: expect.stringContaining('lib/a') },
  ],
])('%s', async (_, artifact, files, error) => {
  await expect(facts(artifact, files)).rejects.toMatchObject(error);
});

test('live sources are pinned without hash, and still checked', async () => {
  const wheel = artifactAt('wheel', 'dists/b-1.0-py3-none-any.whl', sriOf('wheel'));
  const tree = artifactAt('tree', 'lib/a');
  const lock = makeLock({
    needs: ['a', 'b'],
    packages: { 'a@1.0': { artifacts: [tree] }, 'b@1.0': { artifacts: [wheel] } },
  });
  const files = { 'lib/a/pyproject.toml': pyproject, 'dists/b-1.0-py3-none-any.whl': 'wheel' };
  const pinned = await pin(lock, { files });
  expect(packageOf(pinned, 'a@1.0')).toMatchObject({
    artifacts: [{ kind: 'tree', fileName: 'a', source: { kind: 'path', path: 'lib/a' } }],
    build: { backend: 'poetry.core.masonry.api', environment: 'poetry-core-2' },
  });
  expect(packageOf(pinned, 'b@1.0').artifacts).toEqual([
    {
      kind: 'wheel',
      fileName: 'b-1.0-py3-none-any.whl',
      source: { kind: 'path', path: 'dists/b-1.0-py3-none-any.whl' },
    },
  ]);
  const changed = { ...files, 'dists/b-1.0-py3-none-any.whl': 'changed' };
  await expect(pin(lock, { files: changed })).rejects.toMatchObject({ code: 'HASH_MISMATCH' });
});

test.each([
  ['setup.py', 'from setuptools import setup\nsetup(setup_requires=["pbr>=1"])\n'],
  ['setup.cfg', '[metadata]\nname = app\n[options]\nsetup_requires = pbr>=1\n'],
])('`setup_requires` in the %s of the project and of a live member are met', async (name, text) => {
  const lock = makeLock({
    needs: ['a'],
    packages: { 'a@1.0': { artifacts: [artifactAt('tree', 'lib/a')] } },
    root: { path: '.' },
  });
  const files = {
    'setup.py': 'from setuptools import setup\nsetup()\n',
    'lib/a/setup.py': 'from setuptools import setup\nsetup()\n',
    [name]: text,
    [`lib/a/${name}`]: text,
  };
  const index = fakeIndex({ ...buildTools, pbr: { '7': [] } });
  const pinned = await pin(lock, { files, index });
  const environment = 'pbr-7-setuptools-80';
  expect([...pinned.graph.packages.values()].flatMap(({ build }) => build ?? [])).toEqual([
    { backend: 'setuptools.build_meta:__legacy__', environment },
    { backend: 'setuptools.build_meta:__legacy__', environment },
  ]);
  expect(membersOf(pinned, environment)).toContain('pbr@7');
});
