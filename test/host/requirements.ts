import { test } from '@jest/globals';
import { hasProgram, missingHostPrograms } from './host-programs.ts';
import { findInterpreters, newestPython3 } from './interpreters.ts';
import { probeSandbox } from './sandbox.ts';

/** Something of the host that a test needs: `nix`, `sandbox`, `python3` (a clean CPython >= 3.11), `python3.11`, or a program. */
export interface Requirement {
  readonly name: string;
  readonly available: boolean;
  /** Why it is missing; empty when it is there. */
  readonly reason: string;
}

const why = (name: string): string => {
  if (name === 'nix') {
    const missing = missingHostPrograms();
    return missing.length === 0 ? '' : `not installed: ${missing.join(', ')}`;
  }
  if (name === 'sandbox') return why('nix') || probeSandbox().reason;
  const python = /^python(?<minor>2\.7|3(?:\.\d+)?)$/.exec(name)?.groups?.['minor'];
  if (python === undefined) return hasProgram(name) ? '' : 'not installed';
  const { found, refused } = findInterpreters();
  const isThere =
    python === '3' ? newestPython3() !== undefined : found.some(({ minor }) => minor === python);
  if (isThere) return '';
  const others = refused
    .filter(({ path }) => path.includes(`python${python}`))
    .map(({ path, reason }) => `${path} ${reason}`);
  return ['no clean CPython of this version', ...others].join('; ');
};

const answers = new Map<string, Requirement>();

/** Tells whether the host has `name`, or why not. */
export const requirement = (name: string): Requirement => {
  const known = answers.get(name);
  if (known) return known;
  const reason = why(name);
  const answer = { name, available: reason === '', reason };
  answers.set(name, answer);
  return answer;
};

/** `LOCK2NIX_REQUIRE=python3,nix`: a missing `python3.12` is then a failure only if no CPython >= 3.11 is there. */
const mustExist = (name: string): boolean => {
  const required = (process.env['LOCK2NIX_REQUIRE'] ?? '').split(',');
  if (required.includes(name)) return true;
  return (
    name.startsWith('python3.') && required.includes('python3') && !requirement('python3').available
  );
};

/** Those of `names` that the host lacks. */
export const missingRequirements = (names: readonly string[]): readonly Requirement[] =>
  names.map(requirement).filter(({ available }) => !available);

/**
 * Registers a test that needs `names`. A missing one makes a skipped test that says why in its name, or
 * a failing one when `LOCK2NIX_REQUIRE` names it. Default time limit: five minutes.
 */
export const testWith = (
  names: readonly string[],
  name: string,
  run: () => Promise<void> | void,
  timeout = 300_000,
): void => {
  const missing = missingRequirements(names);
  if (missing.length === 0) {
    test(name, async () => await run(), timeout);
    return;
  }
  const reasons = missing.map((one) => `${one.name}: ${one.reason}`).join('; ');
  if (missing.some((one) => mustExist(one.name))) {
    test(name, () => {
      throw new Error(`required by LOCK2NIX_REQUIRE and missing: ${reasons}`);
    });
    return;
  }
  test.skip(`${name} [needs ${reasons}]`, () => {});
};
