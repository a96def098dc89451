import { expect, test } from '@jest/globals';
import { isLock2nixError } from '../../graph/errors.ts';
import { buildRequires } from '../../overrides/build-requires.ts';
import { parseOverrides } from '../../overrides/parse.ts';
import { solveRules } from '../../overrides/solve-rules.ts';

const parse = (text: string) => parseOverrides('overrides.toml', text);

test('reads native inputs and collisions, each with its place', () => {
  const text = `[[package]]
name = "Mysql_Client"
why = "needs the client library"
native = { tools = ["pkg-config"], libraries = ["libmysqlclient", "gst_all_1.gstreamer"] }

[[package]]
name = "umemcache"
native = { hardening-disable = ["format"] }

[[collision]]
path = "lib/python*/site-packages/tests/**"
keep = "A.b"

[[collision]]
path = "bin/tool"
drop-from = ["c", "D"]
`;
  expect(parse(text)).toMatchObject({
    packages: [
      {
        name: 'mysql-client',
        why: 'needs the client library',
        native: {
          tools: ['pkg-config'],
          libraries: ['libmysqlclient', 'gst_all_1.gstreamer'],
          hardeningDisable: [],
        },
        place: 'overrides.toml:1',
      },
      {
        name: 'umemcache',
        native: { tools: [], libraries: [], hardeningDisable: ['format'] },
        place: 'overrides.toml:6',
      },
    ],
    collisions: [
      { path: 'lib/python*/site-packages/tests/**', keep: 'a-b', place: 'overrides.toml:10' },
      { path: 'bin/tool', dropFrom: ['c', 'd'], place: 'overrides.toml:14' },
    ],
    constraints: [],
  });
});

test('an empty file has no rules', () => {
  expect(parse('')).toEqual({ packages: [], collisions: [], constraints: [] });
});

test('reads constraints; what they ask for is a specifier', () => {
  const text = `[[constraint]]
of = "Token_Server"
on = "cornice"
use = "Cornice==0.16.2"
why = "the service runs on the old one"

[[constraint]]
of = "*"
on = "grpcio"
use = "<1.40, >=1.3"

[[constraint]]
of = "a"
on = "B.c"
ignore = true
`;
  const { constraints } = parse(text);
  expect(constraints).toMatchObject([
    {
      of: 'token-server',
      on: 'cornice',
      use: '==0.16.2',
      why: 'the service runs on the old one',
      place: 'overrides.toml:1',
    },
    { of: '*', on: 'grpcio', use: '<1.40,>=1.3', place: 'overrides.toml:7' },
    { of: 'a', on: 'b-c', use: undefined, place: 'overrides.toml:12' },
  ]);
  expect(solveRules(parse(text))).toEqual({ constraints });
});

test('what a package is built with besides what it states, of all rules together', () => {
  const overrides = parse(`[[package]]
name = "Old_One"
build = { requires = ["setuptools <82", "Cython; python_version < '3'"] }

[[package]]
name = "old-one"
build = { requires = ["setuptools<82", "pbr"] }
native = { tools = ["swig"] }

[[package]]
name = "other"
build = { requires = [] }
`);
  expect([...buildRequires(overrides)]).toEqual([
    ['old-one', ['cython; python_version < "3"', 'pbr', 'setuptools<82']],
  ]);
});

