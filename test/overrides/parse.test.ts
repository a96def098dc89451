import { expect, test } from '@jest/globals';
import { isLock2nixError } from '../../graph/errors.ts';
import { parseOverrides } from '../../overrides/parse.ts';

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
  expect(parse(text)).toEqual({
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
  });
});

test('an empty file has no rules', () => {
  expect(parse('')).toEqual({ packages: [], collisions: [] });
});

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
