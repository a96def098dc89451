import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { poetry } from '../../../converters/poetry/format.ts';
import type { LockedGraph } from '../../../graph/types.ts';
import {
  convertTexts,
  fixtureNames,
  fixturePath,
  goldenText,
  readFixture,
  summarise,
} from './support.ts';

/** Candidates that are not in the graph, and dependencies without any. */
const dangling = ({ roots, packages }: LockedGraph): readonly string[] => {
  const ofRoots = roots.flatMap(({ groups }) => Object.values(groups).flat());
  const ofPackages = [...packages.values()].flatMap(({ dependencies }) => dependencies);
  return [...ofRoots, ...ofPackages]
    .filter(
      ({ candidates }) => candidates.length === 0 || candidates.some((id) => !packages.has(id)),
    )
    .map(({ name }) => name);
};

describe.each(fixtureNames)('%s', (name) => {
  const lock = readFixture(name, 'poetry.lock');
  const pyproject = readFixture(name, 'pyproject.toml');

  test('is recognised', () => {
    expect(poetry.recognises(lock)).toBe(true);
  });

  test('converts to its golden graph, with its manifest and alone', () => {
    const together = convertTexts(lock, pyproject);
    const alone = convertTexts(lock);
    const path = fixturePath(name, 'expected-graph.json');
    const { roots, diagnostics } = summarise(alone) as { roots: object; diagnostics: object };
    const text = goldenText(path, { ...summarise(together), alone: { roots, diagnostics } });
    expect(text).toBe(readFileSync(path, 'utf8'));
    expect(dangling(together)).toEqual([]);
    expect(dangling(alone)).toEqual([]);
  });

  test('line ends and a byte order mark change nothing', () => {
    const windows = (text: string): string => `\ufeff${text.replaceAll('\n', '\r\n')}`;
    expect(convertTexts(windows(lock), windows(pyproject))).toEqual(convertTexts(lock, pyproject));
  });

  test('its content-hash is that of its manifest, and not of a changed one', () => {
    const codes = (manifest: string): readonly string[] =>
      convertTexts(lock, manifest).diagnostics.map(({ code }) => code);
    expect(codes(pyproject)).not.toContain('content-hash-mismatch');
    const changed = pyproject.replace(
      /^(\[tool\.poetry\.(?:group\.)?dev[^\]]*\]|\[tool\.poetry\.dependencies\])$/m,
      '$1\nsome-thing-else = { version = "*", markers = "os_name == \'none\'" }',
    );
    expect(changed).not.toBe(pyproject);
    expect(codes(changed)).toContain('content-hash-mismatch');
  });
});
