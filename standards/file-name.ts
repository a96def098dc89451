import { Lock2nixError } from '../graph/errors.ts';
import { quoted } from './quoted.ts';

/** What a distribution's file name is made of: no folder, no white space, nothing that a shell reads. */
const fileNameCharacters = /^[A-Za-z0-9_][A-Za-z0-9._+!-]*$/;

/** Longest name that common file systems take, in bytes. */
const longestFileName = 255;

/**
 * Tells whether a text can be the file name of a Python distribution: ASCII letters, digits and
 * `. _ + ! -`, at most 255 of them, nowhere `..`, so it never leaves the folder it is written to.
 */
export const isDistributionFileName = (text: string): boolean =>
  text.length <= longestFileName && fileNameCharacters.test(text) && !text.includes('..');

/** The error for a file name, with the name quoted so that control characters cannot reach a terminal. */
export const fileNameError = (fileName: string, why: string): Lock2nixError =>
  new Lock2nixError('FILE_NAME_INVALID', `file name ${quoted(fileName)} ${why}`);
