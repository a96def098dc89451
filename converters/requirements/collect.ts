/** Reads a requirements file and the files that it names, in pip's order. */
import { type Diagnostic, isLock2nixError, Lock2nixError } from '../../graph/errors.ts';
import type { AskedRequirement } from '../../graph/requirements.ts';
import type { Integrity } from '../../graph/types.ts';
import { toSri } from '../../standards/integrity.ts';
import { quoted } from '../../standards/quoted.ts';
import { parseSpecifierSet } from '../../standards/specifier.ts';
import { checkPath, checkUrl } from '../shared/locations.ts';
import { redact } from '../shared/redact.ts';
import type { ConverterInput } from '../types.ts';
import { type BinaryChoice, chooseBinary } from './binary.ts';
import { readEditable, readEntry } from './entry.ts';
import { type FileLine, readLines } from './lines.ts';
import { type Option, obsoleteOptions, parseOptions, splitLine } from './options.ts';
import { splitWords } from './words.ts';

/** A requirement with the line that it stands on. */
interface Found {
  readonly asked: AskedRequirement;
  readonly file: string;
  readonly line: number;
}

/** Everything that the files say; added to. */
export interface Collected {
  readonly requirements: Found[];
  readonly constraints: Found[];
  index: string | false | undefined;
  readonly extra: string[];
  readonly binary: BinaryChoice;
  prereleases: boolean;
  requireHashes: boolean;
  readonly diagnostics: Diagnostic[];
}

type Role = 'requirements' | 'constraints';

/** A file that is being read. `path` is relative to the input's folder. */
interface OpenFile {
  readonly path: string;
  /** As messages show it. */
  readonly shown: string;
  readonly text: string;
  readonly role: Role;
}

interface Context {
  readonly input: ConverterInput;
  readonly found: Collected;
  /** Files that are being read, for those that name each other. */
  readonly open: readonly OpenFile[];
  readonly seen: Set<string>;
}

const refuse = (message: string, hint?: string): never => {
  throw new Lock2nixError('REQUIREMENT_INVALID', message, hint === undefined ? {} : { hint });
};

const warn = (found: Collected, file: OpenFile, line: FileLine, message: string): void => {
  found.diagnostics.push({
    severity: 'warning',
    code: 'option-ignored',
    message: safeText(message, line),
    location: { file: file.shown, line: line.line },
  });
};

const folderOf = (path: string): string => path.replace(/[^/\\]*$/, '');

/** The file that `-r` or `-c` names, relative to the one that names it. */
const openNested = (
  { input, open }: Context,
  { path, shown }: OpenFile,
  { value, role }: { readonly value: string; readonly role: Role },
): OpenFile => {
  if (/^[a-z][a-z0-9+.-]+:/i.test(value)) {
    return refuse(
      `the file ${quoted(redact(value))} is not beside this one, and files elsewhere are not read`,
      'save it beside this file and name it by its path',
    );
  }
  const nested = checkPath(folderOf(path) + value);
  const loop = open.findIndex((file) => file.path === nested);
  if (loop >= 0) {
    const chain = [...open.slice(loop).map((file) => file.shown), open[loop]?.shown ?? nested];
    return refuse(`the files name each other: ${chain.join(' → ')}`, 'take one of them out');
  }
  const text = input.read(nested);
  if (text === undefined) {
    throw new Lock2nixError('INPUT_MISSING', `there is no file ${quoted(value)} beside this one`, {
      hint: `put ${quoted(nested)} back, or take the line out`,
    });
  }
  return { path: nested, shown: checkShown(folderOf(shown) + value), text, role };
};

/** The shown path in its shortest form; an absolute one stays as it is. */
const checkShown = (path: string): string =>
  /^[/~]|^[A-Za-z]:|\\/.test(path) ? path : checkPath(path);

const hashAlgorithms = ['sha256', 'sha384', 'sha512'] as const;

