import { version } from './version.ts';

const asksVersion = (text: string | undefined): boolean => text === '--version' || text === '-V';

/**
 * Runs the program with its arguments (without node and script) and sets the exit code. The version
 * is told before anything else is loaded.
 */
export const start = async (argv: readonly string[]): Promise<void> => {
  if (asksVersion(argv[0]) || (argv[0] === 'convert' && asksVersion(argv[1]))) {
    process.stdout.write(`lock2nix ${version}\n`);
    return;
  }
  const { main } = await import('./main.ts');
  process.exitCode = await main(argv, {
    cwd: process.cwd(),
    env: process.env,
    platform: process.platform,
    stdout: process.stdout,
    stderr: process.stderr,
  });
};
