/** What the part of a line before its options, or behind `-e`, asks for. */
import { Lock2nixError } from '../../graph/errors.ts';
import type { AskedRequirement } from '../../graph/requirements.ts';
import { parseMarker } from '../../standards/marker.ts';
import { quoted } from '../../standards/quoted.ts';
import { parseRequirement, tryParseRequirement } from '../../standards/requirement.ts';
import { askReference, askRequirement } from '../shared/asked.ts';
import { projectNameIn } from '../shared/project-name.ts';
import { isArchiveName, isUrl, parseReference } from '../shared/reference.ts';

export interface EntryContext {
  readonly origin: string;
  /** As messages may show it. */
  readonly shown: string;
  readonly read: (path: string) => string | undefined;
}

const namedUrl = /^[A-Za-z0-9][A-Za-z0-9._-]*\s*(?:\[[^\]]*\])?\s*@/;

const isPath = (text: string): boolean =>
  /^\.|[/\\]/.test(text) || isArchiveName(text.replace(/\[[^\]]*\]$/, ''));

/** `./pkg[a,b]` as its path and its extras. */
const splitExtras = (text: string): readonly [string, readonly string[]] => {
  const match = /^(?<path>[^#]+)\[(?<extras>[^\]]*)\]$/.exec(text)?.groups;
  if (match === undefined) return [text, []];
  return [match['path'] ?? '', parseRequirement(`x[${match['extras'] ?? ''}]`).extras];
};

/** The marker behind a URL or a path: a `;` in a URL belongs to it unless a blank follows. */
const splitMarker = (text: string): readonly [string, string | undefined] => {
  const at = isUrl(text) ? text.indexOf('; ') : text.indexOf(';');
  return at < 0 ? [text, undefined] : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
};

const named = (asked: AskedRequirement, { read }: EntryContext): AskedRequirement => {
  const { name, source } = asked;
  if (name !== undefined || source?.kind !== 'path') return asked;
  const found = projectNameIn(source.path, read);
  return found === undefined ? asked : { name: found, ...asked };
};

const referenceEntry = (text: string, context: EntryContext): AskedRequirement => {
  const { origin, shown } = context;
  const [whole, marker] = splitMarker(text);
  const [target, extras] = splitExtras(whole);
  const reference = parseReference(target);
  return named(
    askReference(reference, {
      extras,
      marker: marker === undefined || marker === '' ? undefined : parseMarker(marker),
      text: shown,
      origin,
    }),
    context,
  );
};

/**
 * What a line asks for: a requirement (PEP 508), a URL, or a path to a project or an archive. Throws
 * REQUIREMENT_INVALID, URL_INVALID, FILE_NAME_INVALID, NAME_INVALID or MARKER_INVALID.
 */
export const readEntry = (text: string, context: EntryContext): AskedRequirement => {
  const subject = splitMarker(text)[0];
  const isReference = isUrl(text) || (isPath(subject) && !namedUrl.test(text));
  if (isReference) return referenceEntry(text, context);
  try {
    return named(askRequirement(text, context.origin, context.shown), context);
  } catch (error) {
    const corrected = text.replace(/^([^=<>!~;]*[^=<>!~;\s])\s*=(?!=)/, '$1==');
    if (corrected === text || tryParseRequirement(corrected) === undefined) throw error;
    throw new Lock2nixError('REQUIREMENT_INVALID', `${quoted(text)} is no requirement`, {
      hint: `\`=\` is no operator: did you mean \`${corrected}\`?`,
      cause: error,
    });
  }
};

/** What `-e` asks for: a project's folder or a repository. Throws as `readEntry` does. */
export const readEditable = (text: string, context: EntryContext): AskedRequirement => {
  const asked = namedUrl.test(text) ? readEntry(text, context) : referenceEntry(text, context);
  const { source } = asked;
  if (source?.kind === 'path' && !isArchiveName(source.path)) {
    return { ...asked, source: { ...source, editable: true } };
  }
  if (source?.kind === 'git') return asked;
  throw new Lock2nixError(
    'REQUIREMENT_INVALID',
    '`--editable` goes with the folder of a project or a git repository only',
    { hint: 'leave out `-e`' },
  );
};
