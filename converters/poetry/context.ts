import type { Diagnostic } from '../../graph/errors.ts';
import type { Gap } from '../../graph/types.ts';
import { quoted } from '../../standards/quoted.ts';
import type { Place, TomlDocument } from '../../standards/toml-document.ts';
import { locationOf } from '../../standards/toml-document.ts';
import type { CheckedUrl } from '../shared/locations.ts';
import type { PoetryLock } from './lock-schema.ts';
import type { LockVersion } from './lock-version.ts';

/** What the parts of the conversion share. `gaps`, `diagnostics` and `credentials` are added to. */
export interface LockContext {
  readonly document: TomlDocument;
  readonly lock: PoetryLock;
  readonly version: LockVersion;
  readonly gaps: Gap[];
  readonly diagnostics: Diagnostic[];
  /** URLs whose credentials were reported. */
  readonly credentials: Set<string>;
}

/** Finding a line is a walk through the whole lock, so not each of thousands gets one. */
const locatedCredentials = 20;

/** Gives the URL; when it had credentials, a warning is added, one for each URL. */
export const reportCredentials = (
  context: LockContext,
  place: Place,
  { url, hadCredentials }: CheckedUrl,
): string => {
  if (hadCredentials && !context.credentials.has(url)) {
    context.credentials.add(url);
    const isLocated = context.credentials.size <= locatedCredentials;
    context.diagnostics.push({
      severity: 'warning',
      code: 'url-credentials',
      message: `${place.subject}: the credentials in the URL of ${quoted(url)} are left out`,
      hint: 'keep credentials in the configuration of the tool that fetches, not in the lock',
      location: isLocated ? locationOf(place.document, place.path) : { file: place.document.file },
    });
  }
  return url;
};
