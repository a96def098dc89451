import { spawn } from 'node:child_process';
import type { RunProgram } from './world.ts';

/** Gives each whole line to a listener, and the rest at the end. */
const lineReader = (listen: (line: string) => void) => {
  let rest = '';
  return {
    read: (text: string): void => {
      const lines = `${rest}${text}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) listen(line);
    },
    end: (): void => {
      if (rest !== '') listen(rest);
    },
  };
};

/** Runs programs of this machine. */
export const runProgram: RunProgram = ([program, ...rest], { cwd, onLine = () => {} }) =>
  new Promise((resolve, reject) => {
    const child = spawn(program, rest, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    const stdout: string[] = [];
    const stderr: string[] = [];
    const lines = lineReader(onLine);
    child.stdout.setEncoding('utf8').on('data', (text: string) => stdout.push(text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr.push(text);
      lines.read(text);
    });
    child.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ENOENT' ? resolve(undefined) : reject(error),
    );
    child.on('close', (code) => {
      lines.end();
      resolve({ exitCode: code ?? 1, stdout: stdout.join(''), stderr: stderr.join('') });
    });
  });
