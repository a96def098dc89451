import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { openCache } from '../../../resolvers/registry/cache.ts';
import { createHttp } from '../../../resolvers/registry/http.ts';
import { createRegistry } from '../../../resolvers/registry/registry.ts';
import type { Registry } from '../../../resolvers/registry/types.ts';
import { hashBytes } from '../../../standards/integrity.ts';
import { makeTar } from '../../standards/make-archive.ts';
import { startLoopback } from '../../support/loopback.ts';

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const clean of cleanups.splice(0)) await clean();
});

const archive = makeTar([{ path: 'demo-main/setup.py', contents: 'x' }]);
const [md5, sha384, sha256] = (['md5', 'sha384', 'sha256'] as const).map((algorithm) =>
  hashBytes(algorithm, archive),
) as [string, string, string];
const other = hashBytes('sha256', Buffer.from('other'));

const start = async () => {
  const server = await startLoopback({ '/demo.tar': { body: archive } });
  const folder = await mkdtemp(join(tmpdir(), 'lock2nix-verified-test-'));
  cleanups.push(
    () => server.close(),
    () => rm(folder, { recursive: true, force: true }),
  );
  const open = (offline = false): Registry => {
    const http = createHttp({ userAgent: 'test', offline, retries: 0, timeout: 2000 });
    cleanups.push(() => http.close());
    return createRegistry({
      http,
      cache: openCache({ folder, readOnly: offline }),
      checkout: () => Promise.reject(new Error('not asked for')),
    });
  };
  return { server, open, url: `${server.url}/demo.tar` };
};

const asks: readonly [string, (registry: Registry, url: string, sris?: string[]) => unknown][] = [
  ['a file', (registry, url, sris) => registry.urlIntegrity(url, sris)],
  [
    'an unpacked archive',
    (registry, url, sris) =>
      registry.unpackedSource({ url, ...(sris === undefined ? {} : { sris }) }),
  ],
];

test.each(asks)('%s must have the hashes that are known of it', async (_, ask) => {
  const { server, open, url } = await start();
  const plain = await ask(open(), url);
  // What was answered without a hash says nothing of the file's.
  await expect(ask(open(), url, [sha256, other])).rejects.toMatchObject({
    code: 'HASH_MISMATCH',
    message: `\`${url}\` has the hash \`${sha256}\` and not \`${other}\``,
  });
  for (const sris of [[md5], [sha384], [md5, sha256]]) {
    expect(await ask(open(), url, sris)).toEqual(plain);
    expect(await ask(open(true), url, [...sris].reverse())).toEqual(plain);
  }
  expect(server.requests).toHaveLength(5);
  await expect(ask(open(true), url, [other])).rejects.toMatchObject({ code: 'OFFLINE' });
});
