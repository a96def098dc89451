import { expect, test } from '@jest/globals';
import type { LockedArtifact, LockedGraph } from '../../../graph/types.ts';
import { fakeRegistry, sriOf } from '../../support/fake-registry.ts';
import { indexFile, makeLock, type PackageOutline } from './make-lock.ts';
import { filesOf, packageOf, pin, said } from './make-pin.ts';

const lockOf = (outline: PackageOutline): LockedGraph =>
  makeLock({ needs: ['a'], packages: { 'a@1.0': outline } });

const linuxWheel = 'a-1.0-cp312-cp312-manylinux2014_x86_64.whl';
const macWheel = 'a-1.0-cp312-cp312-macosx_11_0_arm64.whl';
const windowsWheel = 'a-1.0-cp312-cp312-win_amd64.whl';
const pureWheel = 'a-1.0-py3-none-any.whl';
const sdist = 'a-1.0.tar.gz';

const maturin = { requires: ['maturin'], backend: 'maturin' };
const needsRust = fakeRegistry({ facts: { [sdist]: { hasSetupPy: false, buildSystem: maturin } } });
const rust =
  'its build requirement `maturin` needs a Rust toolchain and vendored crates, which recipes do not have';

test.each<[string, readonly string[], Parameters<typeof pin>[1], readonly string[]]>([
  [
    'a wheel for each platform',
    [windowsWheel, linuxWheel, macWheel, sdist],
    {},
    [`aarch64-darwin ${macWheel}`, `x86_64-linux ${linuxWheel}`],
  ],
  ['one wheel for all', [pureWheel, sdist], {}, [pureWheel]],
  ['the source when it is preferred', [pureWheel, sdist], { prefer: 'sdist' }, [sdist]],
  ['a wheel when there is no source', [pureWheel], { prefer: 'sdist' }, [pureWheel]],
  [
    'a wheel here and the source there',
    [linuxWheel, sdist],
    {},
    [`aarch64-darwin ${sdist}`, `x86_64-linux ${linuxWheel}`],
  ],
  ['one source of several', ['a-1.0.zip', sdist, 'a-1.0.tar.bz2'], {}, [sdist]],
  [
    'a wheel that is made for another Python does not count',
    ['a-1.0-cp311-cp311-manylinux2014_x86_64.whl', sdist],
    { systems: ['x86_64-linux'] },
    [sdist],
  ],
])('%s', async (_, files, request, expected) => {
  const pinned = await pin(lockOf({ files }), request);
  expect(filesOf(pinned, 'a@1.0')).toEqual(expected);
  expect(said(pinned)).toEqual([]);
  expect(packageOf(pinned, 'a@1.0').build === undefined).toBe(!expected.join(' ').includes(sdist));
});

test('every file has its URL and the hash of the lock', async () => {
  const { artifacts } = packageOf(await pin(lockOf({ files: [linuxWheel, macWheel] })), 'a@1.0');
  expect(artifacts).toEqual([
    {
      kind: 'wheel',
      fileName: macWheel,
      source: { kind: 'registry', url: `https://files.example/${macWheel}` },
      integrity: { sri: sriOf(macWheel), of: 'file' },
      platforms: ['aarch64-darwin'],
    },
    {
      kind: 'wheel',
      fileName: linuxWheel,
      source: { kind: 'registry', url: `https://files.example/${linuxWheel}` },
      integrity: { sri: sriOf(linuxWheel), of: 'file' },
      platforms: ['x86_64-linux'],
    },
  ]);
});

test('a source that cannot be built gives way to wheels where there are any', async () => {
  const pinned = await pin(lockOf({ files: [linuxWheel, sdist] }), {
    prefer: 'sdist',
    registry: needsRust,
  });
  expect(filesOf(pinned, 'a@1.0')).toEqual([`x86_64-linux ${linuxWheel}`]);
  expect(packageOf(pinned, 'a@1.0').build).toBeUndefined();
  expect(said(pinned)).toEqual([
    `warning platform-without-file \`a@1.0\` cannot be installed on aarch64-darwin: ${rust}`,
    `note wheel-instead \`a@1.0\`: ${rust}; its wheel is used on x86_64-linux`,
  ]);
});

test('a platform without any file is a warning that says what to do', async () => {
  const pinned = await pin(lockOf({ files: [linuxWheel, windowsWheel] }));
  expect(filesOf(pinned, 'a@1.0')).toEqual([`x86_64-linux ${linuxWheel}`]);
  expect(pinned.diagnostics).toEqual([
    {
      severity: 'warning',
      code: 'platform-without-file',
      message:
        '`a@1.0` cannot be installed on aarch64-darwin: none of its 2 files fits CPython 3.12 there',
      hint: 'the recipe says so when it is evaluated there; leave the system out with `--systems`',
    },
  ]);
});

