/** The error of a failure: what the explanation needs to know of the question. */
import type { Lock2nixError } from '../../../graph/errors.ts';
import type { ConstraintRule } from '../../../graph/requirements.ts';
import { allVersions } from '../../../standards/version-set.ts';
import type { Asking } from '../explain/askings.ts';
import { explainUnsatisfiable } from '../explain/unsatisfiable.ts';
import type { GroupFailure, Task } from './group.ts';
import { boundsIn } from './rules.ts';
import { askedBy } from './sets.ts';

/** The same question with more rules; undefined when it has an answer. */
export type SolveWithRules = (
  rules: readonly ConstraintRule[],
) => Promise<GroupFailure | undefined>;

/** What the constraints of the input and of the rules ask of everybody. */
const boundsOf = ({ constraints, rules }: Task): readonly Asking[] => [
  ...constraints.flatMap(({ name, specifier, text, origin }): readonly Asking[] => {
    if (name === undefined || specifier === undefined) return [];
    const { set } = askedBy(specifier);
    return [{ of: undefined, asking: allVersions, on: name, set, text, specifier, origin }];
  }),
  ...boundsIn(rules).map(({ on, use, place }): Asking => {
    const { set } = askedBy(use);
    const said = { text: `${on}${use}`, specifier: use, origin: place };
    return { of: undefined, asking: allVersions, on, set, ...said };
  }),
];

/** Names that were asked for, are recorded, or were found: of one that is misspelt, what may be meant. */
export const namesSeen = ({ needs, preferred, library }: Task): readonly string[] => {
  const asked = needs.map(({ name }) => name);
  return [...new Set([...asked, ...preferred.keys(), ...library.names()])].sort();
};

/** Why nothing was found, all contradictions at once, and what to do. Throws what the registry throws. */
export const refuse = async (
  failed: GroupFailure,
  solveWith: SolveWithRules,
  { task, project }: { readonly task: Task; readonly project: string },
): Promise<Lock2nixError> =>
  await explainUnsatisfiable(
    failed.failure.incompatibility,
    async (more) => (await solveWith([...task.rules, ...more]))?.failure.incompatibility,
    {
      python: task.circumstances(failed.platforms).python,
      platforms: failed.platforms,
      published: (name) => failed.knownShelf(name)?.offers ?? [],
      load: async (names) => {
        await Promise.all(names.map((name) => failed.shelfOf(name)));
      },
      projectOf: ({ on, origin }) =>
        task.needs.find((need) => need.name === on && need.origin === origin)?.root ?? project,
      bounds: boundsOf(task),
      seen: () => namesSeen(task),
    },
  );
