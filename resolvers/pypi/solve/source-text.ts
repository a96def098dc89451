/** Sources as text. */
import type { Source } from '../../../graph/types.ts';
import { hasSecretQuery } from '../../registry/url.ts';

/** A URL without what must not be told, and without the fragment, which names nothing. */
export const bareUrl = (url: string): string => {
  try {
    const parsed = new URL(url);
    parsed.username = '';
    parsed.password = '';
    parsed.hash = '';
    return parsed.href;
  } catch {
    return url.replace(/#.*$/, '');
  }
};

/** Tells sources apart, whatever their commits were found by; without credentials. */
export const textOfSource = (source: Source): string => {
  if (source.kind === 'path') return source.path;
  const folder = source.subdirectory === undefined ? '' : `#subdirectory=${source.subdirectory}`;
  return source.kind === 'git'
    ? `git+${bareUrl(source.url)}@${source.rev}${folder}`
    : `${bareUrl(source.url)}${folder}`;
};

/** A URL for messages: also without a query that seems to hold a credential. */
export const toldUrl = (url: string): string => {
  const bare = bareUrl(url);
  return URL.canParse(bare) && hasSecretQuery(bare) ? bare.replace(/\?.*$/, '') : bare;
};

/** A source for messages. */
export const toldSource = (source: Source): string =>
  textOfSource(source.kind === 'path' ? source : { ...source, url: toldUrl(source.url) });
