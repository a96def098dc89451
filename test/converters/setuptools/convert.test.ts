import { expect, test } from '@jest/globals';
import { convert } from '../../../converters/setuptools/convert.ts';
import { setuptools as format } from '../../../converters/setuptools/format.ts';
import { isLock2nixError } from '../../../graph/errors.ts';
import { formatMarker } from '../../../standards/marker.ts';

const setOf = (file: string, text: string, files: Readonly<Record<string, string>> = {}) =>
  convert({ file, text, read: (path) => files[path] }).set;

const failureOf = (file: string, text: string) => {
  try {
    setOf(file, text);
  } catch (error) {
    if (isLock2nixError(error)) return error;
    throw error;
  }
  throw new Error('it was taken');
};

const cfg = `[metadata]
name = My_App
version = 1.0
description = does things
[options]
python_requires = >=2.7
install_requires =
    a>=1
    b; python_version < "3"
[options.extras_require]
test = pytest
[options.entry_points]
console_scripts =
    app = my_app:main
`;

test('a setup.cfg', () => {
  const set = setOf('x/setup.cfg', cfg);
  const [root] = set.roots;
  expect(set).toMatchObject({
    format: { name: 'setuptools', file: 'x/setup.cfg' },
    requiresPython: '>=2.7',
  });
  expect(root).toMatchObject({
    name: 'my-app',
    version: '1.0',
    path: '.',
    scripts: ['app'],
    metadata: { description: 'does things' },
    groups: {
      main: [
        { name: 'a', specifier: '>=1', text: 'a>=1', origin: 'x/setup.cfg' },
        { name: 'b', marker: { kind: 'compare' } },
      ],
    },
    extras: { test: [{ name: 'pytest' }] },
  });
});

test('a setup.py alone, with extras in the form of before markers', () => {
  const [root] = setOf(
    'setup.py',
    `from setuptools import setup
setup(
    name='old', version='2.0',
    install_requires=['a'],
    extras_require={':python_version < "3"': ['futures'], 'x:sys_platform == "linux"': ['y; python_version > "2"']},
    scripts=['bin/old'],
)
`,
  ).roots;
  const [a, futures] = root?.groups['main'] ?? [];
  expect(a?.name).toBe('a');
  expect(futures?.marker && formatMarker(futures.marker)).toBe('python_version < "3"');
  const [y] = root?.extras['x'] ?? [];
  expect(y?.marker && formatMarker(y.marker)).toBe(
    'python_version > "2" and sys_platform == "linux"',
  );
  expect(root).toMatchObject({ name: 'old', version: '2.0', scripts: ['old'] });
});

test('both: setup.py goes first, and each value has its file', () => {
  const [root] = setOf('setup.cfg', cfg, {
    'setup.py': 'from setuptools import setup\nsetup(name="other", install_requires=["z"])\n',
  }).roots;
  expect(root?.name).toBe('other');
  expect(root?.groups['main']).toMatchObject([{ name: 'z', origin: 'setup.py' }]);
  expect(root?.extras['test']).toMatchObject([{ name: 'pytest', origin: 'setup.cfg' }]);
});

test.each([
  [
    'setup.py',
    'from setuptools import setup\nsetup(install_requires=open("r").read())\n',
    'MANIFEST_SHAPE',
    2,
  ],
  [
    'setup.py',
    'from setuptools import setup\nsetup(install_requires=["a>>1"])\n',
    'REQUIREMENT_INVALID',
    2,
  ],
  ['setup.cfg', '[options]\ninstall_requires = a b\n', 'REQUIREMENT_INVALID', 2],
  ['setup.cfg', '[options]\n\ninstall_requires = file: missing.txt\n', 'MANIFEST_SHAPE', 3],
  ['setup.cfg', '[options\n', 'MANIFEST_SYNTAX', 1],
  ['setup.cfg', '[options]\npython_requires = nonsense\n', 'SPECIFIER_INVALID', undefined],
])('%s: %j is refused', (file, text, code, line) => {
  const { code: given, location } = failureOf(file, text);
  expect([given, location?.file, location?.line]).toEqual([code, file, line]);
});

test.each([
  [cfg, true],
  ['from setuptools import setup, find_packages\nsetup(name="a")\n', true],
  ['import setuptools\nsetuptools.setup()\n', true],
  ['[flake8]\nmax-line-length = 100\n', false],
  ['[metadata]\ndescription-file = README\n', false],
  ['[metadata]\nname = a\n', true],
  ['import os\n', false],
])('recognises %j: %s', (text, expected) => {
  expect(format.recognises(text)).toBe(expected);
});
