import { describe, expect, test } from '@jest/globals';
import { parseOverrides } from '../../../overrides/parse.ts';
import { formatProposal } from '../../../overrides/proposals/format.ts';
import { flagsIn, newProposals } from '../../../overrides/proposals/known.ts';
import { proposeRules } from '../../../overrides/proposals/propose.ts';
import type { ProposalContext } from '../../../overrides/proposals/types.ts';

const hash = '0'.repeat(32);
const failed = (name: string): string =>
  `error: builder for '/nix/store/${hash}-${name}.drv' failed with exit code 1;\n`;

const proposed = (log: string, context?: ProposalContext): string =>
  proposeRules(log, context).map(formatProposal).join('\n');

/** Name, what is wrong, and what of the rule (without name and reason) or advice is to be there. */
const rows: readonly (readonly [string, string, string])[] = [
  [
    'clang: hardening',
    'a.c:1: error: format string is not a string literal',
    'native = { hardening-disable = ["format"] }',
  ],
  [
    'clang: header',
    "a.c:1:10: fatal error: 'ffi.h' file not found",
    'native = { libraries = ["libffi"] }',
  ],
  [
    'header of numpy',
    'a.c:1:10: fatal error: numpy/arrayobject.h: No such file or directory',
    'build = { requires = ["numpy"] }',
  ],
  [
    'header that nobody knows',
    'a.c:1:10: fatal error: own.h: No such file or directory',
    '(nix-locate own.h)',
  ],
  [
    'header of an older Python',
    'a.c:1:10: fatal error: longintrepr.h: No such file or directory',
    'its C code is for an older Python',
  ],
  [
    'GNU ld',
    '/bin/ld: cannot find -lpq: No such file or directory',
    'native = { libraries = ["libpq"] }',
  ],
  ['ld of macOS', 'ld: library not found for -lsnappy', 'native = { libraries = ["snappy"] }'],
  [
    'library that nobody knows',
    '/bin/ld: cannot find -lown',
    'it is linked with `own`: add `native.libraries`',
  ],
  [
    'pkg-config',
    "Package 'dbus-1', required by 'virtual:world', not found",
    'native = { tools = ["pkg-config"], libraries = ["dbus"] }',
  ],
  ['meson', "../meson.build:3:0: ERROR: Program 'swig' not found", 'native = { tools = ["swig"] }'],
  [
    'shell',
    '/bin/sh: 1: krb5-config: not found',
    'native = { tools = ["libkrb5.dev"], libraries = ["libkrb5"] }',
  ],
  [
    'subprocess',
    "FileNotFoundError: [Errno 2] No such file or directory: 'mysql_config'",
    'native = { tools = ["libmysqlclient.dev"], libraries = ["libmysqlclient"] }',
  ],
  [
    'curl-config',
    '__main__.ConfigurationError: Could not run curl-config: [Errno 2] No such file',
    'native = { tools = ["curl.dev"], libraries = ["curl"] }',
  ],
  [
    'Pillow',
    '__main__.RequiredDependencyException: \nThe headers or library files could not be found for jpeg,',
    'native = { libraries = ["libjpeg"] }',
  ],
  [
    'soname',
    'error: auto-patchelf could not satisfy dependency libpng16.so.16 wanted by /x/m.so',
    'native = { libraries = ["libpng"] }',
  ],
  [
    'soname that nobody knows',
    'error: auto-patchelf could not satisfy dependency libown.so.1 wanted by /x/m.so',
    '(nix-locate libown.so.1)',
  ],
  [
    'OpenSSL 3',
    'build/temp/_openssl.c:575:30: error: unknown type',
    'source = { prefer = "wheel" }',
  ],
  ['Rust', "error: can't find Rust compiler", 'source = { prefer = "wheel" }'],
  [
    'Go',
    "FileNotFoundError: [Errno 2] No such file or directory: 'go'",
    'source = { prefer = "wheel" }',
  ],
  [
    'gcc 14',
    'a.c:3:9: error: implicit declaration of function ‘f’ [-Wimplicit-function-declaration]\na.c:4:9: error: assignment [-Wincompatible-pointer-types]',
    'env = { CFLAGS = "-Wno-error=implicit-function-declaration -Wno-error=incompatible-pointer-types" }',
  ],
  [
    'the source’s own -Werror',
    'a.c:3:9: error: unused [-Werror=unused-variable]',
    'env = { CFLAGS = "-Wno-error=unused-variable" }',
  ],
  [
    'pip that fetches',
    "subprocess.CalledProcessError: Command '['/x/python', '-m', 'pip', 'wheel', '--no-deps', '-w', '/tmp/x', '--quiet', 'pbr>=1.9']' returned",
    'build = { requires = ["pbr>=1.9"] }',
  ],
  [
    'easy_install',
    "DistutilsError: Could not find suitable distribution for Requirement.parse('vcversioner')",
    'build = { requires = ["vcversioner"] }',
  ],
  [
    'importlib.metadata',
    'importlib.metadata.PackageNotFoundError: No package metadata was found for setuptools-scm',
    'build = { requires = ["setuptools-scm"] }',
  ],
  [
    'module',
    "ModuleNotFoundError: No module named 'pytest_runner'",
    'build = { requires = ["pytest-runner"] }',
  ],
  ['wheel', "error: invalid command 'bdist_wheel'", 'build = { requires = ["wheel"] }'],
  ['Cython 3', 'Cython.Compiler.Errors.CompileError: a.pyx', 'build = { requires = ["cython<3"] }'],
  [
    'setuptools on 3.12',
    "AttributeError: module 'pkgutil' has no attribute 'ImpImporter'. Did you mean: 'zipimporter'?",
    'build = { requires = ["setuptools>=66.1"] }',
  ],
  [
    'gone from the library',
    "AttributeError: module 'configparser' has no attribute 'SafeConfigParser'. Did you mean",
    'it uses `configparser.SafeConfigParser`, which this Python has no longer',
  ],
  [
    'locale',
    "  File \"/x/lib/python3.6/encodings/ascii.py\", line 26, in decode\n    return codecs\nUnicodeDecodeError: 'ascii' codec can't decode byte 0xc3 in position 3",
    'env = { LC_ALL = "C.UTF-8" }',
  ],
  [
    'wrong encoding',
    "UnicodeDecodeError: 'utf-8' codec can't decode byte 0xe9 in position 3: invalid",
    'correct the file with an `edit` rule',
  ],
];

