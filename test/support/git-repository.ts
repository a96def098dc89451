import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Contents of a file; one that ends in `+x` is executable, a `-> TARGET` is a symbolic link. */
export type RepositoryFiles = Readonly<Record<string, string>>;

/** Runs git in a folder as an author that never changes, with no configuration of this machine. */
export const runGit = (folder: string, ...args: readonly string[]): string =>
  execFileSync('git', ['-c', 'protocol.file.allow=always', ...args], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      // Git 3 makes repositories with SHA-256 unless told; the ids would be others.
      GIT_DEFAULT_HASH: 'sha1',
      GIT_AUTHOR_NAME: 'A',
      GIT_AUTHOR_EMAIL: 'a@example.org',
      GIT_AUTHOR_DATE: '2020-01-01T00:00:00Z',
      GIT_COMMITTER_NAME: 'A',
      GIT_COMMITTER_EMAIL: 'a@example.org',
      GIT_COMMITTER_DATE: '2020-01-01T00:00:00Z',
    },
  }).trim();

const writeFiles = (folder: string, files: RepositoryFiles): void => {
  for (const [name, contents] of Object.entries(files)) {
    const path = join(folder, name.replace(/\+x$/, ''));
    mkdirSync(dirname(path), { recursive: true });
    if (contents.startsWith('-> ')) symlinkSync(contents.slice('-> '.length), path);
    else writeFileSync(path, contents);
    if (name.endsWith('+x')) chmodSync(path, 0o755);
  }
};

/** Adds files to a repository in a folder, which is made when needed; gives the commit's id. */
export const commitFiles = (folder: string, files: RepositoryFiles): string => {
  mkdirSync(folder, { recursive: true });
  runGit(folder, 'init', '--quiet', '--initial-branch=main');
  writeFiles(folder, files);
  runGit(folder, 'add', '--all');
  runGit(folder, 'commit', '--quiet', '--message=change');
  return runGit(folder, 'rev-parse', 'HEAD');
};
