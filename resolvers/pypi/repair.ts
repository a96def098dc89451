/** Dependencies that a lock may not know of, from the metadata of what it locks. */
import { type Diagnostic, isLock2nixError } from '../../graph/errors.ts';
import type { Marker } from '../../graph/marker.ts';
import { type Platform, type PlatformName, platformName } from '../../graph/platform.ts';
import type { IndexChoice } from '../../graph/requirements.ts';
import type {
  Gap,
  LockedArtifact,
  LockedDependency,
  LockedGraph,
  LockedPackage,
  PackageId,
  PythonTarget,
} from '../../graph/types.ts';
import { formatMarker } from '../../standards/marker.ts';
import { evaluateForMinor } from '../../standards/marker-environment.ts';
import { parseSpecifierSet, specifierContains } from '../../standards/specifier.ts';
import { tryParseVersion } from '../../standards/version.ts';
import type { DistributionMetadata, IndexFile, PackageIndex, Registry } from '../registry/types.ts';
import { developmentWanted } from './development.ts';
import { inOrder } from './in-order.ts';
import { byText } from './merge.ts';
import type { ReadPath } from './path-facts.ts';
import { type Selection, select, type Wanted } from './select.ts';
import { findDirect } from './solve/direct.ts';
import { type Need, needsFor } from './solve/needs.ts';

export interface RepairContext {
  readonly python: PythonTarget;
  readonly platforms: readonly Platform[];
  readonly index: PackageIndex;
  readonly registry: Registry;
  readonly readPath: ReadPath;
  /** The indexes of packages whose lock names none. */
  readonly indexes: IndexChoice;
}

type Found = Pick<DistributionMetadata, 'requiresDist' | 'extras' | 'reliable'>;

const isWheel = ({ fileName }: IndexFile): boolean => fileName.endsWith('.whl');

/** Of the index's files those that the lock trusts; wheels first, whose metadata cost least. */
const trustedFiles = (
  { artifacts, hashes = [] }: LockedPackage,
  files: readonly IndexFile[],
): readonly IndexFile[] => {
  const names = new Set(artifacts.map(({ fileName }) => fileName));
  const sris = new Set(hashes.map(({ sri }) => sri));
  return files
    .filter((file) => names.has(file.fileName) || file.sris.some((sri) => sris.has(sri)))
    .toSorted((a, b) => Number(isWheel(b)) - Number(isWheel(a)) || byText(a.fileName, b.fileName));
};

/** The hashes of the lock stand before those of the index. */
const withLockHashes = (file: IndexFile, { artifacts }: LockedPackage): IndexFile => {
  const locked = artifacts.find(({ fileName }) => fileName === file.fileName)?.integrities ?? [];
  const sris = locked.flatMap(({ of, sri }) => (of === 'file' ? [sri] : []));
  return sris.length === 0 ? file : { ...file, sris: [...new Set([...sris, ...file.sris])] };
};

const fromIndex = async (
  locked: LockedPackage,
  { index, indexes }: RepairContext,
): Promise<Found | undefined> => {
  const { name, version } = locked;
  const listing = await index.project(name, indexes, locked.index);
  const key = tryParseVersion(version)?.key;
  const release = listing?.releases.find((each) => each.version.key === key);
  if (release === undefined) return undefined;
  for (const file of trustedFiles(locked, release.files).slice(0, 2)) {
    const found = await index.metadata({
      name,
      version: release.text,
      index: release.index,
      file: withLockHashes(file, locked),
    });
    if (found !== undefined) return found;
  }
  return undefined;
};

const fromSource = async (
  { name }: LockedPackage,
  { source, integrities }: LockedArtifact,
  { index, readPath, registry }: RepairContext,
): Promise<Found | undefined> => {
  if (source.kind === 'index' || source.kind === 'registry') return undefined;
  if (source.kind === 'path' && source.path.endsWith('.whl')) return undefined;
  const { direct } = await findDirect(
    { source, name, integrities, text: name, origin: 'the lock' },
    { index, registry, readPath, keptCommits: new Map() },
  );
  return direct.facts;
};

