import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { type HostNix, openHostNix } from '../host/nix.ts';
import { requirement, testWith } from '../host/requirements.ts';
import { makeZip } from '../standards/make-archive.ts';
import { python27Cache, runLock2nix } from '../support/convert.ts';

const needs = ['nix', 'python2.7'];
const project = mkdtempSync(join(tmpdir(), 'l2n-rules-'));

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

interface Entry {
  readonly name: string;
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly dependencies?: string;
}

/** A wheel with one module, and requirements. */
const wheel = (name: string, requires: readonly string[] = [], extra: object[] = []): Entry => {
  const info = `${name}-1.0.dist-info`;
  const lines = requires.map((text) => `Requires-Dist: ${text}\n`).join('');
  const bytes = makeZip([
    { path: `${name}.py`, contents: 'colour = "red"\n' },
    ...(extra as { path: string; contents: string }[]),
    {
      path: `${info}/METADATA`,
      contents: `Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0\n${lines}`,
    },
    { path: `${info}/WHEEL`, contents: 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\n' },
    { path: `${info}/RECORD` },
  ]);
  return { name, file: `${name}-1.0-py2-none-any.whl`, bytes };
};

/** A source whose setup.py writes down what it sees of its build. */
const source = (): Entry => {
  const setup = `import os, sys
from setuptools import setup
with open('alpha_build.py', 'w') as stream:
    stream.write('seen = %r\\n' % [os.environ.get('ALPHA'), os.path.exists('from_hook'), os.path.exists('unwanted')])
setup(name='alpha', version='1.0', py_modules=['alpha', 'alpha_build', 'alpha_new'], install_requires=['beta==9', 'enum34', 'gone'])
`;
  const bytes = makeZip(
    Object.entries({
      'setup.py': setup,
      'alpha.py': 'colour = "red"\r\nshape = "round"\r\n',
      'unwanted/a.txt': 'x',
      'pyproject.toml':
        '[build-system]\nrequires = ["setuptools", "wheel", "pytest-runner"]\nbuild-backend = "made.up"\n',
    }).map(([path, contents]) => ({ path: `alpha-1.0/${path}`, contents })),
  );
  return {
    name: 'alpha',
    file: 'alpha-1.0.zip',
    bytes,
    dependencies: 'beta = "*"\nenum34 = "*"\ngone = "*"\n',
  };
};

const lockOf = (entries: readonly Entry[]): string => {
  const packages = entries.map(
    ({ name, file, dependencies }) => `[[package]]
name = "${name}"
version = "1.0"
description = ""
category = "main"
optional = false
python-versions = "*"
${dependencies === undefined ? '' : `\n[package.dependencies]\n${dependencies}`}
[package.source]
type = "file"
url = "${file}"
`,
  );
  const files = entries.map(
    ({ name, file, bytes }) => `${name} = [{file = "${file}", hash = "sha256:${sha256(bytes)}"}]\n`,
  );
  return `${packages.join('\n')}
[metadata]
lock-version = "1.1"
python-versions = "~2.7"
content-hash = "${'0'.repeat(64)}"

[metadata.files]
${files.join('')}`;
};

const patch = `--- a/alpha.py
+++ b/alpha.py
@@ -1,2 +1,3 @@
 colour = "red"\r
 shape = "round"\r
+patched = True\r
`;

const rules = `
[[package]]
name = "alpha"
when = { version = "<2", python = "<3", source = "sdist", with = "beta>=1" }
why = "every field of a source"
build = { requires = ["setuptools"], remove = ["pytest-runner"], backend = "setuptools", config-settings = { "--global-option" = ["--quiet"] } }
env = { ALPHA = "told \${ \\"y\\"" }
patches = ["fixes/alpha.patch", { path = "fixes/late.patch", phase = "installed" }]
edit = [
  { file = "alpha.py", find = 'colour = "red"', replace = 'colour = "green"' },
  { file = "alpha.py", find = "not there", replace = "", required = false },
  { file = "alpha_new.py", find = "new", replace = "newer", phase = "installed" },
]
hooks = { pre-build = "touch from_hook", post-install = 'mkdir -p "$out/share"; echo hi > "$out/share/hook"' }
files = { remove = ["unwanted/"], create = { "alpha_new.py" = "name = 'new'\\n" } }
imports = ["alpha_new"]

[[package]]
name = "alpha"
dependencies = { add = ["gamma>=1", "setuptools"], remove = ["enum34"] }

[[package]]
name = "beta"
why = "every field of a wheel"
edit = [{ file = "beta.py", find = "red", replace = "blue" }]
files = { remove = ["beta_tests"], create = { "beta_more.py" = "more = 1\\n" } }
dependencies = { replace = { alpha = "gamma<2" } }

[[package]]
name = "gone"
drop = true

[[constraint]]
of = "alpha"
on = "beta"
use = "beta>=1"
why = "nine was never released"
`;

describe('rules reach what is built', () => {
  let opened: HostNix | undefined;
  const nix = (): HostNix => {
    if (opened === undefined) throw new Error('no Nix');
    return opened;
  };
  const target = (attribute: string) => ({
    file: join(project, 'nix', 'lock2nix'),
    attributes: [attribute],
    arguments: { allowInsecurePython: 'true' },
  });
  const convert = async (text: string): Promise<string> => {
    writeFileSync(join(project, 'overrides.toml'), text);
    const argv = ['convert', '--offline', '--cache-dir', python27Cache, '--python', '2.7'];
    const { exitCode, stderr } = await runLock2nix(argv, project);
    if (exitCode !== 0) throw new Error(stderr);
    return stderr;
  };

  beforeAll(async () => {
    if (requirement('nix').available) opened = openHostNix();
    const entries = [
      source(),
      wheel(
        'beta',
        ['alpha (>=1) ; python_version < "3"'],
        [{ path: 'beta_tests/__init__.py', contents: '' }],
      ),
      wheel('gamma'),
      wheel('gone'),
      wheel('enum34'),
    ];
    for (const { file, bytes } of entries) writeFileSync(join(project, file), bytes);
    writeFileSync(join(project, 'poetry.lock'), lockOf(entries));
    mkdirSync(join(project, 'fixes'));
    writeFileSync(join(project, 'fixes', 'alpha.patch'), patch);
    writeFileSync(
      join(project, 'fixes', 'late.patch'),
      "--- a/alpha_new.py\n+++ b/alpha_new.py\n@@ -1 +1,2 @@\n name = 'new'\n+late = True\n",
    );
  });
  afterAll(() => {
    opened?.close();
    rmSync(project, { recursive: true, force: true });
  });

  testWith(needs, 'each field has its effect, and metadata agrees', async () => {
    expect(await convert(rules)).not.toContain('the rule does nothing');
    const { paths } = await nix().nixBuild(target('env'));
    const [env = ''] = paths;
    const program = `
import os, sys, alpha, alpha_build, alpha_new, beta, beta_more, pkg_resources
print([alpha.colour, alpha.shape, alpha.patched, alpha_new.name, alpha_new.late, beta.colour, beta_more.more])
print(alpha_build.seen)
print([str(each) for each in pkg_resources.require('alpha')])
print([str(each) for each in pkg_resources.get_distribution('alpha').requires()])
print([str(each) for each in pkg_resources.get_distribution('beta').requires()])
print([os.path.exists(os.path.join(os.path.dirname(beta.__file__), 'beta_tests')), os.path.exists(sys.prefix + '/share/hook')])
try:
    import gone, enum34
except ImportError:
    print('gone is gone')
`;
    const { output, log } = await nix().run([`${env}/bin/python`, '-c', program]);
    expect({ lines: output.trim().split('\n'), log }).toEqual({
      lines: [
        "['green', 'round', True, 'newer', True, 'blue', 1]",
        '[\'told ${ "y"\', True, False]',
        "['alpha 1.0', 'setuptools 44.1.1', 'gamma 1.0', 'beta 1.0', 'gamma 1.0']",
        "['beta>=1', 'gamma>=1', 'setuptools']",
        '[\'gamma<2; python_version < "3"\']',
        '[False, True]',
        'gone is gone',
      ],
      log: '',
    });
    const [alpha = ''] = (await nix().nixBuild(target('packages.alpha'))).paths;
    const record = join(alpha, 'lib/python2.7/site-packages/alpha-1.0.dist-info/RECORD');
    expect(readFileSync(record, 'utf8')).toContain('share/hook,sha256=');
    expect((await nix().rebuildCheck(alpha)).failed).toEqual([]);
    const [checks = ''] = (await nix().nixBuild(target('checks.default'))).paths;
    const imports = readFileSync(join(checks, 'imports'), 'utf8').split('\n');
    expect(imports).toContain('alpha_new: ok');
    expect(imports).not.toContain('alpha_build: ok');
    expect(readFileSync(join(checks, 'consistency'), 'utf8')).toContain('No broken requirements');
  });

  testWith(
    needs,
    'a rule whose change finds nothing ends the build with its own name',
    async () => {
      const stale = 'why = "stale"\nedit = [{ file = "beta.py", find = "purple", replace = "" }]\n';
      await convert(`${rules}\n[[package]]\nname = "beta"\n${stale}`);
      const { exitCode, log } = await nix().tryNixBuild(target('packages.beta'));
      expect(exitCode).not.toBe(0);
      expect(log).toContain(
        'error: the rule for `beta` in overrides.toml (stale) edits `beta.py`, in which it does not find "purple"',
      );
    },
  );
});
