/** Two runs at once on one output folder. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { build } from 'esbuild';
import fc from 'fast-check';
import { planOutput, type Step, takeStep, type Written } from '../../cli/output.ts';
import { recordName } from '../../cli/output-view.ts';
import { digest } from '../../cli/record.ts';
import { tryStep, writeOutput, writing } from '../../cli/write-output.ts';
import { type Files, listing, makeFolder, writeFiles } from './support.ts';

const root = join(import.meta.dirname, '..', '..');
const announcement = '.lock2nix.json.next';

interface Output {
  readonly files: Files;
  readonly record: string;
}

const output = (files: Files): Output => ({
  files,
  record: `${JSON.stringify({
    lock2nix: '0',
    files: Object.fromEntries(Object.entries(files).map(([name, text]) => [name, digest(text)])),
  })}\n`,
});

const older = output({ 'default.nix': 'old', 'a/b.nix': 'b', 'former/x.nix': 'x' });
const one = output({ 'default.nix': 'one', 'a/b.nix': 'b', 'c/d.nix': 'of one' });
const two = output({ 'default.nix': 'two', 'a/b.nix': 'b', 'c/d.nix': 'of two' });

const wantedOf = (folder: string, { files, record }: Output): Parameters<typeof planOutput> => [
  folder,
  new Map(Object.entries(files)),
  record,
];

const fresh = (wanted: Output): Record<string, string> => {
  const folder = makeFolder();
  writeOutput(...wantedOf(folder, wanted));
  return listing(folder);
};

const starting = (start: Output | undefined): string => {
  const folder = makeFolder();
  if (start !== undefined) writeOutput(...wantedOf(folder, start));
  return folder;
};

/** A run that goes on step by step, without its pauses. */
const startRun = (folder: string, wanted: Output) => {
  const run = writing(...wantedOf(folder, wanted));
  let next: IteratorResult<Step, Written> = run.next();
  const step = (): boolean => {
    if (next.done === true) return false;
    const cause = next.value.kind === 'wait' ? undefined : tryStep(next.value);
    next = run.next(cause);
    return next.done !== true;
  };
  return { step, isDone: () => next.done === true };
};

/** One run does `count` steps, then the other all of its own, then the first its rest. */
const interrupt = (folder: string, count: number, [first, second]: readonly [Output, Output]) => {
  const run = startRun(folder, first);
  for (let index = 0; index < count; index += 1) run.step();
  const isInside = !run.isDone();
  writeOutput(...wantedOf(folder, second));
  while (run.step());
  return isInside;
};

test.each<[string, Output | undefined, Output, Output]>([
  ['nothing, for two outputs', undefined, one, two],
  ['nothing, for one output', undefined, one, one],
  ['an older output, for two', older, one, two],
  ['an older output, for the same', older, one, one],
  ['the output of one of them', one, one, two],
  ['the output of the other', two, one, two],
  ['an older output, for it and another', older, older, two],
])('on top of %s: one run between any two steps of another', (_, start, first, second) => {
  const results = [fresh(first), fresh(second)];
  let runs = 0;
  for (let isInside = true; isInside; runs += 1) {
    const folder = starting(start);
    isInside = interrupt(folder, runs, [first, second]);
    expect(results).toContainEqual(listing(folder));
  }
  expect(runs).toBeGreaterThan(start === first ? 0 : 4);
});

test('any two runs in any order of their steps end in the output of one of them', () => {
  const results = [fresh(one), fresh(two)];
  const schedule = fc.array(fc.boolean(), { maxLength: 80 });
  fc.assert(
    fc.property(schedule, fc.constantFrom(undefined, older, one), (turns, start) => {
      const folder = starting(start);
      const runs = [startRun(folder, one), startRun(folder, two)] as const;
      for (const turn of turns) runs[turn ? 1 : 0].step();
      // Somebody is faster in the end.
      for (const run of runs) while (run.step());
      expect(results).toContainEqual(listing(folder));
    }),
    { numRuns: 150 },
  );
});

test('killed between any two steps while another run ends: the next run repairs it', () => {
  const expected = fresh(one);
  for (let kill = 0, isInside = true; isInside; kill += 1) {
    const folder = starting(older);
    const run = startRun(folder, two);
    for (let index = 0; index < kill; index += 1) run.step();
    isInside = !run.isDone();
    writeOutput(...wantedOf(folder, one));
    expect(listing(folder)).toEqual(expected);
  }
});

