import { spawn } from 'node:child_process';
import { appendFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findInterpreters } from './interpreters.ts';
import {
  nixConf,
  nixEnvironment,
  probeSandbox,
  removeFolder,
  sandboxPaths,
  temporaryFolder,
  writeNixFolder,
} from './sandbox.ts';

/** What to evaluate: a file or an expression (in which `<nixpkgs>` is the test set). */
export interface NixTarget {
  readonly file?: string;
  readonly expression?: string;
  /** Attribute paths, as after `-A`. */
  readonly attributes?: readonly string[];
  /** Function arguments as Nix expressions, as after `--arg`. */
  readonly arguments?: Readonly<Record<string, string>>;
  /** Function arguments as strings, as after `--argstr`. */
  readonly strings?: Readonly<Record<string, string>>;
}

export interface RunOptions {
  /** Further environment variables, such as `NIXPKGS_ALLOW_INSECURE`. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Further options of the Nix command. */
  readonly options?: readonly string[];
  readonly cwd?: string;
}

/** How a command ended. `log` is everything it wrote on stderr. */
export interface RunResult {
  readonly exitCode: number;
  readonly output: string;
  readonly log: string;
}

export interface NixBuild extends RunResult {
  /** Output paths, in the order of the attributes; empty when the build failed. */
  readonly paths: readonly string[];
  /** Derivations that this call built. */
  readonly built: readonly string[];
}

/** `reused` is what the store held before the first build, and what was copied from elsewhere: 0 in a fresh store. */
export interface BuildCounts {
  readonly built: number;
  readonly reused: number;
  readonly unsandboxed: number;
}

export interface RebuildCheck {
  /** Derivations that were built a second time with the same bytes. */
  readonly checked: readonly string[];
  readonly failed: readonly string[];
  readonly log: string;
}

/** Nix with a store of its own and the host's package set as `<nixpkgs>`. */
export interface HostNix {
  readonly folder: string;
  readonly storeDir: string;
  /** The folder that `<nixpkgs>` names; `import` it with `{ config }`. */
  readonly nixpkgs: string;
  readonly sandboxed: boolean;
  readonly environment: NodeJS.ProcessEnv;
  /** Runs any program in the environment of this store. Never throws for an exit code. */
  run(command: readonly string[], options?: RunOptions): Promise<RunResult>;
  /** Builds; throws with the end of the log when a build fails. */
  nixBuild(target: NixTarget, options?: RunOptions): Promise<NixBuild>;
  /** As `nixBuild`, for builds that may or must fail. */
  tryNixBuild(target: NixTarget, options?: RunOptions): Promise<NixBuild>;
  /** Evaluates strictly to JSON without touching the store; throws with Nix's message. */
  nixInstantiate(target: NixTarget, options?: RunOptions): Promise<unknown>;
  /** Adds a file as a fixed output, so that a `fetchurl` of this name and hash needs no network. */
  addFixed(file: string, algorithm?: string): Promise<string>;
  /** Builds again each derivation in the closure of `path` that is neither fixed-output nor of the test set. */
  rebuildCheck(path: string): Promise<RebuildCheck>;
  /** What `path` refers to directly. */
  references(path: string): Promise<readonly string[]>;
  counts(): BuildCounts;
  /** Reports the counts to the file that `LOCK2NIX_COUNTS` names, and removes the store. */
  close(): void;
}

export interface OpenOptions {
  /** Further host folders that builds may read, such as the repositories of a `fetchgit` test. */
  readonly sandboxPaths?: readonly string[];
  /** The folder of the test set, for a bundle that lies elsewhere; default: this file's. */
  readonly hostSet?: string;
}

const runCommand = (
  command: readonly string[],
  environment: NodeJS.ProcessEnv,
  cwd: string | undefined,
): Promise<RunResult> =>
  new Promise((resolve, reject) => {
    const [program = '', ...rest] = command;
    const child = spawn(program, rest, {
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(cwd === undefined ? {} : { cwd }),
    });
    const output: Buffer[] = [];
    const log: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => log.push(chunk));
    child.on('error', reject);
    child.on('close', (code) =>
      resolve({
        exitCode: code ?? 1,
        output: Buffer.concat(output).toString(),
        log: Buffer.concat(log).toString(),
      }),
    );
  });

const targetArguments = (target: NixTarget): string[] => [
  ...(target.expression === undefined ? [] : ['-E', target.expression]),
  ...(target.file === undefined ? [] : [target.file]),
  ...(target.attributes ?? []).flatMap((attribute) => ['-A', attribute]),
  ...Object.entries(target.arguments ?? {}).flatMap(([name, text]) => ['--arg', name, text]),
  ...Object.entries(target.strings ?? {}).flatMap(([name, text]) => ['--argstr', name, text]),
];

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');

const writeHostSet = (folder: string, hostSet: string, sandboxed: boolean): void => {
  const interpreters = findInterpreters().found.map(
    ({ attribute, prefix, version }) =>
      `    ${attribute} = { prefix = ${JSON.stringify(prefix)}; version = "${version}"; };\n`,
  );
  writeFileSync(
    join(folder, 'nixpkgs', 'default.nix'),
    `args:
import ${JSON.stringify(hostSet)} (args // {
  hostTools = "${sandboxed ? '/host/bin' : '/usr/bin'}";
  interpreters = {
${interpreters.join('')}  };
})
`,
  );
};

