import { execFileSync, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { defaultCacheDir, openCache } from '../../../resolvers/registry/cache.ts';
import { canonicalJson } from '../../../resolvers/registry/canonical-json.ts';

const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

const newFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'lock2nix-cache-test-'));
  folders.push(folder);
  return folder;
};

const parseText = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;

const key = { url: 'https://example.org/a.zip', of: 'file' };

const listFiles = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
};

test('layout and text of an entry', async () => {
  const folder = await newFolder();
  const cache = openCache({ folder });
  await cache.write('url-hash', key, 'sha256-x');
  const [written = '', ...others] = await listFiles(folder);
  expect(others).toEqual([]);
  expect(written).toMatch(/^v1\/url-hash\/(?<two>[0-9a-f]{2})\/\k<two>[0-9a-f]{62}\.json$/);
  const text = await readFile(join(folder, written), 'utf8');
  expect(text).toMatch(
    /^\{"digest":"[0-9a-f]{64}","key":\{"of":"file","url":"https:\/\/example\.org\/a\.zip"\},"value":"sha256-x"\}\n$/,
  );
});

test('the same value gives the same file, whatever the order of properties', async () => {
  const [first, second] = [await newFolder(), await newFolder()];
  await openCache({ folder: first }).write('git', { a: '1', b: '2' }, { x: 1, y: undefined });
  await openCache({ folder: second }).write('git', { b: '2', a: '1' }, { x: 1 });
  const [file = ''] = await listFiles(first);
  expect(await listFiles(second)).toEqual([file]);
  expect(await readFile(join(second, file))).toEqual(await readFile(join(first, file)));
});

test.each([
  [{ b: 1, a: [true, null, 'x'] }, '{"a":[true,null,"x"],"b":1}'],
  [JSON.parse('{"__proto__":{"z":1}}'), '{"__proto__":{"z":1}}'],
  ['\u2028"', '"\u2028\\""'],
])('canonical JSON of %j', (value, text) => {
  expect(canonicalJson(value)).toBe(text);
});

test('reads what was written, in another cache object too', async () => {
  const folder = await newFolder();
  await openCache({ folder }).write('url-hash', key, 'one');
  const cache = openCache({ folder });
  expect(await cache.read('url-hash', key, parseText)).toBe('one');
  expect(await cache.read('git', key, parseText)).toBeUndefined();
  expect(await cache.read('url-hash', { ...key, of: 'tree' }, parseText)).toBeUndefined();
  await cache.write('url-hash', key, 'two');
  expect(await cache.read('url-hash', key, parseText)).toBe('two');
});

test.each([
  ['empty', ''],
  ['truncated', (text: string) => text.slice(0, -5)],
  ['other value', (text: string) => text.replace('"one"', '"two"')],
  ['other key', (text: string) => text.replace('a.zip', 'b.zip')],
  ['no object', '[]'],
  ['other layout', (text: string) => text.replace('{', '{ ')],
])('a damaged entry (%s) is missing and removed', async (_name, damage) => {
  const folder = await newFolder();
  const cache = openCache({ folder });
  await cache.write('url-hash', key, 'one');
  const [file = ''] = await listFiles(folder);
  const text = await readFile(join(folder, file), 'utf8');
  await writeFile(join(folder, file), typeof damage === 'string' ? damage : damage(text));
  const readOnly = openCache({ folder, readOnly: true });
  expect(await readOnly.read('url-hash', key, parseText)).toBeUndefined();
  expect(await listFiles(folder)).toEqual([file]);
  expect(await cache.read('url-hash', key, parseText)).toBeUndefined();
  expect(await listFiles(folder)).toEqual([]);
});

test('a value of another shape is missing and removed', async () => {
  const folder = await newFolder();
  const cache = openCache({ folder });
  await cache.write('url-hash', key, 7);
  expect(await cache.read('url-hash', key, parseText)).toBeUndefined();
  expect(await listFiles(folder)).toEqual([]);
});

test('a cache that is only read is never written, and need not exist', async () => {
  const folder = await newFolder();
  const cache = openCache({ folder: join(folder, 'none'), readOnly: true });
  await cache.write('url-hash', key, 'one');
  expect(await cache.read('url-hash', key, parseText)).toBeUndefined();
  expect(await readdir(folder)).toEqual([]);
});

test('a fallback answers what the first folder does not have', async () => {
  const [folder, fallback] = [await newFolder(), await newFolder()];
  await openCache({ folder: fallback }).write('url-hash', key, 'old');
  const cache = openCache({ folder, fallback });
  expect(await cache.read('url-hash', key, parseText)).toBe('old');
  await cache.write('url-hash', key, 'new');
  expect(await cache.read('url-hash', key, parseText)).toBe('new');
  expect(await openCache({ folder: fallback }).read('url-hash', key, parseText)).toBe('old');
});

test('a folder that cannot be written', async () => {
  const folder = await newFolder();
  await writeFile(join(folder, 'file'), '');
  const cache = openCache({ folder: join(folder, 'file') });
  await expect(cache.write('url-hash', key, 'one')).rejects.toMatchObject({
    code: 'CACHE',
    message: `cannot write to \`${join(folder, 'file')}\`: ENOTDIR`,
    hint: 'use another --cache-dir',
  });
});

