/** INI files as Python's `configparser` reads them with its default options (RawConfigParser). */
import { Lock2nixError } from '../graph/errors.ts';
import { quoted } from './quoted.ts';

/** An option. `value` has its lines joined by `\n`; `line` (1-based) is the one of its key. */
export interface IniOption {
  readonly value: string;
  readonly line: number;
}

/** Sections by name, options by name as written, in the order of the file. */
export type IniFile = ReadonlyMap<string, ReadonlyMap<string, IniOption>>;

interface Pending {
  readonly lines: string[];
  readonly line: number;
}

/** Its options hold in every section. */
const defaultSection = 'DEFAULT';

const finish = (sections: ReadonlyMap<string, ReadonlyMap<string, Pending>>): IniFile => {
  const settle = (options: ReadonlyMap<string, Pending>): [string, IniOption][] =>
    [...options].map(([key, { lines, line }]) => [
      key,
      { value: lines.join('\n').trimEnd(), line },
    ]);
  const defaults = settle(sections.get(defaultSection) ?? new Map());
  return new Map(
    [...sections]
      .filter(([name]) => name !== defaultSection)
      .map(([name, options]) => [name, new Map([...defaults, ...settle(options)])]),
  );
};

/**
 * Reads an INI file: `key = value` and `key: value`, longer values on indented lines (also behind
 * empty ones), comments (`#`, `;`) on lines of their own. Throws MANIFEST_SYNTAX with the line for
 * what configparser refuses: no section, no delimiter, a section or key twice.
 */
export const parseIni = (file: string, source: string): IniFile => {
  const sections = new Map<string, Map<string, Pending>>();
  let section: Map<string, Pending> | undefined;
  let option: Pending | undefined;
  let indent = 0;
  const refuse = (index: number, why: string): never => {
    throw new Lock2nixError('MANIFEST_SYNTAX', `the file is not as configparser reads it: ${why}`, {
      location: { file, line: index + 1 },
    });
  };
  const lines = source.replace(/^\ufeff/, '').split(/\r\n|\r|\n/);
  for (const [index, line] of lines.entries()) {
    const text = line.trim();
    if (/^[#;]/.test(text)) continue;
    if (text === '') {
      option?.lines.push('');
      continue;
    }
    const column = line.search(/\S/);
    if (option !== undefined && column > indent) {
      option.lines.push(text);
      continue;
    }
    indent = column;
    const header = /^\[(.+)\]/.exec(text)?.[1];
    if (header !== undefined) {
      if (sections.has(header)) refuse(index, `the section ${quoted(header)} is there twice`);
      section = new Map();
      sections.set(header, section);
      option = undefined;
      continue;
    }
    if (section === undefined) return refuse(index, 'no section begins before this line');
    const mark = text.search(/[=:]/);
    const key = text.slice(0, Math.max(0, mark)).trimEnd();
    if (key === '') refuse(index, 'the line is neither a section nor `key = value`');
    if (section.has(key)) refuse(index, `the key ${quoted(key)} is there twice`);
    option = { lines: [text.slice(mark + 1).trim()], line: index + 1 };
    section.set(key, option);
  }
  return finish(sections);
};
