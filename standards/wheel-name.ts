import { fileNameError, isDistributionFileName } from './file-name.ts';
import { normaliseName } from './name.ts';

/** What a wheel's file name says (binary distribution format, PEP 427). */
export interface WheelName {
  /** Normalised (PEP 503). */
  readonly name: string;
  /** As written in the file name; not necessarily a PEP 440 version. */
  readonly version: string;
  /** The build tag: its number, and the text after it. Absent sorts before all others. */
  readonly build?: readonly [number: number, rest: string];
  readonly pythonTags: readonly string[];
  readonly abiTags: readonly string[];
  readonly platformTags: readonly string[];
}

const namePattern = /^[A-Za-z0-9](?:[A-Za-z0-9._]*[A-Za-z0-9])?$/;
const buildPattern = /^(\d{1,15})(.*)$/;
const tagPattern = /^[a-z0-9_]+$/;

/** A compressed tag set, `py2.py3`, as lower-case tags; undefined when one is empty or malformed. */
const parseTagSet = (text: string | undefined): readonly string[] | undefined => {
  const tags = (text ?? '').toLowerCase().split('.');
  return tags.every((tag) => tagPattern.test(tag)) ? tags : undefined;
};

const parseBuildTag = (text: string): readonly [number, string] | undefined => {
  const match = buildPattern.exec(text);
  return match === null ? undefined : [Number(match[1]), match[2] ?? ''];
};

/** The parts of a wheel's file name, or a text that says what is wrong with it. */
const readWheelName = (fileName: string): WheelName | string => {
  if (!isDistributionFileName(fileName)) return 'has characters that no wheel has';
  if (!fileName.endsWith('.whl')) return 'does not end in `.whl`';
  const parts = fileName.slice(0, -'.whl'.length).split('-');
  if (parts.length !== 5 && parts.length !== 6) {
    return `has ${parts.length} parts between \`-\`, a wheel has 5, or 6 with a build tag`;
  }
  const [name = '', version = ''] = parts;
  if (!namePattern.test(name) || name.includes('__')) return `has no valid project name`;
  if (version === '') return 'has no version';
  const [pythonTags, abiTags, platformTags] = parts.slice(-3).map(parseTagSet);
  if (pythonTags === undefined || abiTags === undefined || platformTags === undefined) {
    return 'has an empty or malformed tag';
  }
  const wheel = { name: normaliseName(name), version, pythonTags, abiTags, platformTags };
  if (parts.length === 5) return wheel;
  const build = parseBuildTag(parts[2] ?? '');
  return build === undefined ? 'has a build tag that starts with no digit' : { ...wheel, build };
};

/**
 * Parses the file name of a wheel (PEP 427). Tags come in lower case, the name normalised.
 * Throws `FILE_NAME_INVALID`.
 *
 * `parseWheelName('Foo_Bar-1.0-2a-py2.py3-none-any.whl')` is `{ name: 'foo-bar', version: '1.0',
 * build: [2, 'a'], pythonTags: ['py2', 'py3'], abiTags: ['none'], platformTags: ['any'] }`.
 */
export const parseWheelName = (fileName: string): WheelName => {
  const wheel = readWheelName(fileName);
  if (typeof wheel === 'string') throw fileNameError(fileName, wheel);
  return wheel;
};

/** Like `parseWheelName`, undefined for what is not the file name of a wheel. */
export const tryParseWheelName = (fileName: string): WheelName | undefined => {
  const wheel = readWheelName(fileName);
  return typeof wheel === 'string' ? undefined : wheel;
};

/** Order of build tags: none first, then by number, then by the text behind it. */
export const compareBuildTags = (left: WheelName['build'], right: WheelName['build']): number => {
  if (left === undefined || right === undefined) {
    return Number(left !== undefined) - Number(right !== undefined);
  }
  if (left[0] !== right[0]) return left[0] - right[0];
  return left[1] === right[1] ? 0 : left[1] < right[1] ? -1 : 1;
};
