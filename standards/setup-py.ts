/** What a `setup.py` says of its project in literals. Nothing of it is run. */
import {
  isPythonDict,
  isPythonList,
  type PythonLiteral,
  readPythonLiteral,
} from './python-literal.ts';
import { pythonNames } from './python-names.ts';
import { type PythonToken, tokenisePython } from './python-tokens.ts';
import {
  linesOf,
  type NamedLists,
  parseEntryPoints,
  type SetupFacts,
  type Stated,
} from './setup-facts.ts';

/** An argument: a value, or that there is one which is not known. */
type Argument = { readonly value: PythonLiteral | undefined; readonly line: number };

interface Call {
  readonly line: number;
  readonly named: ReadonlyMap<string, Argument>;
  /** It may have arguments that cannot be seen (`**arguments`). */
  readonly isOpen: boolean;
}

const isMark = (token: PythonToken | undefined, mark: string): boolean =>
  token?.kind === 'operator' && token.text === mark;

/** Index behind the bracket that the token at `at` opens. */
const behindBracket = (tokens: readonly PythonToken[], at: number): number => {
  const depth = tokens[at]?.depth ?? 0;
  let next = at + 1;
  while (next < tokens.length && (tokens[next]?.depth ?? 0) > depth) next += 1;
  return next + 1;
};

/** Where each argument of a call starts; `at` is its opening parenthesis. */
const argumentStarts = (tokens: readonly PythonToken[], at: number): readonly number[] => {
  const depth = (tokens[at]?.depth ?? 0) + 1;
  const end = behindBracket(tokens, at) - 1;
  const starts: number[] = [];
  for (let next = at + 1; next < end; next += 1) {
    const isFirst =
      next === at + 1 || (isMark(tokens[next - 1], ',') && tokens[next - 1]?.depth === depth);
    if (isFirst) starts.push(next);
  }
  return starts;
};

const readCall = (
  tokens: readonly PythonToken[],
  at: number,
  names: (name: string) => PythonLiteral | undefined,
): Call => {
  const named = new Map<string, Argument>();
  let isOpen = false;
  for (const start of argumentStarts(tokens, at + 1)) {
    const { text = '', line = 1, kind } = tokens[start] ?? {};
    if (kind === 'name' && isMark(tokens[start + 1], '=')) {
      named.set(text, { value: readPythonLiteral(tokens, start + 2, names), line });
      continue;
    }
    const spread = isMark(tokens[start], '**')
      ? readPythonLiteral(tokens, start + 1, names)
      : undefined;
    if (!isPythonDict(spread)) isOpen = true;
    else for (const [key, value] of spread.entries) named.set(key, { value, line });
  }
  return { line: tokens[at]?.line ?? 1, named, isOpen };
};

/** `setup(…)`, `setuptools.setup(…)`, `distutils.core.setup(…)`. */
const isSetupCall = (tokens: readonly PythonToken[], at: number): boolean => {
  if (tokens[at]?.kind !== 'name' || tokens[at]?.text !== 'setup') return false;
  if (!isMark(tokens[at + 1], '(') || tokens[at - 1]?.text === 'def') return false;
  if (!isMark(tokens[at - 1], '.')) return true;
  return ['setuptools', 'core', 'distutils'].includes(tokens[at - 2]?.text ?? '');
};

/** What every call says alike; computed as soon as one differs or is not known. */
const stated = <Value>(
  calls: readonly Call[],
  name: string,
  convert: (value: PythonLiteral) => Value | undefined,
): Stated<Value> => {
  const [first] = calls;
  if (first === undefined) return { kind: 'computed', line: 1 };
  const found = calls.map(({ named, isOpen, line }): Stated<Value> => {
    const argument = named.get(name);
    if (argument === undefined) return isOpen ? { kind: 'computed', line } : { kind: 'absent' };
    if (argument.value === null) return { kind: 'absent' };
    const value = argument.value === undefined ? undefined : convert(argument.value);
    return value === undefined
      ? { kind: 'computed', line: argument.line }
      : { kind: 'literal', value, line: argument.line };
  });
  const [one = { kind: 'absent' as const }] = found;
  const text = (said: Stated<Value>): string =>
    JSON.stringify(said.kind === 'literal' ? convertible(said.value) : said.kind);
  const differs = found.find((said) => said.kind === 'computed' || text(said) !== text(one));
  if (differs === undefined) return one;
  return { kind: 'computed', line: differs.kind === 'absent' ? first.line : differs.line };
};

const convertible = (value: unknown): unknown => (value instanceof Map ? [...value] : value);

const asText = (value: PythonLiteral): string | undefined =>
  typeof value === 'string' ? value : undefined;

/** A list of texts, or one text with a requirement on each line. */
const asTexts = (value: PythonLiteral): readonly string[] | undefined => {
  const items = typeof value === 'string' ? [value] : value;
  if (!isPythonList(items)) return undefined;
  const texts = items.filter((item) => typeof item === 'string');
  return texts.length === items.length ? texts.flatMap(linesOf) : undefined;
};

const asNamedLists = (value: PythonLiteral): NamedLists | undefined => {
  if (!isPythonDict(value)) return undefined;
  const lists = new Map<string, readonly string[]>();
  for (const [name, list] of value.entries) {
    const texts = asTexts(list);
    if (texts === undefined) return undefined;
    lists.set(name, texts);
  }
  return lists;
};

/** Entry points, which may be one text in the form of an INI file. */
const asEntryPoints = (value: PythonLiteral): NamedLists | undefined =>
  typeof value === 'string' ? parseEntryPoints(value) : asNamedLists(value);

/**
 * Reads the arguments of `setup()` from the source of a `setup.py`: strings, lists, tuples, dicts,
 * their sums, and names that the module binds to such once. With no call of `setup()` that can be
 * seen, or no Python, everything is `computed`; of several calls only what all say alike is taken.
 */
export const readSetupPy = (source: string): SetupFacts => {
  const tokens = tokenisePython(source) ?? [];
  const names = pythonNames(tokens);
  const calls = tokens.flatMap((_, at) =>
    isSetupCall(tokens, at) ? [readCall(tokens, at, names)] : [],
  );
  return {
    name: stated(calls, 'name', asText),
    version: stated(calls, 'version', asText),
    description: stated(calls, 'description', asText),
    url: stated(calls, 'url', asText),
    license: stated(calls, 'license', asText),
    pythonRequires: stated(calls, 'python_requires', asText),
    installRequires: stated(calls, 'install_requires', asTexts),
    setupRequires: stated(calls, 'setup_requires', asTexts),
    testsRequire: stated(calls, 'tests_require', asTexts),
    extrasRequire: stated(calls, 'extras_require', asNamedLists),
    entryPoints: stated(calls, 'entry_points', asEntryPoints),
    scripts: stated(calls, 'scripts', asTexts),
  };
};
