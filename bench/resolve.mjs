// `npm run bench:resolve [-- OPTIONS]`: the time, CPU and memory that finding versions takes, by lock2nix and its peers,
// as a table in Markdown. Tools take turns, so that a busy machine disturbs all alike; each number is the median.
//
//   --runs N        runs with a filled cache (5)         --cold-runs N   runs with an empty one (1; 0: none)
//   --sets a,b      names of fixtures/resolve/sets.json  --tools a,b     lock2nix, uv, Poetry, pip-compile, pip 20.3.4
//   --timeout S     seconds until a run is given up (300)
//   --check         exit with 1 when a target of filled caches is missed
//
// Peers are installed into the cache folder of the user when they are first needed. Environment: PYTHON3, PYTHON27,
// POETRY_SCRIPT (a script that Poetry's Python runs instead of Poetry's own).
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { arch, cpus, homedir, platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeTools } from './resolve-tools.mjs';

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    'cold-runs': { type: 'string', default: '1' },
    sets: {
      type: 'string',
      default:
        'flask-requests,jupyterlab,airflow,fastapi-starlette,beam,boto3-urllib3,python-27-service',
    },
    tools: { type: 'string', default: 'lock2nix,uv,Poetry,pip-compile,pip 20.3.4' },
    timeout: { type: 'string', default: '300' },
    check: { type: 'boolean', default: false },
  },
});
const [runs, coldRuns, timeout] = [options.runs, options['cold-runs'], options.timeout].map(Number);
if (!(runs >= 1 && coldRuns >= 0 && timeout > 0))
  throw new Error('numbers are wanted, at least one run');

const root = join(import.meta.dirname, '..');
const home = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'lock2nix-bench');
mkdirSync(home, { recursive: true });
const scratch = mkdtempSync(join(tmpdir(), 'lock2nix-bench-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
const python3 = process.env.PYTHON3 ?? 'python3';

const installUv = () => {
  const uv = join(home, 'uv', 'bin', 'uv');
  if (!existsSync(uv)) {
    const quiet = { stdio: ['ignore', 'ignore', 'inherit'] };
    execFileSync(python3, ['-m', 'venv', join(home, 'uv')], quiet);
    execFileSync(join(home, 'uv', 'bin', 'pip'), ['install', '-q', 'uv'], quiet);
  }
  return uv;
};

const tools = makeTools({
  root,
  home,
  uv: installUv(),
  python27: process.env.PYTHON27 ?? 'python2.7',
  ...(process.env.POETRY_SCRIPT === undefined ? {} : { poetry: [process.env.POETRY_SCRIPT] }),
}).filter(({ name }) => options.tools.split(',').includes(name));
const { sets: allSets } = JSON.parse(
  readFileSync(join(root, 'fixtures/resolve/sets.json'), 'utf8'),
);
const sets = options.sets.split(',').map((name) => {
  const set = allSets.find((each) => each.name === name);
  if (set === undefined) throw new Error(`no set \`${name}\` in fixtures/resolve/sets.json`);
  return set;
});

/** Settings of this machine that would change what a tool does. */
const clean = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(?:PIP_FIND_LINKS|UV_|PYTHONPATH)/.test(name)),
);

let count = 0;
/** One run: what it took, or why there is no number. */
const measure = ({ command, env, reset, versions }, warm) => {
  count += 1;
  const result = join(scratch, `result-${count}`);
  reset();
  execFileSync(
    python3,
    [join(import.meta.dirname, 'measure.py'), result, String(timeout), ...command(warm)],
    { env: { ...clean, ...env } },
  );
  const { status, ...taken } = JSON.parse(readFileSync(result, 'utf8'));
  if (status === 'timeout') return { failure: `> ${timeout} s` };
  if (status !== 0) {
    process.stderr.write(
      `${command(warm).join(' ')}\n${readFileSync(`${result}.err`, 'utf8').slice(-1000)}\n`,
    );
    return { failure: `exit ${status}` };
  }
  return { ...taken, packages: versions(readFileSync(`${result}.out`, 'utf8')).size };
};

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const medians = (results) => {
  const failed = results.find(({ failure }) => failure !== undefined);
  if (failed !== undefined) return failed;
  const of = (key) => median(results.map((result) => result[key]));
  return { wall: of('wall'), cpu: of('cpu'), peak: of('peak'), packages: of('packages') };
};

