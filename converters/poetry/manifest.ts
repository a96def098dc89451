/** The dependencies that pyproject.toml states, in Poetry's tables, PEP 621's and PEP 735's. */
import { combineMarkers } from '../../standards/marker.ts';
import { parseName } from '../../standards/name.ts';
import { quoted } from '../../standards/quoted.ts';
import { errorAt, type Place, readAt, type TomlDocument } from '../../standards/toml-document.ts';
import type { TomlPath } from '../../standards/toml-location.ts';
import { intersection } from '../../standards/version-set.ts';
import { decideExtras } from './extra-marker.ts';
import type { DependencyTables, GroupItem, Pyproject } from './manifest-schema.ts';
import { readPoetryDependency, readRequirement, type Wanted } from './wanted.ts';

/** A dependency of the project itself; with `extra`, only when that extra is asked for. */
export interface RootWanted extends Wanted {
  readonly extra?: string;
}

/** Groups and extras by normalised name. `groups` always has `main`. */
export interface ManifestDependencies {
  readonly groups: ReadonlyMap<string, readonly RootWanted[]>;
  readonly optionalGroups: readonly string[];
  readonly extras: readonly string[];
}

/** A manifest with its data checked. */
export interface Manifest {
  readonly document: TomlDocument;
  readonly data: Pyproject;
}

const placeOf = (document: TomlDocument, path: TomlPath, what: string): Place => ({
  document,
  path,
  subject: what,
});

const readTables = (
  document: TomlDocument,
  tables: DependencyTables | undefined,
  path: TomlPath,
): readonly Wanted[] =>
  Object.entries(tables ?? {})
    .filter(([name]) => name.toLowerCase() !== 'python')
    .flatMap(([name, specs]) =>
      readPoetryDependency(
        name,
        specs,
        placeOf(document, [...path, name], `dependency ${quoted(name)}`),
      ),
    );

const readTexts = (
  document: TomlDocument,
  texts: readonly string[],
  path: TomlPath,
): readonly Wanted[] =>
  texts.map((text, index) =>
    readRequirement(text, placeOf(document, [...path, index], `dependency ${quoted(text)}`)),
  );

/** A requirement of `[project]` with what `[tool.poetry.dependencies]` adds to it. */
const enrich = (requirement: RootWanted, addition: Wanted): RootWanted => {
  const { versions: own } = requirement;
  const versions =
    own !== undefined && addition.versions !== undefined
      ? intersection(own, addition.versions)
      : (own ?? addition.versions);
  const marker = combineMarkers('and', [requirement.marker, addition.marker]);
  const origin = requirement.origin ?? addition.origin;
  const constraints = [requirement.constraint, addition.constraint].filter((text) => text !== '');
  return {
    name: requirement.name,
    extras: requirement.extras,
    constraint: constraints.join(', '),
    ...(versions === undefined ? {} : { versions }),
    ...(marker === undefined ? {} : { marker }),
    optional: requirement.optional,
    ...(origin === undefined ? {} : { origin }),
    ...(addition.source === undefined ? {} : { source: addition.source }),
    path: requirement.path,
    ...(requirement.extra === undefined ? {} : { extra: requirement.extra }),
  };
};

/** Standard requirements are enriched by Poetry's of the same name; without any, Poetry's count. */
const merge = (
  standard: readonly RootWanted[],
  poetry: readonly RootWanted[],
): readonly RootWanted[] => {
  if (standard.length === 0) return poetry;
  return standard.flatMap((requirement) => {
    const additions = poetry.filter(({ name }) => name === requirement.name);
    return additions.length === 0
      ? [requirement]
      : additions.map((addition) => enrich(requirement, addition));
  });
};

/** Ties Poetry's optional dependencies to the extras that list them; the others stay as they are. */
const tieExtras = (
  wanted: readonly Wanted[],
  extras: ReadonlyMap<string, ReadonlySet<string>>,
): readonly RootWanted[] =>
  wanted.flatMap((dependency) => {
    if (!dependency.optional) return [dependency];
    return [...extras]
      .filter(([, names]) => names.has(dependency.name))
      .map(([extra]) => ({ ...dependency, extra }));
  });

const poetryExtras = ({ document, data }: Manifest): ReadonlyMap<string, ReadonlySet<string>> => {
  const extras = new Map<string, Set<string>>();
  for (const [extra, names] of Object.entries(data.tool?.poetry?.extras ?? {})) {
    const place = placeOf(document, ['tool', 'poetry', 'extras', extra], `extra ${quoted(extra)}`);
    const key = readAt(place, () => parseName(extra));
    const known = extras.get(key) ?? new Set<string>();
    for (const name of names) known.add(readAt(place, () => parseName(name)));
    extras.set(key, known);
  }
  return extras;
};

