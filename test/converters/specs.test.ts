import { expect, test } from '@jest/globals';
import { readSpecs } from '../../converters/specs.ts';

test('packages by name are a root without a project', () => {
  expect(readSpecs(['flask[async]>=2', 'b @ git+https://u:p@x.test/b@v1'])).toEqual({
    ecosystem: 'pypi',
    format: { name: 'specs', file: 'the command line' },
    roots: [
      {
        name: 'flask',
        apps: ['b', 'flask'],
        groups: {
          main: [
            {
              name: 'flask',
              extras: ['async'],
              specifier: '>=2',
              text: 'flask[async]>=2',
              origin: 'the command line',
              integrities: [],
            },
            {
              name: 'b',
              extras: [],
              source: { kind: 'git', url: 'https://u:p@x.test/b', rev: 'v1' },
              text: 'b @ git+https://x.test/b@v1',
              origin: 'the command line',
              integrities: [],
            },
          ],
        },
        extras: {},
        scripts: [],
        metadata: {},
      },
    ],
    constraints: [],
    indexes: { extra: [] },
    diagnostics: [],
  });
});

test('what is no requirement is refused', () => {
  expect(() => readSpecs(['flask ='])).toThrow(
    expect.objectContaining({ code: 'REQUIREMENT_INVALID' }),
  );
});
