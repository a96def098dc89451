import type { Marker } from '../../graph/marker.ts';
import type { EdgeKind, LockedDependency, PackageId } from '../../graph/types.ts';
import { combineMarkers, formatMarker } from '../../standards/marker.ts';
import { parseName } from '../../standards/name.ts';
import { quoted } from '../../standards/quoted.ts';
import { formatSpecifierSet, tryParseSpecifierSet } from '../../standards/specifier.ts';
import { errorAt, type Place, readAt } from '../../standards/toml-document.ts';
import { formatVersion } from '../../standards/version.ts';
import { contains } from '../../standards/version-set.ts';
import type { LockContext } from './context.ts';
import { decideExtras, extrasOf, mentionsExtra } from './extra-marker.ts';
import { isAtLeast } from './lock-version.ts';
import type { Entries, Entry } from './packages.ts';
import { readPoetryDependency, type Wanted } from './wanted.ts';

/** What Poetry up to 1.4 left out of its locks, though packages require it. */
const leftOut: ReadonlySet<string> = new Set(['setuptools', 'distribute', 'pip', 'wheel']);

/** The members that fulfil the predicate, or all when none does. */
const preferred = <Item>(
  items: readonly Item[],
  isBetter: (item: Item) => boolean,
): readonly Item[] => {
  const better = items.filter(isBetter);
  return better.length > 0 ? better : items;
};

const originTypes = { git: ['git'], url: ['url'], path: ['file', 'directory'] } as const;

const fitsOrigin = (entry: Entry, { origin }: Wanted): boolean => {
  if (origin === undefined) return true;
  const types: readonly string[] = originTypes[origin.kind];
  return types.includes(entry.locked.source?.type ?? '');
};

const plainUrl = (url: string | undefined): string =>
  (url ?? '')
    .replace(/^git\+/, '')
    .replace(/\.git$|\/$/, '')
    .toLowerCase();

/** Tells packages of one name and kind of origin apart, where the dependency says more. */
const nearestOrigin = (entries: readonly Entry[], wanted: Wanted): readonly Entry[] => {
  const { origin, source: index } = wanted;
  if (index !== undefined) {
    const isPublic = index.toLowerCase() === 'pypi';
    return preferred(entries, ({ locked: { source } }) =>
      isPublic ? source === undefined : source?.reference === index,
    );
  }
  if (origin === undefined || entries.length < 2) return entries;
  const place = origin.kind === 'path' ? origin.path : origin.url;
  const sameUrl = preferred(
    entries,
    ({ locked }) => plainUrl(locked.source?.url) === plainUrl(place),
  );
  if (origin.kind !== 'git' || origin.reference === undefined) return sameUrl;
  return preferred(
    sameUrl,
    ({ locked: { source } }) =>
      source?.reference === origin.reference || source?.resolved_reference === origin.reference,
  );
};

/** The locked packages that a dependency allows, newest first. */
export const candidatesFor = (wanted: Wanted, entries: Entries): readonly PackageId[] => {
  const named = entries.byName.get(wanted.name) ?? [];
  const fitting = named.filter(
    (entry) =>
      fitsOrigin(entry, wanted) &&
      (wanted.versions === undefined || contains(wanted.versions, entry.version)),
  );
  return nearestOrigin(fitting, wanted).map(({ id }) => id);
};

const wantedText = ({ name, constraint }: Wanted): string =>
  quoted(constraint === '' ? name : `${name} (${constraint})`);

/** The error for a dependency that must be in the lock and is not. */
export const missingError = (wanted: Wanted, entries: Entries, place: Place) => {
  const named = entries.byName.get(wanted.name) ?? [];
  const hint = 'lock again with `poetry lock`';
  if (named.length === 0) {
    const text = `it depends on ${wantedText(wanted)}, which is not in the lock`;
    return errorAt(place, 'LOCK_DANGLING', { text, hint });
  }
  const locked = named.map(({ version }) => formatVersion(version)).join(', ');
  const from = wanted.origin === undefined ? '' : ` from its ${wanted.origin.kind}`;
  const text = `it depends on ${wantedText(wanted)}${from}, but ${locked} is what the lock has`;
  return errorAt(place, 'LOCK_CONTRADICTION', { text, hint });
};

/** An edge, without its candidates' part. */
export interface EdgeOptions {
  readonly kind: EdgeKind;
  readonly marker?: Marker | undefined;
  readonly extra?: string | undefined;
}

/** Makes an edge from a dependency that has candidates. */
export const makeEdge = (
  wanted: Wanted,
  candidates: readonly PackageId[],
  { kind, marker, extra }: EdgeOptions,
): LockedDependency => ({
  name: wanted.name,
  extras: wanted.extras,
  candidates,
  ...(marker === undefined ? {} : { marker }),
  ...(extra === undefined ? {} : { extra }),
  kind,
});

/** `[package.extras]` turned around: which extras list a package. Only its names count. */
const extrasListing = (entry: Entry): ReadonlyMap<string, readonly string[]> => {
  const listing = new Map<string, Set<string>>();
  for (const [extra, texts] of Object.entries(entry.locked.extras ?? {})) {
    const place = { ...entry.place, path: [...entry.place.path, 'extras', extra] };
    const extraName = readAt(place, () => parseName(extra));
    texts.forEach((text, index) => {
      const name = /^\s*(?<name>[A-Za-z0-9][A-Za-z0-9._-]*)/.exec(text)?.groups?.['name'];
      if (name === undefined) {
        throw errorAt({ ...place, path: [...place.path, index] }, 'REQUIREMENT_INVALID', {
          text: `${quoted(text)} in its extra ${quoted(extra)} begins with no package name`,
        });
      }
      const key = name.replace(/[-_.]+/g, '-').toLowerCase();
      const known = listing.get(key) ?? new Set();
      listing.set(key, known.add(extraName));
    });
  }
  return new Map([...listing].map(([name, extras]) => [name, [...extras].sort()]));
};

