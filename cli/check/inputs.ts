import { join } from 'node:path';
import { createSiblings } from '../input.ts';
import { shownPath } from '../place.ts';
import type { RecordFile } from '../read-record.ts';
import { digest } from '../record.ts';
import type { Finding } from './finding.ts';

export interface InputContext {
  /** Absolute, of the project. */
  readonly folder: string;
  readonly cwd: string;
  /** What converts again. */
  readonly command: string;
}

const change = (recorded: string | null, now: string | null): string =>
  recorded === null ? 'appeared' : now === null ? 'gone' : 'changed';

const words: Readonly<Record<string, (file: string) => string>> = {
  changed: (file) => `\`${file}\` has changed since it was converted`,
  gone: (file) => `\`${file}\` is gone, and was there for the conversion`,
  appeared: (file) => `\`${file}\` is there now, and was not for the conversion`,
};

/**
 * What was read for a conversion and is another file now, or none, or has come since. Throws
 * INPUT_MISSING for a file that cannot be read.
 */
export const checkInputs = (
  { input, inputs }: RecordFile,
  { folder, cwd, command }: InputContext,
): readonly Finding[] => {
  const { readBytes } = createSiblings(folder);
  return [...inputs].flatMap(([path, recorded]): readonly Finding[] => {
    const bytes = readBytes(path);
    const now = bytes === undefined ? null : digest(bytes);
    if (now === recorded) return [];
    const file = shownPath(join(folder, path), cwd);
    const what = change(recorded, now);
    return [
      {
        cause: 'input',
        code: `input-${what}`,
        file,
        message: words[what]?.(file) ?? what,
        hint:
          path === input && now === null
            ? 'bring it back, or lock again; then convert'
            : `bring the recipe up to date: ${command}`,
      },
    ];
  });
};
