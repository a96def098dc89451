import { expect, test } from '@jest/globals';
import {
  checkGitUrl,
  checkPath,
  checkSubdirectory,
  checkUrl,
} from '../../../converters/shared/locations.ts';
import { failure } from '../poetry/support.ts';

test.each([
  ['https://a.example/b.whl', 'https://a.example/b.whl', false],
  ['HTTPS://A.example/B', 'https://A.example/B', false],
  ['http://127.0.0.1:8080/simple', 'http://127.0.0.1:8080/simple', false],
  ['http://[::1]:8080/simple', 'http://[::1]:8080/simple', false],
  ['https://bücher.example/', 'https://bücher.example/', false],
  ['https://me:pass@a.example/b?c=d#e', 'https://a.example/b?c=d#e', true],
  ['https://token@a.example', 'https://a.example', true],
  ['https://@a.example/', 'https://a.example/', true],
  ['https://a@b@c.example/', 'https://c.example/', true],
  ['https://a.example/b@c', 'https://a.example/b@c', false],
])('the URL %s', (text, url, hadCredentials) => {
  expect(checkUrl(text)).toEqual({ url, hadCredentials });
});

test.each([
  ['', 'it begins with none of `https://`, `http://`'],
  ['a.example/b', 'it begins with none of'],
  ['ftp://a.example/b', 'it begins with none of'],
  ['file:///etc/passwd', 'it begins with none of'],
  ['javascript:alert(1)', 'it begins with none of'],
  ['https://', 'it has no host'],
  ['https://me@/a', 'it has no host'],
  ['https:///a', 'it has no host'],
  ['https://-oProxyCommand=x/a', 'it has no valid host'],
  ['https://a.example:99999/', 'it has no valid host'],
  ['https://[::1/', 'it has no valid host'],
  ['https://a.example/b c', 'it has a space, a quote or a control character'],
  ['https://a.example/"', 'it has a space, a quote or a control character'],
  ['https://a.example/\u202e', 'it has a space, a quote or a control character'],
  [`https://a.example/${'b'.repeat(4096)}`, 'it is longer than 4096 characters'],
])('%j is no URL', (text, why) => {
  expect(failure(() => checkUrl(text))).toMatch(/^URL_INVALID /);
  expect(failure(() => checkUrl(text))).toContain(`is not a URL that can be fetched: ${why}`);
});

test.each([
  ['https://a.example/b.git', 'https://a.example/b.git', false],
  ['git+https://a.example/b.git', 'https://a.example/b.git', false],
  ['git+ssh://git@a.example/b.git', 'ssh://git@a.example/b.git', false],
  ['ssh://git@a.example:22/b.git', 'ssh://git@a.example:22/b.git', false],
  ['ssh://git:secret@a.example/b.git', 'ssh://git@a.example/b.git', true],
  ['ssh://a.example/b.git', 'ssh://a.example/b.git', false],
  ['git@a.example:b/c.git', 'ssh://git@a.example/b/c.git', false],
  ['git@a.example:/b/c.git', 'ssh://git@a.example/b/c.git', false],
  ['a.example:b/c.git', 'ssh://a.example/b/c.git', false],
  ['git://a.example/b', 'git://a.example/b', false],
  ['file:///srv/b.git', 'file:///srv/b.git', false],
  ['https://token:x@a.example/b.git', 'https://a.example/b.git', true],
])('the repository %s', (text, url, hadCredentials) => {
  expect(checkGitUrl(text)).toEqual({ url, hadCredentials });
});

test.each([
  '',
  '../b.git',
  '/srv/b.git',
  'ext::sh -c x',
  'ext::sh',
  '--upload-pack=x',
  '-oProxyCommand=x:b',
  'git@-oProxyCommand=x:b',
  'ssh://-oProxyCommand=x/b',
  'ssh://git@-oProxyCommand=x/b',
  'ssh:///b',
  'https://a.example/b\n',
])('%j is no repository', (text) => {
  expect(failure(() => checkGitUrl(text))).toMatch(/^URL_INVALID /);
});

test.each([
  ['.', '.'],
  ['./', '.'],
  ['a/..', '.'],
  ['a', 'a'],
  ['./a//b/', 'a/b'],
  ['a/./b/../c', 'a/c'],
  ['..', '..'],
  ['../a', '../a'],
  ['a/../../b', '../b'],
  ['../../a', '../../a'],
  ['dists/a b.whl', 'dists/a b.whl'],
])('the path %s is %s', (text, path) => {
  expect(checkPath(text)).toBe(path);
});

test.each([
  ['', 'is empty'],
  ['/etc', 'is not relative'],
  ['~/a', 'is not relative'],
  ['C:/a', 'is not relative'],
  ['c:a', 'is not relative'],
  ['a\\b', 'is not relative'],
  ['a\nb', 'has a control character'],
  ['a\u200b', 'has a control character'],
  ['a/'.repeat(2_049), 'is longer than 4096 characters'],
])('%j is no path', (text, why) => {
  expect(failure(() => checkPath(text))).toMatch(/^FILE_NAME_INVALID /);
  expect(failure(() => checkPath(text))).toContain(why);
});

test.each([
  ['packages/one', 'packages/one'],
  ['a/..', '.'],
  ['..a', '..a'],
])('the folder %s of a repository', (text, path) => {
  expect(checkSubdirectory(text)).toBe(path);
});

test.each(['..', '../a', 'a/../../b', '/a', ''])('%j is no folder of a repository', (text) => {
  expect(failure(() => checkSubdirectory(text))).toMatch(/^FILE_NAME_INVALID /);
});
