import { CommanderError } from 'commander';
import { isLock2nixError } from '../graph/errors.ts';
import { createProgram } from './program.ts';
import { formatBug, formatError } from './report.ts';
import type { World } from './world.ts';

/** What commander ends with when it has printed help or a version that was asked for. */
const asked = new Set(['commander.help', 'commander.helpDisplayed', 'commander.version']);

/**
 * Runs a command line and gives its exit code: 0 done; 1 the answer is no; 2 wrong usage; 3 a
 * registry could not be reached; 70 a bug. Never throws.
 */
export const main = async (argv: readonly string[], world: World): Promise<number> => {
  try {
    await createProgram(world).parseAsync(argv, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return asked.has(error.code) ? 0 : 2;
    if (isLock2nixError(error)) {
      world.stderr.write(formatError(error, world));
      return error.exitCode;
    }
    world.stderr.write(formatBug(error));
    return 70;
  }
};
