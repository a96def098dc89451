import { type JsonMap, stringify } from '@iarna/toml';
import { expect, test } from '@jest/globals';
import { isLock2nixError } from '../../../graph/errors.ts';
import { convertTexts, dependenciesOf, groupOf, makeLock } from './support.ts';

/** What recipes, shells, terminals, file systems and JavaScript could take for something else. */
const hostile = [
  ...['', '"', "''", `\${x}`, `a\${x}`, '`', 'a\nb', 'a\u0000b', '\u001b[2J', 'a\u202eb', '\u007f'],
  ...['..', '../a', 'a/../../b', '/a', '~', 'a b', 'a\\b', '$(x)', ';x', 'ü', '-a', '--a=b'],
  ...['__proto__', 'constructor', 'toString'],
] as const;

const control = /[\p{Cc}\p{Cf}]/u;

/** The code of the error, or `data`; an error that is none of ours, or shows a control character, is thrown on. */
const outcome = (lock: string, manifest?: string): string => {
  try {
    convertTexts(lock, manifest);
    return 'data';
  } catch (error) {
    if (!isLock2nixError(error) || control.test(error.message)) throw error;
    expect(error.location?.line).toEqual(expect.any(Number));
    return error.code;
  }
};

type Make = (text: string) => readonly JsonMap[];

const source =
  (rest: (text: string) => JsonMap): Make =>
  (text) => [{ name: 'a', source: { resolved_reference: 'a'.repeat(40), ...rest(text) } }];

const file =
  (name: (text: string) => string): Make =>
  (text) => [{ name: 'a', files: [{ file: name(text), hash: `sha256:${'0'.repeat(64)}` }] }];

const named = ['constructor', 'toString'];
/** What a path may hold: recipes quote it. */
const inPath = [
  '"',
  "''",
  `\${x}`,
  `a\${x}`,
  '`',
  'a b',
  '$(x)',
  ';x',
  'ü',
  '-a',
  '--a=b',
  '__proto__',
  ...named,
];

/** What may stand in the path of a URL as it is. */
const inUrl = [
  ...['', '..', '../a', 'a/../../b', '/a', '~', '$(x)', ';x', 'ü', '-a', '--a=b', '__proto__'],
  ...named,
];

