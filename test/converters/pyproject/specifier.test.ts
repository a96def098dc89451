import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { specifierOf } from '../../../converters/poetry/specifier.ts';
import { isLock2nixError } from '../../../graph/errors.ts';
import { parseSpecifierSet } from '../../../standards/specifier.ts';
import { parseVersion } from '../../../standards/version.ts';
import { contains } from '../../../standards/version-set.ts';

const {
  versions,
  constraints,
}: {
  readonly versions: readonly string[];
  readonly constraints: readonly (readonly [string, readonly string[]])[];
} = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../fixtures/pyproject/constraints.json'), 'utf8'),
);

/** Alternatives for which there is no specifier set. */
const refused = ['1.2.* || 3.*', '<1.2 || >=2.3'];

test.each(constraints.filter(([text]) => !refused.includes(text)))(
  'as Poetry: %s',
  (text, allowed) => {
    const set = parseSpecifierSet(specifierOf(text) ?? '').versions;
    expect(versions.filter((version) => contains(set, parseVersion(version)))).toEqual(allowed);
  },
);

test.each([
  ['^1.2', '<2,>=1.2'],
  ['~0.3', '<0.4,>=0.3'],
  ['1.2', '==1.2'],
  ['*', undefined],
  ['', undefined],
  ['>=1,!=1.5', '!=1.5,>=1'],
  ['===1.0-odd', '===1.0-odd'],
  ['^1.2 || ^3', '!=2.*,<4,>=1.2'],
  ['^1!2.3', '<1!3,>=1!2.3'],
])('%s is %s', (text, specifier) => {
  expect(specifierOf(text)).toBe(specifier);
});

test.each([...refused, '>=1,<1.5 || >=3'])('%s is refused', (text) => {
  try {
    specifierOf(text);
  } catch (error) {
    expect(isLock2nixError(error) && [error.code, error.hint]).toEqual([
      'SPECIFIER_INVALID',
      'write one range, with `!=` for what is not wanted in it',
    ]);
    return;
  }
  throw new Error('it was taken');
});
