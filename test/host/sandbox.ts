import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Interpreter } from './interpreters.ts';

/** Whether Nix's sandbox works here, and if not what Nix said. */
export interface SandboxProbe {
  readonly works: boolean;
  readonly reason: string;
}

/** A short prefix: a shebang longer than 127 characters breaks on old kernels. */
export const temporaryFolder = (): string =>
  mkdtempSync(join(existsSync('/tmp') ? '/tmp' : tmpdir(), 'l2n-'));

/** Store folders are read-only, so they are made writable first. */
export const removeFolder = (folder: string): void => {
  spawnSync('chmod', ['-R', 'u+w', folder]);
  rmSync(folder, { recursive: true, force: true });
};

/** Never `/usr/bin` itself: `#!/usr/bin/env` would run. */
const hostFolders = [
  '/lib',
  '/lib64',
  '/usr/lib',
  '/usr/lib64',
  '/usr/libexec',
  '/usr/share',
  '/usr/include',
  '/etc/alternatives',
  '/etc/ssl',
];

/** What a sandboxed build sees of the host: libraries, headers, programs under `/host/bin`, the interpreters. */
export const sandboxPaths = (
  interpreters: readonly Interpreter[],
  extra: readonly string[] = [],
): string[] => [
  `/bin/sh=${realpathSync('/bin/sh')}`,
  '/host/bin=/usr/bin',
  ...hostFolders.filter((folder) => existsSync(folder)),
  ...new Set(interpreters.map(({ prefix }) => prefix)),
  ...extra,
];

/** The text of `nix.conf`. An empty users group: Debian's `nixbld` could not read pyenv's folders. */
export const nixConf = (sandboxed: boolean, paths: readonly string[]): string =>
  [
    'build-users-group =',
    'substituters =',
    'experimental-features = nix-command flakes',
    'max-jobs = 2',
    'cores = 2',
    'require-sigs = false',
    'warn-dirty = false',
    `sandbox = ${sandboxed}`,
    'sandbox-fallback = false',
    ...(sandboxed ? [`sandbox-paths = ${paths.join(' ')}`] : []),
    '',
  ].join('\n');

/** Every variable that steers Nix points into `folder`; the caller's own Nix is never touched. */
export const nixEnvironment = (folder: string): NodeJS.ProcessEnv => {
  const {
    NIX_REMOTE: _remote,
    NIX_CONFIG: _config,
    IN_NIX_SHELL: _shell,
    NIX_BUILD_SHELL: _bash,
    ...rest
  } = process.env;
  return {
    ...rest,
    HOME: join(folder, 'home'),
    XDG_CACHE_HOME: join(folder, 'home', '.cache'),
    NIX_CONF_DIR: join(folder, 'conf'),
    NIX_STORE_DIR: join(folder, 's'),
    NIX_STATE_DIR: join(folder, 'v'),
    NIX_LOG_DIR: join(folder, 'l'),
    NIX_PATH: `nixpkgs=${join(folder, 'nixpkgs')}`,
    LC_ALL: 'C.UTF-8',
    NO_COLOR: '1',
  };
};

/** Makes the folders and `nix.conf` of one relocated store. */
export const writeNixFolder = (folder: string, conf: string): void => {
  for (const name of ['conf', 'home', 'nixpkgs', 's', 'v', 'l']) {
    mkdirSync(join(folder, name), { recursive: true });
  }
  writeFileSync(join(folder, 'conf', 'nix.conf'), conf);
};

let probed: SandboxProbe | undefined;

/** Builds one file in a sandbox of a store of its own. */
export const probeSandbox = (): SandboxProbe => {
  if (probed) return probed;
  const folder = temporaryFolder();
  try {
    writeNixFolder(folder, nixConf(true, sandboxPaths([])));
    const expression =
      'derivation { name = "probe"; system = builtins.currentSystem; builder = "/bin/sh"; args = [ "-c" "echo ok > $out" ]; }';
    const run = spawnSync('nix-build', ['--no-out-link', '-E', expression], {
      encoding: 'utf8',
      env: nixEnvironment(folder),
      timeout: 60_000,
    });
    const said = (run.stderr || run.error?.message || '').trim().split('\n').at(-1) ?? '';
    probed = { works: run.status === 0, reason: run.status === 0 ? '' : said };
    return probed;
  } finally {
    removeFolder(folder);
  }
};
