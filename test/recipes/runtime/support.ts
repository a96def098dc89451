import { spawn } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findInterpreters, type Interpreter } from '../../host/interpreters.ts';
import { testWith } from '../../host/requirements.ts';

/** The runtime in the source tree. */
export const scripts = join(import.meta.dirname, '..', '..', '..', 'recipes', 'runtime', 'python');

export interface ScriptResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** An interpreter that runs the runtime's scripts as builds do. */
export interface Python extends Interpreter {
  readonly executable: string;
  /** `lib/python3.12/site-packages` */
  readonly library: string;
  readonly run: (script: string, args: readonly string[], cwd?: string) => Promise<ScriptResult>;
  /** As many runs in one process, each in a folder: starting Python costs more than they do. */
  readonly runEach: (script: string, runs: readonly ScriptRun[]) => Promise<readonly ScriptExit[]>;
}

export interface ScriptRun {
  readonly args: readonly string[];
  readonly cwd: string;
}

/** How a script ended: with no message, with one (exit code 1), or with a traceback. */
export interface ScriptExit {
  readonly message: string | null;
  readonly traceback: string | null;
}

/** Runs on 2.7 and 3.x. */
const driver = `
import io, json, os, runpy, sys, traceback
script, runs = sys.argv[1], json.load(io.open(sys.argv[2], encoding='utf-8'))
results = []
for run in runs:
    os.chdir(run['cwd'])
    sys.argv = [script] + [str(arg) for arg in run['args']]
    result = {'message': None, 'traceback': None}
    try:
        runpy.run_path(script, run_name='__main__')
    except SystemExit as end:
        result['message'] = end.code
    except BaseException:
        result['traceback'] = traceback.format_exc()
    results.append(result)
sys.stdout.write(json.dumps(results))
`;

const environment = {
  PATH: process.env['PATH'],
  LC_ALL: 'C.UTF-8',
  PYTHONHASHSEED: '0',
  PYTHONDONTWRITEBYTECODE: '1',
  PYTHONNOUSERSITE: '1',
  SOURCE_DATE_EPOCH: '315532800',
};

/** Runs a program to its end, whatever its exit code. */
export const runProgram = (
  program: string,
  args: readonly string[],
  cwd = tmpdir(),
): Promise<ScriptResult> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', reject);
    child.on('close', (exitCode) =>
      resolve({
        exitCode,
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString(),
      }),
    );
  });

const asPython = (interpreter: Interpreter): Python => {
  const executable = join(interpreter.prefix, 'bin', `python${interpreter.minor}`);
  return {
    ...interpreter,
    executable,
    library: `lib/python${interpreter.minor}/site-packages`,
    run: (script, args, cwd) => runProgram(executable, [join(scripts, script), ...args], cwd),
    runEach: async (script, runs) => {
      const folder = mkdtempSync(join(tmpdir(), 'l2n-runs-'));
      try {
        writeFileSync(join(folder, 'runs.json'), JSON.stringify(runs));
        const args = ['-c', driver, join(scripts, script), join(folder, 'runs.json')];
        const { exitCode, stdout, stderr } = await runProgram(executable, args);
        if (exitCode !== 0) throw new Error(stderr);
        return JSON.parse(stdout) as readonly ScriptExit[];
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
};

const { found } = findInterpreters();
const newest = found.findLast(({ minor }) => minor !== '2.7');

/** Every interpreter of the host, and those that must not be missing in silence. */
const minors = [...new Set([...found.map(({ minor }) => minor), '2.7', newest?.minor ?? '3.12'])];

/** Registers a test for each interpreter; one that is missing is named as skipped, or fails where it is required. */
export const testOnPythons = (name: string, run: (python: Python) => Promise<void>): void => {
  for (const minor of minors) {
    testWith([`python${minor}`], `${name}, on Python ${minor}`, async () => {
      const interpreter = found.find((each) => each.minor === minor);
      if (interpreter === undefined) throw new Error(`no Python ${minor}`);
      await run(asPython(interpreter));
    });
  }
};

/** What a folder holds: contents by path, `+x` behind executable ones, `-> TARGET` for links. */
export type Tree = Readonly<Record<string, string>>;

/** A tree as it is on disk. Folders show only when they are empty, as `FOLDER/`. */
export const readTree = (folder: string): Tree => {
  const tree: Record<string, string> = {};
  const walk = (path: string): void => {
    for (const name of readdirSync(join(folder, path))) {
      const inner = path === '' ? name : `${path}/${name}`;
      const full = join(folder, inner);
      const stat = lstatSync(full);
      if (stat.isSymbolicLink()) tree[inner] = `-> ${readlinkSync(full)}`;
      else if (!stat.isDirectory()) {
        tree[inner] = `${readFileSync(full, 'utf8')}${(stat.mode & 0o100) === 0 ? '' : '+x'}`;
      } else if (readdirSync(full).length === 0) tree[`${inner}/`] = '';
      else walk(inner);
    }
  };
  walk('');
  return tree;
};

/** Writes a tree as `readTree` reads it. */
export const writeTree = (folder: string, tree: Tree): string => {
  for (const [path, contents] of Object.entries(tree)) {
    const full = join(folder, path);
    mkdirSync(dirname(full), { recursive: true });
    if (contents.startsWith('-> ')) symlinkSync(contents.slice('-> '.length), full);
    else {
      const isExecutable = contents.endsWith('+x');
      const text = isExecutable ? contents.slice(0, -'+x'.length) : contents;
      writeFileSync(full, text, { mode: isExecutable ? 0o755 : 0o644 });
    }
  }
  return folder;
};

/** A folder that is gone when the work is done. */
export const withFolder = async (work: (folder: string) => Promise<void>): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'l2n-runtime-'));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