test('leftovers of killed writers go away after a day', async () => {
  const folder = await newFolder();
  const temporary = join(folder, 'v1', 'tmp');
  await mkdir(temporary, { recursive: true });
  await writeFile(join(temporary, 'old'), 'half');
  await writeFile(join(temporary, 'young'), 'half');
  const before = new Date(Date.now() - 25 * 3600 * 1000);
  await utimes(join(temporary, 'old'), before, before);
  await openCache({ folder }).write('url-hash', key, 'one');
  expect(await readdir(temporary)).toEqual(['young']);
});

/** The writer as one file that Node 20 runs. */
let writer = '';

beforeAll(async () => {
  writer = join(await mkdtemp(join(tmpdir(), 'lock2nix-cache-writer-')), 'writer.mjs');
  const root = join(import.meta.dirname, '..', '..', '..');
  execFileSync(join(root, 'node_modules', '.bin', 'esbuild'), [
    join(root, 'test', 'support', 'cache-writer.ts'),
    '--bundle',
    '--platform=node',
    '--format=esm',
    '--log-level=error',
    `--outfile=${writer}`,
  ]);
});

afterAll(() => rm(dirname(writer), { recursive: true, force: true }));

/** Starts the writer; with `kill` it writes for ever and dies so many milliseconds after its first entry. */
const startWriter = (folder: string, letter: string, kill?: number): Promise<number | null> =>
  new Promise((resolve, reject) => {
    const rounds = kill === undefined ? '5' : '100000';
    const child = spawn(process.execPath, [writer, folder, letter, rounds]);
    child.once('error', reject);
    child.once('close', (code) => resolve(code));
    if (kill !== undefined) {
      child.stdout.once('data', () => setTimeout(() => child.kill('SIGKILL'), kill));
    }
  });

/** Every entry that is there is whole. */
const readAll = async (folder: string): Promise<(string | undefined)[]> => {
  const cache = openCache({ folder });
  const values = Array.from({ length: 20 }, (_, index) =>
    cache.read('archive', { index: String(index) }, parseText),
  );
  return Promise.all(values);
};

test('two processes write the same entries at once', async () => {
  const folder = await newFolder();
  const codes = await Promise.all([startWriter(folder, 'a'), startWriter(folder, 'b')]);
  expect(codes).toEqual([0, 0]);
  for (const value of await readAll(folder)) expect(value).toMatch(/^(?:a+|b+)$/);
  expect(await readdir(join(folder, 'v1', 'tmp'))).toEqual([]);
});

test('a killed writer leaves no damaged entry', async () => {
  const folder = await newFolder();
  for (const delay of [5, 17, 31]) expect(await startWriter(folder, 'a', delay)).toBeNull();
  const before = (await listFiles(folder)).filter((file) => file.endsWith('.json'));
  expect(before.length).toBeGreaterThan(0);
  for (const value of await readAll(folder)) expect(value ?? 'a').toMatch(/^a+$/);
  const after = (await listFiles(folder)).filter((file) => file.endsWith('.json'));
  expect(after).toEqual(before);
});

test.each([
  [{ HOME: '/home/a' }, 'linux', '/home/a/.cache/lock2nix'],
  [{ HOME: '/home/a', XDG_CACHE_HOME: '/x' }, 'linux', '/x/lock2nix'],
  [{ HOME: '/home/a', XDG_CACHE_HOME: 'relative' }, 'linux', '/home/a/.cache/lock2nix'],
  [{ HOME: '/Users/a' }, 'darwin', '/Users/a/Library/Caches/lock2nix'],
])('default folder with %j on %s', (env, platform, folder) => {
  expect(defaultCacheDir(env, platform)).toBe(folder);
});

test('no default folder without HOME', () => {
  expect(() => defaultCacheDir({}, 'linux')).toThrow(
    expect.objectContaining({ code: 'USAGE', hint: 'use --cache-dir' }),
  );
});

test.each([0, 10, 20_000, 200_000])(
  'a paged entry: a value of %i bytes, and parts behind it',
  async (size) => {
    const folder = await newFolder();
    const value = { text: 'é'.repeat(size / 2) };
    const body = Buffer.from(Array.from({ length: 5000 }, (_, line) => `line ${line}\n`).join(''));
    await openCache({ folder }).writePaged('listing', key, { value, body });
    const [file = ''] = await listFiles(folder);
    expect(file).toMatch(/^v1\/listing\/[0-9a-f]{2}\/[0-9a-f]{64}\.paged$/);
    const cache = openCache({ folder });
    const found = cache.recallPaged('listing', key, (head, read) => ({ head, read }));
    expect(found?.head).toEqual(value);
    expect(String(found?.read(7, 6))).toBe('line 1');
    expect(String(found?.read(body.length - 10, 9))).toBe('line 4999');
    expect(found?.read(body.length - 10, 11)).toBeUndefined();
    expect(cache.recallPaged('listing', { ...key, of: 'tree' }, () => 1)).toBeUndefined();
    expect(cache.recall('listing', key, () => 1)).toBeUndefined();
    openCache({ folder, readOnly: true }).forget('listing', key);
    expect(await listFiles(folder)).toEqual([file]);
    cache.forget('listing', key);
    expect(await listFiles(folder)).toEqual([]);
    expect(found?.read(body.length - 10, 9)).toBeUndefined();
  },
);

test('recall gives at once what read gives', async () => {
  const folder = await newFolder();
  await openCache({ folder }).write('url-hash', key, 'one');
  expect(openCache({ folder }).recall('url-hash', key, parseText)).toBe('one');
});
