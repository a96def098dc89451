import { expect, test } from '@jest/globals';
import { parseIndexAnswer } from '../../../../resolvers/pypi/index/answer.ts';

const sha256 = 'ab'.repeat(32);
const sha512 = 'cd'.repeat(64);
const sri = (algorithm: string, hex: string): string =>
  `${algorithm}-${Buffer.from(hex, 'hex').toString('base64')}`;

const base = 'https://index.example/simple/demo/';

const parseHtml = (body: string, url = base) =>
  parseIndexAnswer({ url, contentType: 'text/html', body });

const parseJson = (answer: unknown) =>
  parseIndexAnswer({
    url: base,
    contentType: 'application/vnd.pypi.simple.v1+json',
    body: typeof answer === 'string' ? answer : JSON.stringify(answer),
  });

test('both forms of one answer come out alike', () => {
  const full = {
    fileName: 'demo-1.0-py3-none-any.whl',
    url: 'https://files.example/demo-1.0-py3-none-any.whl',
    sris: [sri('sha256', sha256)],
    requiresPython: '>=3.7, <4',
    yanked: 'broken <b>',
    uploadTime: '2024-01-02T03:04:05.000006Z',
    coreMetadata: true,
  };
  const bare = { fileName: 'demo-1.0.tar.gz', url: `${base}demo-1.0.tar.gz`, sris: [] };
  const html = `<!DOCTYPE html><html><head><meta name="pypi:repository-version" content="1.3"></head>
    <body><h1>Links</h1>
    <a href="https://files.example/demo-1.0-py3-none-any.whl#sha256=${sha256}"
       data-requires-python="&gt;=3.7, &lt;4" data-yanked="broken &lt;b&gt;"
       data-core-metadata="sha256=${sha512}" data-upload-time="2024-01-02T03:04:05.000006Z"
      >demo-1.0-py3-none-any.whl</a><br>
    <a href="demo-1.0.tar.gz">demo-1.0.tar.gz</a></body></html>`;
  const json = {
    meta: { 'api-version': '1.3' },
    name: 'demo',
    files: [
      {
        filename: full.fileName,
        url: full.url,
        hashes: { sha256 },
        'requires-python': full.requiresPython,
        yanked: full.yanked,
        'upload-time': full.uploadTime,
        'core-metadata': { sha256: sha512 },
      },
      { filename: bare.fileName, url: 'demo-1.0.tar.gz', hashes: {}, yanked: false },
    ],
  };
  expect(parseHtml(html)).toEqual([full, bare]);
  expect(parseJson(json)).toEqual([full, bare]);
});

test.each([
  ['a path of the host', '/files/demo-1.0.zip', 'https://index.example/files/demo-1.0.zip'],
  ['a path upwards', '../../f/demo-1.0.zip', 'https://index.example/f/demo-1.0.zip'],
  ['another host', '//f.example/demo-1.0.zip', 'https://f.example/demo-1.0.zip'],
  ['credentials', 'https://u:p@f.example/demo-1.0.zip', 'https://f.example/demo-1.0.zip'],
  ['a fragment and a query', '/demo-1.0.zip?a=b#egg=x', 'https://index.example/demo-1.0.zip?a=b'],
  ['white space', ' /demo-1.0.zip\n', 'https://index.example/demo-1.0.zip'],
])('a URL with %s', (_what, href, url) => {
  const expected = [{ fileName: 'demo-1.0.zip', url, sris: [] }];
  expect(parseHtml(`<a href="${href}">demo-1.0.zip</a>`)).toEqual(expected);
  expect(
    parseJson({ meta: {}, files: [{ filename: 'demo-1.0.zip', url: href, hashes: {} }] }),
  ).toEqual(expected);
});

test.each([
  'javascript:alert(1)',
  'file:///etc/demo-1.0.zip',
  'git+https://f.example/demo-1.0.zip',
  'ftp://f.example/demo-1.0.zip',
  'http://',
])('a file at %s is left out', (href) => {
  expect(parseHtml(`<a href="${href}">demo-1.0.zip</a><a name="x">none</a>`)).toEqual([]);
  expect(parseJson({ files: [{ filename: 'demo-1.0.zip', url: href, hashes: {} }] })).toEqual([]);
});

test('the first base element counts', () => {
  const body =
    '<base href="https://f.example/x/"><base href="https://g.example/"><a href="demo-1.0.zip">x</a>';
  expect(parseHtml(body)[0]?.url).toBe('https://f.example/x/demo-1.0.zip');
});

test('a file name is the decoded last part of the path', () => {
  const [first, second] = parseHtml(
    '<a href="/f/demo-1.0%2Bcpu-py3-none-any.whl">demo...</a><A HREF=/f/demo-%zz.zip>x</A>',
  );
  expect(first?.fileName).toBe('demo-1.0+cpu-py3-none-any.whl');
  expect(second?.fileName).toBe('demo-%zz.zip');
});

test('hashes are sorted by strength; what is none is left out', () => {
  const hashes = { md5: 'x', sha256, sha512, blake2b: sha256, sha1: 7, sha384: sha256 };
  const files = [{ filename: 'demo-1.0.zip', url: 'demo-1.0.zip', hashes }];
  const expected = [sri('sha512', sha512), sri('sha256', sha256)];
  expect(parseJson({ files })[0]?.sris).toEqual(expected);
  expect(parseHtml('<a href="demo-1.0.zip#sha256=zz">x</a>')[0]?.sris).toEqual([]);
});

