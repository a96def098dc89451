import { expect, test } from '@jest/globals';
import { isLock2nixError } from '../../graph/errors.ts';
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
