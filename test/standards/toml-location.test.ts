import { expect, test } from '@jest/globals';
import { locateToml } from '../../standards/toml-location.ts';

const text = `# [[package]] in a comment
title = "x" # end

[[package]]
name = "a"
description = """
[[package]]
name = "not me"
"""
files = [
    {file = "a-1.whl", hash = "sha256:1"}, # , {
    {file = "a-2.whl", hash = "sha256:]"},
]

[package.dependencies]
b = {version = ">=1", "extras" = ["x", "y"]}
"c.d" = '''
q''''
e = [
  {version = "1"},
  {version = "2", markers = 'x'},
]

[[package]]
name = "b"

[package.source]
type = "git"

[tool.poetry.group."dev".dependencies]
pytest = "*"
inline = { nested.deep = { leaf = 1 } }
"\\u0041" = 1

[metadata]
a.b = 1
`;

test.each<[path: (string | number)[], line: number]>([
  [['title'], 2],
  [['package'], 4],
  [['package', 0], 4],
  [['package', 0, 'name'], 5],
  [['package', 0, 'files'], 10],
  [['package', 0, 'files', 0], 11],
  [['package', 0, 'files', 1, 'hash'], 12],
  [['package', 0, 'files', 7], 10],
  [['package', 0, 'version'], 4],
  [['package', 0, 'dependencies'], 15],
  [['package', 0, 'dependencies', 'b', 'extras', 1], 16],
  [['package', 0, 'dependencies', 'c.d'], 17],
  [['package', 0, 'dependencies', 'e', 1, 'markers'], 21],
  [['package', 1, 'name'], 25],
  [['package', 1, 'source', 'type'], 28],
  [['package', 1, 'source', 'url'], 27],
  [['tool', 'poetry'], 30],
  [['tool', 'poetry', 'group', 'dev', 'dependencies', 'pytest'], 31],
  [['tool', 'poetry', 'group', 'dev', 'dependencies', 'inline', 'nested', 'deep', 'leaf'], 32],
  [['tool', 'poetry', 'group', 'dev', 'dependencies', 'A'], 33],
  [['metadata', 'a', 'b'], 36],
  [['nothing', 'here'], 1],
  [[], 1],
])('%j is on line %i', (path, line) => {
  expect(locateToml(text, path)).toEqual({ line });
  expect(locateToml(`\ufeff${text.replaceAll('\n', '\r\n')}`, path)).toEqual({ line });
});

test.each([
  'a = [',
  'a = {b',
  '[[',
  '= 1',
  'a = "',
  "a = '''",
  'a = ]]]',
  '"\\UFFFFFFFF" = 1',
  'a = {{{{,,,}',
  'a = [}',
])('text that is not TOML gives a guess: %j', (broken) => {
  expect(locateToml(broken, ['a', 0, 'b']).line).toBe(1);
});

test('deep nesting and long text take linear time', () => {
  const deep = `a = ${'['.repeat(200_000)}\nb = 1\n`;
  expect(locateToml(deep, ['a', 1, 2]).line).toBe(1);
  const many = `${'[[package]]\nname = "x"\n'.repeat(20_000)}[end]\n`;
  expect(locateToml(many, ['package', 19_999, 'name']).line).toBe(40_000);
});
