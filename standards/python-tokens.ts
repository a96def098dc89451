/** Tokens of Python source (the reference's "Lexical analysis"), as far as a literal needs them. */
import { atEnd, type Scanner, scannerOf, take } from './scanner.ts';

export interface PythonToken {
  readonly kind: 'name' | 'number' | 'string' | 'operator' | 'newline';
  /** Of a string: its value, undefined when that takes running code (f-strings). Else as written. */
  readonly text: string | undefined;
  /** 1-based. */
  readonly line: number;
  /** How many brackets are open before it. */
  readonly depth: number;
  /** First of its statement; `indent` is then the column (0: a statement of the module). */
  readonly indent?: number;
}

const openers = new Set(['(', '[', '{']);
const closers = new Set([')', ']', '}']);

const simpleEscapes: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

const codePoint = (code: number): string | undefined =>
  code > 0x10ffff ? undefined : String.fromCodePoint(code);

/** The value of a string's body; undefined for what only Python knows (`\N{…}`). */
const unescapeBody = (body: string): string | undefined => {
  let isKnown = !/\\N\{/.test(body.replaceAll('\\\\', ''));
  const value = body.replace(
    /\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([0-7]{1,3})|([\s\S]))/g,
    (whole, ...groups: (string | undefined)[]) => {
      const [x, u, long, octal, plain] = groups;
      if (plain !== undefined) return simpleEscapes[plain] ?? whole;
      const hexadecimal = x ?? u ?? long;
      const code = hexadecimal ? Number.parseInt(hexadecimal, 16) : Number.parseInt(octal ?? '', 8);
      const character = codePoint(code);
      if (character === undefined) isKnown = false;
      return character ?? '';
    },
  );
  return isKnown ? value : undefined;
};

const stringStart = /([A-Za-z]{0,2})('''|"""|'|")/y;
const bodies: Readonly<Record<string, RegExp>> = {
  "'''": /((?:[^\\']|\\[\s\S]|'(?!''))*)'''/y,
  '"""': /((?:[^\\"]|\\[\s\S]|"(?!""))*)"""/y,
  "'": /((?:[^\\'\n]|\\[\s\S])*)'/y,
  '"': /((?:[^\\"\n]|\\[\s\S])*)"/y,
};

/** A string at the scanner; `false` when none starts there, undefined as its value when it is not plain. */
const scanString = (scanner: Scanner): { readonly value: string | undefined } | false => {
  const start = scanner.position;
  const opening = take(scanner, stringStart);
  const [, prefix = '', quote = ''] = opening ?? [];
  if (opening === undefined || !/^(?:[rub]|br|rb|ur|f|fr|rf)?$/i.test(prefix)) {
    scanner.position = start;
    return false;
  }
  const body = take(scanner, bodies[quote] ?? /$/y)?.[1];
  if (body === undefined) {
    scanner.position = start;
    return false;
  }
  if (/f/i.test(prefix) && /[{}]/.test(body)) return { value: undefined };
  return { value: /r/i.test(prefix) ? body : unescapeBody(body) };
};

const operator =
  /\*\*=|\/\/=|>>=|<<=|\.\.\.|->|:=|[-+*/%&|^@<>=!]=|\*\*|\/\/|<<|>>|<>|[-+*/%&|^~<>=()[\]{},:;.@`!?$]/y;

/**
 * The tokens of a Python file, of any Python: 2.7's and 3's strings are both read. Line ends inside
 * of brackets are no tokens. Undefined when the text is no Python (a string without an end).
 */
export const tokenisePython = (source: string): readonly PythonToken[] | undefined => {
  const scanner = scannerOf(source.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n'));
  const tokens: PythonToken[] = [];
  let line = 1;
  let depth = 0;
  let indent: number | undefined = 0;
  const add = (kind: PythonToken['kind'], text: string | undefined): void => {
    tokens.push({ kind, text, line, depth, ...(indent === undefined ? {} : { indent }) });
    indent = undefined;
  };
  while (!atEnd(scanner)) {
    const start = scanner.position;
    const blank = take(scanner, /(?:[ \t\f]|\\\n|#[^\n]*)+/y)?.[0];
    if (blank !== undefined) {
      line += blank.split('\n').length - 1;
      if (indent !== undefined) indent = blank.replace(/#.*/, '').length;
      continue;
    }
    if (take(scanner, /\n/y) !== undefined) {
      if (depth === 0) {
        if (indent === undefined) add('newline', '\n');
        indent = 0;
      }
      line += 1;
      continue;
    }
    const string = scanString(scanner);
    if (string !== false) {
      add('string', string.value);
      line += scanner.text.slice(start, scanner.position).split('\n').length - 1;
      continue;
    }
    const name = take(scanner, /[\p{L}_][\p{L}\p{N}\p{M}_]*/uy)?.[0];
    if (name !== undefined) {
      add('name', name);
      continue;
    }
    const number = take(scanner, /(?:\d|\.\d)[\w.]*/y)?.[0];
    if (number !== undefined) {
      add('number', number);
      continue;
    }
    const mark = take(scanner, operator)?.[0];
    if (mark === undefined) return undefined;
    if (closers.has(mark)) depth = Math.max(0, depth - 1);
    add('operator', mark);
    if (openers.has(mark)) depth += 1;
    if (mark === ';' && depth === 0) indent = 1;
  }
  if (indent === undefined) add('newline', '\n');
  return tokens;
};
