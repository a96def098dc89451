/**
 * A failure as a proof in words. Each sentence concludes something from what was told and from the
 * sentences before; a conclusion that is needed again later has a number, by which it is named.
 */
import { type Derived, evidenceOf, type Incompatibility, isDerived } from './incompatibility.ts';
import type { SetAlgebra } from './set-algebra.ts';
import { simplifyProof } from './simplify.ts';
import { hintOf, type Line, makeWording, type Words } from './wording.ts';

export interface Report {
  /** The sentences, in lines; between two separate arguments there is an empty one. */
  readonly text: string;
  /** What can be done, by the causes that know; each once, in the order of the proof. */
  readonly hints: readonly string[];
}

/** How a sentence follows the one before: not at all, with reasons of its own, or without. */
type Link = 'complete' | 'continued' | 'summed';
type End = (link: Link, reason: string) => void;
const openings = { complete: 'Because', continued: 'And because', summed: 'Thus' } as const;

interface Sentence {
  readonly text: string;
  readonly number: number | undefined;
}

/** How often each conclusion is used to conclude something else. */
const countUses = <S>(failure: Incompatibility<S>): ReadonlyMap<Incompatibility<S>, number> => {
  const uses = new Map<Incompatibility<S>, number>([[failure, 1]]);
  const open = [failure];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (!isDerived(next)) continue;
    for (const part of [next.cause.conflict, next.cause.other]) {
      const count = uses.get(part) ?? 0;
      uses.set(part, count + 1);
      if (count === 0) open.push(part);
    }
  }
  return uses;
};

/** Whether it follows from what was told alone, and so takes one sentence. */
const isSingleLine = <S>({ cause }: Derived<S>): boolean =>
  !isDerived(cause.conflict) && !isDerived(cause.other);

/** Writes the proof of one failure. Steps wait on a stack: proofs may be deeper than the calls go. */
class Writer<S> {
  readonly sentences: Sentence[] = [];
  readonly #numbers = new Map<Incompatibility<S>, number>();
  readonly #wording;
  readonly #uses;
  readonly #steps: (() => void)[] = [];
  readonly #failure: Derived<S>;

  constructor(failure: Derived<S>, sets: SetAlgebra<S>, words: Words<S>) {
    this.#failure = failure;
    this.#wording = makeWording(sets, words);
    this.#uses = countUses(failure);
  }

