/** `overrides.toml` as a file that commands append to. */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Lock2nixError } from '../graph/errors.ts';
import { parseOverrides } from '../overrides/parse.ts';
import type { Overrides } from '../overrides/types.ts';
import { overridesName } from './pipeline/project.ts';
import { shownPath } from './place.ts';
import { version } from './version.ts';

/** The file of rules of a project. */
export interface RulesFile {
  /** Absolute. */
  readonly path: string;
  /** As messages show it. */
  readonly shown: string;
  /** Absent: there is no file yet. */
  readonly text?: string;
  readonly rules: Overrides;
}

/** The rules beside an input, as they stand there. Throws what `parseOverrides` throws. */
export const readRulesFile = (folder: string, cwd: string): RulesFile => {
  const path = join(folder, overridesName);
  const shown = shownPath(path, cwd);
  if (!existsSync(path)) return { path, shown, rules: parseOverrides(shown, '') };
  const text = readFileSync(path, 'utf8');
  return { path, shown, text, rules: parseOverrides(shown, text) };
};

/** For editors: the schema of this version, as the package has it. */
const schemaLine = `#:schema https://unpkg.com/lock2nix@${version}/dist/overrides.schema.json\n`;

/** The text with rules behind it; what was there stays as it is, byte by byte. */
const appended = (text: string | undefined, rules: readonly string[]): string => {
  const before = text === undefined || text.trim() === '' ? `${text ?? ''}${schemaLine}` : text;
  const lineEnd = before.includes('\r\n') ? '\r\n' : '\n';
  const ended = before.endsWith('\n') ? before : `${before}${lineEnd}`;
  return `${ended}${rules.map((rule) => `\n${rule}`.replaceAll('\n', lineEnd)).join('')}`;
};

/**
 * Appends rules, and makes the file when it is not there. They are read before anything is written:
 * throws OVERRIDES_SHAPE and its like for what the file cannot hold, OUTPUT_UNWRITABLE for the disk.
 */
export const appendRules = (
  { path, shown, text }: RulesFile,
  rules: readonly string[],
): RulesFile => {
  const next = appended(text, rules);
  const parsed = parseOverrides(shown, next);
  const temporary = `${path}.${process.pid}.new`;
  try {
    writeFileSync(temporary, next, { flag: 'wx' });
    renameSync(temporary, path);
  } catch (cause) {
    rmSync(temporary, { force: true });
    const code =
      typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : cause;
    throw new Lock2nixError('OUTPUT_UNWRITABLE', `cannot write \`${shown}\`: ${String(code)}`, {
      cause,
      hint: `check the permissions of ${basename(path)} and its folder`,
    });
  }
  return { path, shown, text: next, rules: parsed };
};
