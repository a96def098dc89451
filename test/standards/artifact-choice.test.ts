import { expect, test } from '@jest/globals';
import type { Platform } from '../../graph/platform.ts';
import type { ChoiceOptions } from '../../standards/artifact-choice.ts';
import { chooseArtifact, wheelRank } from '../../standards/artifact-choice.ts';

const linux: Platform = { system: 'x86_64-linux', libc: 'glibc', libcVersion: '2.28' };
const musl: Platform = { system: 'x86_64-linux', libc: 'musl', libcVersion: '1.2' };
const mac: Platform = { system: 'aarch64-darwin', macosMinimum: '11.0' };

const python = (version: string) => ({ implementation: 'cpython', version }) as const;

const choose = (files: readonly string[], options: Partial<ChoiceOptions> = {}): string =>
  chooseArtifact(
    files.map((fileName) => ({
      kind: fileName.endsWith('.whl') ? ('wheel' as const) : ('sdist' as const),
      fileName,
    })),
    { python: python('3.12'), platform: linux, prefer: 'wheel', ...options },
  )?.fileName ?? 'none';

const markupsafe = [
  'MarkupSafe-2.1.5.tar.gz',
  'MarkupSafe-2.1.5-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
  'MarkupSafe-2.1.5-cp312-cp312-macosx_10_9_universal2.whl',
  'MarkupSafe-2.1.5-cp312-cp312-macosx_10_9_x86_64.whl',
  'MarkupSafe-2.1.5-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
  'MarkupSafe-2.1.5-cp312-cp312-musllinux_1_1_x86_64.whl',
  'MarkupSafe-2.1.5-cp312-cp312-win_amd64.whl',
];

test.each([
  ['3.12', linux, 'MarkupSafe-2.1.5-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl'],
  ['3.11', linux, 'MarkupSafe-2.1.5-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl'],
  ['3.12', musl, 'MarkupSafe-2.1.5-cp312-cp312-musllinux_1_1_x86_64.whl'],
  ['3.12', mac, 'MarkupSafe-2.1.5-cp312-cp312-macosx_10_9_universal2.whl'],
  ['3.13', linux, 'MarkupSafe-2.1.5.tar.gz'],
  ['3.12', { ...linux, libcVersion: '2.12' }, 'MarkupSafe-2.1.5.tar.gz'],
] as const)('MarkupSafe for Python %s on %j is %s', (version, platform, chosen) => {
  expect(choose(markupsafe, { python: python(version), platform })).toBe(chosen);
});

test.each<[string, readonly string[], Partial<ChoiceOptions>, string]>([
  [
    'a wheel comes before the source',
    ['a-1.tar.gz', 'a-1-py3-none-any.whl'],
    {},
    'a-1-py3-none-any.whl',
  ],
  [
    'the source, when preferred',
    ['a-1.tar.gz', 'a-1-py3-none-any.whl'],
    { prefer: 'sdist' },
    'a-1.tar.gz',
  ],
  [
    'a wheel, when there is no source to prefer',
    ['a-1-py3-none-any.whl'],
    { prefer: 'sdist' },
    'a-1-py3-none-any.whl',
  ],
  ['no wheel with noBinary', ['a-1-py3-none-any.whl'], { noBinary: true }, 'none'],
  ['no source with onlyBinary', ['a-1.tar.gz'], { onlyBinary: true }, 'none'],
  [
    'onlyBinary over prefer',
    ['a-1.tar.gz', 'a-1-py3-none-any.whl'],
    { onlyBinary: true, prefer: 'sdist' },
    'a-1-py3-none-any.whl',
  ],
  [
    'the own ABI before the stable one',
    ['a-1-cp37-abi3-manylinux1_x86_64.whl', 'a-1-cp312-cp312-manylinux1_x86_64.whl'],
    {},
    'a-1-cp312-cp312-manylinux1_x86_64.whl',
  ],
  [
    'the stable ABI before pure Python',
    ['a-1-py3-none-any.whl', 'a-1-cp37-abi3-manylinux1_x86_64.whl'],
    {},
    'a-1-cp37-abi3-manylinux1_x86_64.whl',
  ],
  [
    'the newer libc',
    [
      'a-1-cp312-cp312-manylinux_2_5_x86_64.whl',
      'a-1-cp312-cp312-manylinux_2_28_x86_64.whl',
      'a-1-cp312-cp312-manylinux_2_34_x86_64.whl',
    ],
    {},
    'a-1-cp312-cp312-manylinux_2_28_x86_64.whl',
  ],
  [
    'the more exact pure Python',
    ['a-1-py2.py3-none-any.whl', 'a-1-py312-none-any.whl'],
    {},
    'a-1-py312-none-any.whl',
  ],
  [
    'the higher build tag, as a number',
    ['a-1-2-py3-none-any.whl', 'a-1-10-py3-none-any.whl', 'a-1-py3-none-any.whl'],
    {},
    'a-1-10-py3-none-any.whl',
  ],
  [
    'the better tag over the higher build tag',
    ['a-1-9-py3-none-any.whl', 'a-1-py312-none-any.whl'],
    {},
    'a-1-py312-none-any.whl',
  ],
  [
    'the first by name among equals',
    ['a_b-1-py3-none-any.whl', 'A_b-1-py3-none-any.whl'],
    {},
    'A_b-1-py3-none-any.whl',
  ],
  [
    '.tar.gz before .zip',
    ['enum34-1.1.6.zip', 'enum34-1.1.6.tar.gz'],
    { python: python('2.7') },
    'enum34-1.1.6.tar.gz',
  ],
  ['.zip before .tar.bz2', ['a-1.tar.bz2', 'a-1.zip'], {}, 'a-1.zip'],
  ['nothing that cannot be unpacked', ['a-1.tar.Z', 'a-1.exe', 'a-1.rpm'], {}, 'none'],
  ['no wheel with a broken name', ['a-1.whl', 'a-1-any.whl'], {}, 'none'],
  ['no wheel of another platform', ['a-1-cp312-cp312-win_amd64.whl'], {}, 'none'],
  [
    'a wide wheel on Linux for 2.7',
    ['g-1-cp27-cp27m-manylinux1_x86_64.whl', 'g-1-cp27-cp27mu-manylinux1_x86_64.whl'],
    { python: python('2.7') },
    'g-1-cp27-cp27mu-manylinux1_x86_64.whl',
  ],
  [
    'no free-threaded wheel',
    ['a-1-cp313-cp313t-manylinux1_x86_64.whl'],
    { python: python('3.13') },
    'none',
  ],
  ['nothing of nothing', [], {}, 'none'],
])('%s', (_, files, options, chosen) => {
  expect(choose(files, options)).toBe(chosen);
  expect(choose([...files].reverse(), options)).toBe(chosen);
});

test('a checked-out tree counts as source', () => {
  const tree = { kind: 'tree', fileName: 'project' } as const;
  const options = { python: python('3.12'), platform: linux, prefer: 'wheel' } as const;
  expect(chooseArtifact([tree], options)).toBe(tree);
  expect(chooseArtifact([tree], { ...options, onlyBinary: true })).toBeUndefined();
});

test('wheelRank is the place of the best tag', () => {
  expect(wheelRank('a-1-cp312-cp312-linux_x86_64.whl', python('3.12'), linux)).toBe(0);
  expect(wheelRank('a-1-cp311-cp311-linux_x86_64.whl', python('3.12'), linux)).toBeUndefined();
  expect(wheelRank('a-1.tar.gz', python('3.12'), linux)).toBeUndefined();
});
