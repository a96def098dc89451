/** The root of a lock that has no pyproject.toml beside it, as far as the lock itself says. */
import type { LockedDependency, LockedPackage, LockedRoot, PackageId } from '../../graph/types.ts';
import { formatMarker } from '../../standards/marker.ts';
import { parseName } from '../../standards/name.ts';
import { quoted } from '../../standards/quoted.ts';
import { errorAt, readAt } from '../../standards/toml-document.ts';
import { unnamedRoot } from '../shared/root.ts';
import type { LockContext } from './context.ts';
import { byNameAndMarker } from './edges.ts';
import { decideExtras } from './extra-marker.ts';
import { isAtLeast } from './lock-version.ts';
import { recordedMarker } from './package-marker.ts';
import type { Entries, Entry } from './packages.ts';
import { unrequired } from './unrequired.ts';

interface GroupMember {
  readonly entry: Entry;
  readonly extra?: string;
}

/** One dependency for each name, extra and marker; packages that share all three are its candidates. */
const dependenciesOn = (
  members: readonly GroupMember[],
  group: string,
): readonly LockedDependency[] => {
  const dependencies = new Map<string, LockedDependency>();
  for (const { entry, extra } of members) {
    const recorded = recordedMarker(entry, group);
    const asked = new Set(extra === undefined ? [] : [extra]);
    const decided = recorded === undefined ? true : decideExtras(recorded, asked);
    if (decided === false) continue;
    const marker = decided === true ? undefined : decided;
    const key = JSON.stringify([
      entry.name,
      extra ?? '',
      marker === undefined ? '' : formatMarker(marker),
    ]);
    dependencies.set(key, {
      name: entry.name,
      extras: [],
      candidates: [...(dependencies.get(key)?.candidates ?? []), entry.id],
      ...(marker === undefined ? {} : { marker }),
      ...(extra === undefined ? {} : { extra }),
      kind: group === 'main' ? 'runtime' : 'dev',
    });
  }
  return [...dependencies.values()].sort(byNameAndMarker);
};

/** The groups that the lock records for a package; undefined when it records none. */
const recordedGroups = ({ locked }: Entry): readonly string[] | undefined => {
  if (locked.groups !== undefined) return locked.groups;
  return locked.category === undefined ? undefined : [locked.category];
};

/** `[extras]` of the lock: the packages that each extra of the project asks for by itself. */
const extraMembers = (
  { document, lock }: LockContext,
  entries: Entries,
): ReadonlyMap<string, readonly Entry[]> => {
  const extras = new Map<string, readonly Entry[]>();
  for (const [extra, names] of Object.entries(lock.extras ?? {})) {
    const place = { document, path: ['extras', extra], subject: `extra ${quoted(extra)}` };
    const key = readAt(place, () => parseName(extra));
    const members = names.flatMap((name) => {
      const found = entries.byName.get(readAt(place, () => parseName(name)));
      if (found !== undefined) return found;
      throw errorAt(place, 'LOCK_DANGLING', {
        text: `it lists ${quoted(name)}, which is not in the lock`,
        hint: 'lock again with `poetry lock`',
      });
    });
    extras.set(key, [...new Set([...(extras.get(key) ?? []), ...members])]);
  }
  return extras;
};

const reportUnknownRoots = (context: LockContext, what: string): void => {
  const message = `${what}; taken are the packages that no other one requires`;
  context.gaps.push({ kind: 'roots', message });
  context.diagnostics.push({
    severity: 'warning',
    code: 'roots-unknown',
    message,
    hint: 'put the `pyproject.toml` of the project beside the lock',
    location: { file: context.document.file },
  });
};

/** Whom each package requires among `members` without an extra: which extras are asked for is unknown. */
const adjacency = (
  members: readonly Entry[],
  packages: ReadonlyMap<PackageId, LockedPackage>,
): ReadonlyMap<PackageId, readonly PackageId[]> => {
  const ids = new Set(members.map(({ id }) => id));
  return new Map(
    members.map(({ id }) => [
      id,
      (packages.get(id)?.dependencies ?? [])
        .filter(({ extra }) => extra === undefined)
        .flatMap(({ candidates }) => candidates)
        .filter((to) => ids.has(to)),
    ]),
  );
};

/**
 * Reads the root from the lock alone. From 2.1 on the lock records groups and markers of each
 * package, up to 1.0 its category and marker: each is a dependency of the root. Between them it
 * does not say when a package is wanted (1.1) or in which group (2.0): the packages that nobody
 * requires stand for the root's dependencies, and a `roots` gap says so.
 */
export const readLockRoot = (
  context: LockContext,
  entries: Entries,
  packages: ReadonlyMap<PackageId, LockedPackage>,
): LockedRoot => {
  const extras = extraMembers(context, entries);
  const mandatory = entries.all.filter(({ locked }) => !locked.optional);
  const groups = new Map<string, GroupMember[]>([['main', []]]);
  const knowsGroups = mandatory.every((entry) => recordedGroups(entry) !== undefined);
  const knowsMarkers = isAtLeast(context.version, 2, 1) || !isAtLeast(context.version, 1, 1);
  for (const entry of mandatory) {
    for (const group of knowsGroups ? (recordedGroups(entry) ?? []) : ['main']) {
      const place = { ...entry.place, path: [...entry.place.path, 'groups'] };
      const key = readAt(place, () => parseName(group));
      const members = groups.get(key);
      if (members === undefined) groups.set(key, [{ entry }]);
      else members.push({ entry });
    }
  }
  if (!knowsGroups || !knowsMarkers) {
    const what = knowsGroups
      ? 'the lock does not say which packages the project itself requires'
      : 'the lock does not say which packages the project itself requires, nor in which group';
    reportUnknownRoots(context, what);
    for (const [group, members] of groups) {
      const own = members.map(({ entry }) => entry);
      const top = new Set(
        unrequired(
          own.map(({ id }) => id),
          adjacency(own, packages),
        ),
      );
      groups.set(
        group,
        members.filter(({ entry }) => top.has(entry.id)),
      );
    }
  }
  const main = [...extras].flatMap(([extra, members]) =>
    members.map((entry) => ({ entry, extra })),
  );
  groups.set('main', [...(groups.get('main') ?? []), ...main]);
  const sorted = [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    name: unnamedRoot,
    groups: Object.fromEntries(
      sorted.map(([group, members]) => [group, dependenciesOn(members, group)]),
    ),
    extras: [...extras.keys()].sort(),
    scripts: [],
    metadata: {},
  };
};