/** What metadata say; undefined where there are none, or where a build may say more. */
const findMetadata = async (
  locked: LockedPackage,
  context: RepairContext,
): Promise<Found | undefined> => {
  const [first] = locked.artifacts;
  const isOfIndex =
    first === undefined || first.source.kind === 'index' || first.source.kind === 'registry';
  const found = isOfIndex
    ? await fromIndex(locked, context)
    : await fromSource(locked, first, context);
  if (found === undefined || (!found.reliable && found.requiresDist.length === 0)) return undefined;
  return found;
};

interface Repaired {
  readonly id: PackageId;
  readonly needs: readonly { readonly need: Need; readonly extra?: string }[];
}

/** All that a package requires, by extra; undefined when something cannot be read. */
const needsIn = ({ requiresDist, extras }: Found): Repaired['needs'] | undefined => {
  const all: { readonly need: Need; readonly extra?: string }[] = [];
  for (const extra of [undefined, ...extras]) {
    const needs = needsFor(requiresDist, extra);
    if ('why' in needs) return undefined;
    all.push(...needs.map((need) => (extra === undefined ? { need } : { need, extra })));
  }
  return all;
};

const fits = ({ specifier }: Need, { version }: LockedPackage): boolean =>
  specifier === undefined || specifierContains(parseSpecifierSet(specifier), version);

/** The dependency on what the lock holds of a name; what does not fit is taken where nothing else is. */
const edgeOf = (
  { need, extra }: Repaired['needs'][number],
  locked: readonly LockedPackage[],
): LockedDependency => {
  const fitting = locked.filter((each) => fits(need, each));
  const candidates = (fitting.length === 0 ? locked : fitting).map(({ id }) => id);
  const { name, extras, marker, text } = need;
  return {
    name,
    extras,
    candidates,
    ...(marker === undefined ? {} : { marker }),
    ...(extra === undefined ? {} : { extra }),
    kind: 'runtime',
    text,
  };
};

const isUnknown = ({ kind, package: id, requirement }: Gap): boolean =>
  kind === 'dependencies' && requirement === undefined && id !== undefined;

const withMarker = (text: string, marker: Marker | undefined): string =>
  marker === undefined ? text : `${text} ; ${formatMarker(marker)}`;

const enumerate = (texts: readonly string[]): string =>
  texts.map((each) => `\`${each}\``).join(', ');

