// What `npm run demo` does after building: `node demo.mjs REPOSITORY PROJECT`.
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { missingHostPrograms } from './host/host-programs.ts';
import { findInterpreters } from './host/interpreters.ts';
import { type HostNix, openHostNix } from './host/nix.ts';

const [repository = '', project = ''] = process.argv.slice(2);
const recipe = join(project, 'nix', 'lock2nix');
const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

const hasNix = (): boolean => spawnSync('nix-build', ['--version']).status === 0;
const hasNixpkgs = (): boolean =>
  spawnSync('nix-instantiate', ['--find-file', 'nixpkgs']).status === 0;

/** Runs a command and shows it as it would be typed; ends the demo when it fails. */
const type = (shown: string, command: readonly string[], env = process.env): string => {
  say(`$ ${shown}`);
  const [program = '', ...rest] = command;
  const { status, stdout, stderr } = spawnSync(program, rest, {
    cwd: project,
    env,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) {
    process.stderr.write(stderr);
    process.exit(status ?? 1);
  }
  return stdout.trim();
};

const convert = (python: string | undefined): void => {
  const options = python === undefined ? [] : ['--python', python];
  const args = ['poetry.lock', '--offline', ...options];
  const cache = join(repository, 'fixtures', 'demo-cache');
  const { status } = spawnSync(
    process.execPath,
    [join(repository, 'dist', 'convert.mjs'), ...args, '--cache-dir', cache],
    { cwd: project, stdio: ['ignore', 'inherit', 'inherit'] },
  );
  if (status !== 0) process.exit(status ?? 1);
};

/** The newest interpreter of this machine that the lock allows. */
const usablePython = (): string | undefined =>
  ['3.13', '3.12', '3.11'].find((known) =>
    findInterpreters().found.some(({ minor }) => minor === known),
  );

const buildAndRun = (env: NodeJS.ProcessEnv): void => {
  const app = type(
    'nix-build nix/lock2nix -A app',
    ['nix-build', '--no-out-link', recipe, '-A', 'app'],
    env,
  );
  say(app);
  say(type('result/bin/demo-app --check', [join(app, 'bin', 'demo-app'), '--check']));
};

const withHostSet = (): void => {
  const nix: HostNix = openHostNix({ hostSet: join(repository, 'test', 'host') });
  say('\n<nixpkgs> is not found: building in a store of its own with the test package set');
  if (!nix.sandboxed) say('the sandbox does not work here: building without it');
  try {
    buildAndRun(nix.environment);
  } finally {
    nix.close();
  }
};

cpSync(join(repository, 'fixtures', 'demo'), project, { recursive: true });
const nixpkgs = hasNix() && hasNixpkgs();
const python = hasNix() && !nixpkgs ? usablePython() : undefined;
say(`$ convert poetry.lock${python === undefined ? '' : ` --python ${python}`}`);
convert(python);
const [head = ''] = readFileSync(join(recipe, 'pins.nix'), 'utf8').split('\n\n  demo-app');
say(`$ head nix/lock2nix/pins.nix\n${head}\n  …`);
const missing = missingHostPrograms();
if (!hasNix()) {
  say('\nNix is not installed, so nothing is built; on Debian: sudo apt-get install nix-bin');
} else if (nixpkgs) {
  buildAndRun(process.env);
} else if (python === undefined || missing.length > 0) {
  const reason = python === undefined ? 'a clean CPython 3.11 to 3.13 (pyenv)' : missing.join(', ');
  say(`\nneither <nixpkgs> nor what stands in for it is found (${reason}), so nothing is built`);
} else {
  withHostSet();
}
