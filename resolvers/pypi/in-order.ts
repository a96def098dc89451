import { isLock2nixError } from '../../graph/errors.ts';

/** A registry that is down fails every question, each after all its attempts. */
const isHopeless = (error: unknown): boolean =>
  isLock2nixError(error) && error.code === 'REGISTRY_UNREACHABLE';

/**
 * All results, as `Promise.all`; but of several failures the first in the order of `promises` is
 * thrown, so that the answer never depends on what came first. Only REGISTRY_UNREACHABLE is thrown
 * at once.
 */
export const inOrder = async <Value>(
  promises: readonly Promise<Value>[],
): Promise<readonly Value[]> => {
  const settled = promises.map((promise) =>
    promise.then(
      (value) => ({ value }),
      (error: unknown) => {
        if (isHopeless(error)) throw error;
        return { error };
      },
    ),
  );
  return (await Promise.all(settled)).map((result) => {
    if ('error' in result) throw result.error;
    return result.value;
  });
};
