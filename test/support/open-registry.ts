/** A registry over loopback servers and a cache folder of its own, for one test. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCache } from '../../resolvers/registry/cache.ts';
import { createCredentials } from '../../resolvers/registry/credentials.ts';
import { createHttp } from '../../resolvers/registry/http.ts';
import { createRegistry } from '../../resolvers/registry/registry.ts';
import type { PackageIndex, Registry } from '../../resolvers/registry/types.ts';
import { type Loopback, type Script, startLoopback } from './loopback.ts';

export interface RegistryBench {
  readonly folder: string;
  serve(scripts: Readonly<Record<string, Script | readonly Script[]>>): Promise<Loopback>;
  open(options?: BenchOptions): Registry & PackageIndex;
  /** Bytes and paths of all files of the cache, as Latin-1. */
  contents(): Promise<Readonly<Record<string, string>>>;
  close(): Promise<void>;
}

export interface BenchOptions {
  readonly offline?: boolean;
  /** Milliseconds since 1970; 0. */
  readonly now?: number;
  readonly publicIndex?: string;
  readonly retries?: number;
  readonly timeout?: number;
  readonly netrc?: string;
}

/** Servers and registries that share one cache folder; `close` ends them. */
export const openBench = async (): Promise<RegistryBench> => {
  const folder = await mkdtemp(join(tmpdir(), 'lock2nix-bench-'));
  const cleanups: (() => unknown)[] = [() => rm(folder, { recursive: true, force: true })];
  return {
    folder,
    async serve(scripts) {
      const server = await startLoopback(scripts);
      cleanups.unshift(() => server.close());
      return server;
    },
    open({ offline = false, now = 0, publicIndex, retries = 1, timeout = 2000, netrc } = {}) {
      const http = createHttp({
        userAgent: 'test',
        offline,
        retries,
        timeout,
        credentials: createCredentials(netrc),
        pause: async () => {},
      });
      cleanups.unshift(() => http.close());
      return createRegistry({
        http,
        cache: openCache({ folder, readOnly: offline }),
        checkout: () => Promise.reject(new Error('not asked for')),
        now: () => now,
        index: publicIndex ?? 'http://127.0.0.1:1/simple',
      });
    },
    async contents() {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile());
      const texts = files.map(async (entry) => {
        const path = join(entry.parentPath, entry.name);
        return [path.slice(folder.length + 1), await readFile(path, 'latin1')] as const;
      });
      return Object.fromEntries((await Promise.all(texts)).sort(([a], [b]) => (a < b ? -1 : 1)));
    },
    async close() {
      for (const clean of cleanups.splice(0)) await clean();
    },
  };
};

/** A file of a PEP 691 answer, by the names that it has there. */
export interface ListedFile {
  readonly filename: string;
  readonly url?: string;
  readonly hashes?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** The answer of an index (PEP 691) that lists these files; by name alone at `/f/NAME`, without hash. */
export const indexPage = (
  files: readonly (string | ListedFile)[],
  headers: Readonly<Record<string, string>> = {},
) =>
  ({
    headers: { 'content-type': 'application/vnd.pypi.simple.v1+json', ...headers },
    body: JSON.stringify({
      meta: { 'api-version': '1.1' },
      files: files.map((file) => {
        const own = typeof file === 'string' ? { filename: file } : file;
        return { url: `/f/${own.filename}`, hashes: {}, ...own };
      }),
    }),
  }) satisfies Script;
