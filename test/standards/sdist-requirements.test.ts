import { expect, test } from '@jest/globals';
import { sdistRequirements } from '../../standards/sdist-requirements.ts';

const read = (files: Readonly<Record<string, string>>) =>
  sdistRequirements(
    new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)] as const)),
    'my-demo',
  );

const info = (version: string, ...lines: readonly string[]): string =>
  [`Metadata-Version: ${version}`, 'Name: my_demo', 'Version: 1.0', ...lines, ''].join('\n');

const own = { name: 'my_demo', version: '1.0' };

test.each<[string, Readonly<Record<string, string>>, object | undefined]>([
  ['nothing', { 'setup.py': '' }, undefined],
  [
    'static metadata, even when they ask for nothing',
    { 'PKG-INFO': info('2.2'), 'my_demo.egg-info/requires.txt': 'old' },
    { ...own, requiresDist: [], extras: [], reliable: true },
  ],
  [
    'dynamic metadata are a guess',
    { 'PKG-INFO': info('2.4', 'Requires-Dist: a', 'Dynamic: Requires-Dist') },
    { ...own, requiresDist: ['a'], extras: [], reliable: false },
  ],
  [
    'requirements of metadata before those of setuptools',
    {
      'PKG-INFO': info('2.1', 'Requires-Dist: a', 'Requires-Python: >=3', 'Provides-Extra: X'),
      'my_demo.egg-info/requires.txt': 'old',
    },
    { ...own, requiresDist: ['a'], requiresPython: '>=3', extras: ['X'], reliable: false },
  ],
  [
    'requires.txt of setuptools, in a folder of the sources',
    { 'PKG-INFO': info('1.1'), 'src/My.Demo.egg-info/requires.txt': 'a\n[x]\nb' },
    { ...own, requiresDist: ['a', 'b ; extra == "x"'], extras: ['x'], reliable: false },
  ],
  [
    'that of another project does not count',
    { 'PKG-INFO': info('1.1'), 'tests/other.egg-info/requires.txt': 'a' },
    { ...own, requiresDist: [], extras: [], reliable: false },
  ],
  [
    'the outermost of several',
    {
      'PKG-INFO': info('1.1'),
      'a/b/my_demo.egg-info/requires.txt': 'deep',
      'my_demo.egg-info/requires.txt': 'a',
    },
    { ...own, requiresDist: ['a'], extras: [], reliable: false },
  ],
  [
    'an egg-info without requires.txt asks for nothing',
    {
      'my_demo.egg-info/PKG-INFO': info('1.1'),
      'pyproject.toml': '[project]\nname = "my-demo"\ndependencies = ["a"]',
    },
    { ...own, requiresDist: [], extras: [], reliable: false },
  ],
  [
    'a pyproject.toml',
    {
      'pyproject.toml': [
        '[project]',
        'name = "my-demo"',
        'requires-python = ">=3.8"',
        'dependencies = ["a>=1; os_name == \'nt\'"]',
        '[project.optional-dependencies]',
        'Big_X = ["b ; os_name == \'nt\'", "c @ https://c.example/c.zip"]',
      ].join('\n'),
    },
    {
      requiresDist: [
        "a>=1; os_name == 'nt'",
        'b ; (os_name == \'nt\') and (extra == "big-x")',
        'c @ https://c.example/c.zip ; extra == "big-x"',
      ],
      requiresPython: '>=3.8',
      extras: ['Big_X'],
      reliable: false,
    },
  ],
  [
    'one that leaves dependencies to its backend tells nothing',
    { 'pyproject.toml': '[project]\nname = "my-demo"\ndynamic = ["dependencies"]' },
    undefined,
  ],
  ['one that is damaged', { 'pyproject.toml': '[project' }, undefined],
  [
    'a setup.cfg',
    {
      'setup.cfg': [
        '[options]',
        'python_requires = >=2.7',
        'install_requires =',
        '    a>=1',
        '    b; os_name == "nt"',
        '[options.extras_require]',
        'X = c',
      ].join('\n'),
    },
    {
      requiresDist: ['a>=1', 'b; os_name == "nt"', 'c ; extra == "x"'],
      requiresPython: '>=2.7',
      extras: ['X'],
      reliable: false,
    },
  ],
  [
    'a setup.cfg that has them in a file that is not there tells nothing',
    { 'setup.cfg': '[options]\ninstall_requires = file: requirements.txt' },
    undefined,
  ],
  ['a damaged setup.cfg', { 'setup.cfg': 'install_requires = a' }, undefined],
  [
    'metadata without requirements, of distutils',
    { 'PKG-INFO': info('1.0'), 'setup.py': '' },
    { ...own, requiresDist: [], extras: [], reliable: false },
  ],
])('%s', (_, files, expected) => {
  expect(read(files)).toEqual(expected);
});
