import { Lock2nixError } from '../../graph/errors.ts';
import { tryParseHttpUrl } from './url.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const variable = (env: Environment, name: string): string | undefined =>
  [env[name.toLowerCase()], env[name.toUpperCase()]].find((value) => value);

const portOf = (url: URL): string => url.port || (url.protocol === 'https:' ? '443' : '80');

/** Whether one entry of NO_PROXY (`*`, `host`, `.domain`, `*.domain`, each with `:port`) names it. */
const isExempt = (url: URL, entry: string): boolean => {
  const { host, port } = /^(?<host>\[[^\]]*\]|[^:]*)(?::(?<port>\d+))?$/.exec(entry)?.groups ?? {};
  if (!host || (port !== undefined && port !== portOf(url))) return false;
  if (host === '*') return true;
  const domain = host.replace(/^\*?\./, '').toLowerCase();
  return url.hostname === domain || url.hostname.endsWith(`.${domain}`);
};

/**
 * The proxy for a URL from HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY (lower case goes first,
 * as with curl). Throws `USAGE` for a proxy that is neither http nor https.
 */
export const proxyFor = (url: URL, env: Environment): URL | undefined => {
  const name = url.protocol === 'https:' ? 'https_proxy' : 'http_proxy';
  const text = variable(env, name) ?? variable(env, 'all_proxy');
  if (text === undefined) return undefined;
  const exempt = (variable(env, 'no_proxy') ?? '').split(/[\s,]+/);
  if (exempt.some((entry) => isExempt(url, entry))) return undefined;
  const proxy = tryParseHttpUrl(text.includes('://') ? text : `http://${text}`);
  if (proxy !== undefined) return proxy;
  throw new Lock2nixError('USAGE', `the proxy of \`${name.toUpperCase()}\` is not an http URL`, {
    hint: 'only http and https proxies are supported',
  });
};
