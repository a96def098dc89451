/** What Nix makes of a recipe. */
import { Lock2nixError } from '../../graph/errors.ts';
import { quoteShell } from '../shell.ts';
import type { RunProgram } from '../world.ts';

export interface BuildRequest {
  /** The recipe, as it is typed where the command runs. */
  readonly recipe: string;
  readonly attributes: readonly string[];
  /** Whether the interpreter is one that nixpkgs calls insecure (Python 2.7). */
  readonly insecure: boolean;
  readonly cwd: string;
  readonly say: (text: string) => void;
}

/** How a build ended. */
export interface BuildOutcome {
  readonly built: boolean;
  /** Output paths, when it was built. */
  readonly paths: readonly string[];
  /** Paths of derivations whose own build failed. */
  readonly failed: readonly string[];
  /** Their logs, each with its failure behind it, as `splitLog` reads them. */
  readonly log: string;
  /** As one types it. */
  readonly command: string;
}

/** Of a build itself; what waits for it fails in other words. The second since Nix 2.30. */
const failures = [
  /builder for '(?<drv>\/[^'\n]+\.drv)' failed/g,
  /Cannot build '(?<drv>\/[^'\n]+\.drv)'\.\n\s*Reason: .*builder failed/g,
];

/** Derivations that others wait for fail with them; these are not in the list. */
const failedIn = (stderr: string): readonly string[] => [
  ...new Set(
    failures.flatMap((each) =>
      [...stderr.matchAll(each)].map(({ groups }) => groups?.['drv'] ?? ''),
    ),
  ),
];

const lastLines = (text: string, count: number): string =>
  text.trimEnd().split('\n').slice(-count).join('\n');

const nixMissing = (program: string): Lock2nixError =>
  new Lock2nixError('NIX_MISSING', `there is no \`${program}\`, so nothing can be built`, {
    hint: 'install Nix; or build elsewhere, and give the log to `lock2nix override add --from-log FILE`',
  });

/** The log of a derivation as the store keeps it; what the build wrote meanwhile is mixed with others. */
const logOf = async (drv: string, run: RunProgram, cwd: string): Promise<string | undefined> => {
  const result = await run(['nix-store', '--read-log', drv], { cwd });
  return result?.exitCode === 0 && result.stdout.trim() !== '' ? result.stdout : undefined;
};

/**
 * Builds attributes of a recipe, as many as can be. Throws NIX_MISSING, and NIX_FAILED when Nix ends
 * with an error before a build does.
 */
export const buildRecipe = async (
  { recipe, attributes, insecure, cwd, say }: BuildRequest,
  run: RunProgram | undefined,
): Promise<BuildOutcome> => {
  const command = [
    'nix-build',
    '-k',
    '--no-out-link',
    recipe,
    ...attributes.flatMap((each) => ['-A', each]),
    ...(insecure ? ['--arg', 'allowInsecurePython', 'true'] : []),
  ] as const satisfies readonly [string, ...string[]];
  const shown = command.map(quoteShell).join(' ');
  const result = await run?.(command, {
    cwd,
    onLine: (line) => {
      const name = /^building '\/.*\/[a-z0-9]{32}-(?<name>[^']+)\.drv'/.exec(line)?.groups?.[
        'name'
      ];
      if (name !== undefined) say(`building ${name}`);
    },
  });
  if (run === undefined || result === undefined) throw nixMissing('nix-build');
  const { exitCode, stdout, stderr } = result;
  const paths = exitCode === 0 ? stdout.split('\n').filter((line) => line !== '') : [];
  if (exitCode === 0) return { built: true, paths, failed: [], log: '', command: shown };
  const failed = failedIn(stderr);
  if (failed.length === 0) {
    throw new Lock2nixError(
      'NIX_FAILED',
      `Nix cannot make anything of \`${recipe}\`:\n${lastLines(stderr, 20)}`,
      { hint: `try it yourself: ${shown}` },
    );
  }
  const logs: string[] = [];
  for (const drv of failed) {
    const log = await logOf(drv, run, cwd);
    // Without logs in the store, all that was written is all there is.
    if (log === undefined) return { built: false, paths, failed, log: stderr, command: shown };
    logs.push(`${log.trimEnd()}\nerror: builder for '${drv}' failed with exit code 1\n`);
  }
  return { built: false, paths, failed, log: logs.join(''), command: shown };
};
