/** Dependencies of a manifest as requirements that are asked for. */
import type { AskedRequirement } from '../../graph/requirements.ts';
import type { Source } from '../../graph/types.ts';
import { formatMarker } from '../../standards/marker.ts';
import { quoted } from '../../standards/quoted.ts';
import { errorAt, type Place, readAt, type TomlDocument } from '../../standards/toml-document.ts';
import type { TomlPath } from '../../standards/toml-location.ts';
import type { RootWanted } from '../poetry/manifest.ts';
import { specifierOf } from '../poetry/specifier.ts';
import type { Origin } from '../poetry/wanted.ts';
import { checkGitUrl, checkPath, checkSubdirectory, checkUrl } from '../shared/locations.ts';
import { redact } from '../shared/redact.ts';
import { defaultRef, parseReference } from '../shared/reference.ts';

const folderOf = (subdirectory: string | undefined): { readonly subdirectory?: string } =>
  subdirectory === undefined ? {} : { subdirectory: checkSubdirectory(subdirectory) };

/** A repository's URL as git takes it; what stands in it stays. */
const gitUrl = (url: string): string => {
  const checked = checkGitUrl(url);
  return url.includes('://') ? url.replace(/^git\+/, '') : checked.url;
};

const sourceOf = (origin: Origin): Source => {
  if (origin.kind === 'git') {
    const { url, reference = defaultRef, subdirectory } = origin;
    return { kind: 'git', url: gitUrl(url), rev: reference, ...folderOf(subdirectory) };
  }
  if (origin.kind === 'path') {
    const { path, subdirectory, editable } = origin;
    const whole = subdirectory === undefined ? path : `${path}/${subdirectory}`;
    return { kind: 'path', path: checkPath(whole), ...(editable ? { editable: true } : {}) };
  }
  const { source } = parseReference(origin.url);
  if (source.kind !== 'url') checkUrl(origin.url);
  return source.kind === 'url' ? { ...source, ...folderOf(origin.subdirectory) } : source;
};

/** A dependency on one line, as its author may recognise it. */
const textOf = ({ name, extras, constraint, origin, marker }: RootWanted): string => {
  const head = extras.length === 0 ? name : `${name}[${extras.join(',')}]`;
  const place = origin?.kind === 'path' ? origin.path : origin?.url;
  const tail = marker === undefined ? '' : `; ${formatMarker(marker)}`;
  const version = constraint === '' || constraint === '*' ? '' : constraint;
  const isBare = /^[\d^~*vV]/.test(version) && !/^~=/.test(version);
  const middle = place === undefined ? (isBare ? ` ${version}` : version) : ` @ ${place} `;
  return redact(`${head}${middle}${tail}`);
};

/** `pyproject.toml [project]`: the file and the table of a dependency. */
const originOf = ({ file }: TomlDocument, path: TomlPath): string => {
  const keys = path.filter((step) => typeof step === 'string');
  if (keys[0] === 'project') {
    return `${file} [${keys[1] === 'dependencies' ? 'project' : keys.slice(0, 2).join('.')}]`;
  }
  if (keys[0] === 'dependency-groups') return `${file} [dependency-groups]`;
  return `${file} [${keys.slice(0, keys.at(-2) === 'dependencies' ? -1 : 3).join('.')}]`;
};

/** The requirement that a dependency stands for. Throws with the line of the dependency. */
export const askDependency = (
  wanted: RootWanted,
  document: TomlDocument,
  indexes: ReadonlyMap<string, string>,
): AskedRequirement => {
  const { name, extras, constraint, marker, origin, source: indexName, path } = wanted;
  const place: Place = { document, path, subject: `dependency ${quoted(name)}` };
  const index = indexName === undefined ? undefined : indexes.get(indexName.toLowerCase());
  if (indexName !== undefined && index === undefined) {
    throw errorAt(place, 'MANIFEST_SHAPE', {
      text: `there is no source ${quoted(indexName)}`,
      hint: `add it: [[tool.poetry.source]] with name = ${JSON.stringify(indexName)} and its url`,
    });
  }
  return readAt(place, (): AskedRequirement => {
    const source = origin === undefined ? undefined : sourceOf(origin);
    const specifier = source === undefined ? specifierOf(constraint) : undefined;
    const integrities = origin?.kind === 'url' ? parseReference(origin.url).integrities : [];
    return {
      name,
      extras,
      ...(specifier === undefined ? {} : { specifier }),
      ...(source === undefined ? {} : { source }),
      ...(marker === undefined ? {} : { marker }),
      text: textOf(wanted),
      origin: originOf(document, path),
      integrities,
      ...(index === undefined ? {} : { index }),
    };
  });
};
