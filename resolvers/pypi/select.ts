import { Lock2nixError } from '../../graph/errors.ts';
import { type Platform, platformName } from '../../graph/platform.ts';
import {
  type LockedDependency,
  type LockedGraph,
  type LockedRoot,
  type PackageId,
  type PythonTarget,
  packageId,
} from '../../graph/types.ts';
import type { MinorEvaluation, PatchRange } from '../../standards/marker-environment.ts';
import { createJudge, type Judge } from './judge.ts';
import { evaluatePython, narrow } from './python-range.ts';

/** What part of a lock is wanted: groups besides `main`, and extras of the roots. */
export interface Wanted {
  readonly groups: readonly string[];
  readonly extras: readonly string[];
}

/** A dependency that holds on the platform, with the package that was picked for it. */
export interface ActiveEdge {
  readonly dependency: LockedDependency;
  readonly to: PackageId;
}

/** What a lock means on one platform, for the patch releases of `patchRange`. */
export interface Selection {
  readonly packages: ReadonlySet<PackageId>;
  readonly edges: ReadonlyMap<PackageId, readonly ActiveEdge[]>;
  readonly patchRange: PatchRange;
}

interface Asker {
  readonly asker: string;
  readonly candidates: readonly PackageId[];
}

interface Walk {
  readonly candidates: ReadonlyMap<string, readonly PackageId[]>;
  readonly edges: ReadonlyMap<PackageId, readonly ActiveEdge[]>;
  /** Who asks for a name, and what of it each would take. */
  readonly askers: ReadonlyMap<string, readonly Asker[]>;
  readonly patchRange: PatchRange;
}

/** The id of a root's own package; told apart from a locked package of its name and version. */
export const rootId = (
  { packages }: LockedGraph,
  { name, version = '0' }: LockedRoot,
): PackageId =>
  packages.has(packageId(name, version))
    ? packageId(name, version, 'root')
    : packageId(name, version);

/** More than any lock needs; locks whose picks never settle contradict themselves. */
const maximumRounds = 100;

const append = <Key, Item>(map: Map<Key, Item[]>, key: Key, item: Item): void => {
  const items = map.get(key);
  if (items === undefined) map.set(key, [item]);
  else items.push(item);
};

/** The dependencies of a root that are wanted, each with whether it is one of the root's own. */
const rootDependencies = (
  { groups }: LockedRoot,
  wanted: Wanted,
): readonly { readonly dependency: LockedDependency; readonly isOwn: boolean }[] =>
  ['main', ...wanted.groups]
    .filter((group) => Object.hasOwn(groups, group))
    .flatMap((group) =>
      // Development groups are part of the environment, not of what the root itself needs.
      (groups[group] ?? []).map((dependency) => ({ dependency, isOwn: group === 'main' })),
    )
    .filter(({ dependency: { extra } }) => extra === undefined || wanted.extras.includes(extra));

