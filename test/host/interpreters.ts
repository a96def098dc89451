import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** A CPython of the host that was run and found clean enough to be copied. */
export interface Interpreter {
  /** nixpkgs' attribute name, such as `python311`. */
  readonly attribute: string;
  /** `3.11`. */
  readonly minor: string;
  /** `3.11.7`. */
  readonly version: string;
  readonly prefix: string;
}

/** A candidate that was refused, and why. */
export interface RefusedInterpreter {
  readonly path: string;
  readonly reason: string;
}

export interface Interpreters {
  /** One for each minor version, oldest first. */
  readonly found: readonly Interpreter[];
  readonly refused: readonly RefusedInterpreter[];
}

/** Runs on 2.7 and 3.x; `deb_system` and `posix_local` are Debian's own installation schemes. */
const question = `
import json, platform, sys, sysconfig
schemes = sysconfig.get_scheme_names()
print(json.dumps({
    'implementation': platform.python_implementation(),
    'version': '.'.join(map(str, sys.version_info[:3])),
    'prefix': getattr(sys, 'base_prefix', sys.prefix),
    'debian': 'deb_system' in schemes or any('dist-packages' in p for p in sys.path),
    'wide': sys.maxunicode > 0xffff,
}))
`;

interface Answer {
  readonly implementation: string;
  readonly version: string;
  readonly prefix: string;
  readonly debian: boolean;
  readonly wide: boolean;
}

/** Asks one executable; a reason when it cannot be used. A shim of pyenv only prints an error, so each is run. */
export const probeInterpreter = (path: string): Interpreter | RefusedInterpreter => {
  const run = spawnSync(path, ['-E', '-c', question], { encoding: 'utf8', timeout: 20_000 });
  const refuse = (reason: string): RefusedInterpreter => ({ path, reason });
  if (run.status !== 0) {
    return refuse(
      `does not run: ${(run.stderr || run.error?.message || '').trim().split('\n')[0]}`,
    );
  }
  const answer = JSON.parse(run.stdout) as Answer;
  const [major = '', minor = ''] = answer.version.split('.');
  if (answer.implementation !== 'CPython')
    return refuse(`is ${answer.implementation}, not CPython`);
  if (answer.debian)
    return refuse("is Debian's own Python (dist-packages), not a clean interpreter");
  if (answer.prefix === '/usr')
    return refuse("is the system's own Python, not a clean interpreter");
  if (major === '2' && !answer.wide) return refuse('is a narrow build (cp27m), nixpkgs has cp27mu');
  if (!existsSync(join(answer.prefix, 'lib', `python${major}.${minor}`, 'os.py'))) {
    return refuse(`has no standard library under ${answer.prefix}`);
  }
  return {
    attribute: `python${major}${minor}`,
    minor: `${major}.${minor}`,
    version: answer.version,
    prefix: answer.prefix,
  };
};

const pyenvRoots = (): string[] => {
  const asked = spawnSync('pyenv', ['root'], { encoding: 'utf8', timeout: 20_000 });
  return [
    process.env['PYENV_ROOT'] ?? '',
    asked.status === 0 ? asked.stdout.trim() : '',
    join(homedir(), '.pyenv'),
  ].filter((root) => root !== '' && existsSync(join(root, 'versions')));
};

const pythonName = /^python(?:2\.7|3\.\d+)$/;

const pythonsIn = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => pythonName.test(name))
        .map((name) => join(folder, name))
    : [];

const candidates = (): string[] => {
  const inPyenv = pyenvRoots().flatMap((root) =>
    readdirSync(join(root, 'versions')).flatMap((version) =>
      pythonsIn(join(root, 'versions', version, 'bin')),
    ),
  );
  const onPath = (process.env['PATH'] ?? '').split(delimiter).flatMap(pythonsIn);
  const seen = new Set<string>();
  return [...inPyenv, ...onPath].filter((path) => {
    const real = realpathSync(path);
    const isNew = !seen.has(real);
    seen.add(real);
    return isNew;
  });
};

const versionKey = (version: string): number =>
  version.split('.').reduce((key, part) => key * 1000 + Number(part), 0);

let cached: Interpreters | undefined;

/** The host's clean CPythons: those of pyenv, then those on PATH; of one minor version the newest. */
export const findInterpreters = (): Interpreters => {
  if (cached) return cached;
  const answers = candidates().map(probeInterpreter);
  const best = new Map<string, Interpreter>();
  for (const answer of answers) {
    if ('reason' in answer) continue;
    const known = best.get(answer.minor);
    if (!known || versionKey(answer.version) > versionKey(known.version)) {
      best.set(answer.minor, answer);
    }
  }
  cached = {
    found: [...best.values()].sort((a, b) => versionKey(a.version) - versionKey(b.version)),
    refused: answers.filter((answer) => 'reason' in answer),
  };
  return cached;
};

/** The newest clean CPython that is at least `minimum` (default 3.11), or undefined. */
export const newestPython3 = (minimum = '3.11'): Interpreter | undefined =>
  findInterpreters().found.findLast(({ minor }) => versionKey(minor) >= versionKey(minimum));