test.each(rows)('%s', (_, log, expected) => {
  const text = proposed(`${log}\n${failed('old-thing-1.0')}`);
  expect(text).toContain(expected);
  expect(text).toContain(expected.includes(' = ') ? 'name = "old-thing"\n' : '# old-thing: ');
});

test('what is certain comes before guesses', () => {
  const log = `ModuleNotFoundError: No module named 'own'\na.c:1:10: fatal error: ffi.h: No such file or directory\n`;
  expect(proposed(log, { name: 'thing' })).toBe(`[[package]]
name = "thing"
why = "it includes \`ffi.h\`"
native = { libraries = ["libffi"] }
`);
});

describe('which build it is', () => {
  const header = 'a.c:1:10: fatal error: ffi.h: No such file or directory';
  const rule = (name: string): string =>
    `[[package]]\nname = "${name}"\nwhy = "it includes \`ffi.h\`"\nnative = { libraries = ["libffi"] }\n`;

  test.each([
    ['of a name with digits and dashes', 'backports-3-way-1.0rc1', 'backports-3-way'],
    ['of a name with dots', 'zope.interface-5.0.post1', 'zope-interface'],
  ])('%s', (_, derivation, name) => {
    expect(proposed(`${header}\n${failed(derivation)}`)).toBe(rule(name));
  });

  test('a log of one build is of the package that is named', () => {
    expect(proposed(`${header}\n`, { name: 'cffi' })).toBe(rule('cffi'));
  });

  test('a log of one build says it itself, where the recipe explains', () => {
    const log = `${header}\nerror: cffi cannot be built: something\n`;
    expect(proposed(log)).toBe(rule('cffi'));
  });

  test('a log of nobody gives no rule', () => {
    expect(proposed(`${header}\n`)).toBe('');
    expect(proposed('')).toBe('');
  });

  test('derivations that are no packages of the recipe are passed over', () => {
    const log = `${header}\n${failed('gcc-12.2')}${header}\n${failed('cffi-1.0')}`;
    expect(proposed(log, { packages: ['cffi'] })).toBe(rule('cffi'));
  });

  test('`nix build -L` has names in front of lines', () => {
    const log = `other> a.c: fatal error: zlib.h: No such file or directory\ncffi> ${header}\nother> more\n${failed('cffi-1.0')}`;
    expect(proposed(log)).toBe(rule('cffi'));
  });

  test('newer versions of Nix repeat the end of the log behind the failure', () => {
    const log = `error: Cannot build '/nix/store/${hash}-cffi-1.0.drv'.
       Reason: builder failed with exit code 1.
       Output paths:
         /nix/store/${hash}-cffi-1.0
       Last 2 log lines:
       > ${header}
       > compilation terminated.
       For full logs, run:
         nix log /nix/store/${hash}-cffi-1.0.drv
error: Cannot build '/nix/store/${hash}-python3.12-default-env.drv'.
       Reason: 1 dependency failed.
`;
    expect(proposed(log)).toBe(rule('cffi'));
  });

  test('colours and carriage returns are no part of it', () => {
    const log = `50%\r\u001b[1ma.c:1:10: \u001b[31mfatal error: \u001b[mffi.h: No such file or directory\r\n`;
    expect(proposed(log, { name: 'cffi' })).toBe(rule('cffi'));
  });
});

