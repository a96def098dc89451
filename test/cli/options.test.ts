import { describe, expect, test } from '@jest/globals';
import { differingOptions } from '../../cli/option-differences.ts';
import { type AskedOptions, formatOptions, recordedOptions } from '../../cli/options.ts';

const plain = { extras: [], groups: [], prefer: 'wheel', strict: false };

describe('options as the record has them', () => {
  test.each<[string, AskedOptions, object]>([
    ['none', {}, {}],
    ['what is the default anyway', { resolution: 'highest', indexStrategy: 'first-index' }, {}],
    [
      'all of them, sorted and normalised',
      {
        preferWheels: ['NumPy', 'a'],
        onlyBinary: ['B', 'a', 'b'],
        noBinary: ['C'],
        pre: true,
        resolution: 'first-wins',
        excludeNewer: '2024-03-25',
        indexUrl: 'https://one.example/simple',
        extraIndexUrl: ['https://z.example/', 'https://a.example/'],
        indexStrategy: 'best-match',
        constraints: ['../b.txt', 'a.txt', 'a.txt'],
      },
      {
        preferWheels: ['a', 'numpy'],
        onlyBinary: ['a', 'b'],
        noBinary: ['c'],
        pre: true,
        resolution: 'first-wins',
        excludeNewer: '2024-03-25',
        indexUrl: 'https://one.example/simple',
        extraIndexUrl: ['https://z.example/', 'https://a.example/'],
        indexStrategy: 'best-match',
        constraints: ['../b.txt', 'a.txt'],
      },
    ],
    ['`:all:` with names', { onlyBinary: ['a', ':all:'] }, { onlyBinary: [':all:'] }],
    ['`:none:` takes back', { noBinary: [':all:', ':none:', 'a'] }, { noBinary: ['a'] }],
    ['`:none:` alone', { noBinary: [':none:'] }, {}],
    [
      'no user, password or token of an index',
      {
        indexUrl: 'https://user:secret@one.example/simple',
        extraIndexUrl: ['https://two.example/simple?token=secret'],
      },
      { indexUrl: 'https://one.example/simple', extraIndexUrl: ['https://two.example/simple'] },
    ],
  ])('%s', (_, asked, recorded) => {
    const options = recordedOptions(asked);
    expect(options).toEqual({ ...plain, ...recorded });
    // What is recorded is recorded again as it is.
    expect(recordedOptions(options)).toEqual(options);
  });

  test('a URL that is none is refused without being told', () => {
    expect(() => recordedOptions({ indexUrl: 'user:secret@host' })).toThrow(
      expect.objectContaining({
        code: 'USAGE',
        message: expect.not.stringContaining('secret'),
      }),
    );
  });
});

test('options as one types them', () => {
  const options = recordedOptions({
    preferWheels: ['a', 'b'],
    onlyBinary: ['c', 'd'],
    pre: true,
    resolution: 'lowest',
    constraints: ['my bounds.txt'],
  });
  expect(formatOptions(options)).toEqual([
    '--prefer a=wheel',
    '--prefer b=wheel',
    '--only-binary c,d',
    '--pre',
    '--resolution lowest',
    "--constraints 'my bounds.txt'",
  ]);
});

test.each<[AskedOptions, AskedOptions, readonly object[]]>([
  [{}, { pre: true, resolution: 'lowest' }, []],
  [{ resolution: 'highest' }, {}, []],
  [
    { resolution: 'highest' },
    { resolution: 'lowest' },
    [{ given: '--resolution highest', recorded: 'was made with lowest' }],
  ],
  [{ pre: true }, {}, [{ given: '--pre', recorded: 'was made without it' }]],
  [
    { onlyBinary: ['b', 'a'] },
    { onlyBinary: ['c'] },
    [{ given: '--only-binary a,b', recorded: 'was made with c' }],
  ],
  [
    { noBinary: [':none:'] },
    { noBinary: ['c'] },
    [{ given: '--no-binary :none:', recorded: 'was made with c' }],
  ],
  [{ indexUrl: 'https://u:p@one.example/' }, { indexUrl: 'https://one.example/' }, []],
  [
    { excludeNewer: '2024-01-01' },
    {},
    [{ given: '--exclude-newer 2024-01-01', recorded: 'was made with none' }],
  ],
])('%j against %j', (asked, made, differences) => {
  const record = { options: recordedOptions(made), target: { python: '3.12', systems: [] } };
  expect(differingOptions(asked, record)).toEqual(differences);
});