/** The marker of a dependency when exactly `extras` are asked for; false when it cannot hold then. */
const markerWith = (wanted: Wanted, extras: readonly string[]): Marker | undefined | false => {
  if (wanted.marker === undefined) return undefined;
  const decided = decideExtras(wanted.marker, new Set(extras));
  return decided === true ? undefined : decided;
};

/** The edges of one dependency of a package: a plain one, or one for each extra that asks for it. */
const edgesOf = (
  wanted: Wanted,
  candidates: readonly PackageId[],
  { listed, isOld }: { readonly listed: readonly string[]; readonly isOld: boolean },
): readonly LockedDependency[] => {
  const isConditional = mentionsExtra(wanted.marker);
  if (!wanted.optional && !isConditional) {
    return [makeEdge(wanted, candidates, { kind: 'runtime', marker: wanted.marker })];
  }
  const named = wanted.marker === undefined ? [] : extrasOf(wanted.marker);
  const extras = [...new Set([...listed, ...named])].sort();
  const plain = markerWith(wanted, []);
  // Up to 1.0 an optional dependency is recorded only when something asks for it.
  const isPlain = wanted.optional ? isOld && extras.length === 0 : plain !== false;
  const edges = extras.flatMap((extra) => {
    const marker = markerWith(wanted, [extra]);
    return marker === false
      ? []
      : [makeEdge(wanted, candidates, { kind: 'runtime', marker, extra })];
  });
  return isPlain && plain !== false
    ? [makeEdge(wanted, candidates, { kind: 'runtime', marker: plain }), ...edges]
    : edges;
};

/**
 * Up to 1.0 only a package says on which platforms it is wanted, not those who require it. The
 * edges get that marker: a dependency that nothing locked can serve on a platform is none there.
 */
const withTargetMarker = (
  edge: LockedDependency,
  markers: ReadonlyMap<PackageId, Marker | undefined>,
): LockedDependency => {
  const target = combineMarkers(
    'or',
    edge.candidates.map((id) => markers.get(id)),
  );
  const marker = combineMarkers('and', [edge.marker, target]);
  return marker === undefined ? edge : { ...edge, marker };
};

/** What of the lock the edges of one package need besides the package. */
export interface EdgeContext {
  readonly context: LockContext;
  readonly entries: Entries;
  readonly markers: ReadonlyMap<PackageId, Marker | undefined>;
}

/** Whether a dependency that is not in the lock is one that this Poetry never put there. */
export const isLeftOut = (wanted: Wanted, entries: Entries, { version }: LockContext): boolean =>
  leftOut.has(wanted.name) && !isAtLeast(version, 2, 1) && !entries.byName.has(wanted.name);

/** Records that a package, or the project when none is given, requires what this Poetry leaves out. */
export const reportLeftOut = (context: LockContext, wanted: Wanted, entry?: Entry): void => {
  const specifier = tryParseSpecifierSet(wanted.constraint);
  const owner =
    entry === undefined ? 'the project' : `${entry.name} ${formatVersion(entry.version)}`;
  context.gaps.push({
    ...(entry === undefined ? {} : { package: entry.id }),
    kind: 'dependencies',
    requirement: wanted.name + (specifier === undefined ? '' : formatSpecifierSet(specifier)),
    message: `${owner}: the lock leaves out ${wantedText(wanted)}`,
  });
};

/**
 * The dependencies of a locked package. One that is not in the lock is left out when it is
 * optional or has a marker (Poetry leaves out what cannot be wanted), else LOCK_DANGLING; when no
 * locked version satisfies it, LOCK_CONTRADICTION.
 */
export const readEdges = (edgeContext: EdgeContext, entry: Entry): readonly LockedDependency[] => {
  const { context, entries, markers } = edgeContext;
  const isOld = !isAtLeast(context.version, 1, 1);
  const listing = extrasListing(entry);
  const edges: LockedDependency[] = [];
  for (const [name, specs] of Object.entries(entry.locked.dependencies ?? {})) {
    const place = { ...entry.place, path: [...entry.place.path, 'dependencies', name] };
    for (const wanted of readPoetryDependency(name, specs, place)) {
      const candidates = candidatesFor(wanted, entries);
      if (candidates.length > 0) {
        const listed = listing.get(wanted.name) ?? [];
        edges.push(...edgesOf(wanted, candidates, { listed, isOld }));
      } else if (!wanted.optional && wanted.marker === undefined) {
        if (!isLeftOut(wanted, entries, context)) {
          throw missingError(wanted, entries, { ...place, path: wanted.path });
        }
        reportLeftOut(context, wanted, entry);
      }
    }
  }
  const narrowed = isOld ? edges.map((edge) => withTargetMarker(edge, markers)) : edges;
  return [...narrowed].sort(byNameAndMarker);
};

const sortKey = ({ name, extra, marker }: LockedDependency): string =>
  JSON.stringify([name, extra ?? '', marker === undefined ? '' : formatMarker(marker)]);

/** Order of edges in a graph, which never depends on the lock's own order. */
export const byNameAndMarker = (a: LockedDependency, b: LockedDependency): number => {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  const [left, right] = [sortKey(a), sortKey(b)];
  return left === right ? 0 : left < right ? -1 : 1;
};