const readHash = (value: string): Integrity => {
  const algorithm = value.split(':')[0] ?? '';
  if (!hashAlgorithms.some((name) => name === algorithm)) {
    return refuse(
      `\`--hash\` takes ${hashAlgorithms.join(', ')}, and ${quoted(algorithm)} is none of them`,
      `write the hash as pip hash prints it: --hash=sha256:…`,
    );
  }
  return { sri: toSri(value), of: 'file' };
};

const applyOption = (
  { found }: Context,
  { file, line, name, value }: Option & { readonly file: OpenFile; readonly line: FileLine },
): void => {
  switch (name) {
    case 'index-url':
    case 'pypi-url':
      checkUrl(value);
      if (found.index !== false) found.index = value;
      return;
    case 'extra-index-url':
      checkUrl(value);
      if (found.index !== false && !found.extra.includes(value)) found.extra.push(value);
      return;
    case 'no-index':
      found.index = false;
      found.extra.length = 0;
      return;
    case 'only-binary':
      chooseBinary(found.binary, 'only', value);
      return;
    case 'no-binary':
      chooseBinary(found.binary, 'no', value);
      return;
    case 'pre':
      found.prereleases = true;
      return;
    case 'require-hashes':
      found.requireHashes = true;
      return;
    case 'find-links':
      refuse(
        '`--find-links` is not supported: what it lists would be looked for on the index instead',
        'name each file by itself, `name @ https://…`, or an index that has them with --extra-index-url',
      );
      return;
    case 'trusted-host':
      warn(
        found,
        file,
        line,
        `\`--trusted-host ${redact(value)}\` does nothing: certificates are checked everywhere`,
      );
      return;
    case 'prefer-binary':
      warn(
        found,
        file,
        line,
        '`--prefer-binary` does nothing: name the packages in `--only-binary` instead',
      );
      return;
    default:
      warn(
        found,
        file,
        line,
        obsoleteOptions.has(name)
          ? `\`--${name}\` does nothing: pip knows it no more`
          : `\`--${name}\` does nothing here`,
      );
  }
};

const requirementOptions = new Set(['hash', 'global-option', 'install-option', 'config-settings']);

/** The hashes behind a requirement; its other options are reported. */
const readHashes = (
  { found }: Context,
  file: OpenFile,
  { line, options }: { readonly line: FileLine; readonly options: readonly Option[] },
): readonly Integrity[] => {
  const integrities: Integrity[] = [];
  for (const { name, value } of options) {
    if (name === 'hash') integrities.push(readHash(value));
    else {
      const message = requirementOptions.has(name)
        ? `\`--${name}\` does nothing: how a package is built is for overrides.toml to say`
        : `\`--${name}\` does nothing behind a requirement: it needs a line of its own`;
      warn(found, file, line, message);
    }
  }
  return integrities;
};

const checkConstraint = ({ name, extras }: AskedRequirement, isEditable: boolean): void => {
  if (name === undefined) refuse('a constraint needs a name', 'write it as `name @ URL`');
  if (extras.length > 0) refuse('a constraint has no extras', 'take out the part in brackets');
  if (isEditable) refuse('a constraint is not editable', 'take out the `-e`');
};

const addRequirement = (
  context: Context,
  file: OpenFile,
  {
    line,
    subject,
    options,
  }: {
    readonly line: FileLine;
    readonly subject: string;
    readonly options: readonly Option[];
  },
): void => {
  const { input, found } = context;
  const editable =
    subject === '' ? options.find(({ name }) => name === 'editable')?.value : undefined;
  const entry = {
    origin: `${file.shown}:${line.line}`,
    shown: splitLine(line.written)[subject === '' ? 1 : 0],
    read: input.read,
  };
  const others = options.filter(({ name }) => name !== 'editable');
  const asked = editable === undefined ? readEntry(subject, entry) : readEditable(editable, entry);
  const hashes = readHashes(context, file, { line, options: others });
  const integrities = [...asked.integrities, ...hashes];
  if (file.role === 'constraints') checkConstraint(asked, editable !== undefined);
  found[file.role].push({ asked: { ...asked, integrities }, file: file.shown, line: line.line });
};