describe('imports of a check', () => {
  const frame = (path: string): string =>
    `  File "/nix/store/${hash}-env/lib/python3.12/site-packages/${path}", line 1, in <module>\n`;

  test('the package whose module was running is to blame, once', () => {
    const log = `error: \`import beta\` fails in beta-2.0
Traceback (most recent call last):
${frame('beta/__init__.py')}    import alpha
${frame('alpha/core.py')}    import six
ModuleNotFoundError: No module named 'six'
error: \`import alpha\` fails in alpha-1.0
Traceback (most recent call last):
${frame('alpha/core.py')}    import six
ModuleNotFoundError: No module named 'six'
${failed('check-default-env')}`;
    expect(proposed(log)).toBe(`[[package]]
name = "alpha"
why = "it imports \`six\` and does not declare it"
dependencies = { add = ["six"] }
`);
  });

  test('a library that is not there is a native input', () => {
    const log = `error: \`import alpha\` fails in alpha-1.0
ImportError: libpq.so.5: cannot open shared object file: No such file or directory
${failed('check-default-env')}`;
    expect(proposed(log)).toContain('native = { libraries = ["libpq"] }');
  });

  test('what fails otherwise is left alone', () => {
    const log = `error: \`import alpha\` fails in alpha-1.0\nValueError: no\n${failed('check-default-env')}`;
    expect(proposed(log)).toBe('');
  });
});

test('rules that are printed are taken over, but nothing that is not of their shape', () => {
  const log = `hint: add to overrides.toml:

[[collision]]
path = "bin/x"
drop-from = ["alpha"]

[[collision]]
path = 3
keep = "alpha"

[[constraint]]
of = "alpha"
on = "beta"
ignore = true

[[package]]
name = "../evil"
native = { tools = ["x"] }

[[package]]
name = "broken
`;
  expect(proposed(log)).toBe(`[[collision]]
path = "bin/x"
drop-from = ["alpha"]
why = "several packages bring it; the other file is taken"

[[constraint]]
of = "alpha"
on = "beta"
ignore = true
why = "what alpha requires contradicts the others"
`);
});

test('what the recipe explains and we do not know is taken over', () => {
  const log = `something new
error: cffi cannot be built: the moon is full
hint: add these lines to overrides.toml and run \`convert\` again:

[[package]]
name = "cffi"
native = { libraries = ["moon", "ATTRIBUTE"] } # ATTRIBUTE: the attribute of nixpkgs that has libx.so
${failed('cffi-1.0')}`;
  expect(proposed(log)).toBe(`[[package]]
name = "cffi"
why = "the moon is full"
native = { libraries = ["moon"] }
`);
});

describe('what rules say already', () => {
  const rules = parseOverrides(
    'overrides.toml',
    `[[package]]
name = "alpha"
build = { requires = ["Six>=1"] }
native = { libraries = ["zlib"] }
env = { CFLAGS = "-O1" }

[[collision]]
path = "bin/x"
keep = "alpha"

[[constraint]]
of = "alpha"
on = "beta"
ignore = true
`,
  );
  const left = (log: string): string =>
    newProposals(proposeRules(log, { name: 'alpha', flags: flagsIn(rules) }), rules)
      .map(formatProposal)
      .join('\n');

  test.each([
    ['a library', 'a.c:1:10: fatal error: zlib.h: No such file or directory\n'],
    ['a build requirement, whatever its bounds', "ModuleNotFoundError: No module named 'six'\n"],
    ['a collision', '[[collision]]\npath = "bin/x"\nkeep = "gamma"\n'],
    ['a constraint', '[[constraint]]\nof = "alpha"\non = "beta"\nuse = "beta==1"\n'],
  ])('is not proposed again: %s', (_, log) => {
    expect(left(log)).toBe('');
  });

  test('only what is new of a rule is left', () => {
    const log =
      'a.c:1: fatal error: zlib.h: No such file or directory\nb.c:1: fatal error: ffi.h: No such file or directory\n';
    expect(left(log)).toContain('native = { libraries = ["libffi"] }');
  });

  test('flags are added to those that are there', () => {
    expect(left('a.c:3:9: error: x [-Wint-conversion]\n')).toContain(
      'env = { CFLAGS = "-O1 -Wno-error=int-conversion" }',
    );
  });
});

test('texts are quoted as TOML has them', () => {
  expect(
    formatProposal({
      kind: 'package',
      rule: { name: 'a', why: 'say "hi"\n\u007f', env: { 'A B': '\\' }, drop: true },
    }),
  ).toBe(
    '[[package]]\nname = "a"\nwhy = "say \\"hi\\"\\n\\u007f"\nenv = { "A B" = "\\\\" }\ndrop = true\n',
  );
});

test('hostile logs take no time', () => {
  const log = `${'error: '.repeat(20_000)}\n${"pkg-config --libs ' ".repeat(5000)}\n${'[[package]]\nname = "a"\n'.repeat(2000)}`;
  const start = process.cpuUsage().user;
  proposeRules(log, { name: 'a' });
  expect((process.cpuUsage().user - start) / 1e6).toBeLessThan(10);
});
