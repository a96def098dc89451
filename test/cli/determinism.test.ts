import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Script } from '../support/loopback.ts';
import {
  listing,
  lockText,
  makeFolder,
  makeProject,
  manifestText,
  run,
  serveIndex,
} from './support.ts';

const names = ['alpha', 'beta', 'delta', 'gamma'];
const wishes = ['--extras', ':all:', '--groups', ':all:', '--prefer', 'sdist'];

interface Run {
  readonly cwd?: string;
  readonly cache?: string;
  readonly argv?: readonly string[];
  readonly index: string;
}

/** Converts all of the tiny project and gives what was written. */
const convert = async ({ index, argv = [], ...rest }: Run): Promise<Record<string, string>> => {
  const { cwd = makeProject(), cache = makeFolder() } = rest;
  const args = ['convert', '--cache-dir', cache, ...wishes, ...argv];
  const { exitCode, stderr } = await run(args, { cwd, index });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.any(String) });
  return listing(join(cwd, 'nix', 'lock2nix'));
};

/** An index whose answers come in this order, each some time after the one before. */
const serveInOrder = async (order: readonly string[]) => {
  const { url } = await serveIndex();
  const answers = order.map(async (name, position): Promise<[string, Script]> => {
    const answer = await fetch(`${url}/simple/${name}/`);
    const headers = { 'content-type': answer.headers.get('content-type') ?? '' };
    return [`/simple/${name}/`, { headers, body: await answer.text(), delay: 20 * position }];
  });
  return serveIndex(Object.fromEntries(await Promise.all(answers)));
};

test('the same bytes with a cold and a warm cache, and offline', async () => {
  const { index } = await serveIndex();
  const cache = makeFolder();
  const cold = await convert({ index, cache });
  expect(Object.keys(cold).length).toBeGreaterThan(5);
  expect(await convert({ index, cache })).toEqual(cold);
  expect(await convert({ index, cache, argv: ['--offline'] })).toEqual(cold);
});

test('the same bytes on top of an earlier output, and from another folder', async () => {
  const { index } = await serveIndex();
  const expected = await convert({ index });
  const cwd = makeProject();
  await run(['convert', '--cache-dir', makeFolder(), '--python', '3.9'], { cwd, index });
  expect(listing(join(cwd, 'nix', 'lock2nix'))).not.toEqual(expected);
  expect(await convert({ index, cwd })).toEqual(expected);
  const elsewhere = makeProject();
  const args = ['convert', '--cache-dir', makeFolder(), ...wishes, elsewhere];
  expect((await run(args, { cwd: makeFolder(), index })).exitCode).toBe(0);
  expect(listing(join(elsewhere, 'nix', 'lock2nix'))).toEqual(expected);
});

test('the same bytes and words whatever the order of answers', async () => {
  const lock = lockText().replaceAll(/files = \[[^\]]*\]/g, 'files = []');
  const files = { 'poetry.lock': lock, 'pyproject.toml': manifestText };
  const results = [];
  for (const order of [names, [...names].reverse()]) {
    const server = await serveInOrder(order);
    const cwd = makeProject(files);
    const args = ['convert', '--cache-dir', makeFolder(), '--extras', 'fast', '--groups', 'dev'];
    const { exitCode, stderr } = await run(args, { cwd, index: server.index });
    results.push({ exitCode, stderr, output: listing(join(cwd, 'nix', 'lock2nix')) });
    const answered = server.requests
      .map(({ path }) => path)
      .filter((path) => path.includes('simple'));
    expect([...answered].sort()).toEqual([...names, 'pip'].map((name) => `/simple/${name}/`));
  }
  expect(results[0]?.exitCode).toBe(0);
  expect(results[0]?.stderr.match(/the lock lists no files/g)).toHaveLength(4);
  expect(results[1]).toEqual(results[0]);
});

test.each([
  [404, 1],
  [403, 3],
])(
  'of several failures (%i), the same one is told whatever the order of answers',
  async (status, exitCode) => {
    const told = new Set<string>();
    for (const order of [names, [...names].reverse()]) {
      const { index } = await serveIndex(
        Object.fromEntries(
          order.map((name, position) => [`/simple/${name}/`, { status, delay: 20 * position }]),
        ),
      );
      const result = await run(['convert', '--cache-dir', makeFolder(), ...wishes], {
        cwd: makeProject(),
        index,
      });
      expect(result.exitCode).toBe(exitCode);
      told.add(result.stderr.replaceAll(new URL(index).host, 'HOST'));
    }
    expect([...told]).toEqual([expect.stringContaining('alpha')]);
  },
);

test('the record names no folder of this machine and no time', async () => {
  const { index } = await serveIndex();
  const cwd = makeProject();
  await convert({ index, cwd });
  const text = Object.values(listing(join(cwd, 'nix', 'lock2nix'))).join('\n');
  expect(text).not.toContain(cwd);
  expect(text).not.toContain(new Date().toISOString().slice(0, 10));
  expect(readFileSync(join(cwd, 'nix', 'lock2nix', 'pins.nix'), 'utf8')).toContain(
    'alpha-1.0.tar.gz',
  );
});