test('a source that only some platforms can build: the others take wheels', async () => {
  const buildSystem = { requires: ['setuptools', 'maturin; sys_platform == "darwin"'] };
  const pinned = await pin(lockOf({ files: [macWheel, sdist] }), {
    prefer: 'sdist',
    registry: fakeRegistry({ facts: { [sdist]: { buildSystem } } }),
  });
  expect(filesOf(pinned, 'a@1.0')).toEqual([`aarch64-darwin ${macWheel}`, `x86_64-linux ${sdist}`]);
  expect(packageOf(pinned, 'a@1.0').build?.environment).toBe('setuptools-80');
});

test.each<[string, PackageOutline, Parameters<typeof pin>[1], object]>([
  [
    'no file fits',
    { files: [windowsWheel] },
    {},
    {
      code: 'NO_USABLE_FILE',
      message:
        '`a@1.0` cannot be installed on aarch64-darwin, x86_64-linux: its only file does not fit CPython 3.12 there',
      hint: 'name another `--python` or `--systems`, or take a version that has files for them',
    },
  ],
  [
    'the source cannot be built',
    { files: [sdist] },
    { registry: needsRust },
    {
      code: 'BACKEND_UNSUPPORTED',
      message: `\`a@1.0\` cannot be installed on aarch64-darwin, x86_64-linux: ${rust}`,
      hint: 'take a version that has a wheel for this Python and these systems, or name another `--python`',
    },
  ],
  [
    'the source does not say how',
    { files: [sdist] },
    { registry: fakeRegistry({ facts: { [sdist]: { hasSetupPy: false } } }) },
    {
      code: 'BACKEND_UNSUPPORTED',
      message: expect.stringContaining(
        'its source has neither a setup.py nor a `[build-system]` in a pyproject.toml',
      ),
    },
  ],
  [
    'a live folder whose backend is not supported',
    {
      artifacts: [
        {
          kind: 'tree',
          fileName: 'a-1.0',
          source: { kind: 'path', path: 'lib/a' },
          integrities: [],
        },
      ],
    },
    {
      files: {
        'lib/a/pyproject.toml': '[build-system]\nrequires = ["maturin"]\nbuild-backend = "maturin"',
      },
    },
    {
      code: 'BACKEND_UNSUPPORTED',
      hint: 'change the `[build-system]` of its pyproject.toml',
    },
  ],
])('nothing usable: %s', async (_, outline, request, error) => {
  await expect(pin(lockOf(outline), request)).rejects.toMatchObject(error);
});

const remote = (url: string, more: Partial<LockedArtifact> = {}): LockedArtifact => ({
  kind: 'sdist',
  fileName: url.slice(url.lastIndexOf('/') + 1),
  source: { kind: 'url', url },
  integrities: [],
  ...more,
});
const url = 'https://example.org/a-1.0.tar.gz';
const forge = 'https://github.com/o/a/archive/v1.tar.gz';

test('a URL without hash is filled, with a note', async () => {
  const registry = fakeRegistry();
  const pinned = await pin(lockOf({ artifacts: [remote(url)] }), { registry });
  expect(packageOf(pinned, 'a@1.0').artifacts).toEqual([
    {
      kind: 'sdist',
      fileName: 'a-1.0.tar.gz',
      source: { kind: 'url', url },
      integrity: { sri: sriOf(url), of: 'file' },
    },
  ]);
  expect(said(pinned)).toEqual([
    `note hash-filled \`a@1.0\`: the lock has no hash for ${url}; it is pinned as ${sriOf(url)}`,
  ]);
  expect(registry.questions).toEqual([`urlIntegrity ${url}`, 'archiveFacts a-1.0.tar.gz']);
});

const weak = (algorithm: string, bytes: number): string =>
  `${algorithm}-${Buffer.alloc(bytes, 7).toString('base64')}`;

test.each([
  ['md5', 16],
  ['sha1', 20],
  // Nix does not know it.
  ['sha384', 48],
])('a file with %s alone is verified and pinned by sha256', async (algorithm, bytes) => {
  const sri = weak(algorithm, bytes);
  const registry = fakeRegistry();
  const wheel = { ...indexFile(pureWheel), integrities: [{ sri, of: 'file' as const }] };
  const pinned = await pin(lockOf({ artifacts: [wheel] }), { registry });
  const [artifact] = packageOf(pinned, 'a@1.0').artifacts;
  expect(artifact?.integrity?.sri).toBe(sriOf(`https://files.example/${pureWheel}`));
  expect(registry.questions).toEqual([
    `fileUrls a ${pureWheel}`,
    `urlIntegrity https://files.example/${pureWheel} ${sri}`,
  ]);
  expect(said(pinned)[0]).toContain('the lock has no hash that will do for');
});

