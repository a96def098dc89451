import type { Marker, Requirement } from '../../graph/marker.ts';
import { combineMarkers, parseMarker } from '../../standards/marker.ts';
import { parseName } from '../../standards/name.ts';
import { parseRequirement } from '../../standards/requirement.ts';
import { parseSpecifierSet } from '../../standards/specifier.ts';
import { type Place, readAt } from '../../standards/toml-document.ts';
import type { TomlPath } from '../../standards/toml-location.ts';
import type { VersionSet } from '../../standards/version-set.ts';
import { constraintVersions, parseConstraint } from './constraint.ts';
import type { DependencySpec, DependencyTable } from './dependency-schema.ts';
import { platformMarker, pythonMarker } from './environment-marker.ts';

/** Where a dependency is to come from, when not from an index. */
export type Origin =
  | {
      readonly kind: 'git';
      readonly url: string;
      readonly reference?: string;
      readonly subdirectory?: string;
    }
  | { readonly kind: 'url'; readonly url: string; readonly subdirectory?: string }
  | {
      readonly kind: 'path';
      readonly path: string;
      readonly subdirectory?: string;
      readonly editable?: boolean;
    };

/** A dependency as somebody states it: in a lock's package, or in the manifest. */
export interface Wanted {
  /** Normalised. */
  readonly name: string;
  readonly extras: readonly string[];
  /** As written, for messages; empty for any version. */
  readonly constraint: string;
  readonly versions?: VersionSet;
  readonly marker?: Marker;
  readonly optional: boolean;
  readonly origin?: Origin;
  /** Name of the index it is to come from. */
  readonly source?: string;
  readonly path: TomlPath;
}

const originOf = (table: DependencyTable): Origin | undefined => {
  const folder = table.subdirectory === undefined ? {} : { subdirectory: table.subdirectory };
  if (table.git !== undefined) {
    const reference = table.rev ?? table.tag ?? table.branch;
    return {
      kind: 'git',
      url: table.git,
      ...(reference === undefined ? {} : { reference }),
      ...folder,
    };
  }
  const path = table.path ?? table.file;
  if (path !== undefined) {
    return { kind: 'path', path, ...folder, ...(table.develop === true ? { editable: true } : {}) };
  }
  return table.url === undefined ? undefined : { kind: 'url', url: table.url, ...folder };
};

const normaliseExtras = (extras: readonly string[]): readonly string[] =>
  [...new Set(extras.map(parseName))].sort();

const readTable = (name: string, table: DependencyTable, path: TomlPath): Wanted => {
  const origin = originOf(table);
  const constraint = origin === undefined ? (table.version ?? '') : '';
  const marker = combineMarkers('and', [
    table.markers === undefined ? undefined : parseMarker(table.markers),
    table.python === undefined ? undefined : pythonMarker(table.python),
    table.platform === undefined ? undefined : platformMarker(table.platform),
  ]);
  return {
    name,
    extras: normaliseExtras(table.extras ?? []),
    constraint,
    ...(constraint === '' ? {} : { versions: constraintVersions(parseConstraint(constraint)) }),
    ...(marker === undefined ? {} : { marker }),
    optional: table.optional ?? false,
    ...(origin === undefined ? {} : { origin }),
    ...(table.source === undefined ? {} : { source: table.source }),
    path,
  };
};

/**
 * Reads a dependency in Poetry's form: a constraint, a table, or a list of them, of which those
 * hold whose markers do. `place` is where its value stands. Throws NAME_INVALID, SPECIFIER_INVALID
 * or MARKER_INVALID, with the line.
 */
export const readPoetryDependency = (
  name: string,
  specs: DependencySpec | readonly DependencySpec[],
  place: Place,
): readonly Wanted[] => {
  const normalised = readAt(place, () => parseName(name));
  const list: readonly DependencySpec[] =
    typeof specs === 'object' && 'map' in specs ? specs : [specs];
  return list.map((spec, index) => {
    const path = list === specs ? [...place.path, index] : place.path;
    const table = typeof spec === 'string' ? { version: spec } : spec;
    return readAt({ ...place, path }, () => readTable(normalised, table, path));
  });
};

const urlOrigin = (url: string): Origin => {
  const git = /^git\+(?<url>[^@#]*(?:\/\/[^/@#]*@)?[^@#]*)(?:@(?<reference>[^#]*))?/.exec(url);
  if (git?.groups !== undefined) {
    const { url: repository = '', reference } = git.groups;
    const subdirectory = /[#&]subdirectory=(?<path>[^&]*)/.exec(url)?.groups?.['path'];
    return {
      kind: 'git',
      url: repository,
      ...(reference === undefined ? {} : { reference }),
      ...(subdirectory === undefined ? {} : { subdirectory }),
    };
  }
  const file = /^file:(?:\/\/(?:localhost)?)?(?<path>.*)$/.exec(url)?.groups?.['path'];
  return file === undefined ? { kind: 'url', url } : { kind: 'path', path: file };
};

const fromRequirement = (requirement: Requirement, path: TomlPath): Wanted => {
  const { name, extras, specifier, url, marker } = requirement;
  return {
    name,
    extras,
    constraint: specifier ?? '',
    ...(specifier === undefined ? {} : { versions: parseSpecifierSet(specifier).versions }),
    ...(marker === undefined ? {} : { marker }),
    optional: false,
    ...(url === undefined ? {} : { origin: urlOrigin(url) }),
    path,
  };
};

/** Reads a dependency in PEP 508's form. Throws REQUIREMENT_INVALID, with the line. */
export const readRequirement = (text: string, place: Place): Wanted =>
  readAt(place, () => fromRequirement(parseRequirement(text), place.path));
