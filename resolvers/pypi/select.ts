import { Lock2nixError } from '../../graph/errors.ts';
import { type Platform, platformName } from '../../graph/platform.ts';
import {
  type LockedDependency,
  type LockedGraph,
  type LockedPackage,
  type LockedRoot,
  type PackageId,
  type PythonTarget,
  packageId,
} from '../../graph/types.ts';
import { evaluateForMinor, type PatchRange } from '../../standards/marker-environment.ts';
import { specifierContains, tryParseSpecifierSet } from '../../standards/specifier.ts';
import { parseVersion } from '../../standards/version.ts';

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

/** What a lock means on one platform. `patchRange` is there when a marker looked at the patch release. */
export interface Selection {
  readonly packages: ReadonlySet<PackageId>;
  readonly edges: ReadonlyMap<PackageId, readonly ActiveEdge[]>;
  readonly patchRange: PatchRange;
}

interface Walk {
  readonly candidates: Map<string, readonly PackageId[]>;
  readonly edges: Map<PackageId, ActiveEdge[]>;
  readonly askers: Map<string, string[]>;
}

interface Judge {
  /** Whether a dependency or a package holds here at all. */
  readonly holds: (item: Pick<LockedDependency, 'marker'>) => boolean;
  readonly usable: (id: PackageId) => boolean;
}

/** The id of a root's own package. */
export const rootId = (root: LockedRoot): PackageId => packageId(root.name, root.version ?? '0');

/** More than any lock needs; locks whose picks never settle contradict themselves. */
const maximumRounds = 100;

/** The patch release that stands for "any, the newest": no minor version reaches it. */
const newestPatch = 99;

const judgeFor = (
  graph: LockedGraph,
  target: PythonTarget,
  { platform, onRange }: { platform: Platform; onRange: (range: PatchRange) => void },
): Judge => {
  const version = parseVersion(target.fullVersion ?? `${target.version}.${newestPatch}`);
  const holds: Judge['holds'] = ({ marker }) => {
    if (marker === undefined) return true;
    const { value, patchRange } = evaluateForMinor(marker, target, platform);
    if (patchRange !== undefined) onRange(patchRange);
    return value;
  };
  const allowsPython = ({ requiresPython }: LockedPackage): boolean => {
    const set = requiresPython === undefined ? undefined : tryParseSpecifierSet(requiresPython);
    return set === undefined || specifierContains(set, version, { prereleases: true });
  };
  const known = new Map<PackageId, boolean>();
  const usable: Judge['usable'] = (id) => {
    const before = known.get(id);
    if (before !== undefined) return before;
    const locked = graph.packages.get(id);
    const answer = locked !== undefined && holds(locked) && allowsPython(locked);
    known.set(id, answer);
    return answer;
  };
  return { holds, usable };
};

/** One pass from the roots along `picks`; collects what each name may be, and who asks for it. */
const walkOnce = (
  graph: LockedGraph,
  wanted: Wanted,
  { judge, picks }: { judge: Judge; picks: ReadonlyMap<string, PackageId> },
): Walk => {
  const walk: Walk = { candidates: new Map(), edges: new Map(), askers: new Map() };
  const seenExtras = new Map<PackageId, Set<string>>();
  const queue: { readonly id: PackageId; readonly extras: readonly string[] }[] = [];

  const follow = (asker: string, dependency: LockedDependency, owner?: PackageId): void => {
    if (!judge.holds(dependency)) return;
    const usable = dependency.candidates.filter(judge.usable);
    const before = walk.candidates.get(dependency.name);
    const both = before === undefined ? usable : before.filter((id) => usable.includes(id));
    walk.candidates.set(dependency.name, both);
    const askers = walk.askers.get(dependency.name) ?? [];
    askers.push(asker);
    walk.askers.set(dependency.name, askers);
    const pick = picks.get(dependency.name) ?? both[0];
    if (pick === undefined) return;
    if (owner !== undefined) {
      walk.edges.set(owner, [...(walk.edges.get(owner) ?? []), { dependency, to: pick }]);
    }
    queue.push({ id: pick, extras: dependency.extras });
  };

  for (const root of graph.roots) {
    for (const group of ['main', ...wanted.groups]) {
      for (const dependency of root.groups[group] ?? []) {
        if (dependency.extra === undefined || wanted.extras.includes(dependency.extra)) {
          // Development groups are part of the environment, not of what the root itself needs.
          follow(root.name, dependency, group === 'main' ? rootId(root) : undefined);
        }
      }
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
  return walk;
};

const contradiction = (name: string, walk: Walk, platform: Platform): Lock2nixError => {
  const askers = [...new Set(walk.askers.get(name))].sort();
  return new Lock2nixError(
    'LOCK_CONTRADICTION',
    `no locked version of \`${name}\` serves all who ask for it on ${platformName(platform)}: ${askers.join(', ')}`,
    {
      hint: 'lock again with the tool that wrote the lock, or name another `--python` or `--systems`',
    },
  );
};

/**
 * Picks one package of each name for a platform: the best that every dependency which holds there
 * accepts. Repeats until the picks carry themselves, since a pick decides which dependencies there
 * are. Throws LOCK_CONTRADICTION when a name is left with nothing.
 */
export const select = (
  graph: LockedGraph,
  target: PythonTarget,
  { platform, wanted }: { platform: Platform; wanted: Wanted },
): Selection => {
  let range: PatchRange = {};
  const judge = judgeFor(graph, target, {
    platform,
    onRange: (other) => {
      range = narrow(range, other);
    },
  });
  let picks: ReadonlyMap<string, PackageId> = new Map();
  for (let round = 0; round < maximumRounds; round += 1) {
    const walk = walkOnce(graph, wanted, { judge, picks });
    const next = new Map<string, PackageId>();
    for (const [name, [best]] of walk.candidates) if (best !== undefined) next.set(name, best);
    const settled = [...next].every(([name, id]) => picks.get(name) === id);
    if (settled && next.size === picks.size) {
      for (const [name, candidates] of walk.candidates) {
        if (candidates.length === 0) throw contradiction(name, walk, platform);
      }
      return { packages: new Set(next.values()), edges: walk.edges, patchRange: range };
    }
    picks = next;
  }
  throw new Lock2nixError(
    'LOCK_CONTRADICTION',
    `the locked versions never settle on ${platformName(platform)}`,
    { hint: 'lock again with the tool that wrote the lock' },
  );
};

/** The patch releases that both ranges hold. */
export const narrow = (one: PatchRange, other: PatchRange): PatchRange => {
  const later = (
    a: string | undefined,
    b: string | undefined,
    sign: 1 | -1,
  ): string | undefined => {
    if (a === undefined || b === undefined) return a ?? b;
    return Math.sign(patchOf(a) - patchOf(b)) === sign ? a : b;
  };
  const from = later(one.from, other.from, 1);
  const to = later(one.to, other.to, -1);
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
};

const patchOf = (version: string): number => parseVersion(version).release[2] ?? 0;
