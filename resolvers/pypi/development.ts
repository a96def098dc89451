/** The development environment: what is installed to work on the roots, besides what they need to run. */
import { type Diagnostic, type ErrorCode, isLock2nixError } from '../../graph/errors.ts';
import type { LockedGraph } from '../../graph/types.ts';
import type { Wanted } from './select.ts';

/**
 * What development wants of a lock: the groups that are not optional, besides what was asked for, as
 * `poetry install` has it. Undefined when that is nothing more.
 */
export const developmentWanted = ({ roots }: LockedGraph, wanted: Wanted): Wanted | undefined => {
  const groups = new Set(wanted.groups);
  for (const { groups: known, optionalGroups = [] } of roots) {
    for (const name of Object.keys(known)) {
      if (name !== 'main' && !optionalGroups.includes(name)) groups.add(name);
    }
  }
  return groups.size === wanted.groups.length
    ? undefined
    : { groups: [...groups].sort(), extras: wanted.extras };
};

/**
 * Faults of packages that development alone may want. Registries that do not answer and hashes that
 * differ are not among them: what a recipe holds must not depend on the weather, nor hide an attack.
 */
const bearable: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'ARCHIVE_INVALID',
  'BACKEND_UNSUPPORTED',
  'BUILD_CYCLE',
  'FILE_NOT_ON_INDEX',
  'INPUT_MISSING',
  'LOCK_CONTRADICTION',
  'MANIFEST_SHAPE',
  'MANIFEST_SYNTAX',
  'MARKER_INVALID',
  'NO_USABLE_FILE',
]);

/** The warning that stands for a development environment that cannot be made; other errors are thrown on. */
export const developmentLeftOut = (error: unknown, { groups }: Wanted): Diagnostic => {
  if (!isLock2nixError(error) || !bearable.has(error.code)) throw error;
  const { hint, location, message } = error;
  return {
    severity: 'warning',
    code: 'development-left-out',
    message: `\`shell\` has no development groups, since \`${groups.join(', ')}\` cannot be had: ${message}`,
    ...(hint === undefined ? {} : { hint }),
    ...(location === undefined ? {} : { location }),
  };
};
