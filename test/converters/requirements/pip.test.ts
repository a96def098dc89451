import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { collect } from '../../../converters/requirements/collect.ts';
import { isLock2nixError } from '../../../graph/errors.ts';
import type { AskedRequirement } from '../../../graph/requirements.ts';
import { formatHexHash } from '../../../standards/integrity.ts';
import { formatMarker, parseMarker } from '../../../standards/marker.ts';
import { parseSpecifierSet } from '../../../standards/specifier.ts';

interface PipRequirement {
  readonly constraint: boolean;
  readonly editable: boolean;
  readonly name: string | null;
  readonly extras: readonly string[];
  readonly specifier: string;
  readonly marker: string | null;
  readonly url: string | null;
  readonly subdirectory: string | null;
  readonly path: string | null;
  readonly hashes: readonly string[];
  readonly line: string;
}

const rows: readonly (readonly [string, 'error' | readonly PipRequirement[]])[] = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../fixtures/requirements/pip.json'), 'utf8'),
);

/** Where lock2nix differs on purpose, and why. */
const exceptions: Readonly<Record<string, string>> = {
  'a>=1,': 'newer versions of pip take it',
  'a>>1': 'pip took any operator until 24.1',
  '-e a': 'whether a folder is there is for who reads it to say',
  '--pre\n--no-index\n--require-hashes\n--prefer-binary\n--trusted-host x.test\na':
    'the missing hash is an error here, in pip only when it installs',
};

const files: Readonly<Record<string, string>> = {
  'other.txt': 'six\n',
  'pkg/pyproject.toml': '[project]\nname = "the.pkg"\n',
};

const read = (text: string) =>
  collect({ file: 'requirements.txt', text, read: (path) => files[path] });

const urlOf = ({ source }: AskedRequirement): string | null => {
  if (source?.kind === 'url') return source.url;
  if (source?.kind !== 'git') return null;
  return `git+${source.url}${source.rev === 'HEAD' ? '' : `@${source.rev}`}`;
};

const describeAsked = (
  asked: AskedRequirement,
  constraint: boolean,
): Omit<PipRequirement, 'editable'> => {
  const { source, marker, specifier = '', origin, integrities, extras } = asked;
  const isPath = source?.kind === 'path';
  return {
    constraint,
    // pip learns the name of a project in a folder later.
    name: isPath ? null : (asked.name ?? null),
    extras,
    specifier: parseSpecifierSet(specifier)
      .clauses.map(({ operator, text }) => operator + text)
      .sort()
      .join(','),
    marker: marker === undefined ? null : formatMarker(marker),
    url: urlOf(asked),
    subdirectory:
      (source?.kind === 'git' || source?.kind === 'url' ? source.subdirectory : undefined) ?? null,
    path: isPath ? source.path : null,
    hashes: integrities.map(({ sri }) => formatHexHash(sri)).sort(),
    line: origin.split(':').at(-1) ?? '',
  };
};

const normalise = ({ editable: _, ...rest }: PipRequirement) => ({
  ...rest,
  specifier: rest.specifier.split(',').sort().join(','),
  marker: rest.marker === null ? null : formatMarker(parseMarker(rest.marker)),
});

test.each(rows.filter(([text]) => !Object.hasOwn(exceptions, text)))(
  'as pip: %j',
  (text, answer) => {
    if (answer === 'error') {
      expect(() => read(text)).toThrow(expect.objectContaining({ name: 'Lock2nixError' }));
      try {
        read(text);
      } catch (error) {
        const location = isLock2nixError(error) ? error.location : undefined;
        expect(location).toEqual({ file: 'requirements.txt', line: 1 });
      }
      return;
    }
    const found = read(text);
    const described = [
      ...found.requirements.map(({ asked }) => describeAsked(asked, false)),
      ...found.constraints.map(({ asked }) => describeAsked(asked, true)),
    ];
    expect(described).toEqual(answer.map(normalise));
  },
);

test('every exception is a row', () => {
  const texts = rows.map(([text]) => text);
  expect(Object.keys(exceptions).filter((text) => !texts.includes(text))).toEqual([]);
});
