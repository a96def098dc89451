// `npm run bench:start-up [-- RUNS]`: the CPU time of `lock2nix --version` and of a warm conversion, as ratios to
// `node -e 0`. CPU is user and system time as the kernel counts it for a process that has ended; the median of RUNS runs,
// which take turns so that a busy machine disturbs all alike. Exits with 1 when --version costs more than its target.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { arch, cpus, platform, tmpdir } from 'node:os';
import { join } from 'node:path';

/** What `--version` may cost, in `node -e 0`. */
const target = 2;
const runs = Number(process.argv[2] ?? 21);
if (!Number.isInteger(runs) || runs < 1) throw new Error('usage: start-up.mjs [RUNS]');

const root = join(import.meta.dirname, '..');
const bin = join(root, 'dist', 'lock2nix.mjs');
const scratch = mkdtempSync(join(tmpdir(), 'l2n-bench-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
const project = join(scratch, 'demo');
cpSync(join(root, 'fixtures', 'demo'), project, { recursive: true });

const cache = join(root, 'fixtures', 'demo-cache');
const convert = [bin, 'convert', project, '--offline', '--cache-dir', cache];
const { packages } = JSON.parse(
  execFileSync(process.execPath, [...convert, '--json', '--quiet'], { encoding: 'utf8' }),
);

const commands = {
  'node -e 0': ['-e', '0'],
  'lock2nix --version': [bin, '--version'],
  'lock2nix --help': [bin, '--help'],
  [`convert: ${packages} packages, unchanged`]: [...convert, '--quiet'],
  [`convert: ${packages} packages, written anew`]: [
    ...[...convert, '--quiet', '-o', join(scratch, 'fresh')],
  ],
};

/** Milliseconds of CPU that Node took with these arguments. */
const cpuOf = (argv) => {
  rmSync(join(scratch, 'fresh'), { recursive: true, force: true });
  // Node tells a child's status only; bash's `time` asks the kernel.
  const script = 'TIMEFORMAT="%3U %3S"; exec 3>&2; time "$@" >/dev/null 2>&3';
  const text = execFileSync(
    'bash',
    ['-c', `{ ${script}; } 2>&1`, 'bash', process.execPath, ...argv],
    {
      encoding: 'utf8',
    },
  );
  const [user = NaN, system = NaN] = text.trim().split(/\s+/).slice(-2).map(Number);
  return (user + system) * 1000;
};

const median = (numbers) => {
  const sorted = [...numbers].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)];
};

const times = new Map(Object.keys(commands).map((name) => [name, []]));
for (let run = 0; run < runs; run += 1) {
  for (const [name, argv] of Object.entries(commands)) times.get(name).push(cpuOf(argv));
}

const base = median(times.get('node -e 0'));
const rows = [...times].map(([name, each]) => ({
  name,
  cpu: median(each),
  ratio: median(each) / base,
}));
const width = Math.max(...rows.map(({ name }) => name.length));
process.stdout.write(
  `median CPU of ${runs} runs; Node ${process.versions.node}, ${platform()} ${arch()}, ${cpus().length} cores\n`,
);
for (const { name, cpu, ratio } of rows) {
  process.stdout.write(
    `${name.padEnd(width)}  ${cpu.toFixed(0).padStart(5)} ms  ${ratio.toFixed(2).padStart(6)}\n`,
  );
}
const { ratio } = rows.find(({ name }) => name === 'lock2nix --version');
process.stdout.write(`--version: ${ratio.toFixed(2)} times \`node -e 0\`, target ${target}\n`);
if (!(ratio <= target)) process.exitCode = 1;
