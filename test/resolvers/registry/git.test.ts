import { createHook } from 'node:async_hooks';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { checkoutGit, findCommit, type GitOptions } from '../../../resolvers/registry/git.ts';
import type { GitRequest } from '../../../resolvers/registry/types.ts';
import { type FileTree, narHash } from '../../../standards/nar.ts';
import { commitFiles, runGit } from '../../support/git-repository.ts';
import { startLoopback } from '../../support/loopback.ts';

const rev = 'a'.repeat(40);
let folder = '';
let main = { url: '', rev: '' };

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock2nix-git-test-'));
  commitFiles(join(folder, 'inner'), { 'inner.txt': 'inner\n' });
  const sub = join(folder, 'sub');
  commitFiles(sub, { 'sub.txt': 'sub\n' });
  runGit(sub, 'submodule', '--quiet', 'add', '../inner', 'inner');
  commitFiles(sub, {});
  const path = join(folder, 'main');
  commitFiles(path, {
    'README.md': 'read me\n',
    'bin/run+x': '#!/bin/sh\n',
    link: '-> bin/run',
    'crlf.txt': 'a\nb\n',
    'version.txt': '$Id$ $Format:%H$\n',
    'data.bin': 'version https://git-lfs.github.com/spec/v1\n',
    '.gitattributes':
      'crlf.txt text eol=crlf\nversion.txt ident export-subst\ndata.bin filter=lfs diff=lfs -text\n',
    'naïve/ü.txt': 'u\n',
  });
  runGit(path, 'submodule', '--quiet', 'add', '../sub', 'modules/sub');
  main = { url: `file://${path}`, rev: commitFiles(path, {}) };
  commitFiles(path, { 'later.txt': 'later\n' });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The temporary folders that a checkout leaves behind: none. */
const leftovers = (): string[] =>
  readdirSync(tmpdir()).filter((name) => /^lock2nix-git-(?!test-)/.test(name));

const checkout = (source: GitRequest, options: Partial<GitOptions> = {}): Promise<FileTree> =>
  checkoutGit(source, { env: process.env, protocols: ['file'], ...options });

const names = (tree: FileTree): string[] =>
  tree.kind === 'directory' ? [...tree.entries.keys()].sort() : [];

const node = (tree: FileTree, path: string): FileTree | undefined =>
  path
    .split('/')
    .reduce<FileTree | undefined>(
      (at, name) => (at?.kind === 'directory' ? at.entries.get(name) : undefined),
      tree,
    );

const text = (tree: FileTree, path: string): string => {
  const found = node(tree, path);
  return found?.kind === 'file' ? Buffer.from(found.contents).toString() : `${found?.kind}`;
};

// Both hashes are what `nix hash path` says of the checkout, made by hand with
// `git clone [--recurse-submodules]`, `git checkout` and the removal of everything named `.git`.
test('a checkout has the hash that fetchgit expects', async () => {
  expect(main.rev).toBe('1724a7e44ee1eb4f08be68d8c6e55493599079a9');
  expect(narHash(await checkout(main))).toBe('sha256-bBfRWhYuZCwXw19IRrnc0ThLTqmaKQubNj6TObAbu1I=');
  expect(narHash(await checkout({ ...main, submodules: false }))).toBe(
    'sha256-hj19Qs0hlTkzoN4obEFD3Tj6nm2VWX2C/CpmqvYrVTw=',
  );
  expect(leftovers()).toEqual([]);
});

test('holds executables, links, submodules of submodules, and attributes as git has them', async () => {
  const tree = await checkout(main);
  expect(names(tree)).toEqual([
    '.gitattributes',
    '.gitmodules',
    'README.md',
    'bin',
    'crlf.txt',
    'data.bin',
    'link',
    'modules',
    'naïve',
    'version.txt',
  ]);
  expect(node(tree, 'bin/run')).toMatchObject({ kind: 'file', executable: true });
  expect(node(tree, 'README.md')).toMatchObject({ kind: 'file', executable: false });
  expect(node(tree, 'link')).toEqual({ kind: 'symlink', target: 'bin/run' });
  expect(text(tree, 'modules/sub/inner/inner.txt')).toBe('inner\n');
  expect(node(tree, 'modules/sub/.git')).toBeUndefined();
  expect(text(tree, 'crlf.txt')).toBe('a\r\nb\r\n');
  expect(text(tree, 'version.txt')).toMatch(/^\$Id: [0-9a-f]{40} \$ \$Format:%H\$\n$/);
});