interface ShownDerivation {
  readonly outputs: Readonly<Record<string, { readonly hash?: string; readonly path?: string }>>;
  readonly env: Readonly<Record<string, string>>;
}

/** Opens a fresh store. Without a working sandbox builds run unsandboxed, unless `LOCK2NIX_REQUIRE` names it. */
export const openHostNix = (open: OpenOptions = {}): HostNix => {
  const probe = probeSandbox();
  const required = (process.env['LOCK2NIX_REQUIRE'] ?? '').split(',');
  if (!probe.works && required.includes('sandbox')) {
    throw new Error(`the sandbox is required and does not work: ${probe.reason}`);
  }
  const folder = temporaryFolder();
  const sandboxed = probe.works;
  const paths = sandboxPaths(findInterpreters().found, open.sandboxPaths);
  writeNixFolder(folder, nixConf(sandboxed, paths));
  writeHostSet(folder, open.hostSet ?? import.meta.dirname, sandboxed);
  const environment = nixEnvironment(folder);
  const storeDir = join(folder, 's');
  let built = 0;
  let reused = readdirSync(storeDir).length;

  const run: HostNix['run'] = async (command, options = {}) => {
    const result = await runCommand(
      [...command, ...(options.options ?? [])],
      { ...environment, ...options.environment },
      options.cwd,
    );
    built += result.log.match(/^building '.*\.drv'/gm)?.length ?? 0;
    reused += result.log.match(/^copying path '/gm)?.length ?? 0;
    return result;
  };

  const must = async (command: readonly string[], options?: RunOptions): Promise<RunResult> => {
    const result = await run(command, options);
    if (result.exitCode === 0) return result;
    throw new Error(`${command.slice(0, 3).join(' ')} failed:\n${result.log.slice(-6000)}`);
  };

  const asBuild = (result: RunResult): NixBuild => ({
    ...result,
    paths: result.exitCode === 0 ? lines(result.output) : [],
    built: [...result.log.matchAll(/^building '(?<path>.*\.drv)'/gm)].map(
      (match) => match.groups?.['path'] ?? '',
    ),
  });
  const buildCommand = (target: NixTarget): string[] => [
    'nix-build',
    '--no-out-link',
    ...targetArguments(target),
  ];

  const derivationsOf = async (path: string): Promise<string[]> => {
    const deriver = (await must(['nix-store', '-q', '--deriver', path])).output.trim();
    const shown = JSON.parse(
      (await must(['nix', 'show-derivation', '--recursive', deriver])).output,
    ) as Record<string, ShownDerivation>;
    const present = new Set(readdirSync(storeDir));
    return Object.entries(shown)
      .filter(([, { outputs, env }]) => {
        const all = Object.values(outputs);
        const isFixed = all.some(({ hash }) => hash !== undefined);
        const isBuilt = all.every(({ path: out = '' }) =>
          present.has(out.slice(storeDir.length + 1)),
        );
        return !isFixed && isBuilt && env['hostTools'] === undefined;
      })
      .map(([name]) => name)
      .sort();
  };

  return {
    folder,
    storeDir,
    nixpkgs: join(folder, 'nixpkgs'),
    sandboxed,
    environment,
    run,
    nixBuild: async (target, options) => asBuild(await must(buildCommand(target), options)),
    tryNixBuild: async (target, options) => asBuild(await run(buildCommand(target), options)),
    nixInstantiate: async (target, options) => {
      const flags = ['--eval', '--strict', '--json', '--readonly-mode'];
      const result = await must(['nix-instantiate', ...flags, ...targetArguments(target)], options);
      return JSON.parse(result.output) as unknown;
    },
    addFixed: async (file, algorithm = 'sha256') =>
      (await must(['nix-store', '--add-fixed', algorithm, file])).output.trim(),
    rebuildCheck: async (path) => {
      const derivations = await derivationsOf(path);
      if (derivations.length === 0) return { checked: [], failed: [], log: '' };
      const result = await run(['nix-store', '-r', '--check', '-k', ...derivations]);
      const failed = derivations.filter((name) => result.log.includes(`'${name}' may not be`));
      if (result.exitCode !== 0 && failed.length === 0) {
        throw new Error(`nix-store --check failed:\n${result.log.slice(-6000)}`);
      }
      const checked = derivations.filter((name) => !failed.includes(name));
      return { checked, failed, log: result.log };
    },
    references: async (path) =>
      lines((await must(['nix-store', '-q', '--references', path])).output),
    counts: () => ({ built, reused, unsandboxed: sandboxed ? 0 : built }),
    close: () => {
      const file = process.env['LOCK2NIX_COUNTS'];
      if (file) {
        const counts = { built, reused, unsandboxed: sandboxed ? 0 : built };
        appendFileSync(file, `${JSON.stringify(counts)}\n`);
      }
      removeFolder(folder);
    },
  };
};
