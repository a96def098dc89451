import type { JsonMap } from '@iarna/toml';
import { expect, test } from '@jest/globals';
import { decideExtras, extrasOf, mentionsExtra } from '../../../converters/poetry/extra-marker.ts';
import { packageMarker, recordedMarker } from '../../../converters/poetry/package-marker.ts';
import type { Entry } from '../../../converters/poetry/packages.ts';
import { formatMarker, parseMarker } from '../../../standards/marker.ts';
import { convertTexts, failure, makeLock } from './support.ts';

const text = (decided: ReturnType<typeof decideExtras>): boolean | string =>
  typeof decided === 'boolean' ? decided : formatMarker(decided);

test.each([
  ["extra == 'a'", ['a'], true],
  ["extra == 'a'", [], false],
  ["'a' == extra", ['a'], true],
  ["extra != 'a'", ['a'], false],
  ["extra != 'a'", ['b'], true],
  ["extra == 'A.B'", ['a-b'], true],
  ["extra == 'a' or extra == 'b'", ['b'], true],
  ["extra == 'a' and extra == 'b'", ['b'], false],
  ["extra == 'a' and extra == 'b'", ['a', 'b'], true],
  ["extra == 'a' and os_name == 'nt'", ['a'], 'os_name == "nt"'],
  ["extra == 'a' and os_name == 'nt'", [], false],
  ["extra == 'a' or os_name == 'nt'", ['a'], true],
  ["extra == 'a' or os_name == 'nt'", [], 'os_name == "nt"'],
  ["os_name == 'nt'", ['a'], 'os_name == "nt"'],
  [
    "(extra == 'a' or os_name == 'nt') and (extra == 'b' or python_version < '3.9')",
    [],
    'os_name == "nt" and python_version < "3.9"',
  ],
  ["extra == 'a' and os_name == 'nt' or extra == 'b'", ['a'], 'os_name == "nt"'],
])('%s with %j', (marker, extras, expected) => {
  expect(text(decideExtras(parseMarker(marker), new Set(extras)))).toBe(expected);
});

test.each([
  ["extra == 'a'", true],
  ["extra != 'a'", true],
  ["extra == 'a' and os_name == 'nt'", 'os_name == "nt"'],
  ["extra == 'a' or os_name == 'nt'", true],
  ["(extra == 'a' or extra == 'b') and os_name == 'nt'", 'os_name == "nt"'],
])('%s with whatever extras', (marker, expected) => {
  expect(text(decideExtras(parseMarker(marker), 'any'))).toBe(expected);
});

test.each([
  ["os_name == 'nt'", []],
  ["extra == 'b' or extra == 'A_x' and extra != 'b'", ['a-x', 'b']],
  ["os_name == 'nt' and 'z' == extra", ['z']],
])('the extras of %s', (marker, extras) => {
  expect(extrasOf(parseMarker(marker))).toEqual(extras);
  expect(mentionsExtra(parseMarker(marker))).toBe(extras.length > 0);
});

test('no marker mentions no extra', () => {
  expect(mentionsExtra(undefined)).toBe(false);
});

/** The recorded marker of the only package, over all its groups and in each, and its own. */
const markersOf = (locked: JsonMap, version: string) => {
  const document = { file: 'poetry.lock', text: '', data: {} };
  const entry = {
    locked: { groups: ['main', 'dev'], ...locked },
    place: { document, path: ['package', 0], subject: 'package `a`' },
  } as unknown as Entry;
  const graph = convertTexts(
    makeLock([{ name: 'a', ...locked }], {
      metadata: { 'lock-version': version, files: { a: [] } },
    }),
  );
  const own = graph.packages.get('a@1.0' as never)?.marker;
  const show = (marker: ReturnType<typeof recordedMarker>) =>
    marker === undefined ? undefined : formatMarker(marker);
  expect(show(packageMarker(entry))).toBe(show(own));
  return [undefined, 'main', 'dev'].map((group) => show(recordedMarker(entry, group)));
};

const nt = 'os_name == "nt"';
const posix = 'os_name == "posix"';

test.each<[string, JsonMap, string, (string | undefined)[]]>([
  ['none', {}, '2.1', [undefined, undefined, undefined]],
  ['one for all groups', { markers: nt }, '2.1', [nt, nt, nt]],
  [
    'one for each group',
    { groups: ['main', 'dev'], markers: { main: nt, dev: posix } },
    '2.1',
    [`${nt} or ${posix}`, nt, posix],
  ],
  [
    'one for one group: always wanted in the other',
    { groups: ['main', 'dev'], markers: { main: nt } },
    '2.1',
    [undefined, nt, undefined],
  ],
  ['that of 1.0', { marker: nt, groups: undefined as never }, '1.0', [nt, nt, nt]],
  [
    'that of 0.11: Python and platform',
    { requirements: { python: '>=3.6', platform: 'win32' } },
    '1.0',
    Array(3).fill('python_version >= "3.6" and sys_platform == "win32"'),
  ],
  [
    'requirements that allow all',
    { requirements: { python: '*' } },
    '1.0',
    Array(3).fill(undefined),
  ],
  [
    'extras: where the package can be wanted at all',
    { markers: `extra == "x" and ${nt}` },
    '2.1',
    Array(3).fill(`extra == "x" and ${nt}`),
  ],
])('the marker of a package: %s', (_, locked, version, expected) => {
  expect(markersOf(locked, version)).toEqual(expected);
});

test('a broken marker is named with its line', () => {
  const lock = makeLock([{ name: 'a', markers: { main: 'os_name ==' } }]);
  expect(failure(() => convertTexts(lock))).toMatch(
    /^MARKER_INVALID app\/poetry\.lock:10 package `a`: the marker `os_name ==` cannot be read: /,
  );
});
