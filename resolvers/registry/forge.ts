import { tryParseHttpUrl } from './url.ts';

/** `host` absent: the path alone tells, on whatever host the forge is installed. */
interface ArchivePattern {
  readonly host?: string;
  readonly path: RegExp;
}

const archive = String.raw`\.(?:tar\.gz|tgz|tar\.bz2|tar\.xz|tar|zip)$`;

/** Where forges offer a commit as an archive that they make when asked. */
const patterns: readonly ArchivePattern[] = [
  // GitHub: /OWNER/REPO/archive/REF.zip, /tarball/REF, its download host and its API.
  { host: 'github.com', path: /^\/[^/]+\/[^/]+\/(?:archive|tarball|zipball)\/./ },
  {
    host: 'codeload.github.com',
    path: /^\/[^/]+\/[^/]+\/(?:legacy\.)?(?:tar\.gz|zip)\/./,
  },
  { host: 'api.github.com', path: /^\/repos\/[^/]+\/[^/]+\/(?:tarball|zipball)(?:\/|$)/ },
  // GitLab: /GROUP/…/REPO/-/archive/REF/NAME.zip, the older form, and its API.
  { path: new RegExp(`/-/archive/.+${archive}`) },
  { path: new RegExp(`^/[^/]+/.+/repository/(?:[^/]+/)?archive${archive}`) },
  { path: /^\/api\/v4\/projects\/[^/]+\/repository\/archive(?:\.[a-z0-9.]+)?$/ },
  { host: 'bitbucket.org', path: new RegExp(`^/[^/]+/[^/]+/get/.+${archive}`) },
  // sourcehut: /~OWNER/REPO/archive/REF.tar.gz; Gitea and Forgejo the same without a tilde.
  { path: new RegExp(`^/[^/]+/[^/]+/archive/.+${archive}`) },
  { path: /^\/api\/v1\/repos\/[^/]+\/[^/]+\/archive\/./ },
];

/**
 * Whether a URL is an archive that a forge makes on demand (GitHub, GitLab, Bitbucket, Gitea,
 * Forgejo, sourcehut). Forges re-compress, so such a file's own hash does not last; what is in it
 * does. Files that were uploaded to a release are none of these.
 */
export const isForgeArchive = (text: string): boolean => {
  const url = tryParseHttpUrl(text);
  if (url === undefined) return false;
  const host = url.hostname.replace(/^www\./, '');
  return patterns.some(
    (pattern) => (pattern.host ?? host) === host && pattern.path.test(url.pathname),
  );
};
