import { type AnyJson, type JsonArray, type JsonMap, parse, stringify } from '@iarna/toml';
import { expect, test } from '@jest/globals';
import { convertTexts, failure, makeLock, readFixture } from './support.ts';

/** One value of each type of TOML; an array with one of a wrong type in it. */
const replacements: Readonly<Record<string, AnyJson>> = {
  string: '*',
  number: 7,
  boolean: true,
  array: [],
  numbers: [7],
  table: {},
  date: new Date(0),
};

const isDate = (value: AnyJson): boolean =>
  Object.prototype.toString.call(value) === '[object Date]';

const isTable = (value: AnyJson): value is JsonMap =>
  typeof value === 'object' && !Array.isArray(value) && !isDate(value);

const typeOf = (value: AnyJson): string => {
  if (Array.isArray(value)) return 'array';
  return isTable(value) ? 'table' : isDate(value) ? 'date' : typeof value;
};

/** Tables whose keys are names that somebody chose. */
const named =
  /(?:^|\.)(?:dependencies|(?:dev|optional)-dependencies|dependency-groups|group|extras|files|hashes|markers|scripts|gui-scripts|urls)$/;

interface Field {
  /** `package.*.files.*.hash`. */
  readonly pattern: string;
  readonly parent: JsonMap | JsonArray;
  readonly key: string | number;
}

/** The fields of a document at any depth: of those that are alike, the first. */
const fieldsOf = (value: AnyJson, pattern = '', known = new Map<string, Field>()) => {
  const keys: readonly (string | number)[] = Array.isArray(value)
    ? [...value.keys()]
    : isTable(value)
      ? Object.keys(value)
      : [];
  for (const key of keys) {
    const parent = value as JsonMap & JsonArray;
    const step = typeof key === 'number' || named.test(pattern) ? '*' : key;
    const below = pattern === '' ? step : `${pattern}.${step}`;
    if (!known.has(below)) known.set(below, { pattern: below, parent, key });
    fieldsOf(parent[key as never] as AnyJson, below, known);
  }
  return known;
};

/**
 * Converts the document with each field replaced by each other type. Each must be refused with file
 * and line; gives `FIELD TYPE` of those that are not.
 */