/** `[project.optional-dependencies]`, with references to other extras of the project followed. */
const projectExtras = ({
  document,
  data,
}: Manifest): ReadonlyMap<string, readonly RootWanted[]> => {
  const own = data.project?.name?.toLowerCase().replace(/[-_.]+/g, '-');
  const stated = new Map<string, readonly Wanted[]>();
  for (const [extra, texts] of Object.entries(data.project?.['optional-dependencies'] ?? {})) {
    const path = ['project', 'optional-dependencies', extra];
    const key = readAt(placeOf(document, path, `extra ${quoted(extra)}`), () => parseName(extra));
    stated.set(key, [...(stated.get(key) ?? []), ...readTexts(document, texts, path)]);
  }
  const expand = (extra: string): readonly Wanted[] => {
    const found: Wanted[] = [];
    // Grows while it is walked.
    const reached = new Set([extra]);
    for (const name of reached) {
      for (const wanted of stated.get(name) ?? []) {
        if (wanted.name !== own) found.push(wanted);
        else for (const other of wanted.extras) reached.add(other);
      }
    }
    return found;
  };
  return new Map(
    [...stated.keys()].map((extra) => [
      extra,
      expand(extra).map((wanted) => ({ ...wanted, optional: true, extra })),
    ]),
  );
};

const readMain = (manifest: Manifest) => {
  const { document, data } = manifest;
  const standard = readTexts(document, data.project?.dependencies ?? [], [
    'project',
    'dependencies',
  ]);
  const fromProject = projectExtras(manifest);
  const optional = [...fromProject.values()].flat();
  const isStandard = standard.length > 0 || fromProject.size > 0;
  const extrasOfPoetry = isStandard
    ? new Map<string, ReadonlySet<string>>()
    : poetryExtras(manifest);
  const poetry = readTables(document, data.tool?.poetry?.dependencies, [
    'tool',
    'poetry',
    'dependencies',
  ]);
  const extras = [...(isStandard ? fromProject : extrasOfPoetry).keys()].sort();
  if (!isStandard) return { wanted: tieExtras(poetry, extrasOfPoetry), extras };
  const all: readonly RootWanted[] = [...standard, ...optional];
  // With one of the two lists dynamic, Poetry's own table supplies it.
  const dynamic = data.project?.dynamic ?? [];
  const isMixed = dynamic.includes('dependencies') || dynamic.includes('optional-dependencies');
  const supplied = poetry.filter((dependency) => {
    if (!isMixed) return false;
    return dependency.optional ? optional.length === 0 : standard.length === 0;
  });
  const tied = tieExtras(supplied, poetryExtras(manifest));
  return {
    wanted: merge(
      [...all, ...tied.filter(({ name }) => !all.some((other) => other.name === name))],
      poetry,
    ),
    extras,
  };
};

interface RawGroup {
  readonly standard: readonly Wanted[];
  readonly poetry: readonly Wanted[];
  readonly includes: readonly { readonly name: string; readonly place: Place }[];
  readonly optional: boolean;
}

const emptyGroup: RawGroup = { standard: [], poetry: [], includes: [], optional: false };

const readInclude = (name: string, place: Place) => ({
  name: readAt(place, () => parseName(name)),
  place,
});

const readStandardGroup = (
  document: TomlDocument,
  items: readonly GroupItem[],
  path: TomlPath,
): Pick<RawGroup, 'standard' | 'includes'> => {
  const standard: Wanted[] = [];
  const includes: RawGroup['includes'][number][] = [];
  items.forEach((item, index) => {
    const place = placeOf(
      document,
      [...path, index],
      `dependency group ${quoted(String(path.at(-1)))}`,
    );
    if (typeof item === 'string') standard.push(readRequirement(item, place));
    else if (item['include-group'] !== undefined) {
      includes.push(readInclude(item['include-group'], place));
    } else {
      throw errorAt(place, 'MANIFEST_SHAPE', {
        text: `its member number ${index + 1} is neither a requirement nor an \`include-group\``,
      });
    }
  });
  return { standard, includes };
};

