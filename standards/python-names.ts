/** What the names of a Python module stand for, when each is bound once and never changed. */
import {
  isPythonDict,
  isPythonList,
  type PythonLiteral,
  readPythonLiteral,
} from './python-literal.ts';
import type { PythonToken } from './python-tokens.ts';

/** Methods that leave a list or a dict as it is. */
const harmlessMethods = new Set(['copy', 'count', 'get', 'index', 'items', 'keys', 'values']);

/** Functions that leave what they are given as it is. */
const harmlessFunctions = new Set(
  'dict frozenset len list max min print repr set setup sorted str sum tuple'.split(' '),
);

const statementsThatBind = new Set(['import', 'from', 'global', 'nonlocal', 'del', 'def', 'class']);

const augmented = /^(?:\+|-|\*|\/|%|&|\||\^|@|>>|<<|\*\*|\/\/|:)=$/;

interface Occurrence {
  readonly tokens: readonly PythonToken[];
  readonly at: number;
  /** Index of the first token of its statement. */
  readonly statement: number;
  /** Index of the innermost open bracket; undefined outside of all. */
  readonly bracket: number | undefined;
}

/** Every use of each name, in order, but not as an attribute. */
const occurrencesOf = (
  tokens: readonly PythonToken[],
): ReadonlyMap<string, readonly Occurrence[]> => {
  const found = new Map<string, Occurrence[]>();
  const open: number[] = [];
  let statement = 0;
  tokens.forEach((token, at) => {
    if (token.indent !== undefined) statement = at;
    if (token.kind === 'operator' && /^[([{]$/.test(token.text ?? '')) open.push(at);
    if (token.kind === 'operator' && /^[)\]}]$/.test(token.text ?? '')) open.pop();
    if (token.kind !== 'name' || token.text === undefined) return;
    if (tokens[at - 1]?.text === '.' && tokens[at - 1]?.kind === 'operator') return;
    const occurrence = { tokens, at, statement, bracket: open.at(-1) };
    const known = found.get(token.text);
    if (known === undefined) found.set(token.text, [occurrence]);
    else known.push(occurrence);
  });
  return found;
};

const markAt = (tokens: readonly PythonToken[], at: number): string | undefined =>
  tokens[at]?.kind === 'operator' ? tokens[at]?.text : undefined;

/** The name of the function whose argument list the bracket opens. */
const calledAt = ({ tokens }: Occurrence, bracket: number): string | undefined => {
  if (markAt(tokens, bracket) !== '(') return undefined;
  const before = tokens[bracket - 1];
  return before?.kind === 'name' ? before.text : undefined;
};

type Use = 'binding' | 'argument name' | 'read' | 'changed';

/** A use as the target of something other than `NAME = …` in a statement of its own. */
const isOtherTarget = ({ tokens, at, statement }: Occurrence): boolean => {
  const [before, next] = [tokens[at - 1]?.text, markAt(tokens, at + 1)];
  if (statementsThatBind.has(tokens[statement]?.text ?? '')) return true;
  if (before === 'as' || before === 'for' || before === 'def' || before === 'class') return true;
  if (next !== undefined && augmented.test(next)) return true;
  const isBare = tokens[at]?.depth === 0;
  // `a, NAME = 1, 2` and `a = NAME = 1`.
  if (isBare && (next === ',' || (before === ',' && at !== statement))) return true;
  // `NAME: list = …`.
  if (next === ':' && at === statement) return true;
  return isBare && next === '=' && at !== statement;
};

/** Whether something may change a list or dict through this use of its name. */
const mayChange = (occurrence: Occurrence): boolean => {
  const { tokens, at, statement, bracket } = occurrence;
  const next = markAt(tokens, at + 1);
  if (next === '.') return !harmlessMethods.has(tokens[at + 2]?.text ?? '');
  if (next === '[') return at === statement;
  if (bracket !== undefined) {
    const isWhole = next === ',' || next === ')';
    const called = calledAt(occurrence, bracket);
    const before = markAt(tokens, at - 1);
    const isPassed = before === '(' || before === ',' || before === '=';
    return isWhole && isPassed && called !== undefined && !harmlessFunctions.has(called);
  }
  // `other = NAME` gives it a second name.
  return markAt(tokens, at - 1) === '=' && tokens[at + 1]?.kind === 'newline';
};

const useOf = (occurrence: Occurrence, isMutable: boolean): Use => {
  const { tokens, at, statement } = occurrence;
  const next = markAt(tokens, at + 1);
  if (at === statement && next === '=') {
    return tokens[at]?.indent === 0 ? 'binding' : 'changed';
  }
  const before = markAt(tokens, at - 1);
  if (next === '=' && (tokens[at]?.depth ?? 0) > 0 && (before === '(' || before === ',')) {
    return 'argument name';
  }
  if (isOtherTarget(occurrence)) return 'changed';
  return isMutable && mayChange(occurrence) ? 'changed' : 'read';
};

/** Functions through which names are bound that are not to be seen. */
const namespaces = ['globals', 'locals', 'vars'] as const;

/**
 * What names of a module stand for: only those that one statement of the module binds to literals,
 * and nothing else binds or may change. Undefined for all others. That an `exec` binds a name which
 * the module itself binds too is not thought of.
 */
export const pythonNames = (
  tokens: readonly PythonToken[],
): ((name: string) => PythonLiteral | undefined) => {
  const occurrences = occurrencesOf(tokens);
  if (namespaces.some((name) => occurrences.has(name))) return () => undefined;
  const known = new Map<string, PythonLiteral | undefined>();
  const lookUp = (name: string): PythonLiteral | undefined => {
    if (known.has(name)) return known.get(name);
    // For names that are bound to themselves.
    known.set(name, undefined);
    const uses = occurrences.get(name) ?? [];
    const [binding, ...others] = uses.filter((use) => useOf(use, false) === 'binding');
    if (binding === undefined || others.length > 0) return undefined;
    const value = readPythonLiteral(tokens, binding.at + 2, lookUp);
    const isMutable = isPythonList(value) || isPythonDict(value);
    const isSafe = uses.every((use) => useOf(use, isMutable) !== 'changed');
    const settled = isSafe ? value : undefined;
    known.set(name, settled);
    return settled;
  };
  return lookUp;
};
