import { afterEach, expect, test } from '@jest/globals';
import { createCredentials } from '../../../resolvers/registry/credentials.ts';
import {
  createHttp,
  type Http,
  type HttpOptions,
  type Range,
} from '../../../resolvers/registry/http.ts';
import { type Loopback, type Script, startLoopback } from '../../support/loopback.ts';

const servers: Loopback[] = [];
const clients: Http[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  for (const server of servers.splice(0)) await server.close();
});

const serve = async (
  scripts: Readonly<Record<string, Script | readonly Script[]>>,
): Promise<Loopback> => {
  const server = await startLoopback(scripts);
  servers.push(server);
  return server;
};

const client = (options: Partial<HttpOptions> = {}): { http: Http; pauses: number[] } => {
  const pauses: number[] = [];
  const pause = async (milliseconds: number): Promise<void> => {
    pauses.push(milliseconds);
  };
  const http = createHttp({ userAgent: 'test/1', timeout: 2000, retries: 2, pause, ...options });
  clients.push(http);
  return { http, pauses };
};

const textOf = async (http: Http, url: string): Promise<string> => {
  const answer = await http.get(url, { accept: 'text/plain', maxBytes: 1000 });
  return answer.kind === 'found' ? answer.body.toString() : answer.kind;
};

test('gives body, media type and ETag, and says who asks', async () => {
  const server = await serve({
    '/a': { headers: { 'content-type': 'Text/HTML; charset=utf-8', etag: '"1"' }, body: 'hello' },
  });
  const { http } = client();
  expect(await http.get(`${server.url}/a#part`, { maxBytes: 10 })).toEqual({
    kind: 'found',
    url: `${server.url}/a`,
    contentType: 'text/html',
    etag: '"1"',
    body: Buffer.from('hello'),
  });
  expect(server.requests[0]?.headers).toMatchObject({
    'user-agent': 'test/1',
    'accept-encoding': 'identity',
  });
});

test('asks with the known ETag', async () => {
  const server = await serve({ '/a': { status: 304 } });
  const { http } = client();
  expect(await http.get(`${server.url}/a`, { etag: '"1"', maxBytes: 10 })).toEqual({
    kind: 'unchanged',
  });
  expect(server.requests[0]?.headers['if-none-match']).toBe('"1"');
});

test.each([404, 410])('status %i is an answer and asked for once', async (status) => {
  const server = await serve({ '/a': { status } });
  const { http } = client();
  expect(await http.get(`${server.url}/a`, { maxBytes: 10 })).toEqual({ kind: 'missing', status });
  expect(server.requests).toHaveLength(1);
});

test('500, then well: asks again after a pause', async () => {
  const server = await serve({ '/a': [{ status: 500 }, { status: 502 }, { body: 'ok' }] });
  const { http, pauses } = client();
  expect(await textOf(http, `${server.url}/a`)).toBe('ok');
  expect(pauses).toHaveLength(2);
  expect(pauses[0]).toBeGreaterThanOrEqual(500);
  expect(pauses[1]).toBeGreaterThanOrEqual(1000);
});

test('500 to the end', async () => {
  const server = await serve({ '/a': { status: 500 } });
  const { http } = client();
  await expect(textOf(http, `${server.url}/a`)).rejects.toMatchObject({
    code: 'REGISTRY_ANSWER',
    exitCode: 3,
    message: `\`${server.url}/a\` answers 500 (attempts: 3)`,
  });
});

test('429 waits as long as Retry-After says', async () => {
  const server = await serve({
    '/a': [{ status: 429, headers: { 'retry-after': '7' } }, { body: 'ok' }],
  });
  const { http, pauses } = client();
  expect(await textOf(http, `${server.url}/a`)).toBe('ok');
  expect(pauses).toEqual([7000]);
});

test('a Retry-After of an hour is not waited for', async () => {
  const server = await serve({ '/a': { status: 429, headers: { 'retry-after': '3600' } } });
  const { http } = client();
  await expect(textOf(http, `${server.url}/a`)).rejects.toMatchObject({
    code: 'REGISTRY_ANSWER',
    message: `\`${server.url}/a\` answers 429 (attempts: 1)`,
  });
});