test('an announcement of another run is not taken away', () => {
  const folder = starting(undefined);
  const run = startRun(folder, one);
  // Up to its last step, which clears the announcement.
  const { steps } = planOutput(...wantedOf(makeFolder(), one));
  for (let index = 0; index < steps.length - 1; index += 1) run.step();
  expect(listing(folder)[announcement]).toBe(one.record);
  writeFileSync(join(folder, announcement), two.record);
  run.step();
  expect(listing(folder)[announcement]).toBe(two.record);
  while (run.step());
  expect(listing(folder)).toEqual(fresh(one));
});

test('a temporary file that is gone is written again', () => {
  const folder = starting(undefined);
  const run = startRun(folder, one);
  let removed = 0;
  while (!run.isDone()) {
    const part = Object.keys(listing(folder)).find((name) => name.endsWith('.lock2nix-part'));
    if (part !== undefined && removed < 5) {
      rmSync(join(folder, part));
      removed += 1;
    }
    run.step();
  }
  expect(removed).toBe(5);
  expect(listing(folder)).toEqual(fresh(one));
});

test('what another run writes while the folder is looked at is no foreign file', () => {
  const folder = starting(undefined);
  const files = new Map(Object.entries(one.files));
  let looks = 0;
  // Record and announcement have been looked for when the files are.
  const slow: ReadonlyMap<string, string> = Object.assign(new Map(files), {
    [Symbol.iterator]: () => {
      looks += 1;
      if (looks === 1) writeOutput(...wantedOf(folder, two));
      return files.entries();
    },
  });
  writeOutput(folder, slow, one.record);
  expect(looks).toBeGreaterThan(1);
  expect(listing(folder)).toEqual(fresh(one));
});

test('a run that never gets its way says so, and leaves a mark', () => {
  const folder = starting(undefined);
  const run = writing(...wantedOf(folder, one));
  const steps = (): void => {
    for (let next = run.next(); next.done !== true; ) {
      if (next.value.kind !== 'wait') takeStep(next.value);
      // Somebody who always comes later.
      if (next.value.kind === 'remove') writeFileSync(join(folder, 'default.nix'), 'other');
      next = run.next();
    }
  };
  expect(steps).toThrow(
    expect.objectContaining({
      code: 'OUTPUT_UNWRITABLE',
      message: `another run keeps changing \`${folder}\``,
      hint: 'wait until it has ended, then convert again',
    }),
  );
  expect(listing(folder)[announcement]).toBe(one.record);
  writeOutput(...wantedOf(folder, two));
  expect(listing(folder)).toEqual(fresh(two));
});

test('a foreign file is refused at once, also beside an announcement', () => {
  const folder = writeFiles(makeFolder(), { 'default.nix': 'theirs' });
  const start = performance.now();
  expect(() => writeOutput(...wantedOf(folder, one))).toThrow(
    expect.objectContaining({ code: 'OUTPUT_FOREIGN' }),
  );
  expect(performance.now() - start).toBeLessThan(500);
});

test('processes that write one folder over and over end in the output of one of them', async () => {
  const tools = makeFolder();
  await build({
    absWorkingDir: root,
    entryPoints: ['cli/write-output.ts'],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: join(tools, 'write.mjs'),
    logLevel: 'error',
    banner: {
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
    },
  });
  writeFileSync(
    join(tools, 'run.mjs'),
    `import { existsSync } from 'node:fs';
import { writeOutput } from './write.mjs';
const [folder, go, ...outputs] = process.argv.slice(2);
while (!existsSync(go));
for (let count = 0; count < 40; count += 1) {
  const { files, record } = JSON.parse(outputs[count % outputs.length]);
  writeOutput(folder, new Map(Object.entries(files)), record);
}
`,
  );
  const folder = join(makeFolder(), 'output');
  const go = join(tools, 'go');
  const runs = [
    [one, two],
    [two, one],
  ].map(async (outputs) => {
    const argv = [folder, go, ...outputs.map((each) => JSON.stringify(each))];
    const child = spawn(process.execPath, [join(tools, 'run.mjs'), ...argv], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (part) => {
      stderr += String(part);
    });
    const [exitCode] = await once(child, 'close');
    return { exitCode, stderr };
  });
  mkdirSync(go);
  for (const result of await Promise.all(runs)) expect(result).toEqual({ exitCode: 0, stderr: '' });
  expect([fresh(one), fresh(two)]).toContainEqual(listing(folder));
  expect(existsSync(join(folder, recordName))).toBe(true);
}, 60_000);
