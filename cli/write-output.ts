import { isLock2nixError, Lock2nixError } from '../graph/errors.ts';
import { announce, planOutput, type Step, takeStep, type Written } from './output.ts';

/** How often a run begins anew when another one works on the same folder; a second or so in all. */
const attempts = 10;

const codeOf = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'syscall' in error && 'code' in error
    ? String(error.code)
    : undefined;

/** What one meets when another run takes our temporary file, or removes a folder that it empties. */
const isGone = (error: unknown): boolean => ['ENOENT', 'EEXIST'].includes(codeOf(error) ?? '');

type Plan = ReturnType<typeof planOutput>;

/** The plan; undefined when another run has changed the folder while it was looked at. */
const tryPlan = (...wanted: Parameters<typeof planOutput>): Plan | undefined => {
  try {
    return planOutput(...wanted);
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
};

/**
 * The plan, with a second look at what seems foreign: a file of another run, that came after its
 * announcement was looked for.
 */
const lookTwice = (...wanted: Parameters<typeof planOutput>): Plan | undefined => {
  try {
    return tryPlan(...wanted);
  } catch (error) {
    if (isLock2nixError(error) && error.code === 'OUTPUT_FOREIGN') return tryPlan(...wanted);
    throw error;
  }
};

const busy = (folder: string): Lock2nixError =>
  new Lock2nixError('OUTPUT_UNWRITABLE', `another run keeps changing \`${folder}\``, {
    hint: 'wait until it has ended, then convert again',
  });

/**
 * A run that writes an output, step by step: yields what is to be done next, and is told what went
 * wrong with it (undefined: nothing). After the last step it looks whether the folder holds what it
 * should, and begins anew when another run was at it: whichever of them takes the last step has
 * looked after all steps of the others. Throws as `writeOutput`.
 */
export function* writing(
  ...wanted: Parameters<typeof planOutput>
): Generator<Step, Written, unknown> {
  const [folder, , record] = wanted;
  const written = new Set<string>();
  const removed = new Set<string>();
  const result = (): Written => ({ written: [...written].sort(), removed: [...removed].sort() });
  let cause: unknown;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    if (attempt > 0) yield { kind: 'wait', milliseconds: 5 + Math.random() * 20 * attempt };
    const plan = lookTwice(...wanted);
    if (plan === undefined) continue;
    for (const name of plan.written) written.add(name);
    for (const name of plan.removed) removed.add(name);
    cause = undefined;
    for (const step of plan.steps) {
      cause = yield step;
      if (cause !== undefined) break;
    }
    if (plan.steps.length === 0) return result();
    if (cause === undefined && lookTwice(...wanted)?.steps.length === 0) return result();
  }
  if (cause !== undefined) throw cause;
  // Whatever is there now is told from a finished output.
  for (const step of announce(folder, record)) yield step;
  throw busy(folder);
}

const unwritable = (folder: string, cause: unknown): Lock2nixError => {
  const code = codeOf(cause);
  if (code === undefined) throw cause;
  return new Lock2nixError('OUTPUT_UNWRITABLE', `cannot write to \`${folder}\`: ${code}`, {
    cause,
    hint: 'check its permissions, or choose another folder with `-o DIR`',
  });
};

/** Takes a step; gives back what another run may have caused, throws the rest. */
export const tryStep = (step: Step): unknown => {
  try {
    takeStep(step);
    return undefined;
  } catch (error) {
    // What is to be removed is gone: all the better.
    if (step.kind === 'remove' && codeOf(error) === 'ENOENT') return undefined;
    if (isGone(error)) return error;
    throw error;
  }
};

/**
 * Brings an output folder up to date: files by path relative to it, and their record. Throws
 * OUTPUT_FOREIGN before anything is changed, and OUTPUT_UNWRITABLE when the disk or another run
 * does not let us.
 */
export const writeOutput = (
  folder: string,
  files: ReadonlyMap<string, string>,
  record: string,
): Written => {
  try {
    const run = writing(folder, files, record);
    let next = run.next();
    while (next.done !== true) next = run.next(tryStep(next.value));
    return next.value;
  } catch (error) {
    if (isLock2nixError(error)) throw error;
    throw unwritable(folder, error);
  }
};
