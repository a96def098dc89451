import { Lock2nixError } from '../../graph/errors.ts';
import type { AskedSolveOptions } from '../options.ts';
import { recordedSolveOptions, typedSolveOptions } from '../solve-options.ts';

/** Options that change which versions are found, and mean nothing where a lock has them. */
const forVersions: readonly string[] = ['--prefer', '--pre', '--resolution', '--constraints'];

/** Throws USAGE for an option that only inputs without pins understand. */
export const refuseForLock = (asked: AskedSolveOptions, shown: string): void => {
  const odd = typedSolveOptions(recordedSolveOptions(asked)).find(({ name }) =>
    forVersions.includes(name),
  );
  if (odd === undefined) return;
  const [value = ''] = odd.values;
  const text = value === '' ? odd.name : `${odd.name} ${value}`;
  throw new Lock2nixError(
    'USAGE',
    `\`${text}\` is of no use with \`${shown}\`: it has its versions`,
    {
      hint: `leave it out, or set it in the tool that writes \`${shown}\``,
    },
  );
};