const rule = '[[constraint]]\nof = "a"\non = "b"\n';
const head = '[[package]]\nname = "a"\n';
test.each<[string, string, string, string, number, string | undefined]>([
  ['syntax', '[[package]\n', 'OVERRIDES_SYNTAX', 'the file is not TOML', 1, undefined],
  [
    'an unknown table',
    '[[packages]]\nname = "a"\n',
    'OVERRIDES_SHAPE',
    '`packages` is not known',
    1,
    'did you mean `package`?',
  ],
  [
    'an unknown key',
    `${head}nativ = {}\n`,
    'OVERRIDES_SHAPE',
    '`[[package]]` number 1: `nativ` is not known',
    3,
    'did you mean `native`?',
  ],
  [
    'a build requirement that is none',
    `${head}build = { requires = ["a", "b c"] }\n`,
    'REQUIREMENT_INVALID',
    '`[[package]]` number 1: the requirement `b c` cannot be read',
    3,
    undefined,
  ],
  [
    'a wrong type',
    `${head}native = { tools = "cmake" }\n`,
    'OVERRIDES_SHAPE',
    '`native.tools` must be an array, but is a string',
    3,
    undefined,
  ],
  [
    'an unknown flag',
    `${head}native = { hardening-disable = ["formt"] }\n`,
    'OVERRIDES_SHAPE',
    'must be one of all, bindnow',
    3,
    undefined,
  ],
  [
    'what is no attribute path',
    `${head}native = { libraries = ["a; b"] }\n`,
    'OVERRIDES_SHAPE',
    '`native.libraries[0]` must match pattern',
    3,
    undefined,
  ],
  ['no name', '[[package]]\nwhy = "x"\n', 'OVERRIDES_SHAPE', '`name` is missing', 1, undefined],
  ['a bad name', '[[package]]\nname = "a b"\n', 'NAME_INVALID', 'number 1: `a b`', 2, undefined],
  [
    'a path above',
    '[[collision]]\npath = "../x"\nkeep = "a"\n',
    'OVERRIDES_SHAPE',
    'which is not a path inside an environment',
    2,
    'lib/python*/site-packages/',
  ],
  [
    'neither keep nor drop-from',
    '[[collision]]\npath = "x"\n',
    'OVERRIDES_SHAPE',
    'needs either `keep` or `drop-from`',
    1,
    'keep = "NAME"',
  ],
  [
    'a misspelt key of a constraint',
    `${rule}ignored = true\n`,
    'OVERRIDES_SHAPE',
    '`[[constraint]]` number 1: `ignored` is not known',
    4,
    'did you mean `ignore`?',
  ],
  [
    'a constraint on nothing',
    '[[constraint]]\nof = "a"\n',
    'OVERRIDES_SHAPE',
    '`on` is missing',
    1,
    undefined,
  ],
  [
    'a constraint without effect',
    `${rule}ignore = false\n`,
    'OVERRIDES_SHAPE',
    '`[[constraint]]` number 1: it needs either `use` or `ignore = true`',
    1,
    'use = "NAME==1.0"',
  ],
  [
    'a constraint with two effects',
    `${rule}use = "==1"\nignore = true\n`,
    'OVERRIDES_SHAPE',
    'needs either `use` or `ignore = true`',
    1,
    undefined,
  ],
  [
    'a bad asker',
    '[[constraint]]\nof = "a b"\non = "b"\nignore = true\n',
    'NAME_INVALID',
    '`[[constraint]]` number 1: `a b`',
    2,
    undefined,
  ],
  [
    'another name in `use`',
    `${rule}use = "c==1"\n`,
    'OVERRIDES_SHAPE',
    '`use` is `c==1`, but the rule is about `b`',
    4,
    'write it as in `use = "b==1.0"`',
  ],
  [
    'a URL in `use`',
    `${rule}use = "b @ https://example.org/b.zip"\n`,
    'OVERRIDES_SHAPE',
    'which is not a version specifier',
    4,
    'use = "b==1.0"',
  ],
  [
    'extras in `use`',
    `${rule}use = "b[x]==1"\n`,
    'OVERRIDES_SHAPE',
    'extras stay as they are',
    4,
    undefined,
  ],
  [
    'a bare name in `use`',
    `${rule}use = "b"\n`,
    'OVERRIDES_SHAPE',
    'has no version specifier',
    4,
    undefined,
  ],
  [
    'a bad specifier',
    `${rule}use = "=>1"\n`,
    'SPECIFIER_INVALID',
    '`=>1` is not a version',
    4,
    undefined,
  ],
  ['a bad requirement', `${rule}use = "b is 1"\n`, 'REQUIREMENT_INVALID', '`b is 1`', 4, undefined],
  [
    'both',
    '[[collision]]\npath = "x"\nkeep = "a"\ndrop-from = ["b"]\n',
    'OVERRIDES_SHAPE',
    'needs either `keep` or `drop-from`',
    1,
    undefined,
  ],
  [
    'an unknown key of `when`',
    `${head}when = { versoin = "1" }\n`,
    'OVERRIDES_SHAPE',
    '`when.versoin` is not known',
    3,
    'did you mean `version`?',
  ],
  [
    'a bad version in `when`',
    `${head}when = { version = "=>1" }\n`,
    'SPECIFIER_INVALID',
    '`=>1` is not a version',
    3,
    undefined,
  ],
  [
    'a bad Python in `when`',
    `${head}when = { python = "three" }\n`,
    'SPECIFIER_INVALID',
    '`three`',
    3,
    undefined,
  ],
  [
    'a bad kind in `when`',
    `${head}when = { source = "egg" }\n`,
    'OVERRIDES_SHAPE',
    '`when.source` must be one of sdist, wheel',
    3,
    undefined,
  ],
  [
    'an unknown system',
    `${head}when = { systems = ["x86_64-windows"] }\n`,
    'OVERRIDES_SHAPE',
    '`when.systems[0]` must be one of x86_64-linux',
    3,
    undefined,
  ],
  [
    'a marker in `with`',
    `${head}when = { with = "b; python_version<'3'" }\n`,
    'OVERRIDES_SHAPE',
    'more than a name and a specifier',
    3,
    'with = "gevent>=1"',
  ],
  [
    'an empty reason',
    `${head}why = ""\n`,
    'OVERRIDES_SHAPE',
    '`why` must NOT have fewer',
    3,
    undefined,
  ],
  [
    'an unknown proof',
    `${head}shown = "guessed"\n`,
    'OVERRIDES_SHAPE',
    '`shown` must be one of built, evaluated',
    3,
    undefined,
  ],
  [
    'a bad preference',
    `${head}source = { prefer = "egg" }\n`,
    'OVERRIDES_SHAPE',
    '`source.prefer` must be one of wheel, sdist',
    3,
    undefined,
  ],
  [
    'an empty source',
    `${head}source = {}\n`,
    'OVERRIDES_SHAPE',
    '`source` says nothing',
    3,
    'one of prefer, url, git',
  ],
  [
    'two sources',
    `${head}source = { url = "https://e.org/a.zip", path = "a" }\n`,
    'OVERRIDES_SHAPE',
    '`path` does not go with `url`',
    3,
    'hash, subdirectory, version',
  ],
  [
    'a source that is preferred',
    `${head}source = { version = "1", prefer = "wheel" }\n`,
    'OVERRIDES_SHAPE',
    '`prefer` does not go with `version`',
    3,
    '`version` stands alone',
  ],
  [
    'a lonely hash',
    `${head}source = { hash = "sha256-x" }\n`,
    'OVERRIDES_SHAPE',
    '`hash` stands alone',
    3,
    undefined,
  ],
  [
    'no URL',
    `${head}source = { url = "ftp://e.org/a" }\n`,
    'OVERRIDES_SHAPE',
    'which is no URL',
    3,
    'https://example.org/',
  ],
  [
    'credentials',
    `${head}source = { url = "https://u:p@e.org/a.zip" }\n`,
    'OVERRIDES_SHAPE',
    '`url` has credentials',
    3,
    'netrc',
  ],
  [
    'a bad hash',
    `${head}source = { url = "https://e.org/a.zip", hash = "abc" }\n`,
    'HASH_INVALID',
    'abc',
    3,
    undefined,
  ],
  [
    'git without a commit',
    `${head}source = { git = "https://e.org/a.git" }\n`,
    'OVERRIDES_SHAPE',
    '`rev` is missing beside `git`',
    3,
    'git rev-parse HEAD',
  ],
  [
    'a branch',
    `${head}source = { git = "https://e.org/a.git", rev = "main" }\n`,
    'OVERRIDES_SHAPE',
    'which is not a full commit',
    3,
    '40 digits',
  ],
  [
    'an option for git',
    `${head}source = { git = "--upload-pack=x", rev = "main" }\n`,
    'OVERRIDES_SHAPE',
    'which is no URL of a repository',
    3,
    undefined,
  ],
  [
    'an absolute path',
    `${head}source = { path = "/etc" }\n`,
    'OVERRIDES_SHAPE',
    'not relative to the project',
    3,
    undefined,
  ],
  [
    'a folder above',
    `${head}source = { url = "https://e.org/a.zip", subdirectory = "../x" }\n`,
    'OVERRIDES_SHAPE',
    'not a folder inside the source',
    3,
    undefined,
  ],
  [
    'a bad version',
    `${head}source = { version = "new" }\n`,
    'VERSION_INVALID',
    '`new`',
    3,
    undefined,
  ],
  [
    'a bad attribute',
    `${head}source = { nixpkgs = "a b" }\n`,
    'OVERRIDES_SHAPE',
    '`source.nixpkgs` must match pattern',
    3,
    undefined,
  ],
  [
    'a bad build requirement',
    `${head}build = { requires = ["a is b"] }\n`,
    'REQUIREMENT_INVALID',
    '`a is b`',
    3,
    undefined,
  ],
  [
    'a bad name to remove',
    `${head}build = { remove = ["a b"] }\n`,
    'NAME_INVALID',
    '`a b`',
    3,
    undefined,
  ],
  [
    'an unknown backend',
    `${head}build = { backend = "setuptool" }\n`,
    'OVERRIDES_SHAPE',
    'which is no backend',
    3,
    'setuptools, or `module:object`',
  ],
  [
    'a bad setting',
    `${head}build = { config-settings = { x = 1 } }\n`,
    'OVERRIDES_SHAPE',
    '`build.config-settings.x` must be a string or an array',
    3,
    undefined,
  ],
  [
    'a bad requirement to add',
    `${head}dependencies = { add = ["a is b"] }\n`,
    'REQUIREMENT_INVALID',
    '`a is b`',
    3,
    undefined,
  ],
  [
    'a bad name of a requirement',
    `${head}dependencies = { remove = ["a b"] }\n`,
    'NAME_INVALID',
    '`a b`',
    3,
    undefined,
  ],
  [
    'a bad replacement',
    `${head}dependencies = { replace = { b = "" } }\n`,
    'OVERRIDES_SHAPE',
    '`dependencies.replace.b` must NOT have fewer',
    3,
    undefined,
  ],
  [
    'a late condition',
    `${head}when = { source = "sdist" }\ndependencies = { add = ["b"] }\n`,
    'OVERRIDES_SHAPE',
    '`when.source` does not go with `dependencies`',
    3,
    'a rule of its own',
  ],
  [
    'a bad variable',
    `${head}env = { "A-B" = "1" }\n`,
    'OVERRIDES_SHAPE',
    'no name of a variable',
    3,
    undefined,
  ],
  [
    'a number in `env`',
    `${head}env = { A = 1 }\n`,
    'OVERRIDES_SHAPE',
    '`env.A` must be a string',
    3,
    undefined,
  ],
  [
    'an absolute patch',
    `${head}patches = ["/a.patch"]\n`,
    'OVERRIDES_SHAPE',
    'is not relative to the file of its rule',
    3,
    undefined,
  ],
  [
    'a patch of nothing',
    `${head}patches = [{ phase = "source" }]\n`,
    'OVERRIDES_SHAPE',
    'a patch needs either `path` or `url`',
    3,
    undefined,
  ],
  [
    'a patch without a hash',
    `${head}patches = [{ url = "https://e.org/a" }]\n`,
    'OVERRIDES_SHAPE',
    '`hash` is missing beside `url`',
    3,
    'nix store prefetch-file',
  ],
  [
    'a hash of a file',
    `${head}patches = [{ path = "a", hash = "x" }]\n`,
    'OVERRIDES_SHAPE',
    '`hash` does not go with `path`',
    3,
    undefined,
  ],
  [
    'half an edit',
    `${head}edit = [{ file = "a", find = "b" }]\n`,
    'OVERRIDES_SHAPE',
    '`replace` is missing',
    3,
    undefined,
  ],
  [
    'an edit outside',
    `${head}edit = [{ file = "../a", find = "b", replace = "" }]\n`,
    'OVERRIDES_SHAPE',
    'not a path inside the package',
    3,
    undefined,
  ],
  [
    'an edit of nothing',
    `${head}edit = [{ file = "a", find = "", replace = "" }]\n`,
    'OVERRIDES_SHAPE',
    '',
    3,
    undefined,
  ],
  [
    'a bad phase',
    `${head}files = { phase = "late" }\n`,
    'OVERRIDES_SHAPE',
    '`files.phase` must be one of source, installed',
    3,
    undefined,
  ],
  [
    'a removal outside',
    `${head}files = { remove = ["/a"] }\n`,
    'OVERRIDES_SHAPE',
    'not a path inside the package',
    3,
    undefined,
  ],
  [
    'a creation outside',
    `${head}files = { create = { "../a" = "" } }\n`,
    'OVERRIDES_SHAPE',
    'not a path inside the package',
    3,
    undefined,
  ],
  [
    'an unknown hook',
    `${head}hooks = { pre-biuld = "x" }\n`,
    'OVERRIDES_SHAPE',
    '`hooks.pre-biuld` is not known',
    3,
    'did you mean `pre-build`?',
  ],
  [
    'a bad module',
    `${head}imports = ["a-b"]\n`,
    'OVERRIDES_SHAPE',
    '`imports[0]` must match pattern',
    3,
    undefined,
  ],
  [
    'a drop that is no flag',
    `${head}drop = "yes"\n`,
    'OVERRIDES_SHAPE',
    '`drop` must be true or false, but is a string',
    3,
    undefined,
  ],
  [
    'a drop by version',
    `${head}when = { version = "1" }\ndrop = true\n`,
    'OVERRIDES_SHAPE',
    '`when.version` does not go with `drop`',
    3,
    'python and systems only',
  ],
])('refuses %s', (_name, text, code, message, line, hint) => {
  let caught: unknown;
  try {
    parse(text);
  } catch (error) {
    caught = error;
  }
  if (!isLock2nixError(caught)) throw new Error(`not refused: ${String(caught)}`);
  expect(caught.code).toBe(code);
  expect(caught.message).toContain(message);
  expect(caught.location).toMatchObject({ file: 'overrides.toml', line });
  if (hint !== undefined) expect(caught.hint).toContain(hint);
});
