/** Finds where in a TOML text a value stands, for messages: parsers keep no positions. */

/** A path into a TOML document: keys of tables, zero-based indexes of arrays. */
export type TomlPath = readonly (string | number)[];

interface Cursor {
  readonly text: string;
  position: number;
}

interface Key {
  readonly parts: readonly string[];
  readonly start: number;
}

interface Best {
  depth: number;
  position: number;
}

const escapes: Readonly<Record<string, string>> = {
  b: '\b',
  t: '\t',
  n: '\n',
  f: '\f',
  r: '\r',
  '"': '"',
  '\\': '\\',
};

/** Moves behind white space; with `lines` also behind line ends and comments. */
const skipBlank = (cursor: Cursor, lines: boolean): void => {
  for (;;) {
    const character = cursor.text[cursor.position];
    if (character === ' ' || character === '\t') cursor.position += 1;
    else if (lines && (character === '\n' || character === '\r')) cursor.position += 1;
    else if (lines && character === '#') skipLine(cursor);
    else return;
  }
};

const skipLine = (cursor: Cursor): void => {
  const end = cursor.text.indexOf('\n', cursor.position);
  cursor.position = end < 0 ? cursor.text.length : end + 1;
};

/** Moves behind the string that starts at the cursor, of any of the four kinds. */
const skipString = (cursor: Cursor): void => {
  const { text } = cursor;
  const quote = text[cursor.position] ?? '';
  const delimiter = text.startsWith(quote.repeat(3), cursor.position) ? quote.repeat(3) : quote;
  let position = cursor.position + delimiter.length;
  while (position < text.length && !text.startsWith(delimiter, position)) {
    if (delimiter.length === 1 && text[position] === '\n') break;
    position += quote === '"' && text[position] === '\\' ? 2 : 1;
  }
  position += delimiter.length;
  // Up to two quotes may stand directly before the closing ones.
  while (delimiter.length === 3 && text[position] === quote) position += 1;
  cursor.position = Math.min(position, text.length);
};

const unquote = (text: string): string =>
  text.startsWith("'")
    ? text.slice(1, -1)
    : text
        .slice(1, -1)
        .replace(
          /\\(?:u(?<short>[0-9a-fA-F]{4})|U(?<long>[0-9a-fA-F]{8})|(?<plain>.))/g,
          (match, short?: string, long?: string, plain?: string) => {
            if (plain !== undefined) return escapes[plain] ?? match;
            const code = Number.parseInt(short ?? long ?? '', 16);
            return code > 0x10ffff ? match : String.fromCodePoint(code);
          },
        );

/** Reads a dotted key; gives no parts when there is none at the cursor. */
const readKey = (cursor: Cursor): Key => {
  const start = cursor.position;
  const parts: string[] = [];
  for (;;) {
    skipBlank(cursor, false);
    const from = cursor.position;
    const character = cursor.text[from];
    if (character === '"' || character === "'") {
      skipString(cursor);
      parts.push(unquote(cursor.text.slice(from, cursor.position)));
    } else {
      while (/[A-Za-z0-9_-]/.test(cursor.text[cursor.position] ?? '')) cursor.position += 1;
      if (cursor.position === from) return { parts, start };
      parts.push(cursor.text.slice(from, cursor.position));
    }
    skipBlank(cursor, false);
    if (cursor.text[cursor.position] !== '.') return { parts, start };
    cursor.position += 1;
  }
};

/** How many steps of `path` from `depth` on the keys lead along; undefined when they lead elsewhere. */
const follow = (path: TomlPath, depth: number, parts: readonly string[]): number | undefined => {
  const steps = parts.slice(0, path.length - depth);
  return steps.every((part, index) => part === path[depth + index])
    ? depth + steps.length
    : undefined;
};

const note = (best: Best, depth: number, position: number): void => {
  if (depth > best.depth) Object.assign(best, { depth, position });
};

/** Moves behind a value that the path does not lead into; brackets are counted, not recursed into. */
const skipValue = (cursor: Cursor): void => {
  let open = 0;
  skipBlank(cursor, false);
  while (cursor.position < cursor.text.length) {
    const character = cursor.text[cursor.position] ?? '';
    if (character === '"' || character === "'") {
      skipString(cursor);
      continue;
    }
    if (open === 0 && (character === ',' || character === '\n' || character === '#')) return;
    if (character === '#') {
      skipLine(cursor);
      continue;
    }
    if (character === '[' || character === '{') open += 1;
    if (character === ']' || character === '}') {
      if (open === 0) return;
      open -= 1;
    }
    cursor.position += 1;
  }
};

