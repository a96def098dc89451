/** One version for all platforms where that exists; else as few groups of platforms as are easily found. */
import { isLock2nixError } from '../../../graph/errors.ts';
import { type Platform, platformName } from '../../../graph/platform.ts';
import { type GroupFailure, type GroupSolution, solveGroup, type Task } from './group.ts';

/** Like `solveGroup`, and a contradiction in the input that it throws comes back as well. */
export const trySolve = async (
  task: Task,
  platforms: readonly Platform[],
): Promise<GroupSolution | GroupFailure | { readonly kind: 'thrown'; readonly error: unknown }> => {
  try {
    return await solveGroup(task, platforms);
  } catch (error) {
    if (!isLock2nixError(error) || error.code !== 'UNSATISFIABLE') throw error;
    return { kind: 'thrown', error };
  }
};

/** Versions that were chosen before are kept, too, behind those that are to be kept anyway. */
const preferring = (task: Task, solutions: readonly GroupSolution[]): Task => {
  const preferred = new Map(task.preferred);
  for (const { chosen } of solutions) {
    for (const [name, { offer }] of chosen) {
      const points = preferred.get(name) ?? [];
      if (!points.includes(offer.point)) preferred.set(name, [...points, offer.point]);
    }
  }
  return { ...task, preferred };
};

const byName = (a: Platform, b: Platform): number => (platformName(a) < platformName(b) ? -1 : 1);

/**
 * Solves for all platforms together. When that is impossible, each platform joins the first group
 * with which it can be solved, or begins one of its own, which keeps the versions of the groups
 * before where it can. The failure is that of a platform alone, or of all when there is just one.
 */
export const solveForks = async (
  task: Task,
  platforms: readonly Platform[],
): Promise<readonly GroupSolution[] | GroupFailure> => {
  const all = await trySolve(task, platforms);
  if (all.kind === 'solution') return [all];
  if (platforms.length === 1) {
    if (all.kind === 'thrown') throw all.error;
    return all;
  }
  const groups: GroupSolution[] = [];
  for (const platform of [...platforms].sort(byName)) {
    const alone = await trySolve(preferring(task, groups), [platform]);
    if (alone.kind === 'thrown') throw alone.error;
    if (alone.kind === 'failure') return alone;
    let joined = false;
    for (const [index, group] of groups.entries()) {
      const others = groups.filter((each) => each !== group);
      const together = await trySolve(preferring(task, others), [...group.platforms, platform]);
      if (together.kind !== 'solution') continue;
      groups[index] = together;
      joined = true;
      break;
    }
    if (!joined) groups.push(alone);
  }
  return groups;
};