/** Turns of all tools: cold ones with a cache of their own each, then warm ones with the last one's. */
const compare = (set) => {
  const entries = tools
    .filter((tool) => tool.serves(set))
    .map((tool) => {
      const folder = join(scratch, `${set.name}-${tool.name.replaceAll(' ', '-')}`);
      mkdirSync(folder);
      const cache = (turn) => join(folder, `cache-${turn}`);
      return {
        tool,
        cold: [],
        warm: [],
        at: (turn) => tool.prepare(set, { folder, cache: cache(turn) }),
        cache,
      };
    });
  for (let turn = 0; turn < Math.max(coldRuns, 1); turn += 1) {
    for (const { at, cold, cache } of entries) {
      if (turn > 0) rmSync(cache(turn - 1), { recursive: true, force: true });
      cold.push(measure(at(turn), false));
    }
  }
  const last = Math.max(coldRuns, 1) - 1;
  for (let turn = 0; turn < runs; turn += 1) {
    for (const { at, warm, cold } of entries) {
      // What fails or takes too long once is not tried again.
      warm.push(
        cold.at(-1)?.failure === undefined && warm.every(({ failure }) => failure === undefined)
          ? measure(at(last), true)
          : { failure: cold.at(-1)?.failure ?? warm[0]?.failure },
      );
    }
  }
  return entries.map(({ tool, cold, warm }) => ({
    tool: tool.name,
    cold: coldRuns === 0 ? { failure: '–' } : medians(cold),
    warm: medians(warm),
  }));
};

const seconds = ({ failure, wall, cpu }) => failure ?? `${wall.toFixed(2)} (${cpu.toFixed(2)})`;
const ratio = (ours, theirs) =>
  ours?.wall === undefined || theirs.wall === undefined
    ? '–'
    : (theirs.wall / ours.wall).toFixed(2);
const megabytes = ({ peak }) => (peak === undefined ? '–' : `${Math.round(peak / 2 ** 20)}`);

const large = 200;
const misses = [];
const expectTarget = (set, what, holds) => {
  if (!holds) misses.push(`${set.name}: ${what}`);
};
/** The targets of issue 5 with a filled cache. */
const judge = (set, rows) => {
  const of = (name) => rows.find(({ tool }) => tool === name)?.warm;
  const ours = of('lock2nix');
  if (ours === undefined) return;
  if (ours.failure !== undefined) {
    expectTarget(set, `lock2nix: ${ours.failure}`, false);
    return;
  }
  const uv = of('uv');
  if (ours.packages >= large && uv?.wall !== undefined) {
    expectTarget(set, 'at most 3 times the wall time of uv', ours.wall <= 3 * uv.wall);
  }
  if (ours.packages < large) expectTarget(set, 'at most 0.25 s', ours.wall <= 0.25);
  for (const [peer, factor] of [
    ['Poetry', 10],
    ['pip-compile', 10],
    ['pip 20.3.4', 5],
  ]) {
    const theirs = of(peer);
    if (theirs?.wall === undefined) continue;
    expectTarget(set, `${factor} times faster than ${peer}`, theirs.wall >= factor * ours.wall);
  }
};

process.stdout.write(
  `Medians of ${runs} runs (empty cache: ${coldRuns}); Node ${process.versions.node}, ${platform()} ${arch()}, ${cpus().length} cores (${cpus()[0]?.model})\n`,
);
for (const tool of tools) process.stdout.write(`- ${tool.name}: ${tool.version()}\n`);
process.stdout.write(`
| set | tool | packages | empty cache: wall s (CPU s) | filled: wall s (CPU s) | filled, times lock2nix | peak MB |
| --- | --- | --- | --- | --- | --- | --- |
`);
for (const set of sets) {
  const rows = compare(set);
  const ours = rows.find(({ tool }) => tool === 'lock2nix')?.warm;
  for (const { tool, cold, warm } of rows) {
    process.stdout.write(
      `| ${set.name} | ${tool} | ${warm.packages ?? '–'} | ${seconds(cold)} | ${seconds(warm)} | ${ratio(ours, warm)} | ${megabytes(warm)} |\n`,
    );
  }
  judge(set, rows);
}
process.stdout.write(
  misses.length === 0
    ? '\nAll targets of filled caches are met.\n'
    : `\nMissed:\n${misses.map((miss) => `- ${miss}\n`).join('')}`,
);
if (options.check && misses.length > 0) process.exitCode = 1;
