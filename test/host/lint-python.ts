import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';

/** `__pycache__/a.cpython-311.pyc` -> `a.py` beside that folder; `a.pyc` -> `a.py`. */
export const sourceOfCompiled = (path: string): string =>
  basename(dirname(path)) === '__pycache__'
    ? join(dirname(dirname(path)), `${basename(path).split('.')[0]}.py`)
    : path.replace(/\.py[co]$/, '.py');

/** Magic numbers: 2.7 is 62211; 3.7 (PEP 552, with flags) begins at 3390. */
const compiledTime = (bytes: Buffer): number | undefined => {
  const magic = bytes.readUInt16LE(0);
  if (magic >= 20000 || magic < 3390) return bytes.readUInt32LE(4);
  return bytes.readUInt32LE(4) === 0 ? bytes.readUInt32LE(8) : undefined;
};

/** What is wrong with a `.pyc`: no source, or one whose time it does not carry (Python would compile it anew). */
export const lintCompiled = (path: string): string[] => {
  const source = sourceOfCompiled(path);
  if (!existsSync(source)) return ['compiled file without its source'];
  const bytes = readFileSync(path);
  if (bytes.length < 16) return ['compiled file is truncated'];
  const time = compiledTime(bytes);
  const modified = Math.floor(statSync(source).mtimeMs / 1000);
  return time === undefined || time === modified
    ? []
    : [`compiled for a source of time ${time}, its source has ${modified}`];
};

/** The fields of one line of a RECORD (a CSV file, PEP 376). */
const recordFields = (line: string): string[] =>
  [...line.matchAll(/(?:^|,)(?:"(?<quoted>(?:[^"]|"")*)"|(?<bare>[^,"]*))/g)].map(
    ({ groups }) => groups?.['quoted']?.replaceAll('""', '"') ?? groups?.['bare'] ?? '',
  );

const lintRecordLine = (folder: string, line: string): string[] => {
  const [path = '', digest = '', size = ''] = recordFields(line);
  const file = join(folder, path);
  const problem = (message: string): string[] => [`RECORD: \`${path}\` ${message}`];
  if (path.startsWith('/')) return problem('is absolute');
  if (!existsSync(file)) return problem('does not exist');
  if (digest === '') {
    return path.endsWith('RECORD') || path.endsWith('.pyc') ? [] : problem('has no hash');
  }
  const bytes = readFileSync(file);
  const actual = `sha256=${createHash('sha256').update(bytes).digest('base64url')}`;
  if (digest !== actual) return problem(`has the hash ${actual}, not ${digest}`);
  return size === String(bytes.length) ? [] : problem(`has ${bytes.length} bytes, not ${size}`);
};

/** Compares a `*.dist-info/RECORD` with the files that it lists: presence, sha256 and size. */
export const lintRecord = (path: string): string[] => {
  const folder = dirname(dirname(path));
  return readFileSync(path, 'utf8')
    .split(/\r?\n/)
    .filter((line) => line !== '')
    .flatMap((line) => lintRecordLine(folder, line));
};

/** The files that a RECORD lists, as normalised paths. */
export const recordedFiles = (path: string): string[] => {
  const folder = dirname(dirname(path));
  return readFileSync(path, 'utf8')
    .split(/\r?\n/)
    .filter((line) => line !== '')
    .map((line) => normalize(join(folder, recordFields(line)[0] ?? '')))
    .filter((file) => lstatSync(file, { throwIfNoEntry: false }) !== undefined);
};
