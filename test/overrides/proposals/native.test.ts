import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  distributions,
  distributions27,
  onlyPython2,
  onlyPython3,
  removed,
  sourceOfModule,
} from '../../../overrides/proposals/modules.ts';
import {
  attributeOfHeader,
  attributeOfLink,
  attributeOfModule,
  attributeOfSoname,
  attributesOfProgram,
  nativeTable,
} from '../../../overrides/proposals/native.ts';
import { isName } from '../../../standards/name.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const sorted = (items: readonly string[]): readonly string[] => [...new Set(items)].sort();

describe('native.json', () => {
  const entries = Object.entries(nativeTable);
  const lists = ['headers', 'links', 'pkg-config', 'sonames'] as const;

  test('is sorted, attribute by attribute', () => {
    expect(entries.map(([attribute]) => attribute)).toEqual(sorted(Object.keys(nativeTable)));
    for (const [, entry] of entries) {
      expect(Object.keys(entry)).toEqual(sorted(Object.keys(entry)));
      for (const list of lists) expect(entry[list] ?? []).toEqual(sorted(entry[list] ?? []));
      const programs = Object.keys(entry.programs ?? {});
      expect(programs).toEqual(sorted(programs));
    }
  });

  test.each(entries)('%s is an attribute that has something', (attribute, entry) => {
    const path = /^[A-Za-z_][\w'-]*(?:\.[A-Za-z_][\w'-]*)*$/;
    expect(attribute).toMatch(path);
    expect(entry.debian).toMatch(/^[a-z0-9][a-z0-9.+-]+$/);
    const kinds = ['debian', 'headers', 'links', 'pkg-config', 'programs', 'sonames'];
    expect(kinds).toEqual(expect.arrayContaining(Object.keys(entry)));
    expect(Object.keys(entry).length).toBeGreaterThan(1);
    for (const each of Object.values(entry.programs ?? {})) expect(each).toMatch(path);
    for (const each of entry.headers ?? []) expect(each).toMatch(/^[\w+./-]+(?:\.h|\/)$/);
    for (const each of entry.sonames ?? []) expect(each).toMatch(/\.so(?:\.[\d.]+)?$/);
  });

  test('nothing is of two attributes', () => {
    for (const list of [...lists, 'programs'] as const) {
      const all = entries.flatMap(([, entry]) =>
        list === 'programs' ? Object.keys(entry.programs ?? {}) : (entry[list] ?? []),
      );
      expect(all.filter((each, index) => all.indexOf(each) !== index)).toEqual([]);
    }
  });

  test('agrees with what recipes say themselves', () => {
    const runtime = join(root, 'recipes', 'runtime', 'python');
    const sonames = JSON.parse(readFileSync(join(runtime, 'libraries.json'), 'utf8')) as Readonly<
      Record<string, string>
    >;
    const own = entries.flatMap(([attribute, entry]) =>
      (entry.sonames ?? []).map((soname) => [soname, attribute]),
    );
    expect(Object.fromEntries(own)).toEqual(sonames);
    const script = readFileSync(join(runtime, 'explain_failure.py'), 'utf8');
    const [, tools = ''] = /^TOOLS = \{\n([\s\S]*?)^\}/m.exec(script) ?? [];
    const said = [...tools.matchAll(/"(?<program>[^"]+)": "(?<attribute>[^"]+)"/g)];
    expect(said.length).toBeGreaterThan(5);
    for (const { groups } of said) {
      expect(attributesOfProgram(groups?.['program'] ?? '')?.tool).toBe(groups?.['attribute']);
    }
  });

  test.each([
    [attributeOfHeader('openssl/ssl.h'), 'openssl'],
    [attributeOfHeader('X11/Xlib.h'), 'xorg.libX11'],
    [attributeOfHeader('X11/extensions/shape.h'), 'xorg.libXext'],
    [attributeOfHeader('openssl'), undefined],
    [attributeOfLink('pq'), 'libpq'],
    [attributeOfLink('nothing'), undefined],
    [attributeOfModule('dbus-1'), 'dbus'],
    [attributeOfSoname('libpq.so.5'), 'libpq'],
    [attributesOfProgram('toString'), undefined],
    [attributesOfProgram('pkg-config'), { tool: 'pkg-config' }],
    [attributesOfProgram('xml2-config'), { tool: 'libxml2.dev', library: 'libxml2' }],
  ])('%j is %j', (found, expected) => {
    expect(found).toEqual(expected);
  });
});

describe('modules.json', () => {
  test('is sorted, and names distributions', () => {
    for (const table of [distributions, distributions27, removed]) {
      expect(Object.keys(table)).toEqual(sorted(Object.keys(table)));
    }
    for (const list of [onlyPython2, onlyPython3]) expect(list).toEqual(sorted(list));
    const names = [
      ...Object.values(distributions),
      ...Object.values(distributions27),
      ...Object.values(removed).flatMap(({ distribution }) => distribution ?? []),
    ];
    for (const each of names) expect(isName(each.replace(/[<>=].*$/, ''))).toBe(true);
  });

  test('agrees with what recipes say themselves', () => {
    const script = readFileSync(join(root, 'recipes/runtime/python/explain_failure.py'), 'utf8');
    const [, said = ''] = /^DISTRIBUTIONS = \{\n([\s\S]*?)^\}/m.exec(script) ?? [];
    const rows = [...said.matchAll(/"(?<module>[^"]+)": "(?<name>[^"]+)"/g)];
    expect(rows.length).toBeGreaterThan(5);
    for (const { groups } of rows) {
      expect([groups?.['module'], sourceOfModule(groups?.['module'] ?? '', '3.12')]).toEqual([
        groups?.['module'],
        { kind: 'distribution', requirement: groups?.['name'], known: true },
      ]);
    }
    const [, words = ''] = /^PYTHON2 = \(\n([\s\S]*?)^\)/m.exec(script) ?? [];
    const modules = words.match(/\w+/g) ?? [];
    expect(modules.length).toBeGreaterThan(5);
    expect(onlyPython2).toEqual(expect.arrayContaining(modules));
  });

  test.each([
    ['yaml', '3.12', { kind: 'distribution', requirement: 'pyyaml', known: true }],
    [
      'google.protobuf.internal',
      '3.12',
      { kind: 'distribution', requirement: 'protobuf', known: true },
    ],
    [
      'some_module.part',
      '3.12',
      { kind: 'distribution', requirement: 'some-module', known: false },
    ],
    ['constructor', '3.12', { kind: 'distribution', requirement: 'constructor', known: false }],
    ['pkg_resources', '2.7', { kind: 'distribution', requirement: 'setuptools', known: true }],
    ['enum', '2.7', { kind: 'distribution', requirement: 'enum34', known: true }],
    ['cgi', '3.13', { kind: 'distribution', requirement: 'legacy-cgi', known: true }],
    [
      'imp',
      '3.12',
      {
        kind: 'python',
        text: '`imp` is no longer in Python since 3.12: take a newer version, or an older Python',
      },
    ],
    [
      'urllib2',
      '3.12',
      {
        kind: 'python',
        text: '`urllib2` is a module of Python 2: take a newer version, or `--python 2.7`',
      },
    ],
    [
      'urllib.parse',
      '2.7',
      {
        kind: 'python',
        text: '`urllib.parse` is a module of Python 3: an older version may be for Python 2.7',
      },
    ],
  ])('%s on %s', (module, python, expected) => {
    expect(sourceOfModule(module, python)).toEqual(expected);
  });
});