/** Moves behind a value that `path` leads into after `depth` steps, noting how far it leads. */
const enterValue = (cursor: Cursor, path: TomlPath, depth: number, best: Best): void => {
  skipBlank(cursor, false);
  const opener = cursor.text[cursor.position];
  const step = path[depth];
  if (step === undefined || (opener !== '[' && opener !== '{')) {
    skipValue(cursor);
    return;
  }
  cursor.position += 1;
  const close = opener === '[' ? ']' : '}';
  for (let index = 0; ; index += 1) {
    skipBlank(cursor, true);
    const from = cursor.position;
    if (from >= cursor.text.length || cursor.text[from] === close) break;
    if (opener === '[') {
      if (index === step) {
        note(best, depth + 1, from);
        enterValue(cursor, path, depth + 1, best);
      } else skipValue(cursor);
    } else {
      readPair(cursor, path, depth, best);
    }
    skipBlank(cursor, true);
    if (cursor.text[cursor.position] === ',') cursor.position += 1;
    // Not TOML: never stand still.
    else if (cursor.position === from) break;
  }
  cursor.position = Math.min(cursor.position + 1, cursor.text.length);
};

/** Reads `key = value`, in an inline table or on a line of its own. `depth` < 0: not on the path. */
const readPair = (cursor: Cursor, path: TomlPath, depth: number, best: Best): void => {
  const key = readKey(cursor);
  if (cursor.text[cursor.position] !== '=') {
    skipValue(cursor);
    return;
  }
  cursor.position += 1;
  const next = depth < 0 ? undefined : follow(path, depth, key.parts);
  if (next === undefined) {
    skipValue(cursor);
    return;
  }
  note(best, next, key.start);
  enterValue(cursor, path, next, best);
};

/** The steps of a table header, with the current index behind each array of tables. */
const headerSteps = (
  parts: readonly string[],
  isArray: boolean,
  counts: Map<string, number>,
): readonly (string | number)[] => {
  const steps: (string | number)[] = [];
  parts.forEach((part, index) => {
    steps.push(part);
    const id = JSON.stringify(steps);
    const isLast = index === parts.length - 1;
    if (isArray && isLast) counts.set(id, (counts.get(id) ?? -1) + 1);
    const count = counts.get(id);
    if (count !== undefined) steps.push(count);
  });
  return steps;
};

/**
 * The line (1-based) on which the value at `path` starts: the line of its table header or of its
 * key. When `path` leads further than the text, the line of the last thing that is there, so the
 * path of a missing key gives its table. Line 1 when nothing is there. The text should be valid
 * TOML; for other text the answer is a guess, never an error. Takes linear time.
 *
 * @example locateToml('[a]\nb = 1\n[[c]]\n[[c]]\nd = { e = 2 }\n', ['c', 1, 'd', 'e']) // { line: 5 }
 */
export const locateToml = (text: string, path: TomlPath): { readonly line: number } => {
  const cursor: Cursor = { text, position: text.startsWith('\ufeff') ? 1 : 0 };
  const best: Best = { depth: 0, position: 0 };
  const counts = new Map<string, number>();
  let table = 0;
  for (;;) {
    skipBlank(cursor, true);
    const start = cursor.position;
    if (start >= text.length) break;
    if (text[start] === '[') {
      const isArray = text[start + 1] === '[';
      cursor.position += isArray ? 2 : 1;
      const steps = headerSteps(readKey(cursor).parts, isArray, counts);
      const shared = Math.min(steps.length, path.length);
      const isPrefix = path.slice(0, shared).every((step, index) => step === steps[index]);
      table = isPrefix && steps.length <= path.length ? steps.length : -1;
      if (isPrefix) note(best, shared, start);
      skipLine(cursor);
    } else {
      readPair(cursor, path, table, best);
      skipLine(cursor);
    }
  }
  let line = 1;
  for (
    let at = text.indexOf('\n');
    at >= 0 && at < best.position;
    at = text.indexOf('\n', at + 1)
  ) {
    line += 1;
  }
  return { line };
};
