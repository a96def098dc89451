import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatMarker, parseMarker } from '../../standards/marker.ts';
import {
  formatRequirement,
  parseRequirement,
  tryParseRequirement,
} from '../../standards/requirement.ts';
import { codeOf, table } from './table.ts';
import { clauseText } from './version-text.ts';

type Row = readonly [
  text: string,
  name: string,
  extras: readonly string[],
  specifier: string,
  url: string | null,
  marker: string | null,
];
const { rows, invalid } = table<{
  readonly rows: readonly Row[];
  readonly invalid: readonly string[];
}>('requirements.json');

test.each(rows)('%j is a requirement', (text, name, extras, specifier, url, marker) => {
  const requirement = parseRequirement(text);
  expect(requirement.name).toBe(name);
  expect(requirement.extras).toEqual(extras);
  expect(requirement.specifier ?? '').toBe(specifier);
  expect(requirement.url ?? null).toBe(url);
  expect(requirement.marker ?? null).toEqual(marker === null ? null : parseMarker(marker));
  expect(parseRequirement(formatRequirement(requirement))).toEqual(requirement);
});

test.each(invalid)('%j is refused', (text) => {
  expect(tryParseRequirement(text)).toBeUndefined();
  expect(codeOf(() => parseRequirement(text))).toBe('REQUIREMENT_INVALID');
});

// `packaging` takes these.
test.each(['flask_', 'flask[a_]', 'flask @ https://example.org/\u0007', 'flask; "a" == "b"'])(
  '%j is refused, more strictly than packaging does',
  (text) => {
    expect(codeOf(() => parseRequirement(text))).toBe('REQUIREMENT_INVALID');
  },
);

test.each([
  ['Flask', 'flask'],
  ['Flask [B,a] (<3, >=2)', 'flask[a,b]<3,>=2'],
  ["flask>=2 ; os_name=='x'", 'flask>=2; os_name == "x"'],
  [
    "pip@https://example.org/a.zip ;os.name=='x'",
    'pip @ https://example.org/a.zip ; os_name == "x"',
  ],
  ['pip[x]@file:///a', 'pip[x] @ file:///a'],
])('%s is printed %s', (text, printed) => {
  expect(formatRequirement(parseRequirement(text))).toBe(printed);
});

test.each([
  ['', 'the requirement `` cannot be read: a package name expected at its end'],
  ['-flask', 'the requirement `-flask` cannot be read: `-flask` is not a package name'],
  ['flask[a b]', 'the requirement `flask[a b]` cannot be read: `,` or `]` expected at column 9'],
  ['flask>=2,three', 'cannot be read: `three` is not a version specifier: it has none of'],
  ['flask>=2,,<3', 'there is nothing between two commas'],
  ['flask (>=2', 'the requirement `flask (>=2` cannot be read: `)` expected at its end'],
  ['flask @', 'there is no URL behind `@`'],
  ['flask @ a b', '`;` or the end expected at column 11'],
  ['flask; os', 'the requirement `flask; os` cannot be read: a marker variable or a quoted text'],
])('%s is refused with its reason', (text, message) => {
  expect(() => parseRequirement(text)).toThrow(message);
});

test('what is printed reads back', () => {
  const name = fc.stringMatching(/^[a-z0-9]([-._]?[a-zA-Z0-9]){0,5}$/);
  fc.assert(
    fc.property(
      name,
      fc.array(name, { maxLength: 3 }),
      fc.array(clauseText, { maxLength: 3 }),
      fc.constantFrom('', 'os_name == "x"', 'extra == "x" and (os_name == "y" or os_name == "z")'),
      (base, extras, clauses, marker) => {
        const text = `${base}[${extras}]${clauses}${marker === '' ? '' : `; ${marker}`}`;
        const requirement = parseRequirement(text);
        expect(parseRequirement(formatRequirement(requirement))).toEqual(requirement);
        expect(requirement.marker ? formatMarker(requirement.marker) : '').toBe(marker);
      },
    ),
  );
});

test('hostile length costs no more than its reading', () => {
  for (const text of [`a${'['.repeat(1e6)}`, `a${' '.repeat(1e6)}b`, `a>=1${','.repeat(1e6)}`]) {
    expect(tryParseRequirement(text)).toBeUndefined();
  }
  expect(tryParseRequirement(`a${'-'.repeat(1e6)}`)).toBeUndefined();
});
