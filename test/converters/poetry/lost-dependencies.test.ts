import { createHash } from 'node:crypto';
import type { JsonMap } from '@iarna/toml';
import { expect, test } from '@jest/globals';
import { convertTexts, makeLock } from './support.ts';

const pyproject = '[tool.poetry]\nname = "app"\n[tool.poetry.dependencies]\na = "*"\n';
const hash = createHash('sha256')
  .update('{"dependencies": {"a": "*"}, "dev-dependencies": null, "extras": null, "source": null}')
  .digest('hex');

const unknownIn = (packages: readonly JsonMap[], contentHash = hash): readonly unknown[] =>
  convertTexts(makeLock(packages, { metadata: { 'content-hash': contentHash } }), pyproject)
    .gaps.filter(({ kind, requirement }) => kind === 'dependencies' && requirement === undefined)
    .map((gap) => gap.package);

const a = { name: 'a' };
const b = { name: 'b' };

test.each<[string, readonly JsonMap[], readonly string[]]>([
  ['nobody requires `b`: whoever has no dependencies may', [a, b], ['a@1.0', 'b@1.0']],
  [
    'what the lock states is known',
    [{ ...a, dependencies: { c: '*' } }, b, { name: 'c' }],
    ['b@1.0', 'c@1.0'],
  ],
  ['all is required', [{ ...a, dependencies: { b: '*' } }, b], []],
  ['nothing else is locked', [a], []],
  ['`b` is optional', [a, { ...b, optional: true }], []],
])('%s', (_, packages, expected) => {
  expect(unknownIn(packages)).toEqual(expected);
});

test('a project that has changed since may require less', () => {
  expect(unknownIn([a, b], '0')).toEqual([]);
});