/** One pass from the roots along `picks`; collects what each name may be, and who asks for it. */
const walkOnce = (
  graph: LockedGraph,
  wanted: Wanted,
  { judge, picks }: { judge: Judge; picks: ReadonlyMap<string, PackageId> },
): Walk => {
  const candidates = new Map<string, readonly PackageId[]>();
  const edges = new Map<PackageId, ActiveEdge[]>();
  const askers = new Map<string, Asker[]>();
  const seenExtras = new Map<PackageId, Set<string>>();
  const queue: { readonly id: PackageId; readonly extras: readonly string[] }[] = [];
  let patchRange: PatchRange = {};
  const isTrue = ({ value, patchRange: range }: MinorEvaluation): boolean => {
    if (range !== undefined) patchRange = narrow(patchRange, range);
    return value;
  };

  const follow = (asker: string, dependency: LockedDependency, owner?: PackageId): void => {
    if (!isTrue(judge.holds(dependency))) return;
    const { name, extras } = dependency;
    const usable = dependency.candidates.filter((id) => isTrue(judge.isUsable(id)));
    const both = candidates.get(name)?.filter((id) => usable.includes(id)) ?? usable;
    candidates.set(name, both);
    append(askers, name, { asker, candidates: dependency.candidates });
    const pick = picks.get(name) ?? both[0];
    if (pick === undefined) return;
    if (owner !== undefined) append(edges, owner, { dependency, to: pick });
    queue.push({ id: pick, extras });
  };

  for (const root of graph.roots) {
    for (const { dependency, isOwn } of rootDependencies(root, wanted)) {
      follow(root.name, dependency, isOwn ? rootId(graph, root) : undefined);
    }
  }
  for (let item = queue.pop(); item !== undefined; item = queue.pop()) {
    const { id, extras } = item;
    const first = !seenExtras.has(id);
    const seen = seenExtras.get(id) ?? new Set<string>();
    seenExtras.set(id, seen);
    const fresh = extras.filter((extra) => !seen.has(extra));
    for (const extra of fresh) seen.add(extra);
    for (const dependency of graph.packages.get(id)?.dependencies ?? []) {
      const now = dependency.extra === undefined ? first : fresh.includes(dependency.extra);
      if (now) follow(id, dependency, id);
    }
  }
  return { candidates, edges, askers, patchRange };
};

const contradiction = (
  name: string,
  walk: Walk,
  { judge, platform }: { judge: Judge; platform: Platform },
): Lock2nixError => {
  const all = walk.askers.get(name) ?? [];
  const askers = [...new Set(all.map(({ asker }) => asker))].sort();
  const unfit = [...new Set(all.flatMap(({ candidates }) => candidates))]
    .filter((id) => !judge.isUsable(id).value)
    .sort();
  const because = unfit.length === 0 ? '' : `; not for this Python and system: ${unfit.join(', ')}`;
  return new Lock2nixError(
    'LOCK_CONTRADICTION',
    `no locked version of \`${name}\` serves all who ask for it on ${platformName(platform)}: ${askers.join(', ')}${because}`,
    {
      hint: 'lock again with the tool that wrote the lock, or name another `--python` or `--systems`',
    },
  );
};

/** The patch releases that the lock as a whole is for. */
const lockRange = ({ requiresPython }: LockedGraph, target: PythonTarget): PatchRange => {
  if (requiresPython === undefined) return {};
  const { value, patchRange = {} } = evaluatePython(requiresPython, target);
  // A release newer than all that are known was checked when the target was chosen.
  return value ? patchRange : {};
};

/**
 * Picks one package of each name for a platform: the best that every dependency which holds there
 * accepts. Repeats until the picks carry themselves, since a pick decides which dependencies there
 * are. Throws LOCK_CONTRADICTION when a name is left with nothing, MARKER_INVALID for a marker
 * without a meaning.
 */
export const select = (
  graph: LockedGraph,
  target: PythonTarget,
  { platform, wanted }: { platform: Platform; wanted: Wanted },
): Selection => {
  const judge = createJudge(graph, target, platform);
  let picks: ReadonlyMap<string, PackageId> = new Map();
  for (let round = 0; round < maximumRounds; round += 1) {
    const walk = walkOnce(graph, wanted, { judge, picks });
    const next = new Map<string, PackageId>();
    for (const [name, [best]] of walk.candidates) if (best !== undefined) next.set(name, best);
    const settled = [...next].every(([name, id]) => picks.get(name) === id);
    if (settled && next.size === picks.size) {
      for (const [name, candidates] of walk.candidates) {
        if (candidates.length === 0) throw contradiction(name, walk, { judge, platform });
      }
      const patchRange = narrow(lockRange(graph, target), walk.patchRange);
      return { packages: new Set(next.values()), edges: walk.edges, patchRange };
    }
    picks = next;
  }
  throw new Lock2nixError(
    'LOCK_CONTRADICTION',
    `the locked versions never settle on ${platformName(platform)}`,
    { hint: 'lock again with the tool that wrote the lock' },
  );
};
