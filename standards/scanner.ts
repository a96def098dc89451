/** A position in a text that moves on over what a sticky pattern matches. */
export interface Scanner {
  readonly text: string;
  position: number;
}

export const scannerOf = (text: string): Scanner => ({ text, position: 0 });

/**
 * Matches `pattern` (which has the flag `y`) here; moves behind the match and returns it, or
 * returns undefined and stays.
 */
export const take = (scanner: Scanner, pattern: RegExp): RegExpExecArray | undefined => {
  pattern.lastIndex = scanner.position;
  const match = pattern.exec(scanner.text);
  if (match === null) return undefined;
  scanner.position += match[0].length;
  return match;
};

/** Passes over blanks and tabs, the white space of PEP 508. */
export const skipBlanks = (scanner: Scanner): void => {
  take(scanner, /[ \t]*/y);
};

/** Whether all is read. */
export const atEnd = ({ text, position }: Scanner): boolean => position >= text.length;
