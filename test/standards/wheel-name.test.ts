import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { compareBuildTags, parseWheelName, tryParseWheelName } from '../../standards/wheel-name.ts';

interface Row {
  readonly file: string;
  readonly error?: string;
  readonly name: string;
  readonly version: string;
  readonly build: readonly [] | readonly [number, string];
  readonly tags: readonly string[];
}

const table = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../fixtures/standards/wheel-names.json'), 'utf8'),
) as { readonly rows: readonly Row[] };

const known = table.rows.filter(({ error }) => error === undefined);
const refused = table.rows.filter(({ error }) => error !== undefined);

test.each(known)('$file is read as `packaging` reads it', (row) => {
  const wheel = parseWheelName(row.file);
  const tags = wheel.pythonTags.flatMap((python) =>
    wheel.abiTags.flatMap((abi) =>
      wheel.platformTags.map((platform) => `${python}-${abi}-${platform}`),
    ),
  );
  expect({ ...row, build: wheel.build ?? [], tags: tags.sort() }).toEqual(row);
  expect(wheel).toMatchObject({ name: row.name, version: row.version });
});

test.each(refused)('$file is refused as by `packaging`', ({ file }) => {
  expect(() => parseWheelName(file)).toThrow(
    expect.objectContaining({ code: 'FILE_NAME_INVALID' }),
  );
  expect(tryParseWheelName(file)).toBeUndefined();
});

test.each([
  '../foo-1.0-py3-none-any.whl',
  'foo-1..0-py3-none-any.whl',
  'foo-1.0-py3-none-any.whl\n',
  'foo\u0000-1.0-py3-none-any.whl',
  'foo\u001b[31m-1.0-py3-none-any.whl',
  'föö-1.0-py3-none-any.whl',
  'foo\\bar-1.0-py3-none-any.whl',
  'foo"-1.0-py3-none-any.whl',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: what Nix would read as a hole
  'foo-1.0${x}-py3-none-any.whl',
  `${'a'.repeat(250)}-1.0-py3-none-any.whl`,
  '',
])('%j is refused', (file) => {
  expect(tryParseWheelName(file)).toBeUndefined();
});

test('an error shows control characters escaped', () => {
  expect(() => parseWheelName('a\u001b-1.0-py3-none-any.whl')).toThrow(
    'file name `a\\x1b-1.0-py3-none-any.whl` has characters that no wheel has',
  );
});

test('build tags are ordered by number, then by text; none comes first', () => {
  const builds = [[2, 'b'], [10, ''], undefined, [2, ''], [1, 'z'], [2, 'a']] as const;
  const sorted = builds.map((build) => [build] as const).sort(([a], [b]) => compareBuildTags(a, b));
  expect(sorted.map(([build]) => build?.join('') ?? '-')).toEqual([
    '-',
    '1z',
    '2',
    '2a',
    '2b',
    '10',
  ]);
});
