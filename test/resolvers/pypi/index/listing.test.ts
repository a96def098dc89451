import { expect, test } from '@jest/globals';
import {
  filesOf,
  formatListing,
  type Listing,
  tryParseListing,
} from '../../../../resolvers/pypi/index/listing.ts';
import type { PagedContent } from '../../../../resolvers/registry/cache.ts';
import type { IndexFile } from '../../../../resolvers/registry/types.ts';
import { sriOf } from '../../../support/fake-registry.ts';

const file = (fileName: string, rest: Partial<IndexFile> = {}): IndexFile => ({
  fileName,
  url: `https://files.example/packages/${fileName.length}/${fileName}`,
  sris: [sriOf(fileName)],
  ...rest,
});

/** The listing of a form, its body perhaps damaged; `again` is what it is by now. */
const read = (
  { value, body }: PagedContent,
  again: () => Listing | undefined = () => undefined,
): Listing | undefined =>
  tryParseListing(JSON.parse(JSON.stringify(value)), {
    index: 'https://i.example/simple',
    read: (offset, length) => Buffer.from(body.subarray(offset, offset + length)),
    again,
  });

const roundTrip = (files: readonly IndexFile[], name = 'my-demo'): Listing => {
  const listing = read(formatListing(files, name, { at: 7, etag: '"x"' }));
  if (listing === undefined) throw new Error('cannot be read back');
  return listing;
};

test('files are grouped by version, newest first, and come back as they were', () => {
  const full = file('my_demo-1.0.0-py3-none-any.whl', {
    requiresPython: '>=3.8',
    yanked: 'broken, "badly"',
    size: 10,
    uploadTime: '2024-01-01T00:00:00Z',
    coreMetadata: true,
    metadataSris: [sriOf('metadata')],
  });
  const files = [
    file('my_demo-1.0.tar.gz', { yanked: true }),
    file('my.demo-1.10.zip', { coreMetadata: true }),
    full,
    file('my_demo-1.9.tar.gz', { sris: [] }),
    file('my_demo-2.0rc1.tar.gz', { url: 'https://files.example/other?name=x' }),
    file('My-Demo-1.0-1.tar.gz'),
    file('my_demo-1.0-py3.12.egg'),
    file('my_demo-1.0.win32.exe'),
    file('my_demo-2004d.tar.gz'),
    file('my_demo_more-3.0-py3-none-any.whl'),
  ];
  const listing = roundTrip(files);
  expect(listing).toMatchObject({ at: 7, etag: '"x"', declaresMetadata: true });
  expect(listing.releases.map(({ text, files }) => [text, files])).toEqual([
    ['2.0rc1', [files[4]]],
    ['1.10', [files[1]]],
    ['1.9', [files[3]]],
    ['1.0-1', [files[5]]],
    ['1.0', [files[0], full]],
  ]);
  expect(listing.others).toEqual(files.slice(6));
  expect(filesOf(listing)).toHaveLength(files.length);
});

test('versions have all their parts', () => {
  const { releases } = roundTrip(
    ['1!2.0rc1.post2.dev3', '1.0+cpu.1', '3.1'].map((version) => file(`my_demo-${version}.tar.gz`)),
  );
  expect(
    releases.map(({ version: { epoch, release, pre, post, dev, local } }) => [
      epoch,
      release,
      pre,
      post,
      dev,
      local,
    ]),
  ).toEqual([
    [1, [2, 0], { letter: 'rc', number: 1 }, 2, 3, []],
    [0, [3, 1], undefined, undefined, undefined, []],
    [0, [1, 0], undefined, undefined, undefined, ['cpu', '1']],
  ]);
});

test.each([
  [['https://a.example/x/demo-1.zip', 'https://b.example/x/demo-1.zip']],
  [['http://a.example/demo-1.zip', 'https://a.example/demo-1.zip']],
  [['https://a.example/x/y/demo-1.zip', 'https://a.example/x/demo-1.zip', 'https://a.example/q/']],
  [['https://a.example/x%20y/demo-1.zip?name=%2B#', 'https://a.example/demo-1.zip?x=/demo-1.zip']],
])('URLs come back as they were: %j', (urls) => {
  const files = urls.map((url) => file('demo-1.zip', { url }));
  expect(roundTrip(files, 'demo').releases[0]?.files.map(({ url }) => url)).toEqual(urls);
});

