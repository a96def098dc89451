/** A project to be worked on: live members, a compiled module, packages that need each other, a development group. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeZip } from '../standards/make-archive.ts';

/** A wheel of one module, for every Python. */
export const makeWheel = (name: string, code: string, requires: readonly string[] = []): Buffer => {
  const info = `${name}-1.0.dist-info`;
  const needs = requires.map((each) => `Requires-Dist: ${each}\n`).join('');
  return makeZip([
    { path: `${name}.py`, contents: code },
    {
      path: `${info}/METADATA`,
      contents: `Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0\n${needs}`,
    },
    {
      path: `${info}/WHEEL`,
      contents: 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py2-none-any\nTag: py3-none-any\n',
    },
  ]);
};

const wheelName = (name: string): string => `${name}-1.0-py2.py3-none-any.whl`;

const left = makeWheel('left', 'import right\nvalue = "left"\n', ['right']);
const tiny = makeWheel('tiny', 'value = "tiny"\n');

const fileEntry = (name: string, group: string, bytes: Buffer, more = ''): string => `
[[package]]
name = "${name}"
version = "1.0"
description = ""
optional = false
python-versions = "*"
groups = ["${group}"]
files = [{file = "${wheelName(name)}", hash = "sha256:${createHash('sha256').update(bytes).digest('hex')}"}]
${more}
[package.source]
type = "file"
url = "dists/${wheelName(name)}"
`;

const folderEntry = (name: string, develop: boolean, more = ''): string => `
[[package]]
name = "${name}"
version = "1.0"
description = ""
optional = false
python-versions = "*"
groups = ["main"]
files = []
develop = ${develop}
${more}
[package.source]
type = "directory"
url = "libs/${name}"
`;

const lock = `${folderEntry('greeter', true)}
${fileEntry('left', 'main', left, '\n[package.dependencies]\nright = "*"\n')}
${folderEntry('right', false, '\n[package.dependencies]\nleft = "*"\n')}
${fileEntry('tiny', 'dev', tiny)}
[metadata]
lock-version = "2.1"
python-versions = "*"
content-hash = "${'0'.repeat(64)}"
`;

const pyproject = `[tool.poetry]
name = "workshop"
version = "0.1.0"
description = "Something to work on."
license = "BSD-3-Clause"
authors = []

[tool.poetry.dependencies]
python = "*"
greeter = {path = "libs/greeter", develop = true}
left = {path = "dists/${wheelName('left')}"}
right = {path = "libs/right"}

[tool.poetry.group.dev.dependencies]
tiny = {path = "dists/${wheelName('tiny')}"}

[tool.poetry.group.docs]
optional = true

[tool.poetry.scripts]
workshop = "workshop.cli:main"
workshop-single = "single:main"

[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
`;

const setup = `from setuptools import setup

setup(
    name="workshop",
    version="0.1.0",
    packages=["workshop"],
    py_modules=["single"],
    install_requires=["greeter", "left", "right"],
    data_files=[("share/workshop", ["notes.txt"])],
    entry_points={"console_scripts": ["workshop = workshop.cli:main", "workshop-single = single:main"]},
)
`;

const greeterSetup = `from setuptools import Extension, setup

setup(
    name="greeter",
    version="1.0",
    package_dir={"": "src"},
    packages=["greeter"],
    ext_modules=[Extension("greeter._fast", ["src/greeter/_fast.c"])],
    entry_points={"console_scripts": ["greet = greeter:main"]},
)
`;

const fast = `#include <Python.h>

static PyObject *answer(PyObject *self, PyObject *args) { return PyLong_FromLong(42); }
static PyMethodDef methods[] = {{"answer", answer, METH_NOARGS, ""}, {NULL, NULL, 0, NULL}};

#if PY_MAJOR_VERSION >= 3
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_fast", NULL, -1, methods, NULL, NULL, NULL, NULL};
PyMODINIT_FUNC PyInit__fast(void) { return PyModule_Create(&module); }
#else
PyMODINIT_FUNC init_fast(void) { Py_InitModule("_fast", methods); }
#endif
`;

const greeter = `from greeter._fast import answer

greeting = "hello"


def main():
    print("%s %d" % (greeting, answer()))
`;

const files: Readonly<Record<string, string | Buffer>> = {
  'poetry.lock': lock,
  'pyproject.toml': pyproject,
  'setup.py': setup,
  'notes.txt': 'notes\n',
  'single.py': 'def main():\n    print("single")\n',
  'workshop/__init__.py': 'state = "built"\n',
  'workshop/cli.py':
    'import greeter\nimport workshop\n\n\ndef main():\n    print("%s: %s" % (workshop.state, greeter.greeting))\n',
  [`dists/${wheelName('left')}`]: left,
  [`dists/${wheelName('tiny')}`]: tiny,
  'libs/greeter/setup.py': greeterSetup,
  'libs/greeter/src/greeter/__init__.py': greeter,
  'libs/greeter/src/greeter/_fast.c': fast,
  'libs/right/setup.py':
    'from setuptools import setup\n\nsetup(name="right", version="1.0", py_modules=["right"], install_requires=["left"])\n',
  'libs/right/right.py': 'import left\nvalue = "right"\n',
};

/** Writes the project to a new folder, which the caller removes. */
export const makeWorkshop = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'l2n-workshop-'));
  for (const [path, contents] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), contents);
  }
  return folder;
};
