/** Values that stand in Python source as they are: nothing is run to find them. */
import type { PythonToken } from './python-tokens.ts';

export interface PythonDict {
  readonly entries: ReadonlyMap<string, PythonLiteral>;
}

/** Tuples and sets are lists; bytes are text; `None` is null. Keys of dicts are text. */
export type PythonLiteral =
  | string
  | number
  | boolean
  | null
  | readonly PythonLiteral[]
  | PythonDict;

export const isPythonList = (value: PythonLiteral | undefined): value is readonly PythonLiteral[] =>
  Array.isArray(value);

export const isPythonDict = (value: PythonLiteral | undefined): value is PythonDict =>
  typeof value === 'object' && value !== null && 'entries' in value && !Array.isArray(value);

/** A value and the index of the token behind it. */
interface Read<Value = PythonLiteral> {
  readonly value: Value;
  readonly next: number;
}

/** What names stand for; undefined for what is not known to be a literal. */
export type PythonNames = (name: string) => PythonLiteral | undefined;

interface Reader {
  readonly tokens: readonly PythonToken[];
  readonly names: PythonNames;
}

/** Deeper than anybody nests a list of requirements. */
const deepest = 50;

const isMark = (token: PythonToken | undefined, ...marks: readonly string[]): boolean =>
  token?.kind === 'operator' && marks.includes(token.text ?? '');

const constants: ReadonlyMap<string, PythonLiteral> = new Map<string, PythonLiteral>([
  ['True', true],
  ['False', false],
  ['None', null],
]);

/** `a, b, ]` behind an opening bracket: each member is read by `readMember`. */
const readMembers = <Value>(
  { tokens }: Reader,
  start: number,
  { close, readMember }: { close: string; readMember: (at: number) => Read<Value> | undefined },
): Read<readonly Value[]> | undefined => {
  const members: Value[] = [];
  let at = start;
  while (!isMark(tokens[at], close)) {
    const member = readMember(at);
    if (member === undefined) return undefined;
    members.push(member.value);
    at = member.next;
    if (isMark(tokens[at], ',')) at += 1;
    else if (!isMark(tokens[at], close)) return undefined;
  }
  return { value: members, next: at + 1 };
};

const readStrings = ({ tokens }: Reader, start: number): Read | undefined => {
  let text = '';
  let at = start;
  for (; tokens[at]?.kind === 'string'; at += 1) {
    const part = tokens[at]?.text;
    if (part === undefined) return undefined;
    text += part;
  }
  return { value: text, next: at };
};

type Pair = readonly [string, PythonLiteral];

const dictOf = (pairs: readonly Pair[]): PythonDict => ({ entries: new Map(pairs) });

/** `{"a": 1}`, or a set. */
const readBraces = (reader: Reader, at: number, depth: number): Read | undefined => {
  const pairs: Pair[] = [];
  const members = readMembers(reader, at, {
    close: '}',
    readMember: (member) => {
      const key = readExpression(reader, member, depth);
      if (key === undefined || !isMark(reader.tokens[key.next], ':')) return key;
      const value = readExpression(reader, key.next + 1, depth);
      if (value === undefined || typeof key.value !== 'string') return undefined;
      pairs.push([key.value, value.value]);
      return value;
    },
  });
  if (members === undefined) return undefined;
  const isDict = pairs.length === members.value.length;
  if (isDict) return { ...members, value: dictOf(pairs) };
  return pairs.length === 0 ? members : undefined;
};

/** A tuple, or an expression in parentheses. */
const readParentheses = (reader: Reader, at: number, depth: number): Read | undefined => {
  const members = readMembers(reader, at, {
    close: ')',
    readMember: (member) => readExpression(reader, member, depth),
  });
  const [only] = members?.value ?? [];
  if (members === undefined || members.value.length !== 1 || only === undefined) return members;
  return isMark(reader.tokens[members.next - 2], ',') ? members : { ...members, value: only };
};

/** `dict(a=1)`, `list([…])`, `tuple(…)`, `set(…)`. */
const readCall = (reader: Reader, at: number, depth: number): Read | undefined => {
  const { tokens } = reader;
  if (tokens[at]?.text === 'dict') {
    const pairs = readMembers(reader, at + 2, {
      close: ')',
      readMember: (member) => readKeyword(reader, member, depth),
    });
    return pairs && { value: dictOf(pairs.value), next: pairs.next };
  }
  if (!['list', 'tuple', 'set'].includes(tokens[at]?.text ?? '')) return undefined;
  if (isMark(tokens[at + 2], ')')) return { value: [], next: at + 3 };
  const inner = readExpression(reader, at + 2, depth);
  if (inner === undefined || !isPythonList(inner.value)) return undefined;
  return isMark(tokens[inner.next], ')') ? { ...inner, next: inner.next + 1 } : undefined;
};

