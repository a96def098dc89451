/** Words of a line as a POSIX shell splits them (Python's `shlex.split`). */
import { Lock2nixError } from '../../graph/errors.ts';
import { scannerOf, take } from '../../standards/scanner.ts';

/** Splits a text into words; quotes and backslashes are undone. Throws REQUIREMENT_INVALID for a quote without an end. */
export const splitWords = (text: string): readonly string[] => {
  const scanner = scannerOf(text);
  const words: string[] = [];
  let word: string | undefined;
  while (scanner.position < text.length) {
    if (take(scanner, /\s+/y) !== undefined) {
      if (word !== undefined) words.push(word);
      word = undefined;
      continue;
    }
    const plain =
      take(scanner, /[^\s'"\\]+/y)?.[0] ??
      take(scanner, /'([^']*)'/y)?.[1] ??
      take(scanner, /"((?:[^"\\]|\\[\s\S])*)"/y)?.[1]?.replace(/\\(["\\])/g, '$1') ??
      take(scanner, /\\([\s\S])/y)?.[1];
    if (plain === undefined) {
      throw new Lock2nixError(
        'REQUIREMENT_INVALID',
        'a quote or a backslash has nothing behind it',
      );
    }
    word = (word ?? '') + plain;
  }
  return word === undefined ? words : [...words, word];
};