// What is not refused survives as data: the last column.
const fields: readonly (readonly [string, Make, code: string, data: readonly string[]])[] = [
  ['name', (text) => [{ name: text }], 'NAME_INVALID', named],
  ['version', (text) => [{ name: 'a', version: text }], 'VERSION_INVALID', []],
  [
    'version, behind a good one',
    (text) => [{ name: 'a', version: `1.0+${text}` }],
    'VERSION_INVALID',
    named,
  ],
  [
    'dependency',
    (text) => [{ name: 'a', dependencies: { [text]: { version: '*', optional: true } } }],
    'NAME_INVALID',
    named,
  ],
  [
    'extra of a dependency',
    (text) => [{ name: 'a', dependencies: { a: { extras: [text] } } }],
    'NAME_INVALID',
    named,
  ],
  ['constraint', (text) => [{ name: 'a', dependencies: { a: text } }], 'SPECIFIER_INVALID', ['']],
  ['marker', (text) => [{ name: 'a', markers: text }], 'MARKER_INVALID', []],
  [
    'platform',
    (text) => [{ name: 'a', dependencies: { a: { platform: text } } }],
    'SPECIFIER_INVALID',
    ['..', '-a', '__proto__', ...named],
  ],
  ['python', (text) => [{ name: 'a', 'python-versions': text }], 'SPECIFIER_INVALID', ['']],
  ['extra', (text) => [{ name: 'a', extras: { [text]: [] } }], 'NAME_INVALID', named],
  ['group', (text) => [{ name: 'a', groups: [text] }], 'NAME_INVALID', named],
  ['file', file((text) => text), 'FILE_NAME_INVALID', ['__proto__', ...named]],
  [
    'wheel',
    file((text) => `a-1.0${text}-py3-none-any.whl`),
    'FILE_NAME_INVALID',
    ['', '-a', '__proto__', ...named],
  ],
  [
    'hash',
    (text) => [{ name: 'a', files: [{ file: 'a-1.0.tar.gz', hash: text }] }],
    'HASH_INVALID',
    [],
  ],
  [
    'URL',
    source((text) => ({ type: 'url', url: `https://x.example/${text}/a-1.0.tar.gz` })),
    'URL_INVALID',
    inUrl,
  ],
  ['whole URL', source((text) => ({ type: 'url', url: text })), 'URL_INVALID', []],
  [
    'file of a URL',
    source((text) => ({
      type: 'url',
      url: `https://x.example/${encodeURIComponent(text).replaceAll("'", '%27')}a.tar.gz`,
    })),
    'FILE_NAME_INVALID',
    ['', '__proto__', ...named],
  ],
  [
    'index',
    source((text) => ({ type: 'legacy', url: `https://x.example/${text}` })),
    'URL_INVALID',
    inUrl,
  ],
  [
    'host',
    source((text) => ({ type: 'legacy', url: `https://${text}/simple` })),
    'URL_INVALID',
    ['a/../../b', 'ü', ...named],
  ],
  [
    'repository',
    source((text) => ({ type: 'git', url: `https://x.example/${text}` })),
    'URL_INVALID',
    inUrl,
  ],
  ['whole repository', source((text) => ({ type: 'git', url: text })), 'URL_INVALID', []],
  [
    'scp',
    source((text) => ({ type: 'git', url: `git@x.example:${text}` })),
    'URL_INVALID',
    inUrl.filter((text) => text !== ''),
  ],
  [
    'commit',
    source((text) => ({ type: 'git', url: 'https://x.example/a', resolved_reference: text })),
    'LOCK_INCOMPLETE',
    [],
  ],
  [
    'subdirectory',
    source((text) => ({ type: 'git', url: 'https://x.example/a', subdirectory: text })),
    'FILE_NAME_INVALID',
    inPath,
  ],
  [
    'kind of source',
    source((text) => ({ type: text, url: 'https://x.example/a' })),
    'LOCK_SHAPE',
    [''],
  ],
  [
    'folder',
    source((text) => ({ type: 'directory', url: text })),
    'FILE_NAME_INVALID',
    // A folder may lie above the lock.
    [...inPath, '..', '../a', 'a/../../b'],
  ],
  ['path', source((text) => ({ type: 'file', url: `dists/${text}` })), 'FILE_NAME_INVALID', []],
  ['description', (text) => [{ name: 'a', description: text }], '', hostile],
];

test.each(fields)('a hostile %s is refused, or is data', (_, make, code, data) => {
  const outcomes = hostile.map((text) => [text, outcome(makeLock(make(text)))]);
  expect(outcomes).toEqual(hostile.map((text) => [text, data.includes(text) ? 'data' : code]));
});

type MakeManifest = (text: string) => JsonMap;

const poetry = (rest: JsonMap): JsonMap => ({ tool: { poetry: { name: 'a', ...rest } } });
const project = (rest: JsonMap): JsonMap => ({ project: { name: 'a', ...rest } });

const manifestFields: readonly (readonly [string, MakeManifest, string, readonly string[]])[] = [
  ['name', (text) => project({ name: text }), 'NAME_INVALID', named],
  ['name of Poetry', (text) => poetry({ name: text }), 'NAME_INVALID', named],
  ['version', (text) => project({ version: text }), 'VERSION_INVALID', []],
  ['group', (text) => poetry({ group: { [text]: {} } }), 'NAME_INVALID', named],
  [
    'standard group',
    (text) => ({ ...project({}), 'dependency-groups': { [text]: [] } }),
    'NAME_INVALID',
    named,
  ],
  ['extra', (text) => poetry({ extras: { [text]: [] } }), 'NAME_INVALID', named],
  [
    'standard extra',
    (text) => project({ 'optional-dependencies': { [text]: [] } }),
    'NAME_INVALID',
    named,
  ],
  ['member of an extra', (text) => poetry({ extras: { x: [text] } }), 'NAME_INVALID', named],
  [
    'dependency',
    (text) => poetry({ dependencies: { [text]: { optional: true } } }),
    'NAME_INVALID',
    named,
  ],
  [
    'requirement',
    (text) => project({ dependencies: [`${text} ; os_name == 'none'`] }),
    'REQUIREMENT_INVALID',
    named,
  ],
  [
    'script',
    (text) => project({ scripts: { [text]: 'a:b' } }),
    'FILE_NAME_INVALID',
    ['a b', '__proto__', ...named],
  ],
  [
    'script of Poetry',
    (text) => poetry({ scripts: { [text]: 'a:b' } }),
    'FILE_NAME_INVALID',
    ['a b', '__proto__', ...named],
  ],
  ['description', (text) => project({ description: text }), '', hostile],
];

