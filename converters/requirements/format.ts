import { tryParseRequirement } from '../../standards/requirement.ts';
import type { Format } from '../types.ts';
import { splitLine } from './options.ts';

/** Longest text that is looked through: nobody writes longer requirements files. */
const longest = 2_000_000;

const option = /^-(?:-[a-z][a-z-]*(?:[ =]|$)|[rceifC][ =]?\S)/;
const reference =
  /^(?:[A-Za-z0-9._-]+(?:\[[^\]]*\])?\s*@\s*)?(?:(?:git|https?|file|hg|svn|bzr)[+:]|\.{1,2}\/)\S+/;

const isLine = (line: string): boolean => {
  if (line.startsWith('-')) return option.test(line);
  const [subject] = splitLine(line.replace(/\\$/, '').trim());
  return reference.test(subject) || tryParseRequirement(subject) !== undefined;
};

/**
 * Free text with names on its lines would do: a line must say more than a name, and every line must
 * be of the format.
 */
const recognises = (text: string): boolean => {
  if (text.length > longest) return false;
  const lines = text
    .replace(/^\ufeff/, '')
    .split(/\r\n|\r|\n/)
    .map((line) => line.replace(/(?:^|\s+)#.*$/, '').trim())
    .filter((line) => line !== '' && line !== '\\');
  const isTelling = lines.some((line) => /[=<>~]=|[<>@]|^-/.test(line));
  return isTelling && lines.every(isLine);
};

/** pip's requirements files. */
export const requirements: Format = {
  name: 'requirements',
  ecosystem: 'pypi',
  gives: 'requirements',
  fileNames: ['requirements.txt', 'requirements.in'],
  namePattern: /^(?:.*[-_.])?(?:requirements|constraints)(?:[-_.].*)?\.(?:txt|pip)$|\.in$/i,
  recognises,
  load: () => import('./convert.ts'),
};
