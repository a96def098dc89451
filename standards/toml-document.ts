import { isLock2nixError, type Location, Lock2nixError } from '../graph/errors.ts';
import { parseToml } from './toml.ts';
import { locateToml, type TomlPath } from './toml-location.ts';

/** A TOML file that was parsed. `text` is kept to find lines for messages. */
export interface TomlDocument {
  readonly file: string;
  readonly text: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** How a damaged file is refused; `next` is what to do once a merge conflict is resolved. */
export interface SyntaxRefusal {
  readonly code: 'LOCK_SYNTAX' | 'MANIFEST_SYNTAX' | 'OVERRIDES_SYNTAX';
  readonly next: string;
}

const conflictMark = /^(?:<{7}|={7}|>{7}|\|{7})(?: .*)?$/m;

const lineOf = (text: string, position: number): number =>
  text.slice(0, position).split('\n').length;

const zeroBased = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value + 1 : undefined;

/** The error for a text that the parser refused. It counts lines and columns from zero. */
const syntaxError = (
  { file, text }: { readonly file: string; readonly text: string },
  { code, next }: SyntaxRefusal,
  cause: unknown,
): Lock2nixError => {
  const conflict = conflictMark.exec(text);
  if (conflict !== null) {
    return new Lock2nixError(code, 'merge conflict markers are in the file', {
      hint: `resolve the conflict, then ${next}`,
      location: { file, line: lineOf(text, conflict.index), column: 1 },
    });
  }
  const details = typeof cause === 'object' && cause !== null ? cause : {};
  const line = 'line' in details ? zeroBased(details.line) : undefined;
  const column = 'col' in details ? zeroBased(details.col) : undefined;
  const reason = 'message' in details && typeof details.message === 'string' ? details.message : '';
  const atEnd = line !== undefined && line >= text.trimEnd().split('\n').length;
  return new Lock2nixError(code, `the file is not TOML: ${reason || 'it cannot be read'}`, {
    ...(atEnd ? { hint: 'the error is at the end of the file: it may have been cut off' } : {}),
    location: {
      file,
      ...(line === undefined ? {} : { line }),
      ...(column === undefined ? {} : { column }),
    },
  });
};

/**
 * Parses a TOML file. A byte order mark is passed over, and lines may end as on Windows. Fails with the refusal's code, with line and column;
 * merge conflict markers are named as such.
 */
export const readTomlDocument = (
  file: string,
  source: string,
  refusal: SyntaxRefusal,
): TomlDocument => {
  // The parser takes neither the mark nor, in comments, the line ends of Windows.
  const text = source.replace(/^\ufeff/, '').replaceAll('\r\n', '\n');
  try {
    return { file, text, data: parseToml(text) };
  } catch (error) {
    throw syntaxError({ file, text }, refusal, error);
  }
};

/** Where in the file the value at `path` stands. */
export const locationOf = (document: TomlDocument, path: TomlPath): Location => ({
  file: document.file,
  ...locateToml(document.text, path),
});

/** The value that is being read, for the errors of what reads it. */
export interface Place {
  readonly document: TomlDocument;
  readonly path: TomlPath;
  /** Opens the message: `package \`flask\``. */
  readonly subject: string;
}

/** Runs `read`; an error of ours gets the place put before its message, and its line. */
export const readAt = <Value>(place: Place, read: () => Value): Value => {
  try {
    return read();
  } catch (error) {
    if (!isLock2nixError(error) || error.location !== undefined) throw error;
    throw new Lock2nixError(error.code, `${place.subject}: ${error.message}`, {
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      cause: error,
      location: locationOf(place.document, place.path),
    });
  }
};

/** An error at a place. */
export const errorAt = (
  place: Place,
  code: Lock2nixError['code'],
  message: { readonly text: string; readonly hint?: string },
): Lock2nixError =>
  new Lock2nixError(code, `${place.subject}: ${message.text}`, {
    ...(message.hint === undefined ? {} : { hint: message.hint }),
    location: locationOf(place.document, place.path),
  });
