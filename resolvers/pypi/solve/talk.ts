/** What is worth knowing about a solution: yanked pins, extras that do not exist, guesses and repairs. */
import type { Diagnostic } from '../../../graph/errors.ts';
import { nearest } from '../../../standards/nearest.ts';
import type { GroupSolution } from './group.ts';
import { existingFiles, yankedBecause } from './usable.ts';

const plural = (count: number, one: string, many: string): string => (count === 1 ? one : many);

const talkOf = ({ chosen, conditions, factsOf, needsOf }: GroupSolution) => {
  const talk: Diagnostic[] = [];
  const guessed: string[] = [];
  for (const [name, { offer, extras }] of chosen) {
    const id = `${name}@${offer.text}`;
    const yanked = yankedBecause(existingFiles(offer, conditions));
    if (yanked !== undefined) {
      const reason = yanked === true ? '' : `: ${yanked}`;
      talk.push({ severity: 'warning', code: 'yanked', message: `\`${id}\` was yanked${reason}` });
    }
    const facts = factsOf(offer);
    if (facts?.reliable === false) guessed.push(id);
    for (const extra of extras) {
      if (facts === undefined || facts.extras.has(extra)) continue;
      const known = [...facts.extras].sort();
      const near = nearest(extra, known);
      talk.push({
        severity: 'warning',
        code: 'extra-unknown',
        message: `\`${id}\` has no extra \`${extra}\`; nothing is installed for it`,
        ...(near === undefined ? {} : { hint: `did you mean \`${near}\`?` }),
      });
    }
    for (const extra of [undefined, ...extras]) {
      for (const { need } of needsOf(offer, extra)) {
        if (need.repaired === undefined) continue;
        talk.push({
          severity: 'note',
          code: 'requirement-repaired',
          message: `\`${id}\`: the requirement \`${need.repaired}\` is taken as \`${need.text}\``,
        });
      }
    }
  }
  return { talk, guessed };
};

/** The talk of all groups, each once, in order of its text. */
export const diagnosticsOf = (groups: readonly GroupSolution[]): readonly Diagnostic[] => {
  const all = groups.map(talkOf);
  const guessed = [...new Set(all.flatMap((each) => each.guessed))].sort();
  const guesses: readonly Diagnostic[] =
    guessed.length === 0
      ? []
      : [
          {
            severity: 'note',
            code: 'requirements-guessed',
            message: `the requirements of ${guessed.map((id) => `\`${id}\``).join(', ')} are as the ${plural(guessed.length, 'source distribution says', 'source distributions say')}; a build may say otherwise`,
          },
        ];
  const byMessage = new Map(
    [...all.flatMap((each) => each.talk), ...guesses].map((each) => [each.message, each]),
  );
  return [...byMessage.values()].sort((a, b) => (a.message < b.message ? -1 : 1));
};
