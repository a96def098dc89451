/** Sets as users know them: by the versions that are published. */
import type { Words } from '../../solver/wording.ts';
import { splitKey } from '../solve/keys.ts';
import type { VersionSet } from '../solve/sets.ts';
import { type Offer, oldestIn, type Shelf } from '../solve/shelf.ts';

/** The shelf of a name as far as it is known by now. */
export type KnownShelf = (name: string) => Shelf | undefined;

/** A run of neighbours on the shelf. */
const runText = (shelf: Shelf, first: Offer, last: Offer): string => {
  const isFirst = shelf.offers[0] === first;
  const isLast = shelf.offers.at(-1) === last;
  if (first === last) return `==${first.text}`;
  if (isFirst) return `<=${last.text}`;
  return isLast ? `>=${first.text}` : `>=${first.text},<=${last.text}`;
};

/** Versions in a set, as specifiers that name published versions; "" for all of them. */
export const setInWords = (shelf: Shelf, set: VersionSet): string => {
  const offers = [...oldestIn(shelf, set)];
  if (offers.length === shelf.offers.length) return '';
  const runs: [Offer, Offer][] = [];
  for (const offer of offers) {
    const run = runs.at(-1);
    const before = run === undefined ? -2 : shelf.offers.indexOf(run[1]);
    if (run !== undefined && shelf.offers[before + 1] === offer) run[1] = offer;
    else runs.push([offer, offer]);
  }
  return runs.length === 0
    ? '(a version that does not exist)'
    : runs.map(([first, last]) => runText(shelf, first, last)).join(' or ');
};

export const wordsOf = (shelfOf: KnownShelf): Words<VersionSet> => ({
  set: (set, key) => {
    const shelf = shelfOf(splitKey(key).name);
    return shelf === undefined ? '(some versions)' : setInWords(shelf, set);
  },
});
