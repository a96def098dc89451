import { chmodSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from '@jest/globals';
import { makeTar, makeZip, type TarItem, type ZipItem } from '../../standards/make-archive.ts';
import {
  type Python,
  readTree,
  runProgram,
  type Tree,
  testOnPythons,
  withFolder,
  writeTree,
} from './support.ts';

const tar = (...items: readonly TarItem[]): Buffer => gzipSync(makeTar(items));
const zip = (...items: readonly ZipItem[]): Buffer => makeZip(items);
const setup: TarItem & ZipItem = { path: 'a-1.0/setup.py', contents: 'setup\n' };

/** An archive by file name, with the tree that it becomes or the end of the message that refuses it. */
type Case = readonly [name: string, fileName: string, bytes: Buffer, expected: Tree | string];

const unpacked: readonly Case[] = [
  [
    'tar.gz: files, links, an empty folder',
    'a.tar.gz',
    tar(
      { path: 'a-1.0/', type: '5', mode: 0o700 },
      setup,
      { path: 'a-1.0/run', contents: '#!/bin/sh\n', mode: 0o755 },
      { path: 'a-1.0/void/', type: '5' },
      { path: 'a-1.0/deep/er/link', type: '2', target: '../../setup.py' },
      { path: 'a-1.0/hard', type: '1', target: 'a-1.0/run', mode: 0o755 },
      { path: './a-1.0//deep/./dots', contents: 'x' },
    ),
    {
      'setup.py': 'setup\n',
      run: '#!/bin/sh\n+x',
      'void/': '',
      'deep/er/link': '-> ../../setup.py',
      hard: '#!/bin/sh\n+x',
      'deep/dots': 'x',
    },
  ],
  [
    'zip: with folders and without',
    'a.zip',
    zip(
      { path: 'a-1.0/', mode: 0o040755 },
      setup,
      { path: 'a-1.0/run', contents: '#!/bin/sh\n', mode: 0o100755 },
      { path: 'a-1.0/naïve/日本.txt', contents: 'x' },
    ),
    { 'setup.py': 'setup\n', run: '#!/bin/sh\n+x', 'naïve/日本.txt': 'x' },
  ],
  [
    'zip: folders of Windows',
    'a.zip',
    zip({ path: 'a-1.0\\src\\' }, { path: 'a-1.0\\src\\b.py', contents: 'x' }),
    { 'src/b.py': 'x' },
  ],
  ['an old tar file', 'a.tar', makeTar([{ ...setup, old: true }]), { 'setup.py': 'setup\n' }],
  [
    'a tar file that ends in a zip file',
    'a.tar',
    makeTar([
      setup,
      { path: 'a-1.0/inner.zip', contents: zip({ path: 'x', contents: 'x' }).toString('latin1') },
    ]),
    { 'setup.py': 'setup\n', 'inner.zip': expect.stringContaining('PK') as unknown as string },
  ],
  [
    'setuid and sticky bits are dropped',
    'a.tar.gz',
    tar({ ...setup, mode: 0o4755 }, { path: 'a-1.0/b', contents: 'b', mode: 0o1666 }),
    { 'setup.py': 'setup\n+x', b: 'b' },
  ],
  [
    'devices are left out',
    'a.tar.gz',
    tar(setup, { path: 'a-1.0/pipe', type: '6' }, { path: 'a-1.0/null', type: '3' }),
    { 'setup.py': 'setup\n' },
  ],
  [
    'the last member of a name stays',
    'a.tar.gz',
    tar({ path: 'a-1.0/x', type: '2', target: 'setup.py' }, setup, {
      path: 'a-1.0/x',
      contents: 'x',
    }),
    { 'setup.py': 'setup\n', x: 'x' },
  ],
  [
    'a project with stray files beside it',
    'a.tar.gz',
    tar(
      { path: '._a-1.0', contents: '' },
      { path: '__MACOSX/a-1.0/._setup.py', contents: '' },
      setup,
      { path: 'other/readme', contents: '' },
    ),
    { 'setup.py': 'setup\n' },
  ],
  [
    'a project that has no folder',
    'a.zip',
    zip({ path: 'setup.py', contents: 'setup\n' }, { path: 'src/b.py', contents: 'b' }),
    { 'setup.py': 'setup\n', 'src/b.py': 'b' },
  ],
  [
    'two projects stay beside each other',
    'a.zip',
    zip({ path: 'a/setup.py', contents: 'a' }, { path: 'b/setup.py', contents: 'b' }),
    { 'a/setup.py': 'a', 'b/setup.py': 'b' },
  ],
];

const outside = "error: the archive has a member outside its own folder: '%'";

const refused: readonly Case[] = [
  [
    'a member above',
    'a.tar.gz',
    tar({ path: '../x', contents: 'x' }),
    outside.replace('%', '../x'),
  ],
  [
    'a member above, deep',
    'a.tar.gz',
    tar({ path: 'a/b/../../../x' }),
    outside.replace('%', 'a/b/../../../x'),
  ],
  ['an absolute member', 'a.tar.gz', tar({ path: '/tmp/x' }), outside.replace('%', '/tmp/x')],
  [
    'an absolute folder',
    'a.tar.gz',
    tar({ path: '/tmp/x/', type: '5' }),
    outside.replace('%', '/tmp/x'),
  ],
  [
    'a zip member above',
    'a.zip',
    zip({ path: '../x', contents: 'x' }),
    outside.replace('%', '../x'),
  ],
  [
    'a zip member above, as on Windows',
    'a.zip',
    zip({ path: '..\\x' }),
    outside.replace('%', '..\\\\x'),
  ],
  ['a zip folder above', 'a.zip', zip({ path: '../x/' }), outside.replace('%', '../x/')],
  ['an absolute zip member', 'a.zip', zip({ path: '/tmp/x' }), outside.replace('%', '/tmp/x')],
  [
    'a file without a name',
    'a.tar.gz',
    tar({ path: './.', contents: 'x' }),
    "error: the archive has a file without a name: './.'",
  ],
  [
    'a link out',
    'a.tar.gz',
    tar(setup, { path: 'a-1.0/x', type: '2', target: '../../x' }),
    "error: the archive has a link out of its own folder: 'x' to '../../x'",
  ],
  [
    'a link to another top folder, which does not come along',
    'a.tar.gz',
    tar(setup, { path: 'a-1.0/x', type: '2', target: '../b' }),
    "error: the archive has a link out of its own folder: 'x' to '../b'",
  ],
  [
    'an absolute link',
    'a.tar.gz',
    tar(setup, { path: 'a-1.0/x', type: '2', target: '/etc/passwd' }),
    "error: the archive has a link out of its own folder: 'x' to '/etc/passwd'",
  ],
  [
    'a link out by way of another link',
    'a.tar.gz',
    tar(
      setup,
      { path: 'a-1.0/b/c/up', type: '2', target: '../..' },
      { path: 'a-1.0/x', type: '2', target: 'b/c/up/../../outside' },
    ),
    "error: the archive has a link out of its own folder: 'x' to 'b/c/up/../../outside'",
  ],
  [
    'a member below a link',
    'a.tar.gz',
    tar(
      setup,
      { path: 'a-1.0/up', type: '2', target: '..' },
      { path: 'a-1.0/up/x', contents: 'x' },
    ),
    "error: the archive has a member below what is no folder: 'a-1.0/up/x'",
  ],
  [
    'a folder in place of a link',
    'a.tar.gz',
    tar(setup, { path: 'a-1.0/up', type: '2', target: '/tmp' }, { path: 'a-1.0/up/', type: '5' }),
    "error: the archive has a member below what is no folder: 'a-1.0/up'",
  ],
  [
    'a member below a file',
    'a.zip',
    zip({ path: 'a/x', contents: 'x' }, { path: 'a/x/y', contents: 'y' }),
    "error: the archive has a member below what is no folder: 'a/x/y'",
  ],
  [
    'a file in place of a folder',
    'a.zip',
    zip({ path: 'a/x/y', contents: 'y' }, { path: 'a/x', contents: 'x' }),
    "error: the archive has a member both as a file and as a folder: 'a/x'",
  ],
  [
    'a hard link out',
    'a.tar.gz',
    tar(setup, { path: 'a-1.0/x', type: '1', target: '/etc/passwd' }),
    outside.replace('%', '/etc/passwd'),
  ],
  [
    'a hard link to nothing',
    'a.tar.gz',
    tar(setup, { path: 'a-1.0/x', type: '1', target: 'a-1.0/y' }),
    "error: the archive has a hard link to what is no file in it: 'a-1.0/x' to 'a-1.0/y'",
  ],
  [
    'a hard link through a link',
    'a.tar.gz',
    tar(
      setup,
      { path: 'a-1.0/y', type: '2', target: '/etc/passwd' },
      { path: 'a-1.0/x', type: '1', target: 'a-1.0/y' },
    ),
    "error: the archive has a hard link to what is no file in it: 'a-1.0/x' to 'a-1.0/y'",
  ],
  ['rubbish', 'a.tar.gz', Buffer.from('rubbish'), 'error: a.tar.gz cannot be unpacked: '],
  [
    'a cut tar file',
    'a.tar.gz',
    tar({ path: 'a/b', contents: 'x'.repeat(20_000) }).subarray(0, 60),
    'error: a.tar.gz cannot be unpacked: ',
  ],
  ['a cut zip file', 'a.zip', zip(setup).subarray(0, 60), 'error: a.zip cannot be unpacked: '],
  [
    'an encrypted zip file',
    'a.zip',
    zip({ ...setup, encrypted: true }),
    'error: a.zip cannot be unpacked: ',
  ],
];

const unpackAll = async (
  python: Python,
  folder: string,
  cases: readonly Case[],
): Promise<readonly { place: string; message: string | null; traceback: string | null }[]> => {
  const runs = cases.map(([, fileName, bytes], index) => {
    const cwd = join(folder, String(index));
    mkdirSync(cwd);
    writeFileSync(join(cwd, fileName), bytes);
    return { args: [fileName, 'source'], cwd };
  });
  const exits = await python.runEach('unpack_source.py', runs);
  return exits.map((exit, index) => ({ ...exit, place: runs[index]?.cwd ?? '' }));
};

testOnPythons('archives are unpacked', async (python) => {
  await withFolder(async (folder) => {
    const results = await unpackAll(python, folder, unpacked);
    for (const [index, [name, fileName, , expected]] of unpacked.entries()) {
      const { place = '', message, traceback } = results[index] ?? {};
      const paths = Object.keys(readTree(place)).filter((path) => !path.startsWith('source/'));
      expect({ name, message, traceback, paths, tree: readTree(join(place, 'source')) }).toEqual({
        name,
        message: null,
        traceback: null,
        paths: [fileName],
        tree: expected,
      });
    }
  });
});

testOnPythons('hostile and broken archives are refused', async (python) => {
  await withFolder(async (folder) => {
    const results = await unpackAll(python, folder, refused);
    for (const [index, [name, fileName, , expected]] of refused.entries()) {
      const { place = '', message, traceback } = results[index] ?? {};
      // Python 2 marks some of its texts.
      const said = message?.replaceAll(/\bu(?=')/g, '');
      const strays = Object.keys(readTree(place)).filter(
        (path) => !/^source(?:\.unpacked)?\//.test(path),
      );
      expect({ name, said, traceback, strays }).toEqual({
        name,
        said: expect.stringContaining(String(expected)),
        traceback: null,
        strays: [fileName],
      });
    }
  });
});

testOnPythons('compressions that the interpreter knows are unpacked', async (python) => {
  await withFolder(async (folder) => {
    writeFileSync(join(folder, 'a.tar'), makeTar([setup]));
    for (const [module, extension] of [
      ['bz2', 'bz2'],
      ['lzma', 'xz'],
    ]) {
      const program = `import ${module}; open('a.tar.${extension}', 'wb').write(${module}.compress(open('a.tar', 'rb').read()))`;
      const made = await runProgram(python.executable, ['-c', program], folder);
      // Python 2 has no lzma, and hosts build interpreters without one or the other.
      if (made.exitCode !== 0) {
        expect(made.stderr).toContain('Error: No module named');
        continue;
      }
      const result = await python.run(
        'unpack_source.py',
        [`a.tar.${extension}`, extension ?? ''],
        folder,
      );
      expect(result).toMatchObject({ exitCode: 0, stderr: '' });
      expect(readTree(join(folder, extension ?? ''))).toEqual({ 'setup.py': 'setup\n' });
    }
  });
});

testOnPythons('a folder is copied, with all times the same', async (python) => {
  await withFolder(async (folder) => {
    const source = writeTree(join(folder, 'live'), {
      'setup.py': 'setup\n',
      'tools/run': '#!/bin/sh\n+x',
      'tools/link': '-> ../setup.py',
    });
    mkdirSync(join(source, 'void'));
    symlinkSync('gone', join(source, 'dangling'));
    chmodSync(join(source, 'setup.py'), 0o600);
    chmodSync(join(source, 'tools'), 0o555);
    const result = await python.run('unpack_source.py', ['live', 'source'], folder);
    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
    expect(readTree(join(folder, 'source'))).toEqual({
      'setup.py': 'setup\n',
      'tools/run': '#!/bin/sh\n+x',
      'tools/link': '-> ../setup.py',
      'void/': '',
      dangling: '-> gone',
    });
    const { mode, mtimeMs } = statSync(join(folder, 'source', 'setup.py'));
    expect({ mode: mode & 0o7777, mtimeMs }).toEqual({ mode: 0o644, mtimeMs: 315_532_800_000 });
    expect(statSync(join(folder, 'source', 'tools')).mode & 0o7777).toBe(0o755);
  });
});
