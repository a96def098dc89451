import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { FileTree } from '../../standards/nar.ts';
import { narHash } from '../../standards/nar.ts';

const file = (text: string, executable = false): FileTree => ({
  kind: 'file',
  executable,
  contents: Buffer.from(text),
});
const folder = (entries: Record<string, FileTree>): FileTree => ({
  kind: 'directory',
  entries: new Map(Object.entries(entries)),
});
const link = (target: string): FileTree => ({ kind: 'symlink', target });

const nested = folder({ d: folder({ l: link('../x'), e: file('c') }), b: file('a') });
const awkward = folder({
  '\u{1f40d}': file('snake'),
  '\uff21': file('A'),
  'a.b': file('1'),
  a: folder({}),
  'a-b': file('12345678', true),
  "it's": link('/nowhere'),
});

/** What `nix hash path` (2.8) prints. */
test.each<[string, FileTree, string]>([
  ['an empty folder', folder({}), 'sha256-pQpattmS9VmO3ZIQUFn66az8GSmB4IvYhTTCFn6SUmo='],
  ['a file', file('hello'), 'sha256-CkMIecJm+LV/QJKg+TXPP6zUi7zN5XYNR0jKQFFx6Wk='],
  ['an empty file', file(''), 'sha256-d6xi4mKdjkX2JFicDIv5niSzpyI0m/Hnm8GGAIU04kY='],
  ['a file of 8 bytes', file('12345678'), 'sha256-ItYyI0JkR+ZKog121Qaz4GKi0kK7eXU22/PuaBvj9Tw='],
  [
    'an executable',
    file('#!/bin/sh\n', true),
    'sha256-YoPBZoJg+QPRqJXAzWuCL6S2h2K7CxfO3vLTnZfiZVQ=',
  ],
  ['a link', link('f'), 'sha256-gZZs/k5xWN/bZQovmsJZSl8JLvw9lt8VC7Bfpl3xv7c='],
  ['awkward names', awkward, 'sha256-XsHNH5ssyuJeGtSMonmTGI16I1rc20A/Pfy9gTrf/Mg='],
  ['nested folders', nested, 'sha256-2OUXreT0urMILjApE7HBoKKQkrlddlu+MC3Ah8wNf0s='],
])('hash of %s', (_, tree, hash) => {
  expect(narHash(tree)).toBe(hash);
});

test.each(['', '.', '..', 'a/b', 'a\0', '\ufffd'])('%j is no name in a tree', (name) => {
  expect(() => narHash(folder({ [name]: file('') }))).toThrow(
    expect.objectContaining({ code: 'ARCHIVE_INVALID' }),
  );
});

test('folders without end are refused', () => {
  let tree = folder({});
  for (let depth = 0; depth < 20_000; depth += 1) tree = folder({ a: tree });
  expect(() => narHash(tree)).toThrow('deeper than');
});

const writeTree = (path: string, tree: FileTree): void => {
  if (tree.kind === 'symlink') symlinkSync(tree.target, path);
  else if (tree.kind === 'file') {
    writeFileSync(path, tree.contents);
    chmodSync(path, tree.executable ? 0o755 : 0o644);
  } else {
    mkdirSync(path);
    for (const [name, entry] of tree.entries) writeTree(join(path, name), entry);
  }
};

/** The hash by the Nix at hand; undefined where there is none, for which the table above stands in. */
const hashByNix = (tree: FileTree): string | undefined => {
  const scratch = mkdtempSync(join(tmpdir(), 'lock2nix-nar-'));
  try {
    writeTree(join(scratch, 'tree'), tree);
    const options = ['--extra-experimental-features', 'nix-command', 'hash', 'path'];
    const nix = execFileSync('nix', [...options, join(scratch, 'tree')], { stdio: 'pipe' });
    return nix.toString().trim();
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return undefined;
    throw error;
  } finally {
    rmSync(scratch, { recursive: true });
  }
};

test.each([
  ['nested folders', nested],
  ['awkward names', awkward],
])('%s hash as by the Nix at hand', (_, tree) => {
  const hash = narHash(tree);
  expect(hash).toBe(hashByNix(tree) ?? hash);
});
