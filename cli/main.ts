import { CommanderError } from 'commander';
import { isLock2nixError } from '../graph/errors.ts';
import { createProgram } from './program.ts';
import { formatBug, formatError } from './report.ts';
import { usageError } from './usage.ts';
import type { World } from './world.ts';

/** What commander ends with when it has printed help or a version that was asked for. */
const asked = new Set(['commander.helpDisplayed', 'commander.version']);

/**
 * Runs a command line and gives its exit code: 0 done; 1 the answer is no; 2 wrong usage; 3 a
 * registry could not be reached; 70 a bug. Without arguments it prints help. Never throws.
 */
export const main = async (argv: readonly string[], world: World): Promise<number> => {
  const program = createProgram(world);
  try {
    await program.parseAsync(argv.length === 0 ? ['--help'] : argv, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError && asked.has(error.code)) return 0;
    const shown =
      error instanceof CommanderError
        ? usageError(
            error,
            argv,
            program.commands.map((command) => command.name()),
          )
        : error;
    if (isLock2nixError(shown)) {
      world.stderr.write(formatError(shown, world));
      return shown.exitCode;
    }
    world.stderr.write(formatBug(shown));
    return 70;
  }
};
