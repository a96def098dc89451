import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Marker, MarkerOperator, MarkerVariable } from '../../graph/marker.ts';
import {
  combineMarkers,
  evaluateMarker,
  formatMarker,
  type MarkerEnvironment,
  markerVariablesOf,
  parseMarker,
  type TextVariable,
  tryParseMarker,
} from '../../standards/marker.ts';
import { codeOf, table } from './table.ts';

type Row = readonly [text: string, answers: string];
interface Table {
  readonly environments: readonly Readonly<Record<TextVariable | 'extra', string>>[];
  readonly rows: readonly Row[];
  readonly invalid: readonly string[];
}
const { environments, rows, invalid } = table<Table>('markers.json');

const environmentOf = (values: Table['environments'][number]): MarkerEnvironment => ({
  ...values,
  extras: new Set(values.extra === '' ? [] : [values.extra]),
  dependency_groups: new Set(),
});

const answer = (marker: Marker, environment: MarkerEnvironment): string => {
  try {
    return evaluateMarker(marker, environment) ? '1' : '0';
  } catch (error) {
    expect(error).toMatchObject({ code: 'MARKER_INVALID' });
    return 'E';
  }
};

const answers = (marker: Marker): string =>
  environments.map((values) => answer(marker, environmentOf(values))).join('');

test('markers say what packaging lets them say', () => {
  const wrong = rows.flatMap(([text, expected]) => {
    const got = answers(parseMarker(text));
    return got === expected ? [] : [`${text}: ${got}, not ${expected}`];
  });
  expect(wrong).toEqual([]);
});

test('what is printed says the same and prints the same', () => {
  for (const [text] of rows) {
    const marker = parseMarker(text);
    const printed = formatMarker(marker);
    expect(parseMarker(printed)).toEqual(marker);
  }
});

test.each(invalid)('%j is refused', (text) => {
  expect(tryParseMarker(text)).toBeUndefined();
  expect(codeOf(() => parseMarker(text))).toBe('MARKER_INVALID');
});

describe('stricter than packaging', () => {
  test.each([
    ['"a" == "b"', 'two texts'],
    ['extras == "a"', 'a set has members, no value'],
    ['"a" == extras', 'a set has members, no value'],
    ['extras in "a"', 'a set has members, no value'],
    ['dependency_groups != "a"', 'a set has members, no value'],
    ["os_name == 'a\\x62'", 'PEP 508 has no escapes'],
    ["os_name == 'a\u0007'", 'nor control characters'],
  ])('%s is refused: %s', (text) => {
    expect(codeOf(() => parseMarker(text))).toBe('MARKER_INVALID');
  });
});

test.each([
  ["os_name == 'posix'", 'os_name == "posix"'],
  ["os_name == 'a\"b'", "os_name == 'a\"b'"],
  ['os_name == "a\'b"', 'os_name == "a\'b"'],
  ["((os.name)=='x')", undefined],
  ["((os.name=='x'))", 'os_name == "x"'],
  ["python_implementation == 'PyPy'", 'platform_python_implementation == "PyPy"'],
  ["platform.python_implementation == 'PyPy'", 'platform_python_implementation == "PyPy"'],
  ["extra == 'Foo_Bar'", 'extra == "foo-bar"'],
  ["'Foo_Bar' in extras", '"foo-bar" in extras'],
  ["'Dev.X' not in dependency_groups", '"dev-x" not in dependency_groups'],
  [
    "os_name=='a' and (os_name=='b' and os_name=='c')",
    'os_name == "a" and os_name == "b" and os_name == "c"',
  ],
  [
    "(os_name=='a' and os_name=='b') or os_name=='c'",
    'os_name == "a" and os_name == "b" or os_name == "c"',
  ],
  [
    "os_name=='a' and (os_name=='b' or os_name=='c')",
    'os_name == "a" and (os_name == "b" or os_name == "c")',
  ],
])('%s is printed %s', (text, printed) => {
  const marker = tryParseMarker(text);
  expect(marker && formatMarker(marker)).toBe(printed);
});

test.each([
  ['os_name', 'the marker `os_name` cannot be read: a comparison operator expected at its end'],
  ["os_nam == 'x'", 'a marker variable or a quoted text expected at column 1'],
  ["os_name == 'x' or", 'a marker variable or a quoted text expected at its end'],
  ["(os_name == 'x'", '`)`, `and` or `or` expected at its end'],
  ["os_name == 'x' )", '`and`, `or` or the end expected at column 16'],
])('%s is refused with its reason', (text, message) => {
  expect(() => parseMarker(text)).toThrow(message);
});

test('nesting has an end, and so has the time for it', () => {
  const nested = (depth: number): string =>
    `${'('.repeat(depth)}os_name == 'x'${')'.repeat(depth)}`;
  expect(tryParseMarker(nested(64))).toBeDefined();
  expect(() => parseMarker(nested(65))).toThrow('parentheses are nested more than 64 deep');
  expect(codeOf(() => parseMarker(nested(200_000)))).toBe('MARKER_INVALID');
  const long = Array.from({ length: 20_000 }, (_, index) => `os_name == '${index}'`).join(' or ');
  expect(formatMarker(parseMarker(long))).toHaveLength(long.length);
});