test('401 names the host for netrc and is not repeated', async () => {
  const server = await serve({ '/a': { status: 401 } });
  const { http } = client();
  await expect(textOf(http, `${server.url}/a`)).rejects.toMatchObject({
    code: 'REGISTRY_ANSWER',
    hint: `put user and password for \`127.0.0.1:${server.port}\` into ~/.netrc`,
  });
  expect(server.requests).toHaveLength(1);
});

test('a body that breaks off is asked for again, then unreachable', async () => {
  const cut: Script = (_request, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('half');
    setTimeout(() => response.destroy(), 20);
  };
  const server = await serve({ '/a': [cut, { body: 'whole' }], '/b': cut });
  const { http } = client();
  expect(await textOf(http, `${server.url}/a`)).toBe('whole');
  await expect(textOf(http, `${server.url}/b`)).rejects.toMatchObject({
    code: 'REGISTRY_UNREACHABLE',
  });
});

test('each attempt collects afresh', async () => {
  const cut: Script = (_request, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('half');
    setTimeout(() => response.destroy(), 20);
  };
  const server = await serve({ '/a': [cut, { body: 'whole' }] });
  const { http } = client();
  let text = '';
  await http.get(`${server.url}/a`, {
    maxBytes: 100,
    collect: () => {
      text = '';
      return (part) => {
        text += part.toString();
      };
    },
  });
  expect(text).toBe('whole');
});

test('a slow server', async () => {
  const server = await serve({ '/a': { delay: 5000 } });
  const { http } = client({ timeout: 100, retries: 1 });
  await expect(textOf(http, `${server.url}/a`)).rejects.toMatchObject({
    code: 'REGISTRY_UNREACHABLE',
    exitCode: 3,
    message: expect.stringMatching(
      /^cannot get `http:\S+` from `127\.0\.0\.1:\d+` \(attempts: 2\): Timeout awaiting/,
    ),
    hint: 'check the network, or use --offline with a warm cache',
  });
});

test('a server that is down', async () => {
  const server = await startLoopback({});
  await server.close();
  const { http } = client();
  await expect(textOf(http, `${server.url}/a`)).rejects.toMatchObject({
    code: 'REGISTRY_UNREACHABLE',
    message: expect.stringContaining('(attempts: 3): connect ECONNREFUSED'),
  });
});

test('a longer body than wanted is refused, also when it was compressed', async () => {
  const { gzipSync } = await import('node:zlib');
  const server = await serve({
    '/a': { body: 'x'.repeat(1001) },
    '/b': { headers: { 'content-encoding': 'gzip' }, body: gzipSync(Buffer.alloc(2 ** 20)) },
  });
  const { http } = client();
  for (const path of ['/a', '/b']) {
    await expect(textOf(http, server.url + path)).rejects.toMatchObject({
      code: 'REGISTRY_ANSWER',
      message: `\`${server.url}${path}\` sends more than 1000 bytes; refused`,
    });
  }
});

test('what is asked for as a file is not decompressed', async () => {
  const { gzipSync } = await import('node:zlib');
  const body = gzipSync('hello');
  const server = await serve({ '/a': { headers: { 'content-encoding': 'gzip' }, body } });
  const { http } = client();
  const answer = await http.get(`${server.url}/a`, { maxBytes: 100 });
  expect(answer.kind === 'found' && answer.body.equals(body)).toBe(true);
});

test('follows redirects; the answer says where it came from', async () => {
  const server = await serve({
    '/a': { status: 301, headers: { location: '/b/' } },
    '/b/': { status: 307, headers: { location: 'c' } },
    '/b/c': { body: 'here' },
  });
  const { http } = client();
  const answer = await http.get(`${server.url}/a`, { maxBytes: 10 });
  expect(answer).toMatchObject({ kind: 'found', url: `${server.url}/b/c` });
});