test('of several hashes the strongest that Nix reads is taken', async () => {
  const integrities = [weak('sha384', 48), sriOf('x'), weak('md5', 16)].map((sri) => ({
    sri,
    of: 'file' as const,
  }));
  const wheel = { ...indexFile(pureWheel), integrities };
  const pinned = await pin(lockOf({ artifacts: [wheel] }));
  expect(packageOf(pinned, 'a@1.0').artifacts[0]?.integrity?.sri).toBe(sriOf('x'));
});

test('an archive that a forge makes is pinned by its contents, and has the hash of the lock', async () => {
  const registry = fakeRegistry();
  const artifact = remote(forge, { integrities: [{ sri: sriOf('locked'), of: 'file' }] });
  const pinned = await pin(lockOf({ artifacts: [artifact] }), { registry });
  expect(packageOf(pinned, 'a@1.0').artifacts).toEqual([
    {
      kind: 'tree',
      fileName: 'v1.tar.gz',
      source: { kind: 'url', url: forge },
      integrity: { sri: sriOf(forge), of: 'tree' },
    },
  ]);
  expect(registry.questions).toEqual([`unpackedSource ${forge} ${sriOf('locked')}`]);
});

test('a commit is pinned by its tree; subdirectories are passed on', async () => {
  const registry = fakeRegistry();
  const source = {
    kind: 'git',
    url: 'https://example.org/a.git',
    rev: '5'.repeat(40),
    subdirectory: 'python',
  } as const;
  const artifact = { kind: 'tree', fileName: 'a-1.0', source, integrities: [] } as const;
  const pinned = await pin(lockOf({ artifacts: [artifact] }), { registry });
  expect(packageOf(pinned, 'a@1.0')).toMatchObject({
    artifacts: [{ kind: 'tree', source, integrity: { sri: sriOf('5'.repeat(40)), of: 'tree' } }],
    build: { environment: 'setuptools-80' },
  });
  expect(registry.questions).toEqual([`gitSource ${source.url} ${source.rev} python`]);
});

const release = (fileName: string, ...sris: readonly string[]) => ({
  fileName,
  url: `https://files.example/${fileName}`,
  sris,
});
const releases = {
  'a 1.0': [
    release('a-1.0.exe', sriOf('exe')),
    release(pureWheel, weak('sha512', 64), sriOf(pureWheel)),
    release(sdist, sriOf(sdist)),
  ],
};

test('files that the lock does not list come from the index that it names, with a note', async () => {
  const registry = fakeRegistry({ releases });
  const index = 'https://private.example/simple';
  const pinned = await pin(lockOf({ artifacts: [], index }), { registry });
  expect(filesOf(pinned, 'a@1.0')).toEqual([pureWheel]);
  expect(registry.questions).toEqual([`releaseFiles ${index} a 1.0`]);
  expect(said(pinned)).toEqual([
    'note files-filled `a@1.0`: the lock lists no files; they are taken from the index',
  ]);
});

test('with the lock’s hashes, other files and other hashes are not trusted', async () => {
  const hashes = [{ sri: sriOf(pureWheel), of: 'file' as const }];
  const registry = fakeRegistry({ releases });
  const pinned = await pin(lockOf({ artifacts: [], hashes }), { registry, prefer: 'sdist' });
  expect(packageOf(pinned, 'a@1.0').artifacts).toEqual([
    {
      kind: 'wheel',
      fileName: pureWheel,
      source: { kind: 'registry', url: `https://files.example/${pureWheel}` },
      integrity: { sri: sriOf(pureWheel), of: 'file' },
    },
  ]);
  expect(said(pinned)).toEqual([]);
});

test('no file with one of the lock’s hashes', async () => {
  const hashes = [{ sri: sriOf('other'), of: 'file' as const }];
  const registry = fakeRegistry({ releases });
  await expect(pin(lockOf({ artifacts: [], hashes }), { registry })).rejects.toMatchObject({
    code: 'HASH_MISMATCH',
    message: '`a@1.0`: no file on the index has one of the hashes in the lock',
  });
});

test('an index without hashes: the file is hashed', async () => {
  const registry = fakeRegistry({ releases: { 'a 1.0': [release(pureWheel)] } });
  const pinned = await pin(lockOf({ artifacts: [] }), { registry });
  expect(said(pinned).map((line) => line.split(' ')[1])).toEqual(['hash-filled', 'files-filled']);
});
