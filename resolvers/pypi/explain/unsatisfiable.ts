/** The error for a question that has no answer. */
import { Lock2nixError } from '../../../graph/errors.ts';
import { explainFailure } from '../../solver/report.ts';
import type { GroupFailure } from '../solve/group.ts';
import { versionSets } from '../solve/sets.ts';
import { wordsOf } from './words.ts';

/** Why there is no solution, in words; the hint is what the causes know. */
export const explainUnsatisfiable = (
  failed: GroupFailure,
  shelves: Parameters<typeof wordsOf>[0],
): Lock2nixError => {
  const { text, hints } = explainFailure(
    failed.failure.incompatibility,
    versionSets,
    wordsOf(shelves),
  );
  return new Lock2nixError(
    'UNSATISFIABLE',
    `no versions satisfy all requirements.\n${text}`,
    hints.length === 0 ? {} : { hint: hints.join('; ') },
  );
};
