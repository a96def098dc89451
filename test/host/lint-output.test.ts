import { createHash } from 'node:crypto';
import {
  chmodSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { tryParseElf } from './elf.ts';
import { type ElfParts, makeElf } from './elf-fixture.ts';
import { type LintOptions, lintOutput } from './lint-output.ts';

const storeDir = mkdtempSync(join(tmpdir(), 'l2n-lint-'));
afterAll(() => rmSync(storeDir, { recursive: true, force: true }));

interface File {
  readonly text?: string | Buffer;
  readonly link?: string;
  readonly mode?: number;
  readonly time?: number;
}

let trees = 0;

/** Files, by their path in the output; `@` in texts and links is the store's folder. */
const tree = (files: Readonly<Record<string, File>>): string => {
  trees += 1;
  const output = join(storeDir, `${'a'.repeat(30)}${10 + trees}-output`);
  for (const [name, { text = '', link, mode = 0o444, time = 1 }] of Object.entries(files)) {
    const path = join(output, name);
    mkdirSync(dirname(path), { recursive: true });
    const content = typeof text === 'string' ? text.replaceAll('@', storeDir) : text;
    if (link === undefined) writeFileSync(path, content);
    else symlinkSync(link.replaceAll('@', storeDir), path);
    if (link === undefined) chmodSync(path, mode);
    lutimesSync(path, time, time);
  }
  return output;
};

const native: ElfParts = { machine: process.arch === 'arm64' ? 183 : 62 };
const elf = (parts: ElfParts): File => ({ text: makeElf({ ...native, ...parts }), mode: 0o555 });

const compiled = (magic: number, ...words: number[]): Buffer => {
  const bytes = Buffer.alloc(20);
  bytes.writeUInt16LE(magic, 0);
  for (const [index, word] of words.entries()) bytes.writeUInt32LE(word, 4 + index * 4);
  return bytes;
};
const record = (name: string, content: string): string => {
  const digest = createHash('sha256').update(content).digest('base64url');
  return `${name},sha256=${digest},${content.length}\n`;
};

const tool = join(storeDir, `${'b'.repeat(32)}-tool`, 'bin', 'sh');
mkdirSync(dirname(tool), { recursive: true });
writeFileSync(tool, '');
const library = join(storeDir, `${'c'.repeat(32)}-library`);
mkdirSync(library);
writeFileSync(join(library, 'libz.so.1'), '');

const shebang = `#!@/${'b'.repeat(32)}-tool/bin/sh`;
const dist = 'lib/site-packages/a-1.dist-info/RECORD';

const table: [string, Readonly<Record<string, File>>, string[]][] = [
  ['an empty file', { a: {} }, []],
  ['a shebang in the store', { 'bin/a': { text: `${shebang} -e\n`, mode: 0o555 } }, []],
  ['env', { 'bin/a': { text: '#!/usr/bin/env python\n', mode: 0o555 } }, ['bin/a shebang']],
  ['env, not executable', { 'bin/a': { text: '#! /usr/bin/env sh\n' } }, ['bin/a shebang']],
  ['env in a module that does not run', { 'lib/a.py': { text: '#!/usr/bin/env python\n' } }, []],
  ['a build folder', { a: { text: '#!/build/x/sh\n', mode: 0o555 } }, ['a shebang']],
  ['a missing program', { a: { text: '#!@/none/sh\n', mode: 0o555 } }, ['a shebang']],
  ['a relative shebang', { a: { text: '#!python\n', mode: 0o555 } }, ['a shebang']],
  ['a link beside', { a: {}, b: { link: 'a' } }, []],
  ['a dangling link', { b: { link: 'none' } }, ['b link']],
  ['a link out of the store', { b: { link: '/etc/passwd' } }, ['b link']],
  ['a program', { a: elf({ interpreter: '/lib64/ld-linux-x86-64.so.2' }) }, []],
  ['a foreign interpreter', { a: elf({ interpreter: '/opt/ld.so' }) }, ['a interpreter']],
  ['glibc', { a: elf({ needed: ['libc.so.6', 'libpthread.so.0'] }) }, []],
  [
    'a missing soname',
    { a: elf({ needed: ['libz.so.1', 'libcrypt.so.1'] }) },
    ['a needed', 'a needed'],
  ],
  ['a soname on the run path', { a: elf({ needed: ['libz.so.1'], runPath: library }) }, []],
  ['another machine', { a: { text: makeElf({ machine: 8, needed: ['libz.so.1'] }) } }, []],
  [
    'a soname beside',
    { 'lib/a.so': elf({ needed: ['libq.so'], runPath: '$ORIGIN/../q' }), 'q/libq.so': elf({}) },
    [],
  ],
  ['a run path outside', { a: elf({ runPath: '/usr/lib' }) }, ['a run-path']],
  ['a run path that climbs out', { a: elf({ runPath: '$ORIGIN/../..' }) }, ['a run-path']],
  ['a relative run path', { a: elf({ runPath: 'lib' }) }, ['a run-path']],
  ['a reference', { a: { text: `x${'d'.repeat(32)}-environment` } }, ['a reference']],
  ['a provided soname', { a: elf({ needed: ['libpython3.11.so.1.0'] }) }, []],
  ['setuid', { a: { mode: 0o4555 } }, ['a mode']],
  ['a time', { a: { time: 1000 } }, ['a time']],
  ['no source', { 'a.pyc': { text: compiled(62211, 1) } }, ['a.pyc compiled']],
  ['2.7', { 'a.pyc': { text: compiled(62211, 1) }, 'a.py': {} }, []],
  ['2.7, stale', { 'a.pyc': { text: compiled(62211, 2) }, 'a.py': {} }, ['a.pyc compiled']],
  [
    '3.11 by time',
    { '__pycache__/a.cpython-311.pyc': { text: compiled(3495, 0, 1) }, 'a.py': {} },
    [],
  ],
  [
    '3.11 by hash',
    { '__pycache__/a.cpython-311.pyc': { text: compiled(3495, 1, 9) }, 'a.py': {} },
    [],
  ],
  [
    'RECORD',
    {
      [dist]: { text: `${record('a.py', 'x')}a-1.dist-info/RECORD,,\n` },
      'lib/site-packages/a.py': { text: 'x' },
    },
    [],
  ],
  [
    'RECORD of a vendored distribution',
    { 'lib/site-packages/a/_vendor/b-1.dist-info/RECORD': { text: 'b/gone.py,,\n' } },
    [],
  ],
  [
    'RECORD of a quoted name',
    { [dist]: { text: record('"a,""b.py"', 'x') }, 'lib/site-packages/a,"b.py': { text: 'x' } },
    [],
  ],
  ['RECORD, missing', { [dist]: { text: record('a.py', 'x') } }, [`${dist} record`]],
  [
    'RECORD, changed',
    { [dist]: { text: record('a.py', 'x') }, 'lib/site-packages/a.py': { text: 'y' } },
    [`${dist} record`],
  ],
  [
    'RECORD without hash',
    { [dist]: { text: 'a.py,,\n' }, 'lib/site-packages/a.py': {} },
    [`${dist} record`],
  ],
];

const options: LintOptions = {
  storeDir,
  hostInterpreters: ['/lib64/ld-linux-x86-64.so.2'],
  forbidden: [join(storeDir, `${'d'.repeat(32)}-environment`)],
  provided: ['libpython3.11.so.1.0'],
};

test.each(table)('%s', (_name, files, expected) => {
  const found = lintOutput(tree(files), options);
  expect(found.map(({ file, rule }) => `${file} ${rule}`)).toEqual(expected);
});

test('files that stand in no RECORD are named on request', () => {
  const output = tree({
    [dist]: { text: `${record('a.py', 'x')}a-1.dist-info/RECORD,,\n` },
    'lib/site-packages/a.py': { text: 'x' },
    'lib/site-packages/b.py': {},
  });
  expect(lintOutput(output, { ...options, allRecorded: true })).toEqual([
    { file: 'lib/site-packages/b.py', rule: 'unrecorded', message: 'stands in no RECORD' },
  ]);
});

test('ELF files are read, other files are not taken for them', () => {
  const parts = { interpreter: '/lib/ld.so', needed: ['a.so', 'b.so'], runPath: '/x:$ORIGIN' };
  expect(tryParseElf(makeElf(parts))).toMatchObject({ ...parts, runPath: ['/x', '$ORIGIN'] });
  expect(tryParseElf(Buffer.from('\x7fELF'))).toBeUndefined();
  expect(tryParseElf(Buffer.alloc(100))).toBeUndefined();
});
