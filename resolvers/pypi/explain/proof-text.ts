/** A proof of failure in the words of PyPI: names, requirements as written, versions that exist. */
import { noVersions, union, type VersionSet } from '../../../standards/version-set.ts';
import type { Incompatibility } from '../../solver/incompatibility.ts';
import { explainFailure } from '../../solver/report.ts';
import type { Words } from '../../solver/wording.ts';
import { versionSets } from '../solve/sets.ts';
import { type Asking, distributionOf, type Evidence } from './askings.ts';
import { formatVersions, isIn, type Published } from './version-words.ts';

type PublishedOf = (name: string) => readonly Published[];

/** Longer proofs are summed up: who asks whom for how many things. */
const mostSentences = 16;

const wordsFor = (published: PublishedOf): Words<VersionSet> => ({
  set: (set, key) => formatVersions(set, published(distributionOf(key))),
});

const withOrigin = ({ text, origin }: Asking): string =>
  origin === undefined ? text : `${text} (${origin})`;

const summary = ({ askings, facts }: Evidence, published: PublishedOf): string => {
  const groups = new Map<string, Asking[]>();
  for (const asking of askings) {
    const key = JSON.stringify([asking.of, asking.on]);
    groups.set(key, [...(groups.get(key) ?? []), asking]);
  }
  const own = askings.filter(({ of }) => of === undefined).map(withOrigin);
  const others = [...groups.values()].flatMap((group): readonly string[] => {
    const [first] = group;
    if (first?.of === undefined) return [];
    const asking = group.reduce((all, each) => union(all, each.asking), noVersions);
    const newest =
      published(first.of).reduceRight<Asking | undefined>(
        (known, each) => known ?? group.find(({ asking: by }) => isIn(by, each)),
        undefined,
      ) ?? first;
    const subject = `${first.of} ${formatVersions(asking, published(first.of))}`.trimEnd();
    const others = group.length - 1;
    const more = others === 0 ? '' : ` (and ${others} more)`;
    return [`${subject}: ${newest.text}${more}`];
  });
  const told = facts.flatMap(({ name, set, message }): readonly string[] =>
    message === undefined
      ? []
      : [`${name} ${formatVersions(set, published(name))} ${message}`.replace(/ +/g, ' ')],
  );
  const lines = [`the project: ${own.join(', ')}`, ...others, ...new Set(told)];
  return lines.map((line) => `- ${line}`).join('\n');
};

/** What a proof says: a clause for the simplest, otherwise its sentences, or a summary of too many. */
export const proofText = (
  proof: Incompatibility<VersionSet>,
  evidence: Evidence,
  published: PublishedOf,
): string => {
  const { text } = explainFailure(proof, versionSets, wordsFor(published));
  const clause = /^Because (.*), there is no solution\.$/s.exec(text)?.[1];
  if (clause !== undefined && !text.includes('\n')) return clause;
  const sentences = text.split('\n').filter((line) => line !== '').length;
  return sentences > mostSentences ? summary(evidence, published) : text;
};
