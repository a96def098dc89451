import { spawnSync } from 'node:child_process';

/** Whether a program is on PATH. */
export const hasProgram = (program: string): boolean =>
  spawnSync('sh', ['-c', 'command -v "$1"', 'sh', program]).status === 0;

/** What `bootstrap.nix` copies; Debian's packages are named in `test/verify.sh`. */
const hostPrograms = [
  'nix-build',
  'bash',
  'awk',
  'bzip2',
  'g++',
  'gcc',
  'git',
  'gzip',
  'ld',
  'make',
  'patch',
  'patchelf',
  'tar',
  'unzip',
  'xz',
];

/** The programs that the test package set is made of and that are not installed. */
export const missingHostPrograms = (): readonly string[] =>
  hostPrograms.filter((program) => !hasProgram(program));
