/** A small index for commands that find versions, and a way to run them against it. */
import { afterEach } from '@jest/globals';
import type { Script } from '../support/loopback.ts';
import {
  type LoopbackIndex,
  type ServedProjects,
  servedTools,
  startLoopbackIndex,
} from '../support/loopback-index.ts';
import { makeFolder, run } from './support.ts';

const servers: LoopbackIndex[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

/** A web framework with what it needs; `bottle` in three versions, the last a pre-release. */
export const universe: ServedProjects = {
  bottle: {
    '1.0': ['cork>=1'],
    '1.1': { needs: ['cork>=1', 'glass; extra == "fancy"'], extras: ['fancy'] },
    '2.0rc1': ['cork>=2'],
  },
  cork: {
    '1.0': { uploadTime: '2024-01-01T00:00:00Z' },
    '2.0': { uploadTime: '2024-06-01T00:00:00Z' },
  },
  glass: { '3.0': [], '3.1': { requiresPython: '>=3.13' } },
  label: { '1.0': ['cork<2'], '1.1': ['cork<2', 'paste; sys_platform == "darwin"'] },
  paste: { '0.1': [] },
};

export const serve = async (
  projects: ServedProjects = universe,
  replaced: Readonly<Record<string, Script | readonly Script[]>> = {},
): Promise<LoopbackIndex> => {
  const server = await startLoopbackIndex({ ...servedTools, ...projects }, replaced);
  servers.push(server);
  return server;
};

export interface Shop {
  readonly cwd: string;
  readonly cache: string;
  readonly server: LoopbackIndex;
  /** Runs a command line with the shop's cache and index; the systems are fixed unless they are given. */
  readonly run: (...argv: readonly string[]) => ReturnType<typeof run>;
}

/** A folder with its own cache and index. */
export const openShop = async (
  cwd = makeFolder(),
  projects: ServedProjects = universe,
): Promise<Shop> => {
  const server = await serve(projects);
  const cache = makeFolder();
  return {
    cwd,
    cache,
    server,
    run: (...argv) => run([...argv, '--cache-dir', cache], { cwd, index: server.index }),
  };
};
