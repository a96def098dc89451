import { expect, test } from '@jest/globals';
import { isForgeArchive } from '../../../resolvers/registry/forge.ts';
import { proxyFor } from '../../../resolvers/registry/proxy.ts';
import { parseHttpUrl, publicUrl, redactText, shownUrl } from '../../../resolvers/registry/url.ts';

test.each([
  ['https://u:p@a.example/b?c=d#e', 'https://a.example/b?c=d', 'https://a.example/b?c=d'],
  ['https://a.example/b?token=x', 'https://a.example/b?token=x', 'https://a.example/b'],
  ['https://a.example/b?ref=1&X-Amz-Signature=x', undefined, 'https://a.example/b'],
])('%s is public and shown', (url, open, shown) => {
  if (open !== undefined) expect(publicUrl(url)).toBe(open);
  expect(shownUrl(url)).toBe(shown);
});

test.each([
  ['see https://u:p@a.example/ and http://t@b/', 'see https://a.example/ and http://b/'],
  ['https://u:p@q@a.example/', 'https://a.example/'],
  ['https://a.example/@scope', 'https://a.example/@scope'],
  ['git@github.com:a/b', 'git@github.com:a/b'],
])('redacts %s', (text, redacted) => {
  expect(redactText(text)).toBe(redacted);
});

test('redacting is linear', () => {
  const started = performance.now();
  redactText('://a'.repeat(200_000));
  redactText(`://${'a'.repeat(800_000)}`);
  expect(performance.now() - started).toBeLessThan(2000);
});

test.each(['file:///etc/passwd', 'ftp://u:p@a/', 'x', '', 'javascript:1', 'https://'])(
  'refuses %j as a URL',
  (text) => {
    expect(() => parseHttpUrl(text)).toThrow(expect.objectContaining({ code: 'URL_INVALID' }));
  },
);

test('a refused URL is shown without credentials', () => {
  expect(() => parseHttpUrl('ftp://u:secret@a/')).toThrow('`ftp://a/` is not an http or https URL');
});

test.each([
  ['https://github.com/psf/requests/archive/refs/tags/v2.31.0.tar.gz', true],
  ['https://github.com/psf/requests/archive/main.zip', true],
  ['https://github.com/psf/requests/archive/v2.31.0', true],
  ['https://github.com/psf/requests/tarball/main', true],
  ['https://www.github.com/psf/requests/zipball/v2.31.0', true],
  ['https://codeload.github.com/psf/requests/tar.gz/refs/tags/v2.31.0', true],
  ['https://codeload.github.com/psf/requests/legacy.zip/v2.31.0', true],
  ['https://api.github.com/repos/psf/requests/tarball/v2.31.0', true],
  ['https://github.com/psf/requests/releases/download/v2.31.0/requests-2.31.0.tar.gz', false],
  ['https://github.com/psf/requests/raw/main/archive/x.txt', false],
  ['https://raw.githubusercontent.com/psf/requests/main/x.zip', false],
  ['https://gitlab.com/a/b/-/archive/v1/b-v1.tar.gz', true],
  ['https://gitlab.example.org/group/sub/b/-/archive/v1/b-v1.zip?path=x', true],
  ['https://gitlab.com/a/b/repository/v1/archive.tar.gz', true],
  ['https://gitlab.com/api/v4/projects/a%2Fb/repository/archive.tar.bz2?sha=v1', true],
  ['https://gitlab.com/api/v4/projects/12/packages/pypi/files/x/b-1.tar.gz', false],
  ['https://bitbucket.org/a/b/get/v1.tar.gz', true],
  ['https://bitbucket.org/a/b/downloads/b-1.tar.gz', false],
  ['https://codeberg.org/a/b/archive/v1.tar.gz', true],
  ['https://git.sr.ht/~a/b/archive/v1.tar.gz', true],
  ['https://gitea.example.org/api/v1/repos/a/b/archive/v1.tar.gz', true],
  ['https://files.pythonhosted.org/packages/aa/bb/cc/archive-1.0.tar.gz', false],
  ['https://example.org/archive/x-1.tar.gz', false],
  ['https://example.org/x-1.zip', false],
  ['ssh://git@github.com/a/b/archive/x.zip', false],
  ['', false],
])('%s is a forge archive: %s', (url, expected) => {
  expect(isForgeArchive(url)).toBe(expected);
});

const proxy = 'http://proxy:3128';

test.each([
  ['https://a.example/', {}, undefined],
  ['https://a.example/', { HTTPS_PROXY: proxy }, 'http://proxy:3128/'],
  ['https://a.example/', { HTTP_PROXY: proxy }, undefined],
  ['http://a.example/', { http_proxy: 'proxy:3128' }, 'http://proxy:3128/'],
  ['http://a.example/', { http_proxy: proxy, HTTP_PROXY: 'http://other' }, 'http://proxy:3128/'],
  ['https://a.example/', { ALL_PROXY: proxy }, 'http://proxy:3128/'],
  ['https://a.example/', { HTTPS_PROXY: '' }, undefined],
  ...(
    [
      ['*', false],
      ['a.example', false],
      ['.example', false],
      ['*.example', false],
      ['example', false],
      ['b.example, a.example', false],
      ['A.EXAMPLE', false],
      ['a.example:443', false],
      ['a.example:80', true],
      ['ample', true],
      ['b.a.example', true],
      ['', true],
    ] as const
  ).map(
    ([NO_PROXY, used]) =>
      [
        'https://a.example/',
        { HTTPS_PROXY: proxy, NO_PROXY },
        used ? 'http://proxy:3128/' : undefined,
      ] as const,
  ),
])('proxy for %s with %j', (url, env, expected) => {
  expect(proxyFor(new URL(url), env)?.href).toBe(expected);
});

test('a proxy of another kind is refused, without its password', () => {
  const env = { HTTPS_PROXY: 'socks5://u:secret@proxy' };
  expect(() => proxyFor(new URL('https://a.example/'), env)).toThrow(
    'the proxy of `HTTPS_PROXY` is not an http URL',
  );
});
