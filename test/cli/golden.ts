import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from '@jest/globals';

const fixtures = join(import.meta.dirname, '..', '..', 'fixtures');

/** Compares a text with a file below `fixtures/`; with UPDATE_GOLDEN=1 the file is written. */
export const expectGolden = (file: string, text: string): void => {
  const path = join(fixtures, file);
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  expect(text).toBe(existsSync(path) ? readFileSync(path, 'utf8') : `no ${file}`);
};
