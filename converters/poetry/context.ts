import type { Diagnostic } from '../../graph/errors.ts';
import type { Gap } from '../../graph/types.ts';
import type { Place, TomlDocument } from '../../standards/toml-document.ts';
import { locationOf } from '../../standards/toml-document.ts';
import type { CheckedUrl } from './locations.ts';
import type { PoetryLock } from './lock-schema.ts';
import type { LockVersion } from './lock-version.ts';

/** What the parts of the conversion share. `gaps` and `diagnostics` are added to. */
export interface LockContext {
  readonly document: TomlDocument;
  readonly lock: PoetryLock;
  readonly version: LockVersion;
  readonly gaps: Gap[];
  readonly diagnostics: Diagnostic[];
}

/** Gives the URL; when it had credentials, a warning is added. */
export const reportCredentials = (
  context: LockContext,
  place: Place,
  { url, hadCredentials }: CheckedUrl,
): string => {
  if (hadCredentials) {
    context.diagnostics.push({
      severity: 'warning',
      code: 'url-credentials',
      message: `${place.subject}: the credentials in the URL of \`${url}\` are left out`,
      hint: 'keep credentials in the configuration of the tool that fetches, not in the lock',
      location: locationOf(place.document, place.path),
    });
  }
  return url;
};
