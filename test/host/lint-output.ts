import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, dirname, join, normalize, relative, resolve } from 'node:path';
import { type Elf, tryParseElf } from './elf.ts';
import { lintCompiled, lintRecord, recordedFiles } from './lint-python.ts';

/** One thing that would not work on NixOS, or not be repeatable. `file` is relative to the output. */
export interface LintProblem {
  readonly file: string;
  readonly rule:
    | 'shebang'
    | 'link'
    | 'interpreter'
    | 'run-path'
    | 'needed'
    | 'reference'
    | 'compiled'
    | 'mode'
    | 'time'
    | 'record'
    | 'unrecorded';
  readonly message: string;
}

export interface LintOptions {
  readonly storeDir: string;
  /** Program interpreters outside the store that are allowed: the test set uses the host's glibc. */
  readonly hostInterpreters?: readonly string[];
  /** Store paths that the output must not mention, such as build environments. */
  readonly forbidden?: readonly string[];
  /** Sonames that the loading process brings along, such as `libpython3.11.so.1.0`. */
  readonly provided?: readonly string[];
  /** Ask that each file stands in some RECORD: for outputs that hold one distribution. */
  readonly allRecorded?: boolean;
}

/** glibc's dynamic linkers: `test/host/` leaves programs with the host's. */
export const hostInterpreters = ['/lib64/ld-linux-x86-64.so.2', '/lib/ld-linux-aarch64.so.1'];

/** The sonames of glibc; libcrypt, libnsl and libgcc_s are not among them. */
const glibc =
  /^(?:ld-linux[\w-]*\.so\.\d|lib(?:c\.so\.6|m\.so\.6|mvec\.so\.1|dl\.so\.2|pthread\.so\.0|rt\.so\.1|util\.so\.1|resolv\.so\.2|anl\.so\.1))$/;

const machine = process.arch === 'arm64' ? 183 : 62;

interface Entry {
  readonly path: string;
  readonly isLink: boolean;
  readonly mode: number;
  readonly time: number;
}

const entriesOf = (path: string): Entry[] => {
  const status = lstatSync(path);
  const entry = {
    path,
    isLink: status.isSymbolicLink(),
    mode: status.mode,
    time: Math.floor(status.mtimeMs / 1000),
  };
  if (!status.isDirectory()) return [entry];
  return readdirSync(path)
    .sort()
    .flatMap((name) => entriesOf(join(path, name)));
};

type Problem = Omit<LintProblem, 'file'>;

const lintShebang = (bytes: Buffer, storeDir: string): Problem[] => {
  const end = bytes.indexOf(10);
  const line = bytes.toString('utf8', 2, end < 0 ? bytes.length : end).trim();
  const interpreter = line.split(/\s/)[0] ?? '';
  const isInStore = interpreter.startsWith(`${storeDir}/`);
  if (!isInStore) return [{ rule: 'shebang', message: `\`#!${line}\` is outside the store` }];
  if (existsSync(interpreter)) return [];
  return [{ rule: 'shebang', message: `\`#!${line}\` names a missing program` }];
};

const lintLink = (path: string, storeDir: string): Problem[] => {
  const target = readlinkSync(path);
  const absolute = resolve(dirname(path), target);
  if (!existsSync(path)) return [{ rule: 'link', message: `dangling link to \`${target}\`` }];
  return absolute.startsWith(`${storeDir}/`) || absolute === storeDir
    ? []
    : [{ rule: 'link', message: `link to \`${target}\` leaves the store` }];
};

