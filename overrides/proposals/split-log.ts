/** Which builds failed in a log, and what of the log belongs to each. */
import { isName, normaliseName } from '../../standards/name.ts';
import type { FailedBuild, ProposalContext } from './types.ts';

const tryNormaliseName = (text: string): string | undefined =>
  isName(text) ? normaliseName(text) : undefined;

/** What a log of several builds says when one of them ends; since Nix 2.30 in other words. */
const failure =
  /^.*?(?:builder for '(?<drv>[^'\n]+\.drv)' failed\b.*|Cannot build '(?<newDrv>[^'\n]+\.drv)'\.\n\s*Reason: .*builder failed.*)$/gm;

/** `/nix/store/HASH-umemcache-1.6.3.drv`, or the name alone. */
const bareName = (drv: string): string =>
  (drv.split('/').at(-1) ?? drv).replace(/\.drv$/, '').replace(/^[a-z0-9]{32}-/, '');

/** Nobody writes more than this on a line that is to be read; patterns need not look further. */
const longestLine = 2000;

/** Every escape sequence of a terminal, and what a carriage return wrote over. */
const plain = (text: string): string =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what compilers write
    .replace(/\u001b(?:\[[0-9;?]*[A-Za-z]|\][^\u0007\u001b]*(?:\u0007|\u001b\\))/g, '')
    .replace(/\r\n/g, '\n')
    .split('\n')
    .map((line) => line.slice(line.lastIndexOf('\r') + 1).slice(0, longestLine))
    .join('\n');

/** The newest Python that a path of the log names; of an interpreter's folder. */
const pythonOf = (text: string): string | undefined =>
  /\/lib\/python(?<python>\d\.\d+)\//.exec(text)?.groups?.['python'] ??
  /\/include\/python(?<python>\d\.\d+)m?\b/.exec(text)?.groups?.['python'];

/** `umemcache-1.6.3` -> its parts; names have dashes, and versions begin with a digit. */
const parseDerivation = (
  derivation: string,
  packages: readonly string[] | undefined,
): Pick<FailedBuild, 'kind' | 'name' | 'version'> | undefined => {
  if (/^check-.+-env$/.test(derivation)) return { kind: 'check' };
  if (/-env$|^build-environment-/.test(derivation)) return { kind: 'environment' };
  const { name, version } =
    /^(?<name>[A-Za-z0-9][\w.+-]*?)-(?<version>v?\d[^-]*)$/.exec(derivation)?.groups ?? {};
  const known = name === undefined ? undefined : tryNormaliseName(name);
  if (known === undefined || version === undefined) return undefined;
  if (packages !== undefined && !packages.includes(known)) return undefined;
  return { kind: 'package', name: known, version };
};

/** What of a log that several builds wrote, each line with `NAME> ` in front, is of one of them. */
const prefixed = (lines: readonly string[], derivation: string): readonly string[] => {
  const name = derivation.replace(/-v?\d[^-]*$/, '');
  return lines.flatMap((line) => {
    const mark = [`${derivation}> `, `${name}> `].find((each) => line.startsWith(each));
    return mark === undefined ? [] : [line.slice(mark.length)];
  });
};

/** The last lines of a build, as newer versions of Nix repeat them behind the failure. */
const repeated = (lines: readonly string[]): readonly string[] =>
  lines.flatMap((line) => /^ {2,}> (?<text>.*)$/.exec(line)?.groups?.['text'] ?? []);

/** Whose log it is when no failure of Nix is in it: our own words at its end, or a check's. */
const whoseLog = (text: string, { name }: ProposalContext): Pick<FailedBuild, 'kind' | 'name'> => {
  if (name !== undefined) return { kind: 'package', name: normaliseName(name) };
  if (/^error: `import [\w.]+` fails in /m.test(text)) return { kind: 'check' };
  const said = /^error: (?<name>[\w.-]+) cannot be built: /m.exec(text)?.groups?.['name'];
  const mine = said === undefined ? undefined : tryNormaliseName(said);
  return mine === undefined ? { kind: 'environment' } : { kind: 'package', name: mine };
};

const withPython = (build: FailedBuild, python: string | undefined): FailedBuild => {
  const found = python ?? pythonOf(build.text);
  return found === undefined ? build : { ...build, python: found };
};

/**
 * The builds that failed, in the order of the log. Takes what `nix-build -k` writes, `nix build -L`,
 * and `nix log` of one derivation (which is of the context's package where it does not say).
 */
export const splitLog = (log: string, context: ProposalContext): readonly FailedBuild[] => {
  const text = plain(log);
  const failures = [...text.matchAll(failure)];
  const builds: FailedBuild[] = [];
  const seen = new Set<string>();
  let start = 0;
  for (const [index, match] of failures.entries()) {
    const derivation = bareName(match.groups?.['drv'] ?? match.groups?.['newDrv'] ?? '');
    const before = text.slice(start, match.index).split('\n');
    const end = match.index + match[0].length;
    const behind = text.slice(end, failures[index + 1]?.index ?? text.length).split('\n');
    start = end;
    const parsed = parseDerivation(derivation, context.packages);
    if (parsed === undefined || seen.has(derivation)) continue;
    seen.add(derivation);
    const own = prefixed(text.split('\n'), derivation);
    const lines = own.length > 0 ? own : [...before, ...repeated(behind)];
    builds.push(withPython({ ...parsed, text: lines.join('\n') }, context.python));
  }
  if (builds.length > 0 || failures.length > 0) return builds;
  return text.trim() === ''
    ? []
    : [withPython({ ...whoseLog(text, context), text }, context.python)];
};
