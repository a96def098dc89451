import { styleText } from 'node:util';
import type { Diagnostic, ErrorCode, Location, Lock2nixError } from '../graph/errors.ts';
import type { Finding } from './check/finding.ts';
import { version } from './version.ts';
import type { World } from './world.ts';

type Colour = 'red' | 'yellow' | 'cyan' | 'dim';

/** NO_COLOR (no-color.org) and anything but a terminal mean plain text. */
const paint = (colour: Colour, text: string, { env, stderr }: World): string =>
  stderr.isTTY === true && !env['NO_COLOR'] && !env['CI'] ? styleText(colour, text) : text;

/** Control characters of hostile input must not reach a terminal; line breaks stay. */
const printable = (text: string): string =>
  text.replace(
    /(?!\n)\p{Cc}/gu,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

const formatLocation = ({ file, line, column }: Location): string =>
  [file, line, column].filter((part) => part !== undefined).join(':');

/** Where it was, unless the message says it already. */
const formatWhere = (message: string, location: Location | undefined): string => {
  if (location === undefined) return '';
  const isSaid = location.line === undefined && message.includes(`\`${location.file}\``);
  return isSaid ? '' : `${formatLocation(location)}: `;
};

const formatMessage = (
  message: string,
  { location, hint }: { location?: Location | undefined; hint?: string | undefined },
  world: World,
): string => {
  const where = formatWhere(message, location);
  const next = hint === undefined ? '' : `${paint('cyan', 'hint:', world)} ${hint}\n`;
  return printable(`${where}${message}\n`) + printable(next);
};

/** The next step after an error that names none: most have to do with a file that another tool wrote. */
const usualHint = (code: ErrorCode): string => {
  if (code.startsWith('MANIFEST_')) return 'correct it, then lock again: poetry lock';
  if (code.startsWith('OVERRIDES_')) {
    return 'correct the rule at that line: docs/overrides.md has what each key may hold';
  }
  if (code === 'GRAPH_INVALID' || code === 'NIX_TEXT') {
    return 'lock again; if that does not help, report it with the lock';
  }
  return 'the lock is damaged or was changed by hand: lock again with the tool that wrote it';
};

/** `error: FILE:LINE: MESSAGE`, then `hint: NEXT STEP`. */
export const formatError = (
  { code, message, location, hint }: Lock2nixError,
  world: World,
): string =>
  `${paint('red', 'error:', world)} ${formatMessage(message, { location, hint: hint ?? usualHint(code) }, world)}`;

/** `warning: …` or `note: …`, with their hint. */
export const formatDiagnostic = (diagnostic: Diagnostic, world: World): string => {
  const colour = diagnostic.severity === 'warning' ? 'yellow' : 'dim';
  const label = paint(colour, `${diagnostic.severity}:`, world);
  return `${label} ${formatMessage(diagnostic.message, diagnostic, world)}`;
};

/** `input: …` for each finding; with `hints`, one that several have in a row stands behind them. */
export const formatFindings = (
  findings: readonly Finding[],
  hints: boolean,
  world: World,
): string =>
  findings
    .map(({ cause, message, hint }, index) => {
      const label = paint('yellow', `${cause}:`, world);
      const isShown = hints && findings[index + 1]?.hint !== hint;
      return `${label} ${formatMessage(message, isShown ? { hint } : {}, world)}`;
    })
    .join('');

/** `1 file`, `2 files`. */
export const plural = (count: number, noun: string): string =>
  `${count} ${noun}${count === 1 ? '' : 's'}`;

/** A fault of ours, with what a report needs. */
export const formatBug = (error: unknown): string => {
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `error: this is a bug of lock2nix ${version} (node ${process.versions.node}):\n${printable(trace)}\nhint: please report it, with the lock if you can\n`;
};
