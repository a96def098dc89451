import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A table of fixtures/standards/ that Python's `packaging` computed (see make-tables.py). */
export const table = <T>(name: string): T =>
  JSON.parse(
    readFileSync(join(import.meta.dirname, '../../fixtures/standards', name), 'utf8'),
  ) as T;

/** The code of the error that `act` throws; undefined when it throws none. */
export const codeOf = (act: () => unknown): unknown => {
  try {
    act();
    return undefined;
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
};