  run(): void {
    this.#later(() => this.#prove(this.#failure, false));
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) step();
  }

  /** The given steps come next, in their order. */
  #later(...steps: readonly (() => void)[]): void {
    this.#steps.push(...steps.toReversed());
  }

  /** Proves `derived` before the step that was planned behind it. */
  #prove(derived: Derived<S>, isConclusion: boolean): void {
    if (this.#numbers.has(derived)) return;
    const { conflict, other } = derived.cause;
    const end: End = (link, reason) => this.#write(derived, isConclusion, link, reason);
    if (isDerived(conflict) && isDerived(other)) this.#proveFromTwo(derived, isConclusion);
    else if (isDerived(conflict)) this.#proveFromOne(conflict, other, end);
    else if (isDerived(other)) this.#proveFromOne(other, conflict, end);
    else end('complete', this.#both(conflict, other));
  }

  #proveFromTwo(derived: Derived<S>, isConclusion: boolean): void {
    const { conflict, other } = derived.cause;
    if (!isDerived(conflict) || !isDerived(other)) return;
    const end: End = (link, reason) => this.#write(derived, isConclusion, link, reason);
    const numbered = [conflict, other].find((each) => this.#numbers.has(each));
    if (numbered !== undefined) {
      const rest = numbered === conflict ? other : conflict;
      if (this.#numbers.has(rest)) end('complete', this.#both(conflict, other));
      else
        this.#later(
          () => this.#prove(rest, false),
          () => end('continued', this.#clause(numbered)),
        );
    } else if (isSingleLine(conflict) || isSingleLine(other)) {
      const [first, second] = isSingleLine(other) ? [conflict, other] : [other, conflict];
      this.#later(
        () => this.#prove(first, false),
        () => this.#prove(second, false),
        () => end('summed', ''),
      );
    } else
      this.#later(
        () => this.#prove(conflict, true),
        () => this.#separate(derived, isConclusion),
      );
  }

  /** The second of two long arguments, behind an empty line. */
  #separate(derived: Derived<S>, isConclusion: boolean): void {
    const { conflict, other } = derived.cause;
    if (!isDerived(other)) return;
    const end: End = (link, reason) => this.#write(derived, isConclusion, link, reason);
    if (this.#numbers.has(other)) {
      end('complete', this.#both(conflict, other));
      return;
    }
    this.sentences.push({ text: '', number: undefined });
    this.#later(
      () => this.#prove(other, false),
      () => end('continued', this.#clause(conflict)),
    );
  }

  /** From one conclusion and something that was told. */
  #proveFromOne(conclusion: Derived<S>, told: Incompatibility<S>, end: End): void {
    const inner = this.#collapsible(conclusion);
    if (this.#numbers.has(conclusion)) end('complete', this.#both(told, conclusion));
    else if (inner === undefined)
      this.#later(
        () => this.#prove(conclusion, false),
        () => end('continued', this.#clause(told)),
      );
    else
      this.#later(
        () => this.#prove(inner.conclusion, false),
        () => end('continued', this.#both(inner.told, told)),
      );
  }

  /** The parts of a conclusion that needs no sentence of its own: it is used once, and is short. */
  #collapsible(
    derived: Derived<S>,
  ): { readonly conclusion: Derived<S>; readonly told: Incompatibility<S> } | undefined {
    if ((this.#uses.get(derived) ?? 0) > 1) return undefined;
    const { conflict, other } = derived.cause;
    const [conclusion, told] = isDerived(conflict) ? [conflict, other] : [other, conflict];
    if (!isDerived(conclusion) || isDerived(told) || this.#numbers.has(conclusion))
      return undefined;
    return { conclusion, told };
  }

  /** Reasons that are complete, or that continue what the sentences before said. */
  #write(derived: Derived<S>, isConclusion: boolean, link: Link, reason: string): void {
    const isNumbered = isConclusion || (this.#uses.get(derived) ?? 0) > 1;
    const number = isNumbered ? this.#numbers.size + 1 : undefined;
    if (number !== undefined) this.#numbers.set(derived, number);
    const isLast = derived === this.#failure && this.sentences.length > 0;
    const opening = isLast || (isConclusion && link === 'continued') ? 'So' : openings[link];
    const because = opening === 'So' && reason !== '' ? 'So, because' : opening;
    const text = `${because} ${reason}`.trimEnd();
    this.sentences.push({ text: `${text}, ${this.#wording.clause(derived)}.`, number });
  }

  #line(incompatibility: Incompatibility<S>): Line<S> {
    return { incompatibility, number: this.#numbers.get(incompatibility) };
  }

  #clause(incompatibility: Incompatibility<S>): string {
    const number = this.#numbers.get(incompatibility);
    const clause = this.#wording.clause(incompatibility);
    return number === undefined ? clause : `${clause} (${number})`;
  }

  #both(a: Incompatibility<S>, b: Incompatibility<S>): string {
    return this.#wording.both(this.#line(a), this.#line(b));
  }
}

const layOut = (sentences: readonly Sentence[]): string => {
  const width = Math.max(
    0,
    ...sentences.map(({ number }) => (number === undefined ? 0 : `(${number}) `.length)),
  );
  return sentences
    .map(({ text, number }) =>
      text === '' ? '' : `${(number === undefined ? '' : `(${number}) `).padEnd(width)}${text}`,
    )
    .join('\n');
};

const sentencesOf = <S>(
  failure: Incompatibility<S>,
  sets: SetAlgebra<S>,
  words: Words<S>,
): readonly Sentence[] => {
  if (!isDerived(failure)) {
    const clause = makeWording(sets, words).clause(failure);
    return [{ text: `Because ${clause}, there is no solution.`, number: undefined }];
  }
  const writer = new Writer(failure, sets, words);
  writer.run();
  return writer.sentences;
};

/** Why there is no solution, in words. */
export const explainFailure = <S>(
  failure: Incompatibility<S>,
  sets: SetAlgebra<S>,
  words: Words<S> = {},
): Report => {
  const proof = simplifyProof(sets, failure);
  const hints = evidenceOf(proof).map((each) => hintOf(each));
  return {
    text: layOut(sentencesOf(proof, sets, words)),
    hints: [...new Set(hints.filter((hint) => hint !== undefined))],
  };
};
