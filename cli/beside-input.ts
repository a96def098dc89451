import { relative, resolve } from 'node:path';
import type { AskedOptions } from './options.ts';

/** Paths that were typed where the command runs, as the record has them: relative to the input's folder. */
export const besideInput = (
  asked: AskedOptions,
  { folder, cwd }: { readonly folder: string; readonly cwd: string },
): AskedOptions =>
  asked.constraints === undefined
    ? asked
    : {
        ...asked,
        constraints: asked.constraints.map((path) => relative(folder, resolve(cwd, path))),
      };