const noteOf = (
  { id, needs }: Repaired,
  held: (name: string) => readonly LockedPackage[],
): readonly Diagnostic[] => {
  const plain = needs.filter(({ extra }) => extra === undefined).map(({ need }) => need);
  if (plain.length === 0) return [];
  const odd = plain.filter((need) => {
    const own = held(need.name);
    return own.length > 0 && !own.some((each) => fits(need, each));
  });
  return [
    {
      severity: 'note',
      code: 'dependencies-repaired',
      message: `\`${id}\` requires ${enumerate(plain.map(({ text, marker }) => withMarker(text, marker)))} by its metadata, which the lock does not record`,
    },
    ...odd.map(
      ({ name, text }): Diagnostic => ({
        severity: 'warning',
        code: 'contradiction',
        message: `${text} (${id}) is not met: the lock holds ${held(name)
          .map((each) => `\`${each.id}\``)
          .join(', ')}`,
      }),
    ),
  ];
};

interface Selected {
  readonly platform: Platform;
  readonly selection: Selection;
}

/** What development has besides; that it cannot be had is told when it is pinned. */
const selectMore = (
  graph: LockedGraph,
  {
    python,
    platform,
    wanted,
  }: { readonly python: PythonTarget; readonly platform: Platform; readonly wanted: Wanted },
): readonly Selected[] => {
  try {
    return [{ platform, selection: select(graph, python, { platform, wanted }) }];
  } catch (error) {
    if (!isLock2nixError(error)) throw error;
    return [];
  }
};

export interface RepairedGraph {
  readonly graph: LockedGraph;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Completes what a lock may not know the dependencies of, as far as it is wanted: what it holds gets
 * edges, what it lacks becomes gaps that are filled. What has no metadata stays a gap. Throws what
 * the registry throws.
 */
export const repairLock = async (
  locked: LockedGraph,
  wanted: Wanted,
  context: RepairContext,
): Promise<RepairedGraph> => {
  if (!locked.gaps.some(isUnknown)) return { graph: locked, diagnostics: [] };
  const { python, platforms } = context;
  const more = developmentWanted(locked, wanted);
  const byName = new Map<string, LockedPackage[]>();
  for (const each of locked.packages.values())
    byName.set(each.name, [...(byName.get(each.name) ?? []), each]);
  const held = (name: string): readonly LockedPackage[] => byName.get(name) ?? [];

  const asked = new Set<PackageId>();
  const repaired = new Map<PackageId, Repaired>();
  const unknown = new Set(locked.gaps.flatMap((gap) => (isUnknown(gap) ? [gap.package] : [])));
  let graph = locked;
  let selections: readonly Selected[] = [];
  for (;;) {
    const now = graph;
    selections = platforms.flatMap((platform) => [
      { platform, selection: select(now, python, { platform, wanted }) },
      ...(more === undefined ? [] : selectMore(now, { python, platform, wanted: more })),
    ]);
    const present = new Set(selections.flatMap(({ selection }) => [...selection.packages]));
    const next = [...present].filter((id) => unknown.has(id) && !asked.has(id)).sort(byText);
    if (next.length === 0) break;
    const found = await inOrder(
      next.map(async (id) => {
        asked.add(id);
        const own = now.packages.get(id);
        const metadata = own === undefined ? undefined : await findMetadata(own, context);
        const needs = metadata === undefined ? undefined : needsIn(metadata);
        return needs === undefined ? undefined : { id, needs };
      }),
    );
    const packages = new Map(now.packages);
    for (const each of found) {
      const own = each === undefined ? undefined : packages.get(each.id);
      if (each === undefined || own === undefined) continue;
      repaired.set(each.id, each);
      // What the lock states stays as it is.
      const stated = new Set(own.dependencies.map(({ name }) => name));
      const edges = each.needs.flatMap((item) => {
        const mine = held(item.need.name);
        return mine.length === 0 || stated.has(item.need.name) ? [] : [edgeOf(item, mine)];
      });
      packages.set(each.id, { ...own, dependencies: [...own.dependencies, ...edges] });
    }
    graph = { ...now, packages };
  }

  /** The platforms on which a package is there, with an extra that somebody asks of it. */
  const placesOf = (id: PackageId, extra: string | undefined): readonly Platform[] =>
    platforms.filter((platform) =>
      selections.some(
        ({ platform: mine, selection }) =>
          mine === platform &&
          selection.packages.has(id) &&
          (extra === undefined ||
            [...selection.edges.values()]
              .flat()
              .some(({ to, dependency }) => to === id && dependency.extras.includes(extra))),
      ),
    );
  const lacking = [...repaired.values()]
    .sort((a, b) => byText(a.id, b.id))
    .flatMap(({ id, needs }) =>
      needs.flatMap(({ need, extra }): readonly Gap[] => {
        if (held(need.name).length > 0) return [];
        const { marker, text } = need;
        const foundFor: readonly PlatformName[] = placesOf(id, extra)
          .filter((each) => marker === undefined || evaluateForMinor(marker, python, each).value)
          .map(platformName);
        if (foundFor.length === 0) return [];
        const message = `\`${id}\` requires \`${text}\` by its metadata`;
        return [
          {
            package: id,
            kind: 'dependencies',
            requirement: withMarker(text, marker),
            foundFor,
            message,
          },
        ];
      }),
    );
  return {
    graph: {
      ...graph,
      gaps: [
        ...locked.gaps.filter(
          (gap) => !isUnknown(gap) || gap.package === undefined || !repaired.has(gap.package),
        ),
        ...lacking,
      ],
    },
    diagnostics: [...repaired.values()]
      .sort((a, b) => byText(a.id, b.id))
      .flatMap((each) => noteOf(each, held)),
  };
};
