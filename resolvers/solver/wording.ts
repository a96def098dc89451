/** Incompatibilities as clauses of a sentence. */
import type { DependencyCause, UnusableCause } from './cause.ts';
import { type Incompatibility, isDerived, isFailure } from './incompatibility.ts';
import { rootPackage } from './root.ts';
import type { SetAlgebra } from './set-algebra.ts';
import type { Term } from './term.ts';

/** How an ecosystem names things; each has a plain default. */
export interface Words<S> {
  /** The root: `the project` unless given. */
  readonly root?: string;
  /** A package by its key. */
  readonly package?: (name: string) => string;
  /**
   * Versions, such as `>=1,<2`, perhaps simplified by what is known to exist; "" for all of them.
   * Of all versions it may name the only one there is.
   */
  readonly set?: (set: S, name: string) => string;
}

export interface Wording<S> {
  /** What the incompatibility says. */
  readonly clause: (incompatibility: Incompatibility<S>) => string;
  /** What both say, as one clause where the second continues the first. */
  readonly both: (a: Line<S>, b: Line<S>) => string;
}

/** An incompatibility, and the number of the line that concluded it. */
export interface Line<S> {
  readonly incompatibility: Incompatibility<S>;
  readonly number: number | undefined;
}

const listed = (words: readonly string[], conjunction: string): string =>
  words.length < 3
    ? words.join(` ${conjunction} `)
    : `${words.slice(0, -1).join(', ')} ${conjunction} ${words.at(-1) ?? ''}`;

interface Names<S> {
  readonly name: (name: string) => string;
  /** `foo >=2`, or `foo` for all versions. */
  readonly some: (name: string, set: S) => string;
  /** `foo >=2`, or `every version of foo`. */
  readonly every: (name: string, set: S) => string;
  readonly isAll: (name: string, set: S) => boolean;
}

const namesOf = <S>(sets: SetAlgebra<S>, words: Words<S>): Names<S> => {
  const name = (key: string): string =>
    key === rootPackage ? (words.root ?? 'the project') : (words.package?.(key) ?? key);
  const textOf = (key: string, set: S): string => {
    if (key === rootPackage) return '';
    if (words.set !== undefined) return words.set(set, key);
    return sets.equals(set, sets.full) ? '' : sets.format(set);
  };
  const isAll = (key: string, set: S): boolean => textOf(key, set) === '';
  const some = (key: string, set: S): string => `${name(key)} ${textOf(key, set)}`.trimEnd();
  const every = (key: string, set: S): string =>
    key !== rootPackage && isAll(key, set) ? `every version of ${name(key)}` : some(key, set);
  return { name, some, every, isAll };
};

const targetOf = <S>(names: Names<S>, { on, set, text, origin }: DependencyCause<S>): string =>
  `${text ?? names.some(on, set)}${origin === undefined ? '' : ` (${origin})`}`;

const positiveTerm = <S>({ terms }: Incompatibility<S>, key: string): Term<S> | undefined =>
  terms.find((term) => term.positive && term.package === key);

/** Who depends, in an incompatibility with this cause. */
const subjectOf = <S>(
  names: Names<S>,
  incompatibility: Incompatibility<S>,
  { package: key }: DependencyCause<S>,
): string => {
  const term = positiveTerm(incompatibility, key);
  return term === undefined ? names.name(key) : names.every(key, term.set);
};

const unusableClause = <S>(names: Names<S>, term: Term<S>, cause: UnusableCause): string => {
  const { package: key, set } = term;
  if (cause.kind === 'custom') {
    const subject = cause.about === 'package' ? names.name(key) : names.every(key, set);
    return `${subject} ${cause.message}`;
  }
  return names.isAll(key, set)
    ? `${names.name(key)} has no versions`
    : `no version of ${names.name(key)} matches ${names.some(key, set).slice(names.name(key).length + 1)}`;
};

const forbiddenClause = <S>(names: Names<S>, { package: key, set }: Term<S>): string =>
  names.isAll(key, set)
    ? `no version of ${names.name(key)} can be used`
    : `${names.some(key, set)} cannot be used`;

