/** URLs and paths that a lock or a manifest names: checked, and freed of credentials. */
import { Lock2nixError } from '../../graph/errors.ts';
import { quoted } from '../../standards/quoted.ts';
import { tryParseUrl } from '../../standards/url.ts';
import { redact } from './redact.ts';

/** A URL without credentials; `hadCredentials` tells whether there were any. */
export interface CheckedUrl {
  readonly url: string;
  readonly hadCredentials: boolean;
}

const unsafe = /[\s\p{Cc}\p{Cf}\\"'`<>^{|}]/u;
const longest = 4096;

/** A name, with letters of any script, or an address, and perhaps a port: nothing that a command could take for an option. */
const hostPattern = /^(?:[\p{L}\p{N}][\p{L}\p{M}\p{N}._-]*|\[[0-9A-Fa-f:.]+\])(?::\d*)?$/u;

const invalid = (text: string, why: string): Lock2nixError =>
  new Lock2nixError(
    'URL_INVALID',
    `${quoted(redact(text))} is not a URL that can be fetched: ${why}`,
  );

/** The part between `://` and the next `/`, `?` or `#`. */
const splitUrl = (text: string) =>
  /^(?<scheme>[A-Za-z][A-Za-z0-9+.-]*):\/\/(?<authority>[^/?#]*)(?<rest>.*)$/s.exec(text)?.groups;

const checkCharacters = (text: string): void => {
  if (text.length > longest) throw invalid(text, `it is longer than ${longest} characters`);
  if (unsafe.test(text)) throw invalid(text, 'it has a space, a quote or a control character');
};

const withoutUser = (text: string, schemes: readonly string[]): CheckedUrl => {
  const parts = splitUrl(text);
  const scheme = parts?.['scheme']?.toLowerCase() ?? '';
  if (parts === undefined || !schemes.includes(scheme)) {
    throw invalid(
      text,
      `it begins with none of ${schemes.map((known) => `\`${known}://\``).join(', ')}`,
    );
  }
  const authority = parts['authority'] ?? '';
  const at = authority.lastIndexOf('@');
  const host = authority.slice(at + 1);
  if (
    host === '' ? scheme !== 'file' : !hostPattern.test(host) || tryParseUrl(text) === undefined
  ) {
    throw invalid(text, host === '' ? 'it has no host' : 'it has no valid host');
  }
  const hadCredentials = at >= 0;
  return { url: `${scheme}://${host}${parts['rest'] ?? ''}`, hadCredentials };
};

/** Checks the URL of a file or an index. Throws URL_INVALID. */
export const checkUrl = (text: string): CheckedUrl => {
  checkCharacters(text);
  return withoutUser(text, ['https', 'http']);
};

const scpForm = /^(?:(?<user>[A-Za-z0-9._-]+)@)?(?<host>[A-Za-z0-9][A-Za-z0-9.-]*):(?<path>[^:]+)$/;

/**
 * Checks the URL of a git repository: `https`, `http`, `ssh`, `git` and `file` URLs, and
 * `git@host:path`, which becomes an `ssh` URL. The user of an `ssh` URL is no secret; a password
 * is. Throws URL_INVALID.
 */
export const checkGitUrl = (source: string): CheckedUrl => {
  const text = source.replace(/^git\+/, '');
  checkCharacters(text);
  const scp = text.includes('://') ? undefined : scpForm.exec(text)?.groups;
  if (scp !== undefined) {
    const path = (scp['path'] ?? '').replace(/^\/+/, '');
    const user = scp['user'] === undefined ? '' : `${scp['user']}@`;
    return { url: `ssh://${user}${scp['host']}/${path}`, hadCredentials: false };
  }
  const parts = splitUrl(text);
  const user = parts?.['authority']?.match(/^([A-Za-z0-9._-]+)(?=[:@].*)/)?.[1];
  const checked = withoutUser(text, ['https', 'http', 'ssh', 'git', 'file']);
  if (parts?.['scheme']?.toLowerCase() !== 'ssh' || !checked.hadCredentials || user === undefined) {
    return checked;
  }
  return {
    url: checked.url.replace('://', `://${user}@`),
    hadCredentials: /^[^@]*:/.test(parts['authority'] ?? ''),
  };
};

/**
 * Checks a path that is relative to the input's folder, and brings it to its shortest form: `.`,
 * `../lib`, `vendor/a.whl`. Throws FILE_NAME_INVALID for an absolute one.
 */
export const checkPath = (text: string): string => {
  const refuse = (why: string): never => {
    throw new Lock2nixError('FILE_NAME_INVALID', `the path ${quoted(text)} ${why}`);
  };
  if (text === '') return refuse('is empty');
  if (text.length > longest) return refuse(`is longer than ${longest} characters`);
  if (/[\p{Cc}\p{Cf}]/u.test(text)) return refuse('has a control character');
  if (/^[/~]|^[A-Za-z]:|\\/.test(text)) return refuse('is not relative, with `/` between folders');
  const parts: string[] = [];
  for (const part of text.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else parts.push(part);
  }
  return parts.length === 0 ? '.' : parts.join('/');
};

/** Checks a folder inside a repository or an archive: relative, never above it. Throws FILE_NAME_INVALID. */
export const checkSubdirectory = (text: string): string => {
  const path = checkPath(text);
  if (path !== '..' && !path.startsWith('../')) return path;
  throw new Lock2nixError(
    'FILE_NAME_INVALID',
    `the folder ${quoted(text)} lies outside of its source`,
  );
};
