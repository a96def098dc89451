import { expect, test } from '@jest/globals';
import {
  createCredentials,
  parseNetrc,
  readNetrc,
} from '../../../resolvers/registry/credentials.ts';

test.each([
  ['', []],
  ['machine a login u password p', [['a', 'u', 'p']]],
  ['machine A.Example login u\n  password "p q"\n', [['a.example', 'u', 'p q']]],
  [
    'machine a login u account x password p machine b password q',
    [
      ['a', 'u', 'p'],
      ['b', '', 'q'],
    ],
  ],
  ['# machine z login z password z\nmachine a login u password p#1', [['a', 'u', 'p#1']]],
  ['machine a login u password p\nmachine a login v password w', [['a', 'u', 'p']]],
  ['default login u password p', []],
  ['machine a login u password p\ndefault login v password w', [['a', 'u', 'p']]],
  ['macdef init\nmachine z login z\npassword z\n\nmachine a login u password p', [['a', 'u', 'p']]],
  ['machine', [['', '', '']]],
])('netrc %j', (text, hosts) => {
  expect([...parseNetrc(text)].map(([host, { user, password }]) => [host, user, password])).toEqual(
    hosts,
  );
});

test('a netrc that is not there is empty', () => {
  expect(readNetrc({ NETRC: '/nowhere/netrc' })).toBe('');
  expect(readNetrc({})).toBe('');
});

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

test.each([
  ['https://a.example/x', basic('u:p')],
  ['https://a.example:8443/x', basic('u:p')],
  ['http://a.example/x', undefined],
  ['https://b.a.example/x', undefined],
  ['https://a.example.org/x', undefined],
])('netrc of a.example for %s', (url, expected) => {
  const credentials = createCredentials('machine a.example login u password p');
  expect(credentials.authorization(new URL(url))).toBe(expected);
});

test('what was learnt holds for one scheme, host and port, the nearest path first', () => {
  const credentials = createCredentials('machine a.example login netrc password n');
  credentials.learn(new URL('https://plain.example/'));
  credentials.learn(new URL('https://one:1@a.example/one/simple/'));
  credentials.learn(new URL('https://two:2@a.example/two/simple/'));
  const rows = [
    ['https://a.example/one/simple/x/', 'one:1'],
    ['https://a.example/two/simple/x/', 'two:2'],
    ['https://a.example/files/x.whl', 'one:1'],
  ] as const;
  for (const [url, login] of rows) {
    expect(credentials.authorization(new URL(url))).toBe(basic(login));
  }
  expect(credentials.authorization(new URL('https://a.example:444/one/'))).toBe(basic('netrc:n'));
  expect(credentials.authorization(new URL('http://a.example/one/'))).toBeUndefined();
  expect(credentials.authorization(new URL('https://plain.example/'))).toBeUndefined();
});

test('a token alone is a user without password, percent-decoded when possible', () => {
  const credentials = createCredentials();
  credentials.learn(new URL('https://t%40ken@a.example/'));
  credentials.learn(new URL('https://t%zz@b.example/'));
  expect(credentials.authorization(new URL('https://a.example/'))).toBe(basic('t@ken:'));
  expect(credentials.authorization(new URL('https://b.example/'))).toBe(basic('t%zz:'));
});