/** What a conclusion says: that some of these need one of those, or go badly together. */
const derivedClause = <S>(names: Names<S>, terms: readonly Term<S>[]): string => {
  const these = terms.filter((term) => term.positive);
  const those = terms
    .filter((term) => !term.positive)
    .map(({ package: key, set }) => names.some(key, set));
  const [first, ...others] = these;
  if (first === undefined) return `${listed(those, 'or')} is required`;
  if (those.length > 0 && others.length === 0)
    return `${names.every(first.package, first.set)} requires ${listed(those, 'or')}`;
  const some = these.map(({ package: key, set }) => names.some(key, set));
  if (those.length > 0) return `${listed(some, 'and')} together require ${listed(those, 'or')}`;
  if (others.length === 0) return forbiddenClause(names, first);
  if (others.length === 1)
    return `${names.every(first.package, first.set)} is incompatible with ${some[1] ?? ''}`;
  return `${listed(some, 'and')} are incompatible with each other`;
};

/** ` which …`; behind the place of a requirement there is a comma, or it would be about that. */
const which = ({ origin }: { readonly origin?: string | undefined }): string =>
  origin === undefined ? ' which' : ', which';

/** What a requirement is, and that no version could ever do where it contradicts itself. */
const wishOf = <S>(sets: SetAlgebra<S>, names: Names<S>, cause: DependencyCause<S>): string =>
  targetOf(names, cause) + (sets.isEmpty(cause.set) ? `${which(cause)} no version can match` : '');

const clauseOf = <S>(
  sets: SetAlgebra<S>,
  names: Names<S>,
  incompatibility: Incompatibility<S>,
): string => {
  const { terms, cause } = incompatibility;
  const [term] = terms;
  switch (cause.kind) {
    case 'dependency':
      return `${subjectOf(names, incompatibility, cause)} depends on ${wishOf(sets, names, cause)}`;
    case 'conflict':
      return isFailure(incompatibility) ? 'there is no solution' : derivedClause(names, terms);
    case 'no-versions':
    case 'custom':
      return term === undefined ? 'there is no solution' : unusableClause(names, term, cause);
  }
};

/** ` which …` about what `a` depends on, when that is what `b` is about; undefined otherwise. */
const continuation = <S>(
  sets: SetAlgebra<S>,
  names: Names<S>,
  a: Incompatibility<S>,
  b: Incompatibility<S>,
): string | undefined => {
  if (a.cause.kind !== 'dependency') return undefined;
  const link = which(a.cause);
  const term = positiveTerm(b, a.cause.on);
  const needed = a.terms.find((each) => !each.positive)?.set ?? a.cause.set;
  if (term === undefined || !sets.isSubset(needed, term.set)) return undefined;
  if (b.cause.kind === 'dependency')
    return b.cause.package === term.package
      ? `${link} depends on ${wishOf(sets, names, b.cause)}`
      : undefined;
  if (b.terms.length > 1) return undefined;
  if (b.cause.kind === 'no-versions')
    return names.isAll(term.package, term.set)
      ? `${link} has no versions`
      : `${link} matches no version`;
  return b.cause.kind === 'custom' ? `${link} ${b.cause.message}` : `${link} cannot be used`;
};

/** The words for incompatibilities over `sets`. */
export const makeWording = <S>(sets: SetAlgebra<S>, words: Words<S>): Wording<S> => {
  const names = namesOf(sets, words);
  const clause = (incompatibility: Incompatibility<S>): string =>
    clauseOf(sets, names, incompatibility);
  const withNumber = (text: string, number: number | undefined): string =>
    number === undefined ? text : `${text} (${number})`;
  /** `x depends on both y and z`. */
  const sameSubject = (a: Incompatibility<S>, b: Incompatibility<S>): string | undefined => {
    if (a.cause.kind !== 'dependency' || b.cause.kind !== 'dependency') return undefined;
    const subject = subjectOf(names, a, a.cause);
    return subject === subjectOf(names, b, b.cause)
      ? `${subject} depends on both ${targetOf(names, a.cause)} and ${targetOf(names, b.cause)}`
      : undefined;
  };
  const both = (a: Line<S>, b: Line<S>): string => {
    const same = sameSubject(a.incompatibility, b.incompatibility);
    if (same !== undefined) return same;
    for (const [first, second] of [
      [a, b],
      [b, a],
    ] as const) {
      const rest = continuation(sets, names, first.incompatibility, second.incompatibility);
      if (rest === undefined) continue;
      return `${withNumber(clause(first.incompatibility), first.number)}${withNumber(rest, second.number)}`;
    }
    return [a, b]
      .map((line) => withNumber(clause(line.incompatibility), line.number))
      .join(' and ');
  };
  return { clause, both };
};

/** The hint of a cause that was told, if it has one. */
export const hintOf = <S>(incompatibility: Incompatibility<S>): string | undefined => {
  if (isDerived(incompatibility)) return undefined;
  const { cause } = incompatibility;
  return cause.kind === 'no-versions' || cause.kind === 'custom' ? cause.hint : undefined;
};