test('a submodule that is not fetched is an empty folder', async () => {
  const tree = await checkout({ ...main, submodules: false });
  expect(node(tree, 'modules/sub')).toEqual({ kind: 'directory', entries: new Map() });
});

test('configuration, hooks and filters of the user do not run', async () => {
  const home = join(folder, 'home');
  const hooks = join(home, 'hooks');
  mkdirSync(hooks, { recursive: true });
  const mark = join(folder, 'ran');
  for (const hook of ['post-checkout', 'reference-transaction']) {
    writeFileSync(join(hooks, hook), `#!/bin/sh\ntouch '${mark}'\n`);
    chmodSync(join(hooks, hook), 0o755);
  }
  const config = join(home, '.gitconfig');
  writeFileSync(
    config,
    `[core]\nhooksPath = ${hooks}\nautocrlf = true\n[filter "lfs"]\nsmudge = touch '${mark}'; echo x\n`,
  );
  const env = {
    ...process.env,
    HOME: home,
    GIT_CONFIG_GLOBAL: config,
    GIT_TEMPLATE_DIR: home,
    GIT_DIR: folder,
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'core.hooksPath',
    GIT_CONFIG_VALUE_0: hooks,
  };
  const tree = await checkout(main, { env });
  expect(existsSync(mark)).toBe(false);
  expect(narHash(tree)).toBe(narHash(await checkout(main)));
});

test.each([
  ['--upload-pack=touch x', rev, 'the URL is none that is fetched'],
  ['ext::sh -c touch% x', rev, 'the URL is none that is fetched'],
  ['https://-oProxyCommand=x/a', rev, 'the URL is none that is fetched'],
  ['git@-oProxyCommand=x:a', rev, 'the URL is none that is fetched'],
  ['/etc', rev, 'the URL is none that is fetched'],
  ['file:///etc', rev, 'the URL is none that is fetched'],
  ['https://a.example/\nb', rev, 'the URL is none that is fetched'],
  ['https://a.example/b', 'main', 'the revision is no full commit id'],
  ['https://a.example/b', '--help', 'the revision is no full commit id'],
  ['https://a.example/b', 'a'.repeat(39), 'the revision is no full commit id'],
])('refuses %j at %j', async (url, revision, why) => {
  const checked = checkoutGit({ url, rev: revision }, { env: {} });
  await expect(checked).rejects.toMatchObject({
    code: 'GIT_FAILED',
    exitCode: 3,
    message: expect.stringContaining(why),
  });
});

test('a commit that is not there: names it with the last line of git', async () => {
  // Versions of git say it in different words.
  await expect(checkout({ ...main, rev })).rejects.toMatchObject({
    code: 'GIT_FAILED',
    message: expect.stringMatching(
      new RegExp(
        `^cannot check out \`${rev}\` of \`${main.url}\`: \`fatal: [^\`]*\\b${rev}\\b[^\`]*\`$`,
      ),
    ),
  });
  expect(leftovers()).toEqual([]);
});

test('a submodule by another transport is refused', async () => {
  const path = join(folder, 'evil');
  commitFiles(path, { a: 'a' });
  runGit(path, 'submodule', '--quiet', 'add', '../sub', 'sub');
  runGit(path, 'config', '--file=.gitmodules', 'submodule.sub.url', 'ext::sh -c touch% ran');
  const source = { url: `file://${path}`, rev: commitFiles(path, { b: 'b' }) };
  await expect(checkout(source)).rejects.toMatchObject({ code: 'GIT_FAILED' });
  expect(leftovers()).toEqual([]);
});

test('without git, and without a timer that would keep the process alive', async () => {
  const timers = new Set<number>();
  const hook = createHook({
    init: (id, type) => type === 'Timeout' && timers.add(id),
    destroy: (id) => timers.delete(id),
  }).enable();
  await expect(checkout(main, { env: { PATH: folder } })).rejects.toMatchObject({
    code: 'GIT_FAILED',
    message: expect.stringContaining('`git` is not there'),
    hint: 'install git',
  });
  await new Promise(setImmediate);
  hook.disable();
  expect([...timers]).toEqual([]);
});

