import { expect, test } from '@jest/globals';
import {
  hasStaticRequirements,
  packageMetadata,
  parseCoreMetadata,
  tryParseCoreMetadata,
} from '../../standards/core-metadata.ts';

const flask = `Metadata-Version: 2.3
Name: Flask
Version: 3.0.3
Summary: A simple framework for building complex web applications.
Maintainer-email: Pallets <contact@palletsprojects.com>
Requires-Python: >=3.8
Description-Content-Type: text/markdown
Classifier: Development Status :: 5 - Production/Stable
Classifier: License :: OSI Approved :: BSD License
Requires-Dist: Werkzeug>=3.0.0
Requires-Dist: importlib-metadata>=3.6.0; python_version < '3.10'
Requires-Dist: asgiref>=3.2 ; extra == "async"
Project-URL: Changes, https://flask.palletsprojects.com/changes/
Project-URL: Home-Page, https://flask.palletsprojects.com/
Provides-Extra: async
Provides-Extra: dotenv

# Flask

Name: not-a-header
`;

test('METADATA of a wheel', () => {
  expect(parseCoreMetadata(flask)).toEqual({
    metadataVersion: '2.3',
    name: 'Flask',
    version: '3.0.3',
    summary: 'A simple framework for building complex web applications.',
    projectUrls: [
      { label: 'Changes', url: 'https://flask.palletsprojects.com/changes/' },
      { label: 'Home-Page', url: 'https://flask.palletsprojects.com/' },
    ],
    classifiers: [
      'Development Status :: 5 - Production/Stable',
      'License :: OSI Approved :: BSD License',
    ],
    requiresDist: [
      'Werkzeug>=3.0.0',
      "importlib-metadata>=3.6.0; python_version < '3.10'",
      'asgiref>=3.2 ; extra == "async"',
    ],
    requiresPython: '>=3.8',
    providesExtra: ['async', 'dotenv'],
    dynamic: [],
  });
  expect(packageMetadata(parseCoreMetadata(flask))).toEqual({
    description: 'A simple framework for building complex web applications.',
    homepage: 'https://flask.palletsprojects.com/',
    licence: 'BSD License',
  });
});

test('bytes, line ends and a byte order mark do not matter', () => {
  const expected = parseCoreMetadata(flask);
  expect(parseCoreMetadata(Buffer.from(flask))).toEqual(expected);
  expect(parseCoreMetadata(flask.replaceAll('\n', '\r\n'))).toEqual(expected);
  expect(parseCoreMetadata(flask.replaceAll('\n', '\r'))).toEqual(expected);
  expect(parseCoreMetadata(Buffer.from(`\uFEFF${flask}`))).toEqual(expected);
  expect(parseCoreMetadata(flask.replace('Summary:', 'SUMMARY :'))).toEqual(expected);
});

test('PKG-INFO of distutils: `UNKNOWN` is nothing, Latin-1 is read, folded lines are joined', () => {
  const text = [
    'Metadata-Version: 1.1',
    'Name: umemcache',
    'Version: 1.6.3',
    'Summary: Caf\u00e9',
    '        au lait',
    'Home-page: http://example.org/umemcache',
    'Author: UNKNOWN',
    'License: UNKNOWN',
    'Description: Many',
    '        Name: lines',
    '        ',
    '        and more',
    'Platform: any',
    'Requires-Python: ',
  ].join('\n');
  expect(parseCoreMetadata(Buffer.from(text, 'latin1'))).toEqual({
    metadataVersion: '1.1',
    name: 'umemcache',
    version: '1.6.3',
    summary: 'Café au lait',
    homePage: 'http://example.org/umemcache',
    projectUrls: [],
    classifiers: [],
    requiresDist: [],
    providesExtra: [],
    dynamic: [],
  });
});

const parse = (...lines: string[]) =>
  parseCoreMetadata(['Name: a', 'Version: 1', ...lines].join('\n'));

test('a field that may stand once counts with its first value', () => {
  expect(parse('Name: b', 'Summary: one', 'Summary: two')).toMatchObject({
    name: 'a',
    summary: 'one',
  });
});

test('headers end with the first line that is none', () => {
  expect(parse('rubbish', 'Summary: x')).not.toHaveProperty('summary');
  expect(parse('', 'Summary: x')).not.toHaveProperty('summary');
});

test('a folded requirement is one line', () => {
  expect(parse('Requires-Dist: b (>=1)', '   ; python_version < "3"').requiresDist).toEqual([
    'b (>=1) ; python_version < "3"',
  ]);
});

test('a continuation of nothing, and names that objects have by nature, do no harm', () => {
  const text = ' folded\nName: a\nVersion: 1\n__proto__: x\nconstructor: y\n';
  expect(parseCoreMetadata(text)).toMatchObject({ name: 'a', version: '1' });
});

test.each([
  '',
  'Name: a',
  'Version: 1',
  'Name: UNKNOWN\nVersion: 1',
  '\nName: a\nVersion: 1',
  '\0',
])('%j is refused', (text) => {
  expect(() => parseCoreMetadata(text)).toThrow(
    expect.objectContaining({ code: 'MANIFEST_SHAPE' }),
  );
  expect(tryParseCoreMetadata(text)).toBeUndefined();
});

test.each([
  [['Metadata-Version: 2.2'], true],
  [['Metadata-Version: 2.10'], true],
  [['Metadata-Version: 3.0'], true],
  [['Metadata-Version: 2.2', 'Dynamic: Version'], true],
  [['Metadata-Version: 2.2', 'Dynamic: Requires-Dist'], false],
  [['Metadata-Version: 2.4', 'Dynamic: provides-extra'], false],
  [['Metadata-Version: 2.4', 'Dynamic: requires-python'], false],
  [['Metadata-Version: 2.1'], false],
  [['Metadata-Version: new'], false],
  [[], false],
])('requirements of %j hold for what is built: %s', (lines, expected) => {
  expect(hasStaticRequirements(parse(...lines))).toBe(expected);
});

test.each([
  [['License-Expression: MIT OR Apache-2.0', 'License: x'], { licence: 'MIT OR Apache-2.0' }],
  [['License: MIT'], { licence: 'MIT' }],
  [['License: Copyright', '  all of the text'], {}],
  [
    [`License: ${'long '.repeat(30)}`, 'Classifier: License :: Public Domain'],
    { licence: 'Public Domain' },
  ],
  [['Home-page: javascript:alert(1)'], {}],
  [['Home-page: https://a.example/ b'], {}],
  [['Home-page: x', 'Project-URL: Homepage, https://a.example'], { homepage: 'https://a.example' }],
  [['Project-URL: https://a.example'], {}],
])('what recipes say of %j', (lines, expected) => {
  expect(packageMetadata(parse(...lines))).toEqual(expected);
});

test('a megabyte of one header takes no time', () => {
  const started = performance.now();
  parse(`Summary: ${' '.repeat(1_000_000)}x`, ...Array.from({ length: 50_000 }, () => '  more'));
  expect(performance.now() - started).toBeLessThan(2000);
});
