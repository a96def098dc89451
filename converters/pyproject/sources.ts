/** `[tool.uv.sources]`: where packages of some names come from. */
import type { Marker } from '../../graph/marker.ts';
import type { AskedRequirement } from '../../graph/requirements.ts';
import type { Source } from '../../graph/types.ts';
import { combineMarkers, parseMarker } from '../../standards/marker.ts';
import { parseName } from '../../standards/name.ts';
import { quoted } from '../../standards/quoted.ts';
import { errorAt, type Place, readAt, type TomlDocument } from '../../standards/toml-document.ts';
import { checkGitUrl, checkPath, checkSubdirectory, checkUrl } from '../shared/locations.ts';
import { negateMarker } from '../shared/negate.ts';
import { defaultRef } from '../shared/reference.ts';
import type { UvSource, UvTable } from './schema.ts';

/** Where a requirement stands: the sources of other groups and extras are not for it. */
export interface Whereabouts {
  readonly group?: string;
  readonly extra?: string;
}

/** The requirement with the sources of its name: one for each marker that a source has. */
export type ApplySources = (
  asked: AskedRequirement,
  whereabouts: Whereabouts,
) => readonly AskedRequirement[];

const readSource = (uv: UvSource, place: Place): Source | undefined => {
  const folder =
    uv.subdirectory === undefined ? {} : { subdirectory: checkSubdirectory(uv.subdirectory) };
  if (uv.git !== undefined) {
    checkGitUrl(uv.git);
    const rev = uv.rev ?? uv.tag ?? uv.branch ?? defaultRef;
    return { kind: 'git', url: uv.git, rev, ...folder };
  }
  if (uv.url !== undefined) {
    checkUrl(uv.url);
    return { kind: 'url', url: uv.url, ...folder };
  }
  if (uv.path !== undefined) {
    const editable = uv.editable === true ? { editable: true } : {};
    return { kind: 'path', path: checkPath(uv.path), ...editable };
  }
  if (uv.index !== undefined) return undefined;
  if (uv.workspace !== undefined) {
    throw errorAt(place, 'MANIFEST_SHAPE', {
      text: 'members of a workspace are not supported',
      hint: 'name the folder instead: { path = "../NAME" }',
    });
  }
  throw errorAt(place, 'MANIFEST_SHAPE', {
    text: 'it names no `git`, `url`, `path` or `index`',
  });
};

interface ReadUvSource {
  readonly source: Source | undefined;
  readonly index: string | undefined;
  readonly marker: Marker | undefined;
  readonly whereabouts: Whereabouts;
}

const readOne = (
  uv: UvSource,
  place: Place,
  indexes: ReadonlyMap<string, string>,
): ReadUvSource => {
  const source = readAt(place, () => readSource(uv, place));
  const index = uv.index === undefined ? undefined : indexes.get(uv.index);
  if (uv.index !== undefined && index === undefined) {
    throw errorAt(place, 'MANIFEST_SHAPE', {
      text: `there is no index ${quoted(uv.index)}`,
      hint: `add it: [[tool.uv.index]] with name = ${JSON.stringify(uv.index)} and its url`,
    });
  }
  const { marker, group, extra } = uv;
  return {
    source,
    index,
    marker: marker === undefined ? undefined : readAt(place, () => parseMarker(marker)),
    whereabouts: {
      ...(group === undefined ? {} : { group: readAt(place, () => parseName(group)) }),
      ...(extra === undefined ? {} : { extra: readAt(place, () => parseName(extra)) }),
    },
  };
};

const withSource = (
  asked: AskedRequirement,
  { source, index, marker: own }: ReadUvSource,
): AskedRequirement => {
  const { specifier, marker: stated, ...rest } = asked;
  const marker = combineMarkers('and', [stated, own]);
  return {
    ...rest,
    ...(source === undefined && specifier !== undefined ? { specifier } : {}),
    ...(source === undefined ? {} : { source }),
    ...(index === undefined ? {} : { index }),
    ...(marker === undefined ? {} : { marker }),
  };
};

/** What is left of a requirement where no source's marker holds. */
const elsewhere = (
  asked: AskedRequirement,
  sources: readonly ReadUvSource[],
  place: Place,
): readonly AskedRequirement[] => {
  if (sources.some(({ marker }) => marker === undefined)) return [];
  const negated = sources.map(({ marker }) => marker && negateMarker(marker));
  if (negated.some((marker) => marker === undefined)) {
    throw errorAt(place, 'MANIFEST_SHAPE', { text: 'its markers have no opposite (`~=`, `===`)' });
  }
  const marker = combineMarkers('and', [asked.marker, ...negated]);
  return [marker === undefined ? asked : { ...asked, marker }];
};

/** Reads the sources. Throws MANIFEST_SHAPE, URL_INVALID, FILE_NAME_INVALID or MARKER_INVALID, with the line. */
export const readUvSources = (
  document: TomlDocument,
  uv: UvTable,
  indexes: ReadonlyMap<string, string>,
): ApplySources => {
  const byName = new Map<string, { readonly sources: readonly ReadUvSource[]; place: Place }>();
  for (const [name, value] of Object.entries(uv.sources ?? {})) {
    const path = ['tool', 'uv', 'sources', name];
    const place: Place = { document, path, subject: `source ${quoted(name)}` };
    const list: readonly UvSource[] = 'map' in value ? value : [value];
    byName.set(
      readAt(place, () => parseName(name)),
      { sources: list.map((one) => readOne(one, place, indexes)), place },
    );
  }
  return (asked, { group, extra }) => {
    const found = asked.name === undefined ? undefined : byName.get(asked.name);
    if (found === undefined || asked.source !== undefined) return [asked];
    const sources = found.sources.filter(
      ({ whereabouts }) =>
        (whereabouts.group === undefined || whereabouts.group === group) &&
        (whereabouts.extra === undefined || whereabouts.extra === extra),
    );
    if (sources.length === 0) return [asked];
    return [
      ...sources.map((source) => withSource(asked, source)),
      ...elsewhere(asked, sources, found.place),
    ];
  };
};
