import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../cli/main.ts';

const fixtures = join(import.meta.dirname, '..', '..', 'fixtures');

/** All that a conversion of `fixtures/demo` asks registries for; `npm run demo:record` makes it anew. */
export const demoCache = join(fixtures, 'demo-cache');

/** What the packages of `test/builds/backends-recipe.ts` ask for, by `test/backends-record.sh`. */
export const backendsCache = join(fixtures, 'backends-cache');

/** The same for `fixtures/poetry/python27-*`, by `test/python27-record.sh`. */
export const python27Cache = join(fixtures, 'python27-cache');

/** The build tools of projects that tests make up, by `test/tools-record.sh`. */
export const toolsCache = join(fixtures, 'tools-cache');

/** The same for `test/builds/resolved.test.ts`, by `test/resolved-record.sh`. */
export const resolvedCache = join(fixtures, 'resolved-cache');

/** A copy of a folder of `fixtures/` that a test may convert and change; the caller removes it. */
export const copyProject = (fixture: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'l2n-project-'));
  cpSync(join(fixtures, fixture), folder, { recursive: true });
  return folder;
};

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in a folder, as `lock2nix …` does, with no environment of this machine but `env`. */
export const runLock2nix = async (
  argv: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<CommandResult> => {
  const stdout: string[] = [];
  const stderr: string[] = [];
  const exitCode = await main(argv, {
    cwd,
    env: { HOME: cwd, ...env },
    platform: process.platform,
    arch: process.arch,
    stdout: { write: (text: string) => stdout.push(text) },
    stderr: { write: (text: string) => stderr.push(text) },
  });
  return { exitCode, stdout: stdout.join(''), stderr: stderr.join('') };
};