const accepted = (text: string, convert: (text: string) => unknown): readonly string[] => {
  const document = parse(text);
  const found: string[] = [];
  for (const { pattern, parent, key } of fieldsOf(document).values()) {
    const table = parent as Record<string | number, AnyJson>;
    const original = table[key] as AnyJson;
    for (const [type, value] of Object.entries(replacements)) {
      if (type === typeOf(original)) continue;
      table[key] = value;
      const outcome = failure(() => convert(stringify(document)));
      if (outcome === 'no failure') found.push(`${pattern} ${type}`);
      else expect(outcome).toMatch(/^[A-Z_]+ app\/(?:poetry\.lock|pyproject\.toml):\d+ .*`/);
    }
    table[key] = original;
  }
  return found;
};

const lists = (all: readonly (readonly string[])[]): readonly string[] =>
  [...new Set(all.flat())].sort();

/** A real lock with some of its packages only. */
const cut = (fixture: string, names: readonly string[]): string => {
  const lock = parse(readFixture(fixture, 'poetry.lock')) as {
    package: JsonMap[];
    metadata: { files?: JsonMap } & JsonMap;
  };
  const { extras: _, ...rest } = lock as JsonMap;
  const { files, ...metadata } = lock.metadata;
  const kept = Object.entries(files ?? {}).filter(([name]) => names.includes(name));
  return stringify({
    ...rest,
    package: lock.package.filter(({ name }) => names.includes(String(name))),
    metadata: { ...metadata, ...(files === undefined ? {} : { files: Object.fromEntries(kept) }) },
  });
};

// A dependency is a constraint, a table or a list of them, in each place; markers of version 2.1
// are one or a table by group. Nothing else has two forms.
test('a wrong type in any field of a lock is refused with its line', () => {
  const locks = [
    readFixture('sources-1.1', 'poetry.lock'),
    readFixture('sources-2.1', 'poetry.lock'),
    readFixture('version-none', 'poetry.lock'),
    cut('version-1.0', ['importlib-metadata', 'zipp', 'typing-extensions']),
    cut('markers-2.1', [
      ...['pandas', 'numpy', 'python-dateutil', 'pytz', 'tzdata', 'six'],
      ...['importlib-metadata', 'zipp'],
    ]),
  ];
  expect(lists(locks.map((lock) => accepted(lock, (text) => convertTexts(text))))).toEqual([
    'package.*.dependencies.* array',
    'package.*.dependencies.* string',
    'package.*.dependencies.* table',
    'package.*.dependencies.*.* string',
    'package.*.markers table',
  ]);
});

const modern = `
[project]
name = "Demo"
version = "1.0"
description = "d"
license = { text = "MIT" }
requires-python = ">=3.8"
dependencies = ["a"]
dynamic = ["classifiers"]

[project.optional-dependencies]
x = ["b"]

[project.urls]
Homepage = "https://example.org/"

[project.scripts]
demo = "demo:main"

[project.gui-scripts]
demo-gui = "demo:main"

[dependency-groups]
dev = ["c", { include-group = "lint" }]
lint = ["d"]

[tool.poetry]
name = "demo"
version = "1.0"
description = "d"
license = "MIT"
homepage = "https://example.org/"
package-mode = true

[tool.poetry.dependencies]
a = { version = "*", source = "private" }
b = [{ version = "*", python = ">=3.8", platform = "linux", markers = "os_name == 'posix'", extras = [] }]

[tool.poetry.group.docs]
optional = true
include-groups = ["lint"]

[tool.poetry.group.docs.dependencies]
d = "*"

[tool.poetry.scripts]
other = { reference = "bin/other", type = "file" }
another = { callable = "a:b" }

[build-system]
requires = ["poetry-core"]
build-backend = "poetry.core.masonry.api"
backend-path = ["."]
`;

/** The packages of a lock without what they need, to convert a manifest quickly. */
const bare = (fixture: string): string => {
  const { package: packages } = parse(readFixture(fixture, 'poetry.lock')) as {
    package: JsonMap[];
  };
  return makeLock(
    packages.map(({ name, version, source }) => ({
      ...{ name, version },
      ...(source === undefined ? {} : { source }),
    })) as JsonMap[],
  );
};

// Besides the forms of a dependency: scripts and licences have two. What lock2nix does not read (`authors`, `packages`, `source`) may be anything.
test('a wrong type in any field of a manifest is refused with its line', () => {
  const cases = [
    [modern, makeLock(['a', 'b', 'c', 'd'].map((name) => ({ name })))],
    [readFixture('version-2.1', 'pyproject.toml'), bare('version-2.1')],
    [readFixture('version-1.0', 'pyproject.toml'), bare('version-1.0')],
    [readFixture('sources-2.1', 'pyproject.toml'), bare('sources-2.1')],
  ] as const;
  const found = cases.map(([manifest, lock]) =>
    accepted(manifest, (text) => convertTexts(lock, text)),
  );
  const unread = /^tool\.poetry\.(?:authors|packages|source)\b/;
  expect(lists(found).filter((field) => !unread.test(field))).toEqual([
    'project.license string',
    'tool.poetry.dependencies.* array',
    'tool.poetry.dependencies.* string',
    'tool.poetry.dependencies.* table',
    'tool.poetry.dependencies.*.* string',
    'tool.poetry.dev-dependencies.* array',
    'tool.poetry.dev-dependencies.* table',
    'tool.poetry.group.*.dependencies.* array',
    'tool.poetry.group.*.dependencies.* string',
    'tool.poetry.group.*.dependencies.* table',
    'tool.poetry.scripts.* string',
    'tool.poetry.scripts.* table',
  ]);
});
