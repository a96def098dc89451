/** Deeper than any manifest; keeps hostile ones off the call stack. */
const deepestNesting = 100;

const textOf = (text: string): string =>
  JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** Order of code points, which is Python's order of strings; JavaScript's is that of code units. */
const byCodePoint = (a: string, b: string): number => {
  const [left, right] = [[...a], [...b]];
  for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
    const order = (left[index]?.codePointAt(0) ?? 0) - (right[index]?.codePointAt(0) ?? 0);
    if (order !== 0) return order;
  }
  return left.length - right.length;
};

/**
 * Prints a value as Python's `json.dumps(value, sort_keys=True)` does. Undefined when that cannot
 * be known: the TOML parser does not tell `1` from `1.0`, and dates have no JSON form.
 */
export const tryFormatPythonJson = (value: unknown, depth = 0): string | undefined => {
  if (depth > deepestNesting) return undefined;
  if (value === null) return 'null';
  if (typeof value === 'string') return textOf(value);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (Array.isArray(value))
    return join(
      value.map((item) => tryFormatPythonJson(item, depth + 1)),
      '[]',
    );
  if (typeof value !== 'object' || Object.prototype.toString.call(value) !== '[object Object]') {
    return undefined;
  }
  const entries = Object.entries(value).sort(([a], [b]) => byCodePoint(a, b));
  const pairs = entries.map(([key, item]) => {
    const text = tryFormatPythonJson(item, depth + 1);
    return text === undefined ? undefined : `${textOf(key)}: ${text}`;
  });
  return join(pairs, '{}');
};

const join = (parts: readonly (string | undefined)[], brackets: '[]' | '{}'): string | undefined =>
  parts.includes(undefined) ? undefined : brackets[0] + parts.join(', ') + brackets[1];
