// The resolvers that `bench/resolve.mjs` compares: how each is installed and asked. A tool is asked for the versions of a
// requirements file on Linux x86_64 and writes them down; it builds and installs nothing that it need not for that.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const normalise = (name) => name.toLowerCase().replaceAll(/[-_.]+/g, '-');

/** `NAME==VERSION` lines, with hashes, options and comments around them. */
const ofRequirements = (text) =>
  new Map(
    [...text.matchAll(/^(?<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(?<version>[^\s;\\]+)/gm)].map(
      ({ groups: { name, version } }) => [normalise(name), version],
    ),
  );

const ofPoetryLock = (text) =>
  new Map(
    [
      ...text.matchAll(
        /^\[\[package\]\]\nname = "(?<name>[^"]+)"\nversion = "(?<version>[^"]+)"/gm,
      ),
    ].map(({ groups: { name, version } }) => [normalise(name), version]),
  );

const ofFiles = (files) =>
  new Map(
    files.map((file) => {
      const [, name = file, version = ''] =
        /^(.+?)-(\d[^-]*)(?:-.*\.whl|\.(?:tar\.gz|zip|tar\.bz2|tgz))$/.exec(file) ?? [];
      return [normalise(name), version];
    }),
  );

/** A virtual environment of a Python with packages in it, made once. */
const environment = (home, uv, { name, python, packages }) => {
  const folder = join(home, `${name}-${python}`);
  const bin = join(folder, 'bin');
  if (!existsSync(join(folder, 'complete'))) {
    const quiet = { stdio: ['ignore', 'ignore', 'inherit'] };
    rmSync(folder, { recursive: true, force: true });
    execFileSync(uv, ['venv', '-q', '--python', python, folder], quiet);
    execFileSync(uv, ['pip', 'install', '-q', '--python', join(bin, 'python'), ...packages], quiet);
    writeFileSync(join(folder, 'complete'), '');
  }
  return bin;
};

const requirementsFile = (folder, { requirements, constraints = [] }) => {
  const file = join(folder, 'requirements.in');
  const lines = constraints.length === 0 ? requirements : ['-c constraints.txt', ...requirements];
  writeFileSync(file, `${lines.join('\n')}\n`);
  writeFileSync(join(folder, 'constraints.txt'), `${constraints.join('\n')}\n`);
  return file;
};

const [major, minorOf] = [3, (python) => Number(python.split('.')[1])];

/** `flask>=2; marker` of the sets as Poetry's `name (>=2)`: PEP 621, which Poetry 2 reads as it is. */
const poetryProject = ({ python, requirements }) =>
  `[project]
name = "bench"
version = "0"
requires-python = ">=${python},<${major}.${minorOf(python) + 1}"
dependencies = ${JSON.stringify(requirements)}

[tool.poetry]
package-mode = false
`;

/**
 * Makes the tools. Each has `serves(set)`, `version`, and `prepare(set, { folder, cache })`, which gives `command(warm)`, `env`,
 * `reset()` (before each run) and `versions(output)`.
 * @param {{ root: string, home: string, uv: string, python27: string, poetry?: readonly string[] }} places
 */
export const makeTools = ({ root, home, uv, python27, poetry }) => {
  const firstLine = (command, argv) =>
    execFileSync(command, argv, { encoding: 'utf8' }).trim().split('\n')[0];
  const isPython3 = ({ python }) => python.startsWith('3');

  const lock2nix = {
    name: 'lock2nix',
    version: () => firstLine(process.execPath, [join(root, 'dist/lock2nix.mjs'), '--version']),
    serves: () => true,
    prepare: (set, { folder, cache }) => {
      const file = requirementsFile(folder, set);
      return {
        command: (warm) => [
          ...[process.execPath, join(root, 'dist/lock2nix.mjs'), 'resolve', file],
          ...['--format', 'requirements', '--python', set.python, '--systems', 'x86_64-linux'],
          ...['--cache-dir', cache, '--no-progress', ...(warm ? ['--offline'] : [])],
        ],
        env: {},
        reset: () => {},
        versions: ofRequirements,
      };
    },
  };

  const uvTool = {
    name: 'uv',
    version: () => firstLine(uv, ['--version']),
    serves: isPython3,
    prepare: (set, { folder, cache }) => {
      const file = requirementsFile(folder, set);
      // A Python that is there, so that none is looked for.
      const python = join(
        environment(home, uv, { name: 'plain', python: set.python, packages: ['pip'] }),
        'python',
      );
      return {
        command: (warm) => [
          ...[uv, 'pip', 'compile', file, '--python', python, '--python-version', set.python],
          ...['--python-platform', 'x86_64-manylinux_2_28', '--no-header', '--no-annotate'],
          ...['--cache-dir', cache, '--no-config', ...(warm ? ['--offline'] : [])],
        ],
        env: { UV_PYTHON_DOWNLOADS: 'never' },
        reset: () => {},
        versions: ofRequirements,
      };
    },
  };

  const poetryBin = (python) =>
    environment(home, uv, { name: 'poetry', python, packages: ['poetry==2.5.1', 'pip'] });
  const poetryTool = {
    name: 'Poetry',
    version: () => firstLine(join(poetryBin('3.12'), 'poetry'), ['--version']),
    serves: isPython3,
    prepare: (set, { folder, cache }) => {
      writeFileSync(join(folder, 'pyproject.toml'), poetryProject(set));
      const bin = poetryBin(set.python);
      const program =
        poetry === undefined ? [join(bin, 'poetry')] : [join(bin, 'python'), ...poetry];
      return {
        command: () => [...program, 'lock', '--no-interaction', '--directory', folder],
        env: {
          POETRY_CACHE_DIR: cache,
          POETRY_VIRTUALENVS_CREATE: 'false',
          PYTHON_KEYRING_BACKEND: 'keyring.backends.null.Keyring',
        },
        reset: () => rmSync(join(folder, 'poetry.lock'), { force: true }),
        versions: () => ofPoetryLock(readFileSync(join(folder, 'poetry.lock'), 'utf8')),
      };
    },
  };

  const pipCompileBin = (python) =>
    environment(home, uv, {
      name: 'pip-tools',
      python,
      packages: ['pip-tools==7.6.2', 'pip<26.1'],
    });
  const pipCompile = {
    name: 'pip-compile',
    version: () => firstLine(join(pipCompileBin('3.12'), 'pip-compile'), ['--version']),
    serves: isPython3,
    prepare: (set, { folder, cache }) => {
      const file = requirementsFile(folder, set);
      const output = join(folder, 'requirements.txt');
      return {
        command: () => [
          ...[join(pipCompileBin(set.python), 'pip-compile'), file, '-q', '-o', output],
          ...['--cache-dir', cache, '--strip-extras', '--no-header', '--no-annotate'],
        ],
        env: { PIP_CACHE_DIR: `${cache}-pip` },
        reset: () => rmSync(output, { force: true }),
        versions: () => ofRequirements(readFileSync(output, 'utf8')),
      };
    },
  };

  const pip20 = {
    name: 'pip 20.3.4',
    version: () => 'pip 20.3.4 (CPython 2.7)',
    serves: ({ python }) => python === '2.7',
    prepare: (set, { folder, cache }) => {
      const file = requirementsFile(folder, set);
      const target = join(home, 'pip-20');
      if (!existsSync(target)) {
        execFileSync(python27, ['-m', 'pip', 'install', '-q', '--target', target, 'pip==20.3.4'], {
          stdio: ['ignore', 'ignore', 'inherit'],
        });
      }
      const files = join(folder, 'files');
      return {
        command: () => [
          ...[
            python27,
            '-m',
            'pip',
            'download',
            '-q',
            '--cache-dir',
            cache,
            '-r',
            file,
            '-d',
            files,
          ],
        ],
        env: { PYTHONPATH: target },
        reset: () => {
          rmSync(files, { recursive: true, force: true });
          mkdirSync(files);
        },
        versions: () => ofFiles(readdirSync(files)),
      };
    },
  };

  return [lock2nix, uvTool, poetryTool, pipCompile, pip20];
};
