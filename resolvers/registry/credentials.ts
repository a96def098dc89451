import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** User and password. */
interface Login {
  readonly user: string;
  readonly password: string;
}

/** Who to be for which host. Knows netrc, and what stood in URLs that were asked for. */
export interface Credentials {
  /** Remembers user and password of a URL, for everything on the same scheme, host and port. */
  learn(url: URL): void;
  /** The value of an `Authorization` header for this URL. */
  authorization(url: URL): string | undefined;
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || host.startsWith('127.');

/** Percent-decoded, when it can be. */
const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/**
 * The hosts of a netrc file (GNU inetutils manual, ".netrc"). `default` is left out on purpose: it
 * would send a password to every host. Macros are skipped.
 */
export const parseNetrc = (text: string): ReadonlyMap<string, Login> => {
  const withoutMacros = text.replace(/^[ \t]*macdef[^\n]*\n(?:[^\n]+(?:\n|$))*/gm, '');
  const words = withoutMacros
    .split('\n')
    .flatMap((line) => line.replace(/(?:^|\s)#.*$/, '').match(/"[^"]*"|\S+/g) ?? [])
    .map((word) => word.replace(/^"(.*)"$/, '$1'));
  const hosts = new Map<string, Login>();
  let host: string | undefined;
  let login = { user: '', password: '' };
  const keep = (): void => {
    if (host !== undefined && !hosts.has(host)) hosts.set(host, login);
  };
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index];
    const value = words[index + 1] ?? '';
    if (word === 'machine' || word === 'default') {
      keep();
      host = word === 'machine' ? value.toLowerCase() : undefined;
      login = { user: '', password: '' };
    } else if (word === 'login') login = { ...login, user: value };
    else if (word === 'password') login = { ...login, password: value };
    if (word !== 'default') index += 1;
  }
  keep();
  return hosts;
};

/** The text of `$NETRC`, or of `~/.netrc`; empty when it cannot be read. */
export const readNetrc = (env: Readonly<Record<string, string | undefined>>): string => {
  const home = env['HOME'];
  const path = env['NETRC'] ?? (home === undefined ? undefined : join(home, '.netrc'));
  try {
    return path === undefined ? '' : readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

/** A store of credentials in memory; `netrc` is the text of such a file. */
export const createCredentials = (netrc = ''): Credentials => {
  const byHost = parseNetrc(netrc);
  const learnt = new Map<string, { readonly path: string; readonly login: Login }[]>();

  const learntFor = (url: URL): Login | undefined => {
    const entries = learnt.get(url.origin) ?? [];
    const nearest = entries.find(({ path }) => url.pathname.startsWith(path));
    return (nearest ?? entries[0])?.login;
  };

  return {
    learn(url) {
      if (url.username === '' && url.password === '') return;
      const login = { user: decoded(url.username), password: decoded(url.password) };
      const path = url.pathname.slice(0, url.pathname.lastIndexOf('/') + 1);
      const others = (learnt.get(url.origin) ?? []).filter((entry) => entry.path !== path);
      const entries = [...others, { path, login }];
      learnt.set(
        url.origin,
        entries.sort((a, b) => b.path.length - a.path.length || (a.path < b.path ? -1 : 1)),
      );
    },
    authorization(url) {
      // A netrc names no scheme: its passwords do not travel in the clear.
      const isSafe = url.protocol === 'https:' || isLoopback(url.hostname);
      const login = learntFor(url) ?? (isSafe ? byHost.get(url.hostname) : undefined);
      if (login === undefined) return undefined;
      return `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`;
    },
  };
};
