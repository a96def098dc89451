/** What is used of the parser that `@iarna/toml` keeps behind `parse`. */
declare module '@iarna/toml/lib/toml-parser.js' {
  type Table = Record<string, unknown>;

  class TomlParser {
    /** The document; of a new parser an empty table. */
    obj: Table;
    /** The table that the next key goes into. */
    ctx: Table;
    /** The code point that is being looked at. */
    char: number;
    parse(text: string): void;
    finish(): Table;
    /** At what follows a key in `[a.b]`: a dot or the bracket. */
    parseTableMore(key: string): unknown;
    /** At the end of `a.b = 1` on a line of its own. */
    recordAssignStatement(pair: { key: string[]; value: unknown }): unknown;
    /** At the end of `a.b = 1` in an inline table. */
    recordInlineTableValue(pair: { key: string[]; value: unknown }): unknown;
  }

  export = TomlParser;
}
