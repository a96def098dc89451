/** The indexes that Poetry's and uv's tables name. */
import type { IndexChoice } from '../../graph/requirements.ts';
import { errorAt, type Place, readAt, type TomlDocument } from '../../standards/toml-document.ts';
import { checkUrl } from '../shared/locations.ts';
import type { PoetrySource, ToolTables, UvTable } from './schema.ts';

/** Where packages come from when nobody says otherwise. */
const publicIndex = 'https://pypi.org/simple';

export interface Indexes {
  readonly choice: Omit<IndexChoice, 'strategy'>;
  /** Base URLs by the name that dependencies give; Poetry's in lower case. */
  readonly byName: ReadonlyMap<string, string>;
}

/** The last of a list is asked last; the public index needs no mention there. */
const choiceOf = (urls: readonly string[]): Indexes['choice'] => {
  const distinct = [...new Set(urls)];
  const last = distinct.at(-1);
  const extra = distinct.slice(0, -1);
  return last === undefined || last === publicIndex ? { extra } : { index: last, extra };
};

const isSecondary = ({ priority, secondary }: PoetrySource): boolean =>
  secondary === true || ['secondary', 'supplemental'].includes(priority?.toLowerCase() ?? '');

const poetryIndexes = (document: TomlDocument, sources: readonly PoetrySource[]): Indexes => {
  const byName = new Map<string, string>([['pypi', publicIndex]]);
  const primary: string[] = [];
  const supplemental: string[] = [];
  for (const [index, source] of sources.entries()) {
    const place: Place = {
      document,
      path: ['tool', 'poetry', 'source', index],
      subject: `source \`${source.name}\``,
    };
    const isPublic = source.name.toLowerCase() === 'pypi';
    const url = source.url ?? (isPublic ? publicIndex : undefined);
    if (url === undefined) throw errorAt(place, 'MANIFEST_SHAPE', { text: '`url` is missing' });
    readAt(place, () => checkUrl(url));
    byName.set(source.name.toLowerCase(), url);
    if (source.priority?.toLowerCase() === 'explicit') continue;
    if (isSecondary(source)) supplemental.push(url);
    else if (source.default === true) primary.unshift(url);
    else primary.push(url);
  }
  // As in Poetry 2, a primary source takes the place of the public index.
  const first = primary.length === 0 ? [publicIndex] : primary;
  return { choice: choiceOf([...first, ...supplemental]), byName };
};

const uvIndexes = (document: TomlDocument, uv: UvTable): Indexes => {
  const byName = new Map<string, string>();
  const named: string[] = [];
  let last = uv['index-url'];
  for (const [index, { name, url, default: isDefault, explicit }] of (uv.index ?? []).entries()) {
    const place: Place = {
      document,
      path: ['tool', 'uv', 'index', index],
      subject: `index \`${name ?? index + 1}\``,
    };
    readAt(place, () => checkUrl(url));
    if (name !== undefined) byName.set(name, url);
    if (explicit === true) continue;
    if (isDefault === true) last = url;
    else named.push(url);
  }
  const flat = [...(uv['extra-index-url'] ?? []), ...(last === undefined ? [] : [last])];
  const place: Place = { document, path: ['tool', 'uv'], subject: '[tool.uv]' };
  for (const url of flat) readAt(place, () => checkUrl(url));
  if (uv['no-index'] === true) return { choice: { index: false, extra: [] }, byName };
  const extra = [...new Set([...named, ...(uv['extra-index-url'] ?? [])])];
  return { choice: last === undefined ? { extra } : { index: last, extra }, byName };
};

/** Reads the indexes of a pyproject.toml. Throws URL_INVALID or MANIFEST_SHAPE, with the line. */
export const readIndexes = (document: TomlDocument, { tool }: ToolTables): Indexes => {
  const sources = tool?.poetry?.source ?? [];
  const poetry = poetryIndexes(document, sources);
  const uv = uvIndexes(document, tool?.uv ?? {});
  const usesUv = tool?.uv !== undefined && sources.length === 0;
  return {
    choice: usesUv ? uv.choice : poetry.choice,
    byName: new Map([...poetry.byName, ...uv.byName]),
  };
};
