/** Direct references: URLs of archives and repositories, and paths, as pip writes them. */
import { Lock2nixError } from '../../graph/errors.ts';
import type { Integrity, Source } from '../../graph/types.ts';
import { hashAlgorithms, toSri } from '../../standards/integrity.ts';
import { parseName } from '../../standards/name.ts';
import { quoted } from '../../standards/quoted.ts';
import { tryParseRequirement } from '../../standards/requirement.ts';
import { sdistExtensions, tryParseSdistExtension } from '../../standards/sdist-name.ts';
import { tryParseVersion } from '../../standards/version.ts';
import { tryParseWheelName } from '../../standards/wheel-name.ts';
import { checkGitUrl, checkPath, checkSubdirectory, checkUrl } from './locations.ts';
import { redact } from './redact.ts';

/** A source, and what its text tells of the distribution there. */
export interface Reference {
  readonly source: Source;
  /** Normalised. */
  readonly name?: string;
  readonly extras: readonly string[];
  /** Hashes of the fragment (`#sha256=…`). */
  readonly integrities: readonly Integrity[];
}

/** What a repository's default branch is called. */
export const defaultRef = 'HEAD';

const invalid = (text: string, why: string, hint?: string): Lock2nixError =>
  new Lock2nixError(
    'URL_INVALID',
    `${quoted(redact(text))} ${why}`,
    hint === undefined ? {} : { hint },
  );

/** The name in the file name of a wheel, or of a source archive when only one way to split it is there. */
const nameOfFile = (fileName: string): string | undefined => {
  const wheel = tryParseWheelName(fileName);
  if (wheel !== undefined) return wheel.name;
  const extension = tryParseSdistExtension(fileName);
  if (extension === undefined) return undefined;
  const stem = fileName.slice(0, -extension.length);
  for (let dash = stem.indexOf('-'); dash > 0; dash = stem.indexOf('-', dash + 1)) {
    const rest = stem.slice(dash + 1);
    if (/^\d/.test(rest) && tryParseVersion(rest) !== undefined) {
      return tryParseRequirement(stem.slice(0, dash))?.name;
    }
  }
  return undefined;
};

/** Whether a text ends as the file of a distribution does. */
export const isArchiveName = (text: string): boolean =>
  ['.whl', ...sdistExtensions].some((extension) => text.toLowerCase().endsWith(extension));

interface Fragment {
  readonly name?: string;
  readonly extras: readonly string[];
  readonly subdirectory?: string;
  readonly integrities: readonly Integrity[];
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** `egg=NAME[EXTRAS]`, `subdirectory=FOLDER` and `ALGORITHM=HEX`, with `&` between them. */
const readFragment = (fragment: string): Fragment => {
  const parts = new Map(
    fragment.split('&').map((part) => {
      const [key = '', ...rest] = part.split('=');
      return [key.trim().toLowerCase(), decoded(rest.join('=')).trim()] as const;
    }),
  );
  const egg = parts.get('egg');
  const requirement = egg === undefined || egg === '' ? undefined : tryParseRequirement(egg);
  if (egg !== undefined && egg !== '' && requirement === undefined) parseName(egg);
  const subdirectory = parts.get('subdirectory');
  return {
    ...(requirement === undefined ? {} : { name: requirement.name }),
    extras: requirement?.extras ?? [],
    ...(subdirectory === undefined || subdirectory === ''
      ? {}
      : { subdirectory: checkSubdirectory(subdirectory) }),
    integrities: hashAlgorithms.flatMap((algorithm): readonly Integrity[] => {
      const hex = parts.get(algorithm);
      return hex === undefined ? [] : [{ sri: toSri(`${algorithm}:${hex}`), of: 'file' }];
    }),
  };
};

const splitFragment = (text: string): readonly [string, Fragment] => {
  const hash = text.indexOf('#');
  return hash < 0
    ? [text, readFragment('')]
    : [text.slice(0, hash), readFragment(text.slice(hash + 1))];
};

const gitReference = (text: string): Reference => {
  const [address, { subdirectory, ...fragment }] = splitFragment(text);
  const plain = address.replace(/^git\+/i, '');
  // The user of `ssh://git@host/` stands before the path.
  const match = /^(?<url>[a-z]+:\/\/[^/]+\/.*?|[^/:]+:[^@]*?)(?:@(?<rev>[^@/][^@]*))?$/i.exec(
    plain,
  );
  const { url, rev } = match?.groups ?? {};
  if (url === undefined) throw invalid(text, 'is not the URL of a git repository');
  if (plain.endsWith('@')) throw invalid(text, 'names no branch, tag or commit behind `@`');
  if (rev !== undefined && (/[\s\p{Cc}~^:?*[\\]|\.\./u.test(rev) || rev.startsWith('-'))) {
    throw invalid(text, 'names no branch, tag or commit behind `@`');
  }
  checkGitUrl(url);
  return {
    source: {
      kind: 'git',
      url,
      rev: rev ?? defaultRef,
      ...(subdirectory === undefined ? {} : { subdirectory }),
    },
    ...fragment,
  };
};

/** What pip takes for `file:` URLs: relative ones too, which is what can be followed here. */
const fileReference = (text: string): Reference => {
  const [address, { subdirectory, ...fragment }] = splitFragment(text);
  const path = decoded(address.replace(/^file:(?:\/\/localhost(?=\/)|\/\/(?=\/))?/i, ''));
  if (/^\/|^[A-Za-z]:/.test(path)) {
    throw invalid(
      text,
      'is an absolute path, which other machines do not have',
      'write the path relative to the file: `./path`',
    );
  }
  const whole = subdirectory === undefined ? path : `${path}/${subdirectory}`;
  const name = fragment.name ?? nameOfFile(path.split('/').at(-1) ?? '');
  return {
    ...fragment,
    source: { kind: 'path', path: checkPath(whole) },
    ...(name === undefined ? {} : { name }),
  };
};

const webReference = (text: string): Reference => {
  const [url, { subdirectory, ...fragment }] = splitFragment(text);
  checkUrl(url);
  const file = decoded(url.replace(/\?.*$/s, '').split('/').at(-1) ?? '');
  const name = fragment.name ?? nameOfFile(file);
  return {
    ...fragment,
    source: { kind: 'url', url, ...(subdirectory === undefined ? {} : { subdirectory }) },
    ...(name === undefined ? {} : { name }),
  };
};

/** Whether pip takes a text for a URL. */
export const isUrl = (text: string): boolean =>
  /^(?:https?|file|ftp|ssh|git|hg|svn|bzr)(?:\+[a-z]+)?:|^git\+/i.test(text);

/**
 * Reads a URL or a relative path. Throws URL_INVALID, FILE_NAME_INVALID, NAME_INVALID or
 * HASH_INVALID; no message holds a credential.
 *
 * @example parseReference('git+https://a.test/b@v1#egg=b&subdirectory=c')
 */
export const parseReference = (text: string): Reference => {
  if (/^git(?:\+|:\/\/)/i.test(text)) return gitReference(text);
  if (/^file:/i.test(text)) return fileReference(text);
  const other = /^(?:hg|svn|bzr)(?=\+|:)|^ftp(?=:)|^ssh(?=:)/i.exec(text)?.[0];
  if (other !== undefined) {
    throw invalid(
      text,
      `cannot be fetched: ${other} is not supported`,
      'name a git repository, an archive (https) or a released version instead',
    );
  }
  if (/^https?:/i.test(text)) return webReference(text);
  if (/^[a-z][a-z0-9+.-]+:/i.test(text)) return webReference(text);
  return fileReference(text);
};
