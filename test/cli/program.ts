/** The built program, run as its users run it. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { makeFolder } from './support.ts';

const root = join(import.meta.dirname, '..', '..');

/** Bundles the program into a folder of its own, so that `dist/` may be rebuilt meanwhile. */
export const buildProgram = (folder = makeFolder()): string => {
  execFileSync(process.execPath, [join(root, 'build.mjs'), folder], { stdio: 'pipe' });
  return folder;
};

export interface ProgramOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Root may do everything; the program is then nobody, as soon as Node has started. */
  readonly unprivileged?: true;
}

export interface Ended {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

const becomeNobody = `data:text/javascript,${encodeURIComponent(
  'process.setgroups([]); process.setegid(65534); process.seteuid(65534);',
)}`;

/** Starts a script with Node, with nothing of this machine's environment but PATH. */
export const startProgram = (
  script: string,
  argv: readonly string[],
  { cwd, env, unprivileged }: ProgramOptions,
): { readonly child: ChildProcess; readonly ended: Promise<Ended> } => {
  const drop = unprivileged === true && process.getuid?.() === 0 ? ['--import', becomeNobody] : [];
  const child = spawn(process.execPath, [...drop, script, ...argv], {
    cwd,
    env: { PATH: process.env['PATH'], HOME: join(cwd, '..', 'nobody'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out = { stdout: '', stderr: '' };
  child.stdout?.on('data', (part) => {
    out.stdout += String(part);
  });
  child.stderr?.on('data', (part) => {
    out.stderr += String(part);
  });
  const ended = once(child, 'close').then(
    ([exitCode, signal]): Ended => ({ exitCode, signal, ...out }),
  );
  return { child, ended };
};

export const runProgram = (
  script: string,
  argv: readonly string[],
  options: ProgramOptions,
): Promise<Ended> => startProgram(script, argv, options).ended;