test('an empty listing, and a project that is not there', () => {
  expect(roundTrip([])).toMatchObject({ releases: [], others: [], declaresMetadata: false });
  expect(read(formatListing([], 'x', { at: 1, missing: true }))?.missing).toBe(true);
});

test('a file whose name has a line break stays one file', () => {
  const odd = file('my_demo-1.0\n[].tar.gz', { url: 'https://files.example/odd' });
  expect(roundTrip([odd, file('my_demo-1.0.tar.gz')]).others).toEqual([odd]);
});

const content = formatListing([file('my_demo-1.0.tar.gz')], 'my-demo', { at: 1 });
const head = content.value as Readonly<Record<string, unknown>>;

test.each<[string, unknown]>([
  ['no head', undefined],
  ['a list', []],
  ['without names', { ...head, texts: undefined }],
  ['fewer lengths', { ...head, lengths: [1] }],
  ['more keys', { ...head, keys: ['1', '2'] }],
  ['checks that are none', { ...head, checks: ['1', '2'] }],
  ['a base that is no URL', { ...head, base: 'ftps!://files' }],
])('a head of another shape is refused: %s', (_, value) => {
  expect(tryParseListing(value, { index: '', read: () => undefined, again: () => undefined })).toBe(
    undefined,
  );
});

test('a line that was replaced meanwhile is taken from what is there now', () => {
  const body = Buffer.from(content.body).reverse();
  const now = formatListing([file('my_demo-1.0.zip'), file('x')], 'my-demo', { at: 2 });
  const replaced = read({ value: head, body }, () => read(now));
  expect(replaced?.releases[0]?.files.map(({ fileName }) => fileName)).toEqual(['my_demo-1.0.zip']);
  expect(replaced?.others.map(({ fileName }) => fileName)).toEqual(['x']);
  const removed = read({ value: head, body }, () => undefined);
  expect(removed?.releases[0]?.files).toEqual([]);
});

test('a URL that may not stand in a recipe is refused when it is asked for', () => {
  const files = ['ftp://a.example/demo-1.zip', 'http://b.example/demo-2.zip'].map((url) =>
    file(url.slice(-10), { url }),
  );
  const listing = read(formatListing(files, 'demo', { at: 1 }));
  expect(() => listing?.releases[1]?.files).toThrow(expect.objectContaining({ code: 'CACHE' }));
});

test('when a release came first is known without its files, where all of them say', () => {
  const { value, body } = formatListing(
    [
      file('my_demo-2.0.tar.gz', { uploadTime: '2024-03-01T00:00:00Z' }),
      file('my_demo-2.0-py3-none-any.whl', { uploadTime: '2024-02-01T00:00:00Z' }),
      file('my_demo-1.0.tar.gz', { uploadTime: '2024-01-01T00:00:00Z' }),
      file('my_demo-1.0-py3-none-any.whl'),
    ],
    'my-demo',
    { at: 7 },
  );
  let reads = 0;
  const listing = tryParseListing(JSON.parse(JSON.stringify(value)), {
    index: 'https://i.example/simple',
    read: (offset, length) => {
      reads += 1;
      return Buffer.from(body.subarray(offset, offset + length));
    },
    again: () => undefined,
  });
  expect(listing?.releases.map(({ firstUpload }) => firstUpload)).toEqual([
    Date.parse('2024-02-01T00:00:00Z'),
    undefined,
  ]);
  expect(reads).toBe(0);
});

test('a head whose times are none is of another shape', () => {
  const { value, body } = formatListing([file('my_demo-1.0.tar.gz')], 'my-demo', { at: 7 });
  const spoilt = { ...(value as Readonly<Record<string, unknown>>), firsts: ['soon'] };
  expect(read({ value: spoilt, body })).toBeUndefined();
});