const readLine = (context: Context, file: OpenFile, line: FileLine): void => {
  const [subject, rest] = splitLine(line.text);
  const options = parseOptions(splitWords(rest));
  if (subject !== '' || options.some(({ name }) => name === 'editable')) {
    addRequirement(context, file, { line, subject, options });
    return;
  }
  for (const { name, value } of options) {
    if (name === 'requirement' || name === 'constraint') {
      const role = name === 'requirement' ? 'requirements' : 'constraints';
      readFile(context, openNested(context, file, { value, role }));
    } else applyOption(context, { file, line, name, value });
  }
};

/** Without what came out of variables, and without credentials. */
const safeText = (text: string, { secrets }: FileLine): string =>
  redact(secrets.reduce((safe, [value, name]) => safe.replaceAll(value, `\${${name}}`), text));

const readFile = (context: Context, file: OpenFile): void => {
  const key = JSON.stringify([file.role, file.path]);
  if (context.seen.has(key)) return;
  context.seen.add(key);
  const inner = { ...context, open: [...context.open, file] };
  for (const line of readLines(file.shown, file.text, context.input.env ?? {})) {
    try {
      readLine(inner, file, line);
    } catch (error) {
      if (!isLock2nixError(error) || error.location !== undefined) throw error;
      throw new Lock2nixError(error.code, safeText(error.message, line), {
        ...(error.hint === undefined ? {} : { hint: safeText(error.hint, line) }),
        location: { file: file.shown, line: line.line },
      });
    }
  }
};

const isPinned = (specifier: string | undefined): boolean => {
  const [only, ...others] = parseSpecifierSet(specifier ?? '').clauses;
  if (only === undefined || others.length > 0) return false;
  return only.operator === '===' || (only.operator === '==' && !only.text.endsWith('.*'));
};

/** pip's hash-checking mode: every requirement is pinned and has a hash. */
const checkHashes = (found: readonly Found[]): void => {
  for (const { asked, file, line } of found) {
    const { source, specifier, integrities, text } = asked;
    const isOpen = source === undefined && !isPinned(specifier);
    const isHashable = source === undefined || source.kind === 'url' || isArchivePath(asked);
    const why = !isHashable
      ? 'comes from a folder or a repository, which has no hash'
      : isOpen
        ? 'is not pinned with `==`'
        : integrities.length === 0
          ? 'has no hash'
          : undefined;
    if (why === undefined) continue;
    throw new Lock2nixError(
      'REQUIREMENT_INVALID',
      `${quoted(text)} ${why}, but all requirements must have hashes once one has`,
      {
        hint: 'lock with `pip-compile --generate-hashes`, or take all hashes out',
        location: { file, line },
      },
    );
  }
};

const isArchivePath = ({ source }: AskedRequirement): boolean =>
  source?.kind === 'path' && /\.(?:whl|zip|tar\.\w+|tgz)$/i.test(source.path);

/**
 * Everything that a requirements file and the files that it names say. Throws REQUIREMENT_INVALID,
 * URL_INVALID, HASH_INVALID, NAME_INVALID, FILE_NAME_INVALID, MARKER_INVALID, MANIFEST_SYNTAX or
 * INPUT_MISSING, each with file and line.
 */
export const collect = (input: ConverterInput, role: Role = 'requirements'): Collected => {
  const found: Collected = {
    requirements: [],
    constraints: [],
    index: undefined,
    extra: [],
    binary: { only: new Set(), no: new Set() },
    prereleases: false,
    requireHashes: false,
    diagnostics: [],
  };
  const path = input.file.split(/[\\/]/).at(-1) ?? input.file;
  readFile(
    { input, found, open: [], seen: new Set() },
    { path, shown: input.file, text: input.text, role },
  );
  const all = found.requirements;
  // As in pip, one hash turns the checking on for all.
  if (all.some(({ asked }) => asked.source === undefined && asked.integrities.length > 0)) {
    found.requireHashes = true;
  }
  if (found.requireHashes) checkHashes(all);
  return found;
};