test.each([
  ['data-yanked', { yanked: true }],
  ['data-yanked=""', { yanked: true }],
  ['data-yanked="why"', { yanked: 'why' }],
  ['data-dist-info-metadata="true"', { coreMetadata: true }],
  ['data-core-metadata="false" data-dist-info-metadata="true"', {}],
  ['data-requires-python=""', {}],
])('HTML attributes %s', (attributes, expected) => {
  expect(parseHtml(`<a href="demo-1.0.zip" ${attributes}>x</a>`)).toEqual([
    { fileName: 'demo-1.0.zip', url: `${base}demo-1.0.zip`, sris: [], ...expected },
  ]);
});

test.each([
  [
    { yanked: true, size: 12 },
    { yanked: true, size: 12 },
  ],
  [{ yanked: false, size: -1, 'requires-python': null }, {}],
  [{ yanked: 1, size: 1.5, 'upload-time': 7, hashes: 'x' }, {}],
  [{ 'dist-info-metadata': true }, { coreMetadata: true }],
  [{ 'core-metadata': false, 'dist-info-metadata': true }, {}],
  [{ hashes: JSON.parse('{"__proto__":"x"}') }, {}],
  [
    { 'core-metadata': { sha256: '00'.repeat(32), other: 'x' } },
    { coreMetadata: true, metadataSris: [`sha256-${'A'.repeat(43)}=`] },
  ],
  [{ 'core-metadata': { sha256: 'short' } }, { coreMetadata: true }],
])('JSON members %j', (members, expected) => {
  const files = [{ filename: 'demo-1.0.zip', url: 'demo-1.0.zip', ...members }];
  expect(parseJson({ files })).toEqual([
    { fileName: 'demo-1.0.zip', url: `${base}demo-1.0.zip`, sris: [], ...expected },
  ]);
});

test('entries of the wrong type are left out', () => {
  const files = [null, 7, [], {}, { filename: 7, url: 'a' }, { filename: 'a', url: 7 }];
  expect(parseJson({ files })).toEqual([]);
});

test.each([
  ['{"files":[', 'answers with damaged JSON'],
  ['[]', 'answers with JSON that lists no files'],
  ['{"files":{}}', 'answers with JSON that lists no files'],
  [
    '{"meta":{"api-version":"2.0"},"files":[]}',
    'speaks version `2.0` of the index interface, known is 1',
  ],
])('refuses the JSON %s', (body, why) => {
  expect(() => parseJson(body)).toThrow(
    expect.objectContaining({ code: 'REGISTRY_ANSWER', message: `\`${base}\` ${why}` }),
  );
});

test.each([
  ['<form action="/login"><input name="user"></form>', 'a form'],
  ['<script src="/sso.js"></script><a href="/help">help</a>', 'a script and a link'],
])('refuses a login page: %s', (body) => {
  expect(() => parseHtml(body)).toThrow(
    expect.objectContaining({
      code: 'REGISTRY_ANSWER',
      message: `\`${base}\` answers with a page that is no index page, such as a login page`,
    }),
  );
});

test.each([
  ['<h1>Links for demo</h1>', 0],
  ['<form action="/search"></form><a href="demo-1.0.zip">demo-1.0.zip</a>', 1],
])('takes %s for an index page', (body, count) => {
  expect(parseHtml(body)).toHaveLength(count);
});

test('refuses HTML of a later interface', () => {
  const body = '<meta name="pypi:repository-version" content="2.0"><a href="a-1.zip">a</a>';
  expect(() => parseHtml(body)).toThrow('speaks version `2.0`');
});

test.each(['text/plain', 'image/png', ''])('refuses the media type %j', (contentType) => {
  expect(() => parseIndexAnswer({ url: base, contentType, body: '' })).toThrow(
    expect.objectContaining({
      code: 'REGISTRY_ANSWER',
      message: `\`${base}\` answers with \`${contentType}\` instead of an index page`,
    }),
  );
});

test('a page of many files takes linear time', () => {
  const row = `<a href="/f/demo-1.0.zip#sha256=${sha256}" data-requires-python="&gt;=3">x</a>\n`;
  const started = performance.now();
  expect(parseHtml(row.repeat(20_000))).toHaveLength(20_000);
  expect(performance.now() - started).toBeLessThan(5000);
});

test.each([
  'https://files.pythonhosted.org/packages/9d/a8/da88/Flask-0.1.tar.gz',
  'https://a.b-c.example/x+y/~z/demo-1.0.zip',
  'https://files.example/a/../b/./demo-1.0.zip',
  'https://files.example/a/%2e%2e/demo-1.0.zip',
  'https://FILES.example/demo-1.0.zip',
  'https://xn--mnchen-3ya.example/demo-1.0.zip',
  'https://files.example:443/demo-1.0.zip',
  'https://user:secret@files.example/demo-1.0.zip',
  'https://files.example/demo-1.0.zip#sha256=1',
  'https://files.example/demo-1.0.zip?a=b',
  'https://files.example/a b/demo-1.0.zip',
  'https://files.example\\demo-1.0.zip',
  'https://0x7f.1/demo-1.0.zip',
  ' https://files.example/demo-1.0.zip ',
])('the URL %j is taken as URLs are', (url) => {
  const expected = new URL(url);
  expected.username = '';
  expected.password = '';
  expected.hash = '';
  const [file] = parseJson({ files: [{ filename: 'demo-1.0.zip', url }] });
  expect(file?.url).toBe(expected.href);
});
