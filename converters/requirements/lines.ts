/** The lines of a requirements file as pip joins, strips and expands them (`pip/_internal/req/req_file.py`). */
import { Lock2nixError } from '../../graph/errors.ts';

/** What a variable of the environment holds; undefined when it is not set. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** A line that says something, on which continuations are joined. */
export interface FileLine {
  /** Of its first part, 1-based. */
  readonly line: number;
  /** As written; credentials may stand in it, but none out of a variable. */
  readonly written: string;
  /** With its variables replaced. */
  readonly text: string;
  /** The values that were put in, which messages must not show, and their names. */
  readonly secrets: readonly (readonly [value: string, name: string])[];
}

const comment = /(?:^|\s+)#.*$/;

interface Joined {
  readonly line: number;
  readonly text: string;
}

/** A `\` at the end joins the next line, not behind a comment. */
const joinLines = (lines: readonly string[]): readonly Joined[] => {
  const joined: Joined[] = [];
  let parts: string[] = [];
  let first = 1;
  for (const [index, line] of lines.entries()) {
    if (parts.length === 0) first = index + 1;
    const isComment = /^\s*#/.test(line);
    if (line.endsWith('\\') && !isComment) {
      parts.push(line.replace(/^\\+|\\+$/g, ''));
      continue;
    }
    // The blank makes a comment on a continuing line one.
    joined.push({ line: first, text: [...parts, isComment ? ` ${line}` : line].join('') });
    parts = [];
  }
  if (parts.length > 0) joined.push({ line: first, text: parts.join('') });
  return joined;
};

const expand = ({ line, text: written }: Joined, variables: Variables, file: string): FileLine => {
  const secrets: [string, string][] = [];
  const text = written.replace(/\$\{([A-Z0-9_]+)\}/g, (_, name: string) => {
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (value === undefined || value === '') {
      throw new Lock2nixError('REQUIREMENT_INVALID', `the variable \`${name}\` is not set`, {
        hint: `set it where you run the command: export ${name}=…`,
        location: { file, line },
      });
    }
    secrets.push([value, name]);
    return value;
  });
  return { line, written, text, secrets };
};

/**
 * The lines of a requirements file that say something. Throws MANIFEST_SYNTAX for a file that is no
 * text, REQUIREMENT_INVALID for a variable that is not set.
 */
export const readLines = (
  file: string,
  source: string,
  variables: Variables,
): readonly FileLine[] => {
  if (source.includes('\0')) {
    const isWide = /^(?:\ufffd\ufffd|\ufeff|\ufffe)?(?:[^\0]\0|\0[^\0])/.test(source);
    throw new Lock2nixError(
      'MANIFEST_SYNTAX',
      isWide ? 'the file is UTF-16, and UTF-8 is read' : 'the file is no text',
      { hint: 'save it as UTF-8', location: { file, line: 1 } },
    );
  }
  return joinLines(source.replace(/^\ufeff/, '').split(/\r\n|\r|\n/))
    .map(({ line, text }) => ({ line, text: text.replace(comment, '').trim() }))
    .filter(({ text }) => text !== '')
    .map((joined) => expand(joined, variables, file));
};
