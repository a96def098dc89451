/**
 * TOML (1.0). The parser of `@iarna/toml` looks a table up with what it inherits: `[a.constructor]`
 * would write into JavaScript's own `Object`. Here every table is the document's own.
 */
import TomlParser from '@iarna/toml/lib/toml-parser.js';

type Table = Record<string, unknown>;

const closingBracket = 0x5d;

/** Makes sure that what the parser finds under a name is the table's own: a new table, if nothing is there. */
const own = (table: Table, key: string): void => {
  if (Object.hasOwn(table, key)) return;
  const value = new TomlParser().obj;
  Object.defineProperty(table, key, {
    value,
    configurable: true,
    enumerable: true,
    writable: true,
  });
};

/** The same for the tables that a dotted key leads through. */
const ownPath = (table: Table, key: readonly string[]): void => {
  let current = table;
  for (const step of key.slice(0, -1)) {
    own(current, step);
    const next = current[step];
    if (typeof next !== 'object' || next === null) return;
    current = next as Table;
  }
};

class Parser extends TomlParser {
  /** The inline table that is being read. */
  declare state: { resultTable: Table };

  override parseTableMore(key: string): unknown {
    if (this.char === closingBracket) own(this.ctx, key);
    return super.parseTableMore(key);
  }

  override recordAssignStatement(pair: { key: string[]; value: unknown }): unknown {
    ownPath(this.ctx, pair.key);
    return super.recordAssignStatement(pair);
  }

  override recordInlineTableValue(pair: { key: string[]; value: unknown }): unknown {
    ownPath(this.state.resultTable, pair.key);
    return super.recordInlineTableValue(pair);
  }
}

/**
 * Parses a TOML document. The error has `message`, and `line` and `col`, which count from zero.
 *
 * @example parseToml('[a]\nb = 1') // { a: { b: 1 } }
 */
export const parseToml = (text: string): Readonly<Record<string, unknown>> => {
  const parser = new Parser();
  parser.parse(text);
  return parser.finish();
};
