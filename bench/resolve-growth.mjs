// `npm run bench:resolve-growth [-- RUNS]`: the CPU time that finding versions takes as the number of packages grows, on
// made-up universes that an index in memory serves: each package has 12 versions, each version asks for up to four other
// packages, newer versions for newer ones. One in twenty is found to be for another Python when its metadata are read. In
// each universe three newest versions ask for what is not there, so that decisions have to be taken back.
// Exits with 1 when a package of the largest universe costs more than twice one of the smallest.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const runs = Number(process.argv[2] ?? 5);
if (!Number.isInteger(runs) || runs < 1) throw new Error('usage: resolve-growth.mjs [RUNS]');
const sizes = [50, 200, 800];
const versions = 12;
const root = join(import.meta.dirname, '..');
const scratch = mkdtempSync(join(tmpdir(), 'lock2nix-growth-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

const outfile = join(scratch, 'resolver.mjs');
await build({
  stdin: {
    contents: `
      export { resolveRequirements } from './resolvers/pypi/resolve.ts';
      export { parseVersion } from './standards/version.ts';
      export { optionsOf, requirementSetOf } from './test/support/resolve-sets.ts';
      export { fakeRegistry } from './test/support/fake-registry.ts';`,
    resolveDir: root,
  },
  bundle: true,
  platform: 'node',
  format: 'esm',
  outfile,
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
});
const { resolveRequirements, parseVersion, optionsOf, requirementSetOf, fakeRegistry } =
  await import(pathToFileURL(outfile).href);

/** Numbers in [0, 1) that are the same in every run (mulberry32). */
const randomNumbers = (seed) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

const nameOf = (number) => `package-${String(number).padStart(4, '0')}`;

/** The index of a universe: every package asks for the next one, so that all are needed. */
const universe = (size) => {
  const random = randomNumbers(size);
  const projects = new Map();
  const mistaken = [0.25, 0.5, 0.75].map((part) => Math.floor(size * part));
  for (let at = 0; at < size; at += 1) {
    const others = Array.from({ length: 3 }, () => at + 1 + Math.floor(random() * (size - at - 1)));
    const asked = [...new Set([at + 1, ...others])].filter((other) => other < size);
    const releases = [];
    for (let minor = versions - 1; minor >= 0; minor -= 1) {
      const isMistake = minor === versions - 1 && mistaken.includes(at);
      const requiresDist = asked.map((other, place) =>
        isMistake && place === 0
          ? `${nameOf(other)}>=${versions}`
          : `${nameOf(other)}>=1.${Math.floor(minor / 2)},<2`,
      );
      const foreign = minor > versions / 2 && random() < 0.05;
      releases.push({
        text: `1.${minor}`,
        requiresDist,
        ...(foreign ? { requiresPython: '>=99' } : {}),
      });
    }
    projects.set(nameOf(at), releases);
  }
  const fileOf = (name, text) => `${name.replaceAll('-', '_')}-${text}-py3-none-any.whl`;
  return {
    project: async (name) => {
      const releases = projects.get(name)?.map(({ text }) => ({
        version: parseVersion(text),
        text,
        index: 'https://pypi.org/simple',
        files: [
          {
            fileName: fileOf(name, text),
            url: `https://files.example/${fileOf(name, text)}`,
            sris: [],
            uploadTime: '2024-01-01T00:00:00Z',
          },
        ],
      }));
      return releases === undefined ? undefined : { releases };
    },
    metadata: async ({ name, version }) => {
      const release = projects.get(name)?.find(({ text }) => text === version);
      if (release === undefined) return undefined;
      const { requiresDist, requiresPython } = release;
      return { name, version, requiresDist, requiresPython, extras: [], reliable: true };
    },
  };
};

const set = { name: 'growth', oracle: 'uv', python: '3.12', requirements: [nameOf(0)] };
const cpuOf = async (size) => {
  const index = universe(size);
  const begun = process.cpuUsage();
  const { graph } = await resolveRequirements(requirementSetOf(set), optionsOf(set, '2099-01-01'), {
    index,
    registry: fakeRegistry(),
  });
  const { user, system } = process.cpuUsage(begun);
  if (graph.packages.size !== size) throw new Error(`${graph.packages.size} of ${size} packages`);
  return (user + system) / 1000;
};

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
// The first run of each size compiles code; it does not count.
const times = new Map();
for (const size of sizes) {
  await cpuOf(size);
  times.set(size, []);
}
for (let run = 0; run < runs; run += 1) {
  for (const size of sizes) times.get(size).push(await cpuOf(size));
}
process.stdout.write('| packages | CPU ms | ms a package |\n| --- | --- | --- |\n');
const each = sizes.map((size) => median(times.get(size)) / size);
for (const [at, size] of sizes.entries()) {
  process.stdout.write(
    `| ${size} | ${median(times.get(size)).toFixed(0)} | ${each[at].toFixed(2)} |\n`,
  );
}
if (each.at(-1) > 2 * each[0]) process.exitCode = 1;
