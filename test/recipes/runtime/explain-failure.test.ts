import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { type Python, scripts, testOnPythons, withFolder } from './support.ts';

const explain = async (python: Python, log: string | Uint8Array): Promise<string> => {
  let text = '';
  await withFolder(async (folder) => {
    writeFileSync(join(folder, 'log'), log);
    const { exitCode, stdout, stderr } = await python.run('explain_failure.py', [
      join(folder, 'log'),
      'umemcache',
      join(scripts, 'libraries.json'),
    ]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' });
    text = stderr;
  });
  return text;
};

const cure = `error: umemcache cannot be built: its code does not compile with the hardening flag \`format\` (-Werror=format-security)
hint: add these lines to overrides.toml and run \`convert\` again:

[[package]]
name = "umemcache"
native = { hardening-disable = ["format"] }
`;

const gcc =
  'a.cpp:8:2: error: format not a string literal and no format arguments [-Werror=\x1b]8;;';
const clang =
  'a.c:8:2: error: format string is not a string literal (potentially insecure) [-Werror,-Wformat-security]';

testOnPythons('a build that hardening stops ends with the lines that cure it', async (python) => {
  expect(await explain(python, `one\n${gcc}\n${gcc}\nlast\n`)).toBe(cure);
  expect(await explain(python, clang)).toBe(cure);
  expect(await explain(python, Buffer.from([0xff, 0xfe, 0x0a, ...Buffer.from(gcc)]))).toBe(cure);
});

const missing = (soname: string): string =>
  `error: auto-patchelf could not satisfy dependency ${soname} wanted by /store/x/m.so\n`;

testOnPythons('missing libraries end with the attributes that have them', async (python) => {
  const log = [missing('libpng16.so.16'), missing('libX11.so.6'), missing('libX11.so.6')].join('');
  expect(
    await explain(python, log),
  ).toBe(`error: umemcache cannot be built: libraries are missing (m.so wants libX11.so.6; m.so wants libpng16.so.16)
hint: add these lines to overrides.toml and run \`convert\` again:

[[package]]
name = "umemcache"
native = { libraries = ["libpng", "xorg.libX11"] }
`);
  expect(await explain(python, missing('libforeign.so.7'))).toContain(
    'native = { libraries = ["ATTRIBUTE"] } # ATTRIBUTE: the attribute of nixpkgs that has libforeign.so.7\n',
  );
});

const traceback = (last: string): string =>
  `Traceback (most recent call last):\n  File "setup.py", line 1, in <module>\n${last}\n`;

const rows: readonly (readonly [string, string, string | undefined])[] = [
  [
    traceback("ModuleNotFoundError: No module named 'Cython.Build'"),
    'its build imports the module `Cython.Build`, which is not in its build environment',
    'build = { requires = ["cython"] } # the distribution that has the module',
  ],
  [
    traceback('ImportError: No module named setuptools_scm'),
    'its build imports the module `setuptools_scm`, which is not in its build environment',
    'build = { requires = ["setuptools-scm"] } # the distribution that has the module',
  ],
  [
    traceback("ModuleNotFoundError: No module named 'pkg_resources'"),
    'its build imports the module `pkg_resources`, which is not in its build environment',
    'build = { requires = ["setuptools<82"] }',
  ],
  [
    traceback(
      "distutils.errors.DistutilsError: Could not find suitable distribution for Requirement.parse('pytest-runner>=2')",
    ),
    'it requires `pytest-runner>=2` to be built, which its source does not state in a way that can be read',
    'build = { requires = ["pytest-runner>=2"] }',
  ],
  [
    traceback(
      "distutils.errors.DistutilsError: Command '['/x/bin/python', '-m', 'pip', '--disable-pip-version-check', 'wheel', '--no-deps', '-w', '/tmp/tmp1', '--quiet', 'pbr>=1.8']' returned non-zero exit status 1.",
    ),
    'it requires `pbr>=1.8` to be built, which its source does not state in a way that can be read',
    'build = { requires = ["pbr>=1.8"] }',
  ],
  [
    traceback(
      'importlib.metadata.PackageNotFoundError: No package metadata was found for hatch-vcs',
    ),
    'it requires `hatch-vcs` to be built, which its source does not state in a way that can be read',
    'build = { requires = ["hatch-vcs"] }',
  ],
  [
    'Error: pg_config executable not found.\n',
    'it calls `pg_config`, which is not in its build environment',
    'native = { tools = ["libpq.pg_config"] }',
  ],
  [
    "/bin/sh: pkg-config: command not found\n../meson.build:3:0: ERROR: Program 'swig' not found or not executable\n",
    'it calls `pkg-config`, `swig`, which is not in its build environment',
    'native = { tools = ["pkg-config", "swig"] }',
  ],
  [
    "error: can't find Rust compiler\n",
    'it needs a Rust toolchain and vendored crates, which recipes do not have; lock a version that has a wheel',
    undefined,
  ],
];

testOnPythons('what is missing in the build environment ends with what to add', async (python) => {
  for (const [log, reason, rule] of rows) {
    const lines = [
      `error: umemcache cannot be built: ${reason}\n`,
      ...(rule === undefined
        ? []
        : [
            'hint: add these lines to overrides.toml and run `convert` again:\n',
            `\n[[package]]\nname = "umemcache"\n${rule}\n`,
          ]),
    ];
    expect(await explain(python, log)).toBe(lines.join(''));
  }
  // Nothing that a log says can leave its place in a rule.
  const hostile = `DistributionNotFound: The 'a"] }\\ x' distribution was not found`;
  expect(await explain(python, hostile)).toContain(`build = { requires = ["a'] } x"] }\n`);
});

test('the table names libraries by soname and attribute path', () => {
  const table: unknown = JSON.parse(readFileSync(join(scripts, 'libraries.json'), 'utf8'));
  const entries = Object.entries(table ?? {});
  expect(entries.length).toBeGreaterThan(80);
  for (const [soname, attribute] of entries) {
    expect(soname).toMatch(/^lib[\w+.-]+\.so(?:\.[\d.]+)?$/);
    expect(attribute).toMatch(/^[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*$/);
  }
});

testOnPythons('other failures are left to their own words', async (python) => {
  const warning = gcc.replace('error', 'warning');
  expect(await explain(python, `${warning}\nerror: command 'gcc' failed\n`)).toBe('');
  expect(await explain(python, '')).toBe('');
});
