import { Lock2nixError } from '../../graph/errors.ts';
import { quoted } from '../../standards/quoted.ts';
import { tryParseUrl } from '../../standards/url.ts';

/** Without user and password wherever a URL stands in a text: `https://a:b@c/` becomes `https://c/`. */
export const redactText = (text: string): string => text.replace(/(?<=:\/\/)[^/\s]+@/g, '');

/** An absolute `http` or `https` URL. Throws `URL_INVALID`, without the URL's credentials. */
export const parseHttpUrl = (text: string): URL => {
  const url = tryParseHttpUrl(text);
  if (url !== undefined) return url;
  throw new Lock2nixError('URL_INVALID', `${quoted(redactText(text))} is not an http or https URL`);
};

/** As `parseHttpUrl`, `undefined` when it is none; relative to `base`, when there is one. */
export const tryParseHttpUrl = (text: string, base?: string | URL): URL | undefined => {
  const url = tryParseUrl(text, base?.toString());
  return url?.protocol === 'https:' || url?.protocol === 'http:' ? url : undefined;
};

/** The URL as recipes and cache keys have it: without user, password and fragment. */
export const publicUrl = (url: string | URL): string => {
  const copy = new URL(url);
  copy.username = '';
  copy.password = '';
  copy.hash = '';
  return copy.href;
};

const secretName = /auth|credential|key|passw|secret|sig|token/i;

/** Whether the query seems to hold a credential. Such a URL is neither shown nor cached as it is. */
export const hasSecretQuery = (url: string | URL): boolean =>
  [...new URL(url).searchParams.keys()].some((name) => secretName.test(name));

/** The URL as messages show it: public, and without a query that seems to hold a credential. */
export const shownUrl = (url: string | URL): string => {
  const copy = new URL(publicUrl(url));
  if (hasSecretQuery(copy)) copy.search = '';
  return copy.href;
};
