/**
 * What a simple index answers about a project: JSON (PEP 691, 700, 714) or HTML (PEP 503, 592, 629,
 * 658). Both come out as the same list.
 */
import { Parser } from 'htmlparser2';
import { Lock2nixError } from '../../../graph/errors.ts';
import { compareIntegrity, formatSri, tryParseIntegrity } from '../../../standards/integrity.ts';
import { quoted } from '../../../standards/quoted.ts';
import type { IndexFile } from '../../registry/types.ts';
import { publicUrl, shownUrl, tryParseHttpUrl } from '../../registry/url.ts';

/** The `Accept` header for a project's page, JSON preferred. */
export const indexAccept =
  'application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01';

const jsonTypes = ['application/vnd.pypi.simple.v1+json', 'application/json'];
const htmlTypes = ['application/vnd.pypi.simple.v1+html', 'text/html', 'application/xhtml+xml'];

/** `url` is the one that answered, after redirects: relative URLs start there. */
export interface IndexPage {
  readonly url: string;
  /** Lower case, without parameters. */
  readonly contentType: string;
  readonly body: string;
}

/** A file as either form lists it; everything may be missing or of another type. */
interface Listed {
  readonly fileName: unknown;
  readonly url: unknown;
  readonly hashes: readonly string[];
  readonly requiresPython?: unknown;
  readonly yanked?: unknown;
  readonly size?: unknown;
  readonly uploadTime?: unknown;
  readonly coreMetadata?: unknown;
}

