import { setFlagsFromString } from 'node:v8';
import { version } from './version.ts';

const asksVersion = (text: string | undefined): boolean => text === '--version' || text === '-V';

/** Signals that end the program, with the exit codes that shells give them: 128 + number. */
const endings = [
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const;

/** Whoever reads our output may stop reading, as `head` does: no fault of anybody. */
const ignoreClosedPipes = (): void => {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
};

/**
 * V8 compiles a function anew once it has run so many bytecodes. Nearly all runs of this program end
 * before that is worth it, and what is compiled then took a third of the time (docs/benchmarks.md);
 * long ones still get there. Eight times V8's own number.
 */
const compileLater = (): void => setFlagsFromString('--interrupt-budget=1000000');

/**
 * Runs the program with its arguments (without node and script) and sets the exit code. The version
 * is told before anything else is loaded. A signal ends the program between two turns of its event
 * loop, which the output is written in one of.
 */
export const start = async (argv: readonly string[]): Promise<void> => {
  ignoreClosedPipes();
  if (asksVersion(argv[0]) || (argv[0] === 'convert' && asksVersion(argv[1]))) {
    process.stdout.write(`lock2nix ${version}\n`);
    return;
  }
  compileLater();
  for (const [signal, exitCode] of endings) process.on(signal, () => process.exit(exitCode));
  const { main } = await import('./main.ts');
  const { runProgram } = await import('./run-program.ts');
  const { confirmOnTerminal, readAllStdin } = await import('./terminal.ts');
  const isAttended = process.stdin.isTTY === true && process.stderr.isTTY === true;
  process.exitCode = await main(argv, {
    cwd: process.cwd(),
    env: process.env,
    platform: process.platform,
    arch: process.arch,
    stdout: process.stdout,
    stderr: process.stderr,
    readStdin: readAllStdin,
    ...(isAttended && !process.env['CI'] ? { confirm: confirmOnTerminal } : {}),
    run: runProgram,
  });
};
