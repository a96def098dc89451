/** Which release of a project a file is of, by its name. */
import { tryParseSdistName } from '../../../standards/sdist-name.ts';
import { tryParseVersion, type Version } from '../../../standards/version.ts';
import { tryParseWheelName } from '../../../standards/wheel-name.ts';

/** The version that the name of a wheel or sdist of the project has; undefined for other files. */
export const versionTextOf = (fileName: string, name: string): string | undefined => {
  if (!fileName.endsWith('.whl')) return tryParseSdistName(fileName, name)?.version;
  const wheel = tryParseWheelName(fileName);
  // What an sdist's version may have as `-`, a wheel has to write as `_`.
  return wheel?.name === name ? wheel.version.replaceAll('_', '-') : undefined;
};

/** Parses versions, the same text once: a release may have a hundred files. */
export const versionParser = (): ((text: string) => Version | undefined) => {
  const known = new Map<string, Version | undefined>();
  return (text) => {
    if (known.has(text)) return known.get(text);
    const version = tryParseVersion(text);
    known.set(text, version);
    return version;
  };
};

/** As `versionTextOf`, with the version; undefined also for names that are no versions (`2004d`). */
export const releaseOf = (
  fileName: string,
  name: string,
  parse: (text: string) => Version | undefined = tryParseVersion,
): { readonly text: string; readonly version: Version } | undefined => {
  const text = versionTextOf(fileName, name);
  const version = text === undefined ? undefined : parse(text);
  return text === undefined || version === undefined ? undefined : { text, version };
};
