import { expect, test } from '@jest/globals';
import { declaredProject } from '../../standards/declared-project.ts';

const read = (files: Readonly<Record<string, string>>) =>
  declaredProject(new Map(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)])));

const pyproject = `[project]
name = "Demo"
version = "1.0"
requires-python = ">=3.9"
dependencies = ["a>=1", "b; os_name == 'nt'"]
[project.optional-dependencies]
More_Things = ["c", "d ; python_version < '3.11'"]
`;
const setupPy = `from setuptools import setup
setup(name="demo", version="2.0", install_requires=["a"], extras_require={"x": ["b"], ":os_name == 'nt'": ["c"]})
`;
const setupCfg = `[metadata]
name = demo
version = 3.0
[options]
python_requires = >=2.7
install_requires =
    a
    b<2
[options.extras_require]
x = c
`;

test.each([
  [
    'pyproject.toml',
    { 'pyproject.toml': pyproject },
    {
      name: 'Demo',
      version: '1.0',
      requiresPython: '>=3.9',
      requiresDist: [
        'a>=1',
        "b; os_name == 'nt'",
        'c ; extra == "more-things"',
        'd ; (python_version < \'3.11\') and (extra == "more-things")',
      ],
      isDynamic: false,
    },
  ],
  [
    'setup.py',
    { 'setup.py': setupPy },
    {
      name: 'demo',
      version: '2.0',
      requiresDist: ['a', 'b ; extra == "x"', "c ; os_name == 'nt'"],
      isDynamic: false,
    },
  ],
  [
    'setup.cfg',
    { 'setup.cfg': setupCfg },
    {
      name: 'demo',
      version: '3.0',
      requiresPython: '>=2.7',
      requiresDist: ['a', 'b<2', 'c ; extra == "x"'],
      isDynamic: false,
    },
  ],
  [
    'dependencies that setup.py has',
    {
      'pyproject.toml': '[project]\nname = "demo"\ndynamic = ["version", "dependencies"]',
      'setup.py': setupPy,
    },
    {
      name: 'demo',
      version: '2.0',
      requiresDist: ['a', 'b ; extra == "x"', "c ; os_name == 'nt'"],
      isDynamic: false,
    },
  ],
  [
    'dependencies that only a build tells',
    { 'pyproject.toml': '[project]\nname = "demo"\ndynamic = ["dependencies"]' },
    { name: 'demo', requiresDist: [], isDynamic: true },
  ],
  [
    'a setup.py that computes',
    { 'setup.py': 'from setuptools import setup\nsetup(name="demo", install_requires=read())' },
    { name: 'demo', requiresDist: [], isDynamic: true },
  ],
  ['nothing', { 'pyproject.toml': '[build-system]\nrequires = []' }, undefined],
  ['no TOML', { 'pyproject.toml': '[' }, undefined],
])('%s', (_, files, expected) => {
  expect(read(files)).toEqual(expected);
});