test.each(manifestFields)(
  'a hostile %s in a manifest is refused, or is data',
  (_, make, code, data) => {
    const lock = makeLock([{ name: 'a' }]);
    const outcomes = hostile.map((text) => [text, outcome(lock, stringify(make(text)))]);
    expect(outcomes).toEqual(hostile.map((text) => [text, data.includes(text) ? 'data' : code]));
  },
);

test('packages, groups and extras called as what every object has', () => {
  const lock = makeLock(
    [
      {
        name: 'constructor',
        dependencies: { toString: '*' },
        markers: { main: "os_name == 'nt'" },
      },
      { name: 'tostring', groups: ['constructor'] },
      { name: 'valueof', optional: true },
    ],
    { extras: { constructor: ['valueof'] } },
  );
  const graph = convertTexts(lock);
  expect(dependenciesOf(graph, 'constructor@1.0')).toEqual(['tostring -> tostring@1.0']);
  expect(groupOf(graph, 'main')).toEqual([
    'constructor -> constructor@1.0 ; os_name == "nt"',
    'valueof {constructor} -> valueof@1.0',
  ]);
  expect(groupOf(graph, 'constructor')).toEqual(['tostring -> tostring@1.0']);
  expect(graph.roots[0]?.extras).toEqual(['constructor']);
});

test.each([
  ['[package.constructor]\nkeys = 1', 'LOCK_SHAPE'],
  ['[metadata.constructor]\nkeys = 1', 'LOCK_SHAPE'],
  ['[constructor]\nkeys = 1', 'LOCK_SHAPE'],
  ['[__proto__]\npackage = []\nmetadata = {}', 'LOCK_SHAPE'],
  [
    'package = []\n[metadata.__proto__]\npython-versions = "*"\ncontent-hash = "0"',
    'LOCK_INCOMPLETE',
  ],
])('%j changes no object but the document', (text, code) => {
  const { keys } = Object;
  expect(outcome(text)).toBe(code);
  expect(Object.keys).toBe(keys);
  expect(Reflect.get({}, 'package')).toBeUndefined();
});

test('credentials in URLs are left out, with one warning for each URL', () => {
  const index = { type: 'legacy', url: 'https://me:s3cret@x.example/simple', reference: 'x' };
  const commit = { type: 'git', reference: 'main', resolved_reference: 'a'.repeat(40) };
  const graph = convertTexts(
    makeLock([
      { name: 'a', source: index },
      { name: 'b', source: index },
      { name: 'c', source: { ...commit, url: 'https://me:s3cret@x.example/c.git' } },
      { name: 'd', source: { ...commit, url: 'ssh://git:s3cret@x.example/d.git' } },
      { name: 'e', source: { ...commit, url: 'ssh://git@x.example/e.git' } },
      { name: 'f', source: { type: 'url', url: 'https://s3cret@x.example/f-1.0.tar.gz' } },
    ]),
  );
  expect(JSON.stringify({ ...graph, packages: [...graph.packages.values()] })).not.toContain(
    's3cret',
  );
  expect(
    graph.diagnostics.map(({ code, message, location }) => [code, message, location?.line]),
  ).toEqual([
    [
      'url-credentials',
      'package `a`: the credentials in the URL of `https://x.example/simple` are left out',
      11,
    ],
    [
      'url-credentials',
      'package `c`: the credentials in the URL of `https://x.example/c.git` are left out',
      39,
    ],
    [
      'url-credentials',
      'package `d`: the credentials in the URL of `ssh://git@x.example/d.git` are left out',
      53,
    ],
    [
      'url-credentials',
      'package `f`: the credentials in the URL of `https://x.example/f-1.0.tar.gz` are left out',
      79,
    ],
  ]);
});
