import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { readProject, readSdist } from '../../standards/sdist.ts';
import { makeTar, makeZip } from './make-archive.ts';

const { archives } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../fixtures/standards/archives.json'), 'utf8'),
) as { readonly archives: Readonly<Record<string, string>> };

test.each(Object.entries(archives))('%s', async (name, data) => {
  expect(await readSdist(Buffer.from(data, 'base64'), name)).toEqual({
    rootFolder: 'sample-1.0',
    hasSetupPy: true,
    hasSetupCfg: true,
    setupRequires: [],
    buildSystem: { requires: ['setuptools'] },
    metadata: expect.objectContaining({ name: 'Sample', version: '1.0', metadataVersion: '2.1' }),
  });
});

const sdist = (files: Readonly<Record<string, string>>): Buffer =>
  gzipSync(makeTar(Object.entries(files).map(([path, contents]) => ({ path, contents }))));

test('a legacy project, in a folder of another name', async () => {
  const bytes = sdist({ 'Other-0/setup.py': '', 'Other-0/src/pyproject.toml': '[build-system' });
  expect(await readSdist(bytes, 'project-1.0.tar.gz')).toEqual({
    rootFolder: 'Other-0',
    hasSetupPy: true,
    hasSetupCfg: false,
    setupRequires: [],
  });
});

test('a PKG-INFO without name or version counts as none', async () => {
  const bytes = sdist({ 'a/PKG-INFO': 'Metadata-Version: 1.0\n', 'a/setup.cfg': '' });
  expect(await readSdist(bytes, 'a.tar.gz')).not.toHaveProperty('metadata');
});

test.each<[string, Readonly<Record<string, string>>, boolean]>([
  [
    'setup.cfg',
    { 'pyproject.toml': '', 'setup.cfg': '[flake8]\nx = 1\n\n[metadata]\nname=a\n' },
    true,
  ],
  ['PEP 621', { 'pyproject.toml': '[project]\nname = "a"\n' }, true],
  ['what another tool reads', { 'pyproject.toml': '[tool.poetry]\nname = "a"\n' }, false],
  [
    'a setup.cfg for something else',
    { 'pyproject.toml': '', 'setup.cfg': '[metadata]\nauthor = x\n[egg_info]\nname = a\n' },
    false,
  ],
  [
    'no pyproject.toml, as pip has it',
    { 'setup.cfg': '[metadata]\nname = a\n', 'PKG-INFO': '' },
    false,
  ],
])('a project without setup.py that is declared by %s', async (_, files, isBuilt) => {
  const inFolder = Object.entries(files).map(([name, text]) => [`a/${name}`, text]);
  const { buildSystem, hasSetupPy } = await readSdist(
    sdist(Object.fromEntries(inFolder)),
    'a.tar.gz',
  );
  expect(hasSetupPy).toBe(false);
  expect(buildSystem).toEqual(isBuilt ? { requires: ['setuptools', 'wheel'] } : undefined);
});

test('a stray folder beside the project does not matter', async () => {
  const bytes = sdist({ '__MACOSX/setup.py': '', 'a/setup.py': '', 'a/PKG-INFO': '', '._a': 'x' });
  expect(await readSdist(bytes, 'a.tar.gz')).toMatchObject({ rootFolder: 'a' });
});

test('a byte order mark in pyproject.toml does not matter', async () => {
  const bytes = sdist({ 'a/pyproject.toml': '\uFEFF[build-system]\nrequires = []\n' });
  expect(await readSdist(bytes, 'a.tar.gz')).toMatchObject({ buildSystem: { requires: [] } });
});

test.each<[Readonly<Record<string, string>>, string, string]>([
  [{ 'a/README': '' }, 'ARCHIVE_INVALID', '`a.tar.gz` is no source distribution'],
  [{ 'setup.py': '' }, 'ARCHIVE_INVALID', '`a.tar.gz` is no source distribution'],
  [{ 'a/setup.py': '', 'b/setup.py': '' }, 'ARCHIVE_INVALID', 'has two projects, `a` and `b`'],
  [
    { 'a/pyproject.toml': 'x = 1\ny =\n' },
    'MANIFEST_SYNTAX',
    'in `a.tar.gz`: pyproject.toml is not TOML at line 2',
  ],
  [
    { 'a/pyproject.toml': 'build-system = 1\n' },
    'MANIFEST_SHAPE',
    'in `a.tar.gz`: `build-system` is not a table',
  ],
])('%j is refused', async (files, code, message) => {
  await expect(readSdist(sdist(files), 'a.tar.gz')).rejects.toMatchObject({
    code,
    message: expect.stringContaining(message),
  });
});

test('a pyproject.toml that is not UTF-8 is refused', async () => {
  const bytes = makeZip([{ path: 'a/pyproject.toml', contents: Buffer.from([0x23, 0xff]) }]);
  await expect(readSdist(bytes, 'a.zip')).rejects.toMatchObject({ code: 'MANIFEST_SYNTAX' });
});

test('limits reach the archive', async () => {
  const bytes = sdist({ 'a/setup.py': 'x'.repeat(9999) });
  await expect(readSdist(bytes, 'a.tar.gz', { maxBytes: 100 })).rejects.toMatchObject({
    code: 'ARCHIVE_INVALID',
  });
});

test('a link in place of a project file is not followed', async () => {
  const bytes = makeTar([
    { path: 'a/setup.py' },
    { path: 'a/pyproject.toml', type: '2', target: '/etc/passwd' },
  ]);
  expect(await readSdist(bytes, 'a.tar')).not.toHaveProperty('buildSystem');
});

test('the files of a checkout', () => {
  const files = new Map([['pyproject.toml', Buffer.from('[build-system]\nrequires = ["x"]\n')]]);
  expect(readProject(files, 'https://example.org/x.git')).toEqual({
    hasSetupPy: false,
    hasSetupCfg: false,
    setupRequires: [],
    buildSystem: { requires: ['x'] },
  });
  expect(() => readProject(new Map(), 'x')).toThrow('`x` is no Python project: it has none of');
});

test.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
  ['setup.py', { 'setup.py': 'setup(setup_requires=["pbr>=1.8", "cffi"])' }, ['pbr>=1.8', 'cffi']],
  ['setup.cfg alone', { 'setup.cfg': '[options]\nsetup_requires =\n  pbr\n' }, ['pbr']],
  [
    'both: setup.py wins',
    { 'setup.py': 'setup(setup_requires="a")', 'setup.cfg': '[options]\nsetup_requires = b\n' },
    ['a'],
  ],
  [
    'setup.py is silent',
    { 'setup.py': 'setup()', 'setup.cfg': '[options]\nsetup_requires = b; c\n' },
    ['b', 'c'],
  ],
  ['what only running it would tell', { 'setup.py': 'setup(setup_requires=needed())' }, []],
  ['a damaged setup.cfg', { 'setup.py': 'setup()', 'setup.cfg': 'no section' }, []],
])('setup_requires: %s', (_, texts, expected) => {
  const files = new Map(Object.entries(texts).map(([name, text]) => [name, Buffer.from(text)]));
  expect(readProject(files, 'x').setupRequires).toEqual(expected);
});
