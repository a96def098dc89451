// node verify-summary.mjs JEST_JSON STEPS COUNTS: names what failed or was skipped, prints how many derivations were built, and
// ends with `N passed, N failed, N skipped`. Exit code 1 when something failed. Plain JavaScript, since Node 20 runs it as it is.
import { existsSync, readFileSync } from 'node:fs';

const [jestFile = '', stepsFile = '', countsFile = ''] = process.argv.slice(2);
const say = (line) => process.stdout.write(`${line}\n`);
const linesOf = (file) =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
    : [];

/** A suite that could not be loaded has no tests: it is one failure. */
const resultsOfSuite = ({ name, status, assertionResults }) => {
  const suite = name.slice(name.lastIndexOf('/test/') + 1);
  const tests = assertionResults.map((one) => ({
    name: `${suite}: ${one.fullName}`,
    status: one.status,
  }));
  const isBroken = status === 'failed' && !tests.some((one) => one.status === 'failed');
  return isBroken ? [...tests, { name: `${suite}: did not run`, status: 'failed' }] : tests;
};

const readJest = () => {
  try {
    return JSON.parse(readFileSync(jestFile, 'utf8')).testResults.flatMap(resultsOfSuite);
  } catch {
    return [];
  }
};

const steps = linesOf(stepsFile).map((line) => ({ status: line.slice(0, 6), name: line.slice(7) }));
const counts = { built: 0, reused: 0, unsandboxed: 0 };
for (const line of linesOf(countsFile)) {
  for (const [key, value] of Object.entries(JSON.parse(line))) counts[key] += value;
}

const required = (process.env['LOCK2NIX_REQUIRE'] ?? '').split(',');
const buildProblems = [
  ...(required.includes('nix') && counts.built === 0 ? ['no derivation was built'] : []),
  ...(counts.reused > 0
    ? [`${counts.reused} derivations were reused, the store was not fresh`]
    : []),
  ...(required.includes('sandbox') && counts.unsandboxed > 0
    ? [`${counts.unsandboxed} derivations were built without the sandbox`]
    : []),
].map((name) => ({ name: `builds: ${name}`, status: 'failed' }));

const results = [...steps, ...readJest(), ...buildProblems];
const failed = results.filter(({ status }) => status === 'failed');
const passed = results.filter(({ status }) => status === 'passed');
const skipped = results.filter(({ status }) => status !== 'failed' && status !== 'passed');

say('');
for (const { name } of failed) say(`failed: ${name}`);
for (const { name } of skipped) say(`skipped: ${name}`);
say(
  `derivations built ${counts.built}, reused ${counts.reused}, unsandboxed ${counts.unsandboxed}`,
);
say(`${passed.length} passed, ${failed.length} failed, ${skipped.length} skipped`);
process.exitCode = failed.length === 0 ? 0 : 1;
