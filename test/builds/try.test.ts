/** `lock2nix try` from no rules at all to what runs, with real builds. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { main } from '../../cli/main.ts';
import { type HostNix, openHostNix } from '../host/nix.ts';
import { requirement, testWith } from '../host/requirements.ts';
import { makeZip } from '../standards/make-archive.ts';
import { python27Cache } from '../support/convert.ts';

const needs = ['nix', 'python2.7'];

type Files = Readonly<Record<string, string>>;

/** A source distribution. */
const sdist = (name: string, files: Files): Uint8Array =>
  makeZip(
    Object.entries(files).map(([path, contents]) => ({ path: `${name}-1.0/${path}`, contents })),
  );

/** One with a module, requirements, and tests that it installs by mistake. */
const careless = (name: string, requires: readonly string[]): Files => ({
  'setup.py': `from setuptools import setup
setup(name='${name}', version='1.0', py_modules=['${name}'], packages=['tests'], install_requires=${JSON.stringify(requires)})
`,
  [`${name}.py`]: `name = "${name}"\n`,
  'tests/__init__.py': `owner = "${name}"\n`,
});

/** What its setup.py imports and its module imports is stated nowhere, and its C code is careless. */
const legacy: Files = {
  'setup.py': `from pip import __version__
from setuptools import Extension, setup
setup(name='legacy', version='1.0', py_modules=['legacy'], ext_modules=[Extension('_legacy', ['legacy.c'])])
`,
  'legacy.py': 'import pkg_resources\nimport _legacy\nanswer = _legacy.answer()\n',
  'legacy.c': `#include <Python.h>
static PyObject *answer(PyObject *self, PyObject *args) {
    char buffer[20];
    snprintf(buffer, sizeof buffer, Py_GetPlatform());
    return PyInt_FromLong(42);
}
static PyMethodDef methods[] = {{"answer", answer, METH_NOARGS, ""}, {NULL, NULL, 0, NULL}};
PyMODINIT_FUNC init_legacy(void) { Py_InitModule("_legacy", methods); }
`,
};

const expected = `[[package]]
name = "legacy"
why = "its build imports \`pip\`"
build = { requires = ["pip"] }

[[package]]
name = "legacy"
why = "its code does not compile with the hardening flag \`format\`"
native = { hardening-disable = ["format"] }

[[collision]]
path = "lib/python*/site-packages/tests/__init__.py"
keep = "one"
why = "several packages bring it; one's file is taken"

[[package]]
name = "legacy"
why = "it imports \`pkg_resources\` and does not declare it"
dependencies = { add = ["setuptools"] }
`;

describe('lock2nix try, from nothing to what runs', () => {
  const project = mkdtempSync(join(tmpdir(), 'l2n-try-'));
  let opened: HostNix | undefined;
  const nix = (): HostNix => {
    if (opened === undefined) throw new Error('no Nix');
    return opened;
  };
  const lock2nix = async (...argv: readonly string[]) => {
    const out = { stdout: '', stderr: '' };
    const exitCode = await main(
      [...argv, '--offline', '--cache-dir', python27Cache, '--python', '2.7'],
      {
        cwd: project,
        env: { HOME: project },
        platform: process.platform,
        arch: process.arch,
        stdout: { write: (text) => (out.stdout += text) },
        stderr: { write: (text) => (out.stderr += text) },
        run: async (command, { cwd }) => {
          const { exitCode: code, output, log } = await nix().run(command, { cwd });
          return { exitCode: code, stdout: output, stderr: log };
        },
      },
    );
    return { exitCode, ...out };
  };

  beforeAll(() => {
    if (requirement('nix').available) opened = openHostNix();
    const sources = { legacy, one: careless('one', []), two: careless('two', ['one']) };
    for (const [name, files] of Object.entries(sources)) {
      writeFileSync(join(project, `${name}-1.0.zip`), sdist(name, files));
    }
    const lines = Object.keys(sources).map((name) => `./${name}-1.0.zip\n`);
    writeFileSync(join(project, 'requirements.txt'), lines.join(''));
  });
  afterAll(() => {
    opened?.close();
    rmSync(project, { recursive: true, force: true });
  });

  testWith(needs, 'writes every rule that is needed, and no other', async () => {
    const { exitCode, stdout, stderr } = await lock2nix('try', 'requirements.txt', '--yes');
    expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' });
    const [schema, ...rules] = readFileSync(join(project, 'overrides.toml'), 'utf8').split('\n\n');
    expect(schema).toMatch(/^#:schema https:\/\/\S+\/overrides\.schema\.json$/);
    expect(rules.join('\n\n')).toBe(expected);
    expect(stderr).toContain('env and checks build, with 4 rules that were written');
    const [env = ''] = stdout.split('\n');
    const { output } = await nix().run([
      `${env}/bin/python`,
      '-c',
      'import legacy, one, two; print(legacy.answer)',
    ]);
    expect(output.trim()).toBe('42');
  });

  testWith(needs, 'has nothing left to learn the second time', async () => {
    const before = readFileSync(join(project, 'overrides.toml'), 'utf8');
    const { exitCode, stderr } = await lock2nix('try', 'requirements.txt');
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(stderr).toMatch(/: env and checks build\n$/);
    expect(readFileSync(join(project, 'overrides.toml'), 'utf8')).toBe(before);
  });
});
