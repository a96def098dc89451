/** The outside world of a run: registry, package index and cache. */
import { resolve } from 'node:path';
import type { PackageIndex, Registry } from '../../resolvers/registry/types.ts';
import { version } from '../version.ts';
import type { PipelineContext, RecipeRequest } from './request.ts';

export interface Sources {
  readonly registry: Registry;
  readonly index: PackageIndex;
  close(): void;
}

/** Says how many projects have been looked at. */
const counted = (index: PackageIndex, say: (text: string) => void): PackageIndex => {
  const names = new Set<string>();
  return {
    ...index,
    project: (name, ...rest) => {
      if (!names.has(name)) {
        names.add(name);
        say(
          `finding versions: ${names.size} ${names.size === 1 ? 'project' : 'projects'} looked at`,
        );
      }
      return index.project(name, ...rest);
    },
  };
};

/** Opens them; the caller closes them. Throws CACHE. */
const openSources = async (
  { cacheDir, offline }: Pick<RecipeRequest, 'cacheDir' | 'offline'>,
  { world, say }: PipelineContext,
): Promise<Sources> => {
  const { openRegistry } = await import('../../resolvers/registry/registry.ts');
  const { defaultCacheDir } = await import('../../resolvers/registry/cache.ts');
  const opened = openRegistry({
    cacheDir:
      cacheDir === undefined
        ? defaultCacheDir(world.env, world.platform)
        : resolve(world.cwd, cacheDir),
    env: world.env,
    offline,
    userAgent: `lock2nix/${version}`,
    ...world.registry,
    onProgress: ({ started, finished }) => say(`asking registries: ${finished} of ${started}`),
  });
  return { registry: opened, index: counted(opened, say), close: () => opened.close() };
};

/** Does something with the sources, which are opened when they are first asked for, and closed after it. */
export const withSources = async <Result>(
  request: Pick<RecipeRequest, 'cacheDir' | 'offline'>,
  context: PipelineContext,
  use: (sources: () => Promise<Sources>) => Promise<Result>,
): Promise<Result> => {
  let opened: Promise<Sources> | undefined;
  try {
    return await use(() => {
      opened ??= openSources(request, context);
      return opened;
    });
  } finally {
    (await opened?.catch(() => undefined))?.close();
  }
};