test.each([
  ['/loop', 'redirects more than 10 times'],
  ['/file', 'redirects away from http; refused'],
])('refuses the redirects of %s', async (path, why) => {
  const server = await serve({
    '/loop': { status: 302, headers: { location: '/loop' } },
    '/file': { status: 302, headers: { location: 'file:///etc/passwd' } },
  });
  const { http } = client();
  await expect(textOf(http, server.url + path)).rejects.toMatchObject({
    code: 'REGISTRY_ANSWER',
    message: `\`${server.url}${path}\` ${why}`,
  });
});

test('credentials go to their own host and not where it redirects to', async () => {
  const other = await serve({ '/file': { body: 'file' } });
  const elsewhere = other.url.replace('127.0.0.1', 'localhost');
  const server = await serve({
    '/simple/': { status: 302, headers: { location: `${elsewhere}/file` } },
    '/again': { body: 'again' },
  });
  const { http } = client();
  const withUser = server.url.replace('//', '//me:s%40cret@');
  expect(await textOf(http, `${withUser}/simple/`)).toBe('file');
  expect(await textOf(http, `${server.url}/again`)).toBe('again');
  const basic = `Basic ${Buffer.from('me:s@cret').toString('base64')}`;
  expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([basic, basic]);
  expect(other.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
});

test('credentials in a redirect are not taken over', async () => {
  const server = await serve({ '/b': { body: 'b' } });
  const first = await serve({
    '/a': {
      status: 302,
      headers: { location: `${server.url.replace('//', '//planted:x@')}/b` },
    },
  });
  const { http } = client();
  expect(await textOf(http, `${first.url}/a`)).toBe('b');
  expect(server.requests[0]?.headers.authorization).toBeUndefined();
});

test('no error shows credentials', async () => {
  const server = await serve({ '/a': { status: 500 }, '/b?token=s3cret': { status: 403 } });
  const down = await startLoopback({});
  await down.close();
  const { http } = client({ retries: 0 });
  const urls = [server.url, down.url].flatMap((url) => [`${url}/a`, `${url}/b?token=s3cret`]);
  for (const url of urls) {
    const error: unknown = await http
      .get(url.replace('//', '//me:s3cret@'), { maxBytes: 1 })
      .catch((thrown: unknown) => thrown);
    const { message, hint, cause } = error as Error & { hint: string };
    expect(message).toContain('127.0.0.1');
    expect(`${message} ${hint} ${String(cause)}`).not.toContain('s3cret');
  }
});

test('netrc credentials are used on loopback', async () => {
  const server = await serve({ '/a': { body: 'ok' } });
  const credentials = createCredentials('machine 127.0.0.1 login me password secret');
  const { http } = client({ credentials });
  expect(await textOf(http, `${server.url}/a`)).toBe('ok');
  expect(server.requests[0]?.headers.authorization).toBe(
    `Basic ${Buffer.from('me:secret').toString('base64')}`,
  );
});

test('asks no more than `concurrency` at once', async () => {
  let open = 0;
  let most = 0;
  const script: Script = (_request, response) => {
    open += 1;
    most = Math.max(most, open);
    setTimeout(() => {
      open -= 1;
      response.end('ok');
    }, 20);
  };
  const server = await serve({ '/a': script });
  const progress: number[] = [];
  const { http } = client({ concurrency: 3, onProgress: (now) => progress.push(now.finished) });
  await Promise.all(Array.from({ length: 9 }, () => textOf(http, `${server.url}/a`)));
  expect(most).toBe(3);
  expect(progress.at(-1)).toBe(9);
});

test('small answers have a limit of their own', async () => {
  let open = 0;
  let most = 0;
  const script: Script = (_request, response) => {
    open += 1;
    most = Math.max(most, open);
    setTimeout(() => {
      open -= 1;
      response.end('ok');
    }, 20);
  };
  const server = await serve({ '/a': script });
  const { http } = client({ concurrency: 1, smallConcurrency: 4 });
  const ask = () => http.get(`${server.url}/a`, { maxBytes: 10, small: true });
  await Promise.all(Array.from({ length: 9 }, ask));
  expect(most).toBe(4);
});

test('a question may ask for fewer attempts', async () => {
  const server = await serve({ '/a': { status: 500 } });
  const { http } = client();
  await expect(http.get(`${server.url}/a`, { maxBytes: 10, retries: 0 })).rejects.toMatchObject({
    message: `\`${server.url}/a\` answers 500 (attempts: 1)`,
  });
});

const partial = (range: string | undefined, body: string): Script => ({
  status: 206,
  headers: range === undefined ? {} : { 'content-range': range },
  body,
});

test.each<[string, Range, Script, object]>([
  [
    'a part',
    { start: 2, end: 4 },
    partial('bytes 2-4/9', 'cde'),
    { start: 2, total: 9, body: 'cde' },
  ],
  ['the end', { last: 3 }, partial('bytes 6-8/9', 'ghi'), { start: 6, total: 9, body: 'ghi' }],
  [
    'a file shorter than that',
    { last: 30 },
    partial('bytes 0-1/2', 'ab'),
    { start: 0, body: 'ab' },
  ],
  ['up to the end', { start: 1, end: 9 }, partial('bytes 1-2/3', 'bc'), { start: 1, total: 3 }],
  ['another part', { start: 2, end: 4 }, partial('bytes 0-2/9', 'abc'), { kind: 'unranged' }],
  ['less than it says', { start: 0, end: 4 }, partial('bytes 0-4/9', 'ab'), { kind: 'unranged' }],
  ['of unknown length', { last: 3 }, partial('bytes 6-8/*', 'ghi'), { kind: 'unranged' }],
  ['nothing said', { last: 3 }, partial(undefined, 'ghi'), { kind: 'unranged' }],
  ['the whole', { last: 3 }, { body: 'abcdefghi' }, { kind: 'unranged' }],
  ['refused', { last: 3 }, { status: 416 }, { kind: 'unranged' }],
  ['missing', { last: 3 }, { status: 404 }, { kind: 'missing', status: 404 }],
])('ranges: %s', async (_, range, script, expected) => {
  const server = await serve({ '/a': script });
  const { http } = client();
  const answer = await http.getRange(`${server.url}/a`, { range, maxBytes: 100 });
  expect(answer.kind === 'part' ? { ...answer, body: String(answer.body) } : answer).toMatchObject(
    expected,
  );
  const asked = 'last' in range ? `bytes=-${range.last}` : `bytes=${range.start}-${range.end}`;
  expect(server.requests[0]?.headers.range).toBe(asked);
});

test('offline asks nobody', async () => {
  const server = await serve({ '/a': { body: 'ok' } });
  const { http } = client({ offline: true });
  await expect(textOf(http, `${server.url}/a`)).rejects.toMatchObject({
    code: 'OFFLINE',
    exitCode: 3,
    message: `\`${server.url}/a\` is not in the cache`,
  });
  expect(server.requests).toEqual([]);
});

test('goes through the proxy of the environment, unless NO_PROXY exempts the host', async () => {
  const { createServer } = await import('node:http');
  const { connect } = await import('node:net');
  const server = await serve({ '/a': { body: 'ok' } });
  const asked: (string | undefined)[] = [];
  const proxy = createServer().on('connect', (request, socket) => {
    asked.push(request.headers['proxy-authorization']);
    const upstream = connect(server.port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.pipe(upstream).pipe(socket);
    });
    upstream.on('error', () => {});
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => {
    proxy.listen(0, '127.0.0.1', resolve);
  });
  const address = proxy.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const HTTP_PROXY = `http://me:secret@127.0.0.1:${port}`;
  const { http } = client({ env: { HTTP_PROXY } });
  expect(await textOf(http, `${server.url}/a`)).toBe('ok');
  expect(asked).toEqual([`Basic ${Buffer.from('me:secret').toString('base64')}`]);
  const { http: direct } = client({ env: { HTTP_PROXY, NO_PROXY: '127.0.0.1' } });
  expect(await textOf(direct, `${server.url}/a`)).toBe('ok');
  expect(asked).toHaveLength(1);
  http.close();
  proxy.closeAllConnections();
  await new Promise((resolve) => {
    proxy.close(resolve);
  });
});