/** `name=VALUE`, an argument of a call. */
const readKeyword = (reader: Reader, at: number, depth: number): Read<Pair> | undefined => {
  const name = reader.tokens[at];
  if (name?.kind !== 'name' || name.text === undefined) return undefined;
  if (!isMark(reader.tokens[at + 1], '=')) return undefined;
  const value = readExpression(reader, at + 2, depth);
  return value && { value: [name.text, value.value], next: value.next };
};

const readName = (reader: Reader, at: number, depth: number): Read | undefined => {
  const name = reader.tokens[at]?.text ?? '';
  if (isMark(reader.tokens[at + 1], '(')) return readCall(reader, at, depth);
  const value = constants.has(name) ? constants.get(name) : reader.names(name);
  return value === undefined ? undefined : { value, next: at + 1 };
};

const readNumber = (text: string, next: number): Read | undefined =>
  /^\d{1,15}(?:\.\d{1,15})?$/.test(text) ? { value: Number(text), next } : undefined;

const readAtom = (reader: Reader, at: number, depth: number): Read | undefined => {
  const token = reader.tokens[at];
  if (token === undefined || depth > deepest) return undefined;
  if (token.kind === 'string') return readStrings(reader, at);
  if (token.kind === 'name') return readName(reader, at, depth + 1);
  if (token.kind === 'number') return readNumber(token.text ?? '', at + 1);
  if (isMark(token, '(')) return readParentheses(reader, at + 1, depth + 1);
  if (isMark(token, '{')) return readBraces(reader, at + 1, depth + 1);
  if (!isMark(token, '[')) return undefined;
  return readMembers(reader, at + 1, {
    close: ']',
    readMember: (member) => readExpression(reader, member, depth + 1),
  });
};

const methods: Readonly<Record<string, (text: string) => PythonLiteral>> = {
  strip: (text) => text.trim(),
  split: (text) => text.split(/\s+/).filter((part) => part !== ''),
  splitlines: (text) => text.replace(/\n$/, '').split('\n'),
};

/** `"…".split()`, and the other methods that need no argument. */
const readMethods = ({ tokens }: Reader, atom: Read): Read | undefined => {
  let { value, next } = atom;
  while (isMark(tokens[next], '.')) {
    const method = tokens[next + 1]?.text ?? '';
    if (typeof value !== 'string' || !Object.hasOwn(methods, method)) return undefined;
    if (!isMark(tokens[next + 2], '(') || !isMark(tokens[next + 3], ')')) return undefined;
    value = methods[method]?.(value) ?? null;
    next += 4;
  }
  return { value, next };
};

/** Longest text and list that additions may grow to: names that are added to themselves grow fast. */
const longest = 1_000_000;

const add = (left: PythonLiteral, right: PythonLiteral): PythonLiteral | undefined => {
  if (typeof left === 'string' && typeof right === 'string') {
    return left.length + right.length > longest ? undefined : left + right;
  }
  if (!isPythonList(left) || !isPythonList(right)) return undefined;
  return left.length + right.length > longest ? undefined : [...left, ...right];
};

/** A literal, or a sum of them, at a token. */
const readExpression = (reader: Reader, at: number, depth: number): Read | undefined => {
  let sum: Read | undefined;
  for (let next = at; ; ) {
    const atom = readAtom(reader, next, depth);
    const term = atom && readMethods(reader, atom);
    if (term === undefined) return undefined;
    const value = sum === undefined ? term.value : add(sum.value, term.value);
    if (value === undefined) return undefined;
    sum = { value, next: term.next };
    if (!isMark(reader.tokens[term.next], '+')) return sum;
    next = term.next + 1;
  }
};

/**
 * The value of the expression that starts at a token and ends where its argument or statement does;
 * undefined when it is not made of literals and names of literals alone.
 *
 * @example readPythonLiteral(tokenisePython('["a", "b"] + more'), 0, names)
 */
export const readPythonLiteral = (
  tokens: readonly PythonToken[],
  start: number,
  names: PythonNames,
): PythonLiteral | undefined => {
  const read = readExpression({ tokens, names }, start, 0);
  if (read === undefined) return undefined;
  const end = tokens[read.next];
  return end === undefined || end.kind === 'newline' || isMark(end, ',', ')', ']', '}', ';')
    ? read.value
    : undefined;
};
