import { isLock2nixError, Lock2nixError } from '../../graph/errors.ts';

/** Does something; an error that names no next step gets this one. */
export const hinting = async <Result>(
  hint: string,
  work: () => Promise<Result>,
): Promise<Result> => {
  try {
    return await work();
  } catch (error) {
    if (!isLock2nixError(error) || error.hint !== undefined) throw error;
    const { code, message, location } = error;
    const where = location === undefined ? {} : { location };
    throw new Lock2nixError(code, message, { cause: error, hint, ...where });
  }
};