const readGroups = ({ document, data }: Manifest): ReadonlyMap<string, RawGroup> => {
  const groups = new Map<string, RawGroup>();
  const add = (name: string, path: TomlPath, part: Partial<RawGroup>): void => {
    const key = readAt(placeOf(document, path, `group ${quoted(name)}`), () => parseName(name));
    const known = groups.get(key) ?? emptyGroup;
    groups.set(key, {
      standard: [...known.standard, ...(part.standard ?? [])],
      poetry: [...known.poetry, ...(part.poetry ?? [])],
      includes: [...known.includes, ...(part.includes ?? [])],
      optional: known.optional || (part.optional ?? false),
    });
  };
  for (const [name, items] of Object.entries(data['dependency-groups'] ?? {})) {
    const path = ['dependency-groups', name];
    add(name, path, readStandardGroup(document, items, path));
  }
  for (const [name, group] of Object.entries(data.tool?.poetry?.group ?? {})) {
    const path = ['tool', 'poetry', 'group', name];
    const includes = (group['include-groups'] ?? []).map((included, index) =>
      readInclude(
        included,
        placeOf(document, [...path, 'include-groups', index], `group ${quoted(name)}`),
      ),
    );
    const poetry = readTables(document, group.dependencies, [...path, 'dependencies']);
    add(name, path, { poetry, includes, optional: group.optional ?? false });
  }
  const development = data.tool?.poetry?.['dev-dependencies'];
  if (development !== undefined) {
    const path = ['tool', 'poetry', 'dev-dependencies'];
    add('dev', path, { poetry: readTables(document, development, path) });
  }
  return groups;
};

/** Throws MANIFEST_SHAPE for an include of a group that is not there, or that includes the includer. */
const refuseInclude = ({ name, place }: RawGroup['includes'][number], exists: boolean): never => {
  const why = exists ? 'which includes it' : 'which does not exist';
  const text = `it includes the group ${quoted(name)}, ${why}`;
  throw errorAt(place, 'MANIFEST_SHAPE', { text });
};

/** The dependencies of a group and of those that it includes, to any depth; each group counts once. */
const expandGroup = (
  groups: ReadonlyMap<string, RawGroup>,
  start: string,
): readonly RootWanted[] => {
  const found: RootWanted[] = [];
  const seen = new Set<string>();
  const open = new Set<string>();
  const stack: { readonly name: string; readonly group: RawGroup; next: number }[] = [];
  const enter = (name: string, group: RawGroup): void => {
    found.push(...merge(group.standard, group.poetry));
    seen.add(name);
    open.add(name);
    stack.push({ name, group, next: 0 });
  };
  enter(start, groups.get(start) ?? emptyGroup);
  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    const include = frame.group.includes[frame.next];
    frame.next += 1;
    if (include === undefined) {
      open.delete(frame.name);
      stack.pop();
      continue;
    }
    const group = groups.get(include.name);
    if (group === undefined || open.has(include.name)) {
      return refuseInclude(include, group !== undefined);
    }
    if (!seen.has(include.name)) enter(include.name, group);
  }
  return found;
};

/** Each once, with the parts about extras of the project itself decided. */
const settle = (wanted: readonly RootWanted[]): readonly RootWanted[] => {
  const distinct = new Map<string, RootWanted>();
  for (const dependency of wanted) {
    const { path, marker, ...rest } = dependency;
    const asked = new Set(dependency.extra === undefined ? [] : [dependency.extra]);
    const decided = marker === undefined ? true : decideExtras(marker, asked);
    if (decided === false) continue;
    const settled = decided === true ? { ...rest, path } : { ...rest, path, marker: decided };
    distinct.set(JSON.stringify([rest, decided]), settled);
  }
  return [...distinct.values()];
};

/**
 * The dependencies of the project that a manifest states. Throws NAME_INVALID, SPECIFIER_INVALID,
 * MARKER_INVALID, REQUIREMENT_INVALID, or MANIFEST_SHAPE for a group that includes itself or one
 * that does not exist.
 */
export const readManifestDependencies = (manifest: Manifest): ManifestDependencies => {
  const main = readMain(manifest);
  const raw = readGroups(manifest);
  const groups = new Map<string, readonly RootWanted[]>([['main', settle(main.wanted)]]);
  for (const name of [...raw.keys()].sort()) {
    const before = name === 'main' ? (groups.get('main') ?? []) : [];
    groups.set(name, [...before, ...settle(expandGroup(raw, name))]);
  }
  const optionalGroups = [...raw].filter(([, group]) => group.optional).map(([name]) => name);
  return { groups, optionalGroups: optionalGroups.sort(), extras: main.extras };
};