test('a command that takes too long', async () => {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'git'), '#!/bin/sh\nexec sleep 20\n');
  chmodSync(join(bin, 'git'), 0o755);
  const env = { PATH: `${bin}${delimiter}${process.env['PATH']}` };
  await expect(checkout(main, { env, timeout: 100 })).rejects.toMatchObject({
    code: 'GIT_FAILED',
    message: expect.stringContaining('git took too long'),
  });
});

test('a checkout that is too big', async () => {
  await expect(checkout(main, { maxBytes: 10 })).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' });
});

test('over http: credentials go in a header to their host, and no error shows them', async () => {
  const server = await startLoopback({});
  try {
    const url = `${server.url.replace('//', '//me:s3cret@')}/repo.git`;
    const learnt: string[] = [];
    const checked = checkout(
      { url, rev },
      {
        protocols: ['http'],
        env: { PATH: process.env['PATH'] },
        authorization: (asked) => {
          learnt.push(asked.password);
          return 'Basic abc=';
        },
      },
    );
    await expect(checked).rejects.toMatchObject({
      code: 'GIT_FAILED',
      message: expect.not.stringContaining('s3cret'),
    });
    expect(learnt).toEqual(['s3cret']);
    expect(server.requests[0]?.headers.authorization).toBe('Basic abc=');
    expect(server.requests[0]?.path).toMatch(/^\/repo\.git\/info\/refs/);
  } finally {
    await server.close();
  }
});

/** A repository with a branch and a tag of one name, an annotated tag, and names with slashes. */
const named = (): { readonly url: string; readonly ids: Readonly<Record<string, string>> } => {
  const path = join(folder, 'named');
  if (existsSync(path)) rmSync(path, { recursive: true });
  const first = commitFiles(path, { a: '1\n' });
  runGit(path, 'tag', 'light');
  runGit(path, 'tag', 'both');
  runGit(path, 'tag', '--annotate', '--message=x', 'v1.0');
  const second = commitFiles(path, { a: '2\n' });
  runGit(path, 'branch', 'both');
  runGit(path, 'branch', 'feature/x');
  const third = commitFiles(path, { a: '3\n' });
  return { url: `file://${path}`, ids: { first, second, third } };
};

const commitOf = (url: string, ref: string): Promise<string> =>
  findCommit({ url, ref }, { env: process.env, protocols: ['file'] });

test('branches, tags and beginnings of ids name commits', async () => {
  const { url, ids } = named();
  const { first = '', second = '', third = '' } = ids;
  const expected: readonly (readonly [string, string])[] = [
    ['HEAD', third],
    ['main', third],
    ['light', first],
    ['v1.0', first],
    ['both', second],
    ['feature/x', second],
    ['refs/tags/both', first],
    ['refs/tags/v1.0', first],
    [first.slice(0, 7), first],
    [second, second],
  ];
  for (const [ref, commit] of expected)
    expect([ref, await commitOf(url, ref)]).toEqual([ref, commit]);
  expect(leftovers()).toEqual([]);
});

test.each([
  ['missing', 'it has no such branch or tag'],
  ['main~1', 'it is no name of a branch or tag'],
  ['--upload-pack=x', 'it is no name of a branch or tag'],
  ['a b', 'it is no name of a branch or tag'],
  ['*', 'it is no name of a branch or tag'],
  ['ain', 'it has no such branch or tag'],
  ['0000000', 'it has no such branch, tag or commit, or several commits that begin so'],
])('%s names no commit', async (ref, why) => {
  const { url } = named();
  await expect(commitOf(url, ref)).rejects.toMatchObject({
    code: 'GIT_FAILED',
    message: expect.stringContaining(`: ${why}`),
  });
});

test('a name is looked up only where it may be, and shown without credentials', async () => {
  await expect(commitOf('/etc', 'main')).rejects.toMatchObject({ code: 'GIT_FAILED' });
  await expect(
    findCommit({ url: 'ext::https://u:s3cret@x/', ref: 'main' }, { env: process.env }),
  ).rejects.toMatchObject({ message: expect.not.stringContaining('s3cret') });
});
