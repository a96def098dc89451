/** Sources as text. */
import type { Source } from '../../../graph/types.ts';

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