const refuse = (page: IndexPage, what: string): never => {
  throw new Lock2nixError('REGISTRY_ANSWER', `\`${shownUrl(page.url)}\` ${what}`, {
    hint: 'check that the URL is that of a simple index (PEP 503), such as `https://pypi.org/simple`',
  });
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const nonEmpty = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;

/** SRIs of `ALGORITHM:HEX` texts, strongest first; what is no hash is left out. */
const parseHashes = (texts: readonly string[]): readonly string[] => {
  const sris = texts.flatMap((text) => {
    const hash = tryParseIntegrity(text);
    return hash === undefined ? [] : [formatSri(hash.algorithm, hash.digest)];
  });
  if (sris.length < 2) return sris;
  return sris
    .map((sri) => ({ sri, of: 'file' as const }))
    .sort(compareIntegrity)
    .map(({ sri }) => sri);
};

const yankedOf = (value: unknown): string | true | undefined =>
  value === true ? true : nonEmpty(value);

/** Declared by `true` or by the hashes of the metadata file. */
const hasCoreMetadata = (value: unknown): boolean =>
  value === true || isRecord(value) || !['false', undefined].includes(nonEmpty(value));

/** SRIs of the metadata file, as JSON (`{"sha256": HEX}`) or HTML (`sha256=HEX`) has them. */
const metadataHashes = (value: unknown): readonly string[] =>
  isRecord(value)
    ? parseHashes(Object.entries(value).map(([algorithm, hex]) => `${algorithm}:${String(hex)}`))
    : parseHashes([(nonEmpty(value) ?? '').replace('=', ':')]);

/**
 * URLs that are their own normal form and have nothing to hide, as those of PyPI: a host that is no
 * number, and plain path segments. Indexes list tens of thousands, and taking each apart takes long.
 */
const plainUrl =
  /^https:\/\/(?:(?!xn--)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]+(?:\/[A-Za-z0-9_~+-][A-Za-z0-9._~+-]*)+$/;

const publicFileUrl = (value: unknown, base: string): string | undefined => {
  if (typeof value !== 'string') return undefined;
  if (plainUrl.test(value)) return value;
  const url = tryParseHttpUrl(value.trim(), base);
  return url === undefined ? undefined : publicUrl(url);
};

/** The file, or nothing when it lacks a name or an http URL. */
const toIndexFile = (listed: Listed, base: string): IndexFile | undefined => {
  const fileName = nonEmpty(listed.fileName);
  const url = publicFileUrl(listed.url, base);
  if (fileName === undefined || url === undefined) return undefined;
  const requiresPython = nonEmpty(listed.requiresPython);
  const yanked = yankedOf(listed.yanked);
  const uploadTime = nonEmpty(listed.uploadTime);
  const { size, coreMetadata } = listed;
  const metadataSris = metadataHashes(coreMetadata);
  return {
    fileName,
    url,
    sris: parseHashes(listed.hashes),
    ...(requiresPython === undefined ? {} : { requiresPython }),
    ...(yanked === undefined ? {} : { yanked }),
    ...(typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 ? { size } : {}),
    ...(uploadTime === undefined ? {} : { uploadTime }),
    ...(hasCoreMetadata(coreMetadata) ? { coreMetadata: true } : {}),
    ...(metadataSris.length === 0 ? {} : { metadataSris }),
  };
};

/** Newer minor versions of the interface only add to it; a newer major version is unknown (PEP 629). */
const checkApiVersion = (page: IndexPage, version: unknown): void => {
  if (version === undefined || /^1(?:\.|$)/.test(String(version))) return;
  refuse(page, `speaks version ${quoted(String(version))} of the index interface, known is 1`);
};

const readJson = (page: IndexPage): Listed[] => {
  let answer: unknown;
  try {
    answer = JSON.parse(page.body);
  } catch {
    return refuse(page, 'answers with damaged JSON');
  }
  if (!isRecord(answer) || !Array.isArray(answer['files'])) {
    return refuse(page, 'answers with JSON that lists no files');
  }
  checkApiVersion(page, isRecord(answer['meta']) ? answer['meta']['api-version'] : undefined);
  return answer['files'].filter(isRecord).map((file) => ({
    fileName: file['filename'],
    url: file['url'],
    hashes: isRecord(file['hashes'])
      ? Object.entries(file['hashes']).map(([algorithm, hex]) => `${algorithm}:${String(hex)}`)
      : [],
    requiresPython: file['requires-python'],
    yanked: file['yanked'],
    size: file['size'],
    uploadTime: file['upload-time'],
    coreMetadata: file['core-metadata'] ?? file['dist-info-metadata'],
  }));
};

/** The last part of a URL's path, decoded: the file name (PEP 503). */
const lastPathPart = (url: URL): string => {
  const part = url.pathname.slice(url.pathname.lastIndexOf('/') + 1);
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};

type Attributes = Readonly<Record<string, string>>;

const readAnchor = (attributes: Attributes, base: string): Listed | undefined => {
  const href = attributes['href'];
  const url = href === undefined ? undefined : tryParseHttpUrl(href.trim(), base);
  if (url === undefined) return undefined;
  return {
    fileName: lastPathPart(url),
    url: url.href,
    hashes: url.hash
      .slice(1)
      .split('&')
      .map((pair) => pair.replace('=', ':')),
    requiresPython: attributes['data-requires-python'],
    yanked: attributes['data-yanked'] === '' ? true : attributes['data-yanked'],
    uploadTime: attributes['data-upload-time'],
    coreMetadata: attributes['data-core-metadata'] ?? attributes['data-dist-info-metadata'],
  };
};

/** What pages for people have and index pages do not: a login page answers 200 as well. */
const forPeople = new Set(['form', 'input', 'script']);

const isDistribution = ({ fileName }: Listed): boolean =>
  typeof fileName === 'string' && /\.(?:whl|egg|zip|tgz|tar\.[a-z0-9]+)$/i.test(fileName);

const readHtml = (page: IndexPage): Listed[] => {
  let base: string | undefined;
  let isForPeople = false;
  const files: Listed[] = [];
  const parser = new Parser({
    onopentag(name, attributes) {
      if (name === 'base' && base === undefined && attributes['href'] !== undefined) {
        base = tryParseHttpUrl(attributes['href'].trim(), page.url)?.href;
      }
      if (name === 'meta' && attributes['name'] === 'pypi:repository-version') {
        checkApiVersion(page, attributes['content']);
      }
      if (forPeople.has(name)) isForPeople = true;
      const file = name === 'a' ? readAnchor(attributes, base ?? page.url) : undefined;
      if (file !== undefined) files.push(file);
    },
  });
  parser.end(page.body);
  if (isForPeople && !files.some(isDistribution)) {
    refuse(page, 'answers with a page that is no index page, such as a login page');
  }
  return files;
};

/**
 * The files that an index lists for a project, in its order. Files without a name or with a URL that
 * is not http are left out, as are hashes that are none. Throws `REGISTRY_ANSWER` for another media
 * type, damaged JSON, a page for people such as a login page, and interfaces newer than version 1.
 */
export const parseIndexAnswer = (page: IndexPage): readonly IndexFile[] => {
  const isJson = jsonTypes.includes(page.contentType);
  if (!isJson && !htmlTypes.includes(page.contentType)) {
    refuse(page, `answers with ${quoted(page.contentType)} instead of an index page`);
  }
  return (isJson ? readJson(page) : readHtml(page))
    .map((listed) => toIndexFile(listed, page.url))
    .filter((file) => file !== undefined);
};
