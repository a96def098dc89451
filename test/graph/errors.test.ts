import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { expect, test } from '@jest/globals';
import { type ErrorCode, errorCodes, isLock2nixError, Lock2nixError } from '../../graph/errors.ts';

const root = join(import.meta.dirname, '../..');
const codes = Object.keys(errorCodes) as readonly ErrorCode[];

test('an error has its code, the exit code, hint, place and cause', () => {
  const cause = new Error('inner');
  const error = new Lock2nixError('HASH_MISMATCH', 'differs', {
    hint: 'look',
    cause,
    location: { file: 'poetry.lock', line: 3 },
  });
  expect(error).toMatchObject({
    name: 'Lock2nixError',
    code: 'HASH_MISMATCH',
    exitCode: 1,
    message: 'differs',
    hint: 'look',
    location: { file: 'poetry.lock', line: 3 },
    cause,
  });
  const bare = new Lock2nixError('OFFLINE', 'no');
  expect([bare.exitCode, bare.hint, bare.location]).toEqual([3, undefined, undefined]);
  expect(Object.hasOwn(bare, 'cause')).toBe(false);
});

test('ours is told from others, also across realms', () => {
  expect(isLock2nixError(new Lock2nixError('CACHE', 'x'))).toBe(true);
  expect(isLock2nixError(runInNewContext('({ name: "Lock2nixError" })'))).toBe(true);
  for (const other of [new Error('x'), null, undefined, 'Lock2nixError', {}]) {
    expect(isLock2nixError(other)).toBe(false);
  }
});

const folders = ['cli', 'converters', 'graph', 'recipes', 'resolvers', 'standards'];
const sources = folders
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) =>
      join(folder, path),
    ),
  )
  .filter((path) => path.endsWith('.ts') && path !== join('graph', 'errors.ts'))
  .map((path) =>
    // What a comment says is not thrown.
    readFileSync(join(root, path), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, ''),
  );

test.each(codes)('%s is used', (code) => {
  expect(sources.filter((text) => text.includes(`'${code}'`))).not.toEqual([]);
});

const documented = readFileSync(join(root, 'docs/errors.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

test('docs/errors.md has a line for each code, in their order, with the exit code', () => {
  expect(documented.map(([code, exit]) => [code, exit])).toEqual(
    codes.map((code) => [`\`${code}\``, String(errorCodes[code])]),
  );
});

test.each(documented)('%s (%s): meaning and what to do are sentences', (_code, _exit, ...texts) => {
  expect(texts).toHaveLength(2);
  for (const text of texts) expect(text).toMatch(/^[A-Z`].{10,}\.$/);
});
