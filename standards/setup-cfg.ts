/** What a `setup.cfg` says of its project (setuptools, "Configuring setuptools using setup.cfg files"). */
import { type IniFile, type IniOption, parseIni } from './ini.ts';
import {
  linesOf,
  type NamedLists,
  parseEntryPoints,
  type SetupFacts,
  type Stated,
} from './setup-facts.ts';

/** Gives the text of a file of the project, undefined when there is none. */
export type ReadProjectFile = (relativePath: string) => string | undefined;

const aliases: Readonly<Record<string, string>> = { home_page: 'url', summary: 'description' };

/** A section with its keys as setuptools knows them: `Python-Requires` is `python_requires`. */
const sectionOf = (ini: IniFile, name: string): ReadonlyMap<string, IniOption> =>
  new Map(
    [...(ini.get(name) ?? [])].map(([key, option]) => {
      const plain = key.toLowerCase().replaceAll('-', '_');
      return [Object.hasOwn(aliases, plain) ? (aliases[plain] ?? plain) : plain, option];
    }),
  );

/** A path that setuptools reads with `file:`, which never leaves the project. */
const isInside = (path: string): boolean =>
  path !== '' && !/^[/\\~]|^[A-Za-z]:|\0/.test(path) && !path.split(/[/\\]/).includes('..');

const fileDirective = /^file:/;

/** The texts of the files of `file: a, b`, in order; undefined when one cannot be had. */
const readFiles = (text: string, read: ReadProjectFile): string | undefined => {
  const paths = text
    .replace(fileDirective, '')
    .split(',')
    .map((path) => path.trim())
    .filter((path) => path !== '');
  const texts = paths.map((path) => (isInside(path) ? read(path) : undefined));
  const known = texts.filter((part) => part !== undefined);
  return known.length === texts.length ? known.join('\n') : undefined;
};

const state = <Value>(
  option: IniOption | undefined,
  convert: (text: string) => Value | undefined,
): Stated<Value> => {
  if (option === undefined) return { kind: 'absent' };
  const value = convert(option.value);
  const { line } = option;
  return value === undefined ? { kind: 'computed', line } : { kind: 'literal', value, line };
};

/** setuptools' lists: by lines when there are several, else by the separator. */
const splitList = (text: string, separator: string): readonly string[] =>
  (text.includes('\n') ? text.split('\n') : text.split(separator))
    .map((item) => item.trim())
    .filter((item) => item !== '');

const requirementsOf = (text: string, read: ReadProjectFile): readonly string[] | undefined => {
  const whole = fileDirective.test(text) ? readFiles(text, read) : text;
  return whole === undefined
    ? undefined
    : splitList(whole, ';').filter((line) => !line.startsWith('#'));
};

/** A text that is not to be looked up elsewhere. */
const plainText =
  (read: ReadProjectFile) =>
  (text: string): string | undefined => {
    if (/^attr:/.test(text)) return undefined;
    return fileDirective.test(text) ? readFiles(text, read)?.trim() : text;
  };

const namedLists = (
  ini: IniFile,
  section: string,
  convert: (text: string) => readonly string[] | undefined,
): Stated<NamedLists> => {
  const options = ini.get(section);
  if (options === undefined) return { kind: 'absent' };
  const lists = new Map<string, readonly string[]>();
  for (const [name, option] of options) {
    const items = convert(option.value);
    if (items === undefined) return { kind: 'computed', line: option.line };
    lists.set(name, items);
  }
  const line = Math.min(...[...options.values()].map((option) => option.line));
  return { kind: 'literal', value: lists, line: Number.isFinite(line) ? line : 1 };
};

/**
 * Reads a `setup.cfg`. Values behind `file:` are read with `read`; those behind `attr:`, and files
 * that are not there, are `computed`. Throws MANIFEST_SYNTAX.
 */
export const readSetupCfg = (file: string, text: string, read: ReadProjectFile): SetupFacts => {
  const ini = parseIni(file, text);
  const metadata = sectionOf(ini, 'metadata');
  const options = sectionOf(ini, 'options');
  const requirements = (value: string) => requirementsOf(value, read);
  const semicolons = (value: string) => splitList(value, ';');
  const entryPoints = namedLists(ini, 'options.entry_points', linesOf);
  return {
    name: state(metadata.get('name'), plainText(read)),
    version: state(metadata.get('version'), plainText(read)),
    description: state(metadata.get('description'), plainText(read)),
    url: state(metadata.get('url'), (value) => value),
    license: state(metadata.get('license'), (value) => value),
    pythonRequires: state(options.get('python_requires'), (value) => value),
    installRequires: state(options.get('install_requires'), requirements),
    setupRequires: state(options.get('setup_requires'), semicolons),
    testsRequire: state(options.get('tests_require'), semicolons),
    extrasRequire: namedLists(ini, 'options.extras_require', requirements),
    entryPoints:
      entryPoints.kind === 'absent'
        ? state(options.get('entry_points'), (value) => {
            const whole = fileDirective.test(value) ? readFiles(value, read) : value;
            return whole === undefined ? undefined : parseEntryPoints(whole);
          })
        : entryPoints,
    scripts: state(options.get('scripts'), (value) => splitList(value, ',')),
  };
};