const lintElf = (path: string, elf: Elf, options: LintOptions): Problem[] => {
  if (elf.machine !== machine || elf.type === 1) return [];
  const { storeDir, provided = [] } = options;
  const isInStore = (file: string): boolean => file.startsWith(`${storeDir}/`);
  const problems: Problem[] = [];
  const { interpreter } = elf;
  if (interpreter && !isInStore(interpreter) && !options.hostInterpreters?.includes(interpreter)) {
    problems.push({ rule: 'interpreter', message: `\`${interpreter}\` is outside the store` });
  }
  const folders = elf.runPath.map((entry) =>
    normalize(entry.replace(/^\$(?:ORIGIN|\{ORIGIN\})/, dirname(path))),
  );
  for (const [index, folder] of folders.entries()) {
    if (isInStore(`${folder}/`)) continue;
    problems.push({ rule: 'run-path', message: `\`${elf.runPath[index]}\` is outside the store` });
  }
  for (const soname of elf.needed) {
    if (glibc.test(soname) || provided.includes(soname)) continue;
    if (folders.some((folder) => existsSync(join(folder, soname)))) continue;
    problems.push({ rule: 'needed', message: `\`${soname}\` is not found on the run path` });
  }
  return problems;
};

/** A store path is known by its hash, as in Nix's own scan for references. */
const hashPart = (storePath: string): string => basename(storePath).slice(0, 32);

const lintReferences = (content: Buffer, forbidden: readonly string[]): Problem[] =>
  forbidden
    .filter((path) => content.includes(hashPart(path)))
    .map((path) => ({ rule: 'reference', message: `mentions \`${basename(path)}\`` }));

/** What installed the distribution wrote it; those of vendored packages are files like others. */
const isInstalledRecord = (path: string): boolean =>
  /\/site-packages\/[^/]+\.dist-info\/RECORD$/.test(path);

const lintFile = (entry: Entry, options: LintOptions): Problem[] => {
  const { path, mode } = entry;
  const bytes = readFileSync(path);
  const elf = tryParseElf(bytes);
  const runs = (mode & 0o111) !== 0 || basename(dirname(path)) === 'bin';
  const isScript = bytes.length > 2 && bytes[0] === 0x23 && bytes[1] === 0x21;
  const isRecord = isInstalledRecord(path);
  const compiled = /\.py[co]$/.test(path) ? lintCompiled(path) : [];
  return [
    ...(isScript && runs ? lintShebang(bytes, options.storeDir) : []),
    ...(elf ? lintElf(path, elf, options) : []),
    ...lintReferences(bytes, options.forbidden ?? []),
    ...compiled.map((message): Problem => ({ rule: 'compiled', message })),
    ...(isRecord ? lintRecord(path) : []).map((message): Problem => ({ rule: 'record', message })),
    ...((mode & 0o6000) === 0 ? [] : [{ rule: 'mode', message: 'is setuid or setgid' } as const]),
  ];
};

const lintEntry = (entry: Entry, options: LintOptions): Problem[] => {
  const { path, isLink, time } = entry;
  const isStored = path.startsWith(`${options.storeDir}/`);
  const late: Problem[] =
    isStored && time > 1 ? [{ rule: 'time', message: `modified at ${time}, not 1` }] : [];
  if (!isLink) return [...late, ...lintFile(entry, options)];
  const target = Buffer.from(readlinkSync(path));
  return [
    ...late,
    ...lintLink(path, options.storeDir),
    ...lintReferences(target, options.forbidden ?? []),
  ];
};

const unrecorded = (entries: readonly Entry[]): string[] => {
  const records = entries.filter(({ path }) => isInstalledRecord(path));
  const known = new Set(records.flatMap(({ path }) => recordedFiles(path)));
  return entries
    .map(({ path }) => path)
    .filter((path) => !known.has(path) && !/\.pyc$|\/nix-support\//.test(path));
};

/**
 * Reads a built output (a folder or a file) and tells what would not work on NixOS or not be repeatable: shebangs,
 * links, ELF files, references to build-time paths, stale compiled files, modes, times, RECORDs. Empty when all is well.
 */
export const lintOutput = (output: string, options: LintOptions): LintProblem[] => {
  const entries = entriesOf(output);
  const named =
    (path: string) =>
    (problem: Problem): LintProblem => ({
      file: relative(output, path),
      ...problem,
    });
  return [
    ...entries.flatMap((entry) => lintEntry(entry, options).map(named(entry.path))),
    ...(options.allRecorded ? unrecorded(entries) : []).map((path) =>
      named(path)({ rule: 'unrecorded', message: 'stands in no RECORD' }),
    ),
  ];
};