describe('extras', () => {
  const [values] = environments;
  const evaluate = (text: string, extras: readonly string[]): boolean => {
    if (values === undefined) throw new Error('the table has no environment');
    const environment = { ...environmentOf(values), extras: new Set(extras) };
    return evaluateMarker(parseMarker(text), {
      ...environment,
      dependency_groups: new Set(['dev']),
    });
  };
  test.each([
    ["extra == 'A_B'", ['a-b', 'c'], true],
    ["extra == 'c' and extra == 'a-b'", ['a-b', 'c'], true],
    ["extra != 'c'", ['a-b', 'c'], false],
    ["extra != 'c'", ['a-b'], true],
    ["extra != 'c'", [], true],
    ["extra == ''", [], true],
    ["extra == ''", ['c'], false],
    ["'A_B' in extras", ['a-b'], true],
    ["'c' in extras", ['a-b'], false],
    ["'c' not in extras", ['a-b'], true],
    ["'Dev' in dependency_groups", [], true],
    ["'test' in dependency_groups", ['test'], false],
  ])('%s with %j is %s', (text, extras, expected) => {
    expect(evaluate(text, extras)).toBe(expected);
  });
});

test('a comparison without a meaning throws wherever it stands', () => {
  const marker = parseMarker("os_name == 'posix' or os_name ~= 'x'");
  const [values] = environments;
  expect(() => values && evaluateMarker(marker, environmentOf(values))).toThrow(
    'the comparison `os_name ~= "x"` has no meaning: `~=` compares versions only',
  );
});

test('markers are combined flat, without repetition; an absent one always holds', () => {
  const [a, b] = [parseMarker("os_name == 'a'"), parseMarker("os_name == 'b' or extra == 'x'")];
  const printed = (marker: Marker | undefined): string | undefined =>
    marker && formatMarker(marker);
  expect(printed(combineMarkers('and', [a, undefined, b, a]))).toBe(
    'os_name == "a" and (os_name == "b" or extra == "x")',
  );
  expect(printed(combineMarkers('or', [a, b]))).toBe(
    'os_name == "a" or os_name == "b" or extra == "x"',
  );
  expect(combineMarkers('or', [a, undefined])).toBeUndefined();
  expect(combineMarkers('and', [undefined])).toBeUndefined();
  expect(combineMarkers('and', [a, a])).toEqual(a);
});

test('the variables of a marker', () => {
  const marker = parseMarker("os.name == 'a' and ('3' < python_version or extra == 'x')");
  expect([...markerVariablesOf(marker)]).toEqual(['os_name', 'python_version', 'extra']);
});

test('a text with both quotes cannot be printed', () => {
  const marker: Marker = {
    kind: 'compare',
    left: { variable: 'os_name' },
    operator: '==',
    right: { literal: `'"` },
  };
  expect(codeOf(() => formatMarker(marker))).toBe('MARKER_INVALID');
});

const comparison = fc
  .tuple(
    fc.constantFrom<MarkerVariable>(
      'os_name',
      'python_version',
      'platform_machine',
      'sys_platform',
    ),
    fc.constantFrom<MarkerOperator>('==', '!=', '<', '>=', 'in', 'not in'),
    fc.stringMatching(/^[ -!#-[\]-~]{0,8}$/),
    fc.boolean(),
  )
  .map(([variable, operator, literal, reversed]): Marker => {
    const [left, right] = reversed ? [{ literal }, { variable }] : [{ variable }, { literal }];
    return { kind: 'compare', left, operator, right };
  });

const { tree } = fc.letrec<{ tree: Marker }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    comparison,
    fc
      .tuple(
        fc.constantFrom<'and' | 'or'>('and', 'or'),
        fc.array(tie('tree'), { minLength: 1, maxLength: 3 }),
      )
      .map(([kind, operands]) => combineMarkers(kind, operands))
      .filter((marker) => marker !== undefined),
  ),
}));

test('any tree of markers is printed so that it reads back', () => {
  fc.assert(
    fc.property(tree, (marker) => {
      expect(parseMarker(formatMarker(marker))).toEqual(marker);
    }),
    { numRuns: 500 },
  );
});

test('and is and, or is or', () => {
  fc.assert(
    fc.property(tree, tree, fc.constantFrom(...environments), (a, b, values) => {
      const environment = environmentOf(values);
      const says = (marker: Marker | undefined): boolean =>
        marker === undefined || evaluateMarker(marker, environment);
      expect(says(combineMarkers('and', [a, b]))).toBe(says(a) && says(b));
      expect(says(combineMarkers('or', [a, b]))).toBe(says(a) || says(b));
    }),
  );
});
