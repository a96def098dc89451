/** What the project asks: its requirements and bounds, for one group of platforms. */
import { isLock2nixError, Lock2nixError } from '../../../graph/errors.ts';
import { type Platform, platformName } from '../../../graph/platform.ts';
import type {
  AskedRequirement,
  ConstraintRule,
  RequirementSet,
} from '../../../graph/requirements.ts';
import type { Exclusion, Problem } from '../../solver/root.ts';
import type { Wanted } from '../select.ts';
import type { Circumstances } from './circumstances.ts';
import type { DirectFound } from './direct.ts';
import { keyOf } from './keys.ts';
import { boundsIn, changeOf } from './rules.ts';
import { type Asked, askedBy, type VersionSet, versionSets } from './sets.ts';
import { bareUrl, toldSource, toldUrl } from './source-text.ts';

/** A requirement of a root that is wanted, after the rules. */
export interface RootNeed {
  readonly root: string;
  readonly group: string;
  /** The root's extra that it belongs to. */
  readonly extra?: string;
  /** Normalised. */
  readonly name: string;
  readonly asked: AskedRequirement;
  readonly versions: Asked;
  /** For explanations. */
  readonly text: string;
  readonly origin: string;
  readonly direct?: DirectFound;
}

/** The direct sources that were looked into, by the requirement that names them. */
export type Directs = ReadonlyMap<AskedRequirement, DirectFound>;

export interface Wish {
  readonly root: string;
  readonly group: string;
  readonly extra?: string;
  readonly asked: AskedRequirement;
}

/** The requirements of the roots that are wanted, in their order. */
export const wishesOf = ({ roots }: RequirementSet, { groups, extras }: Wanted): readonly Wish[] =>
  roots.flatMap((root) => {
    const inGroups = ['main', ...groups]
      .filter((group) => Object.hasOwn(root.groups, group))
      .flatMap((group) =>
        (root.groups[group] ?? []).map((asked): Wish => ({ root: root.name, group, asked })),
      );
    const inExtras = extras
      .filter((extra) => Object.hasOwn(root.extras, extra))
      .flatMap((extra) =>
        (root.extras[extra] ?? []).map(
          (asked): Wish => ({ root: root.name, group: 'main', extra, asked }),
        ),
      );
    return [...inGroups, ...inExtras];
  });

const named = (directs: Directs, asked: AskedRequirement): string => {
  const name = asked.name ?? directs.get(asked)?.name;
  if (name === undefined) throw new Error(`nobody looked for the name of ${asked.text}`);
  return name;
};

const versionsOf = (asked: AskedRequirement): Asked => {
  try {
    return askedBy(asked.specifier);
  } catch (error) {
    if (!isLock2nixError(error)) throw error;
    throw new Lock2nixError(error.code, `${asked.origin}: ${error.message}`, { cause: error });
  }
};

const extrasText = (extras: readonly string[]): string =>
  extras.length === 0 ? '' : `[${extras.join(',')}]`;

/** The requirements with their names and with what the rules make of them. */
export const rootNeedsOf = (
  wishes: readonly Wish[],
  directs: Directs,
  {
    rules,
    fired,
  }: { readonly rules: readonly ConstraintRule[]; readonly fired: Set<ConstraintRule> },
): readonly RootNeed[] =>
  wishes.flatMap((wish): readonly RootNeed[] => {
    const { asked } = wish;
    const name = named(directs, asked);
    const change = changeOf(rules, wish.root, { name });
    if (change.kind !== 'kept') fired.add(change.rule);
    if (change.kind === 'ignored') return [];
    if (change.kind === 'kept') {
      const direct = directs.get(asked);
      return [
        {
          ...wish,
          name,
          versions: versionsOf(asked),
          text: asked.text,
          origin: asked.origin,
          ...(direct === undefined ? {} : { direct }),
        },
      ];
    }
    const { use = '', place } = change.rule;
    const text = `${name}${extrasText(asked.extras)}${use}`;
    return [{ ...wish, name, versions: askedBy(use), text, origin: place }];
  });

export interface Question {
  readonly problem: Problem<VersionSet>;
  /** The requirements that hold somewhere. */
  readonly needs: readonly RootNeed[];
  /** What requirements and constraints ask of each name. */
  readonly asked: ReadonlyMap<string, readonly Asked[]>;
  /** The hashes that files of a name may have. */
  readonly hashes: ReadonlyMap<string, ReadonlySet<string>>;
  /** The one index of a name. */
  readonly indexes: ReadonlyMap<string, string>;
  readonly directs: ReadonlyMap<string, DirectFound>;
}

const twoSources = (
  name: string,
  what: string,
  [one, other]: readonly [Place, Place],
): Lock2nixError =>
  new Lock2nixError(
    'UNSATISFIABLE',
    `\`${name}\` is asked for from two ${what}: ${one.value} (${one.origin}) and ${other.value} (${other.origin})`,
    { hint: `leave one of them` },
  );

interface Place {
  readonly value: string;
  /** What has to be the same. */
  readonly same: string;
  readonly origin: string;
}

/** What all who name something of a package agree on. Throws UNSATISFIABLE when they do not. */
const createAgreement = (what: string) => {
  const places = new Map<string, Place>();
  return (name: string, place: Place): void => {
    const known = places.get(name);
    if (known !== undefined && known.same !== place.same)
      throw twoSources(name, what, [known, place]);
    if (known === undefined) places.set(name, place);
  };
};

const requirementsOf = (needs: readonly RootNeed[]): Problem<VersionSet>['requirements'] =>
  needs.flatMap(({ asked, direct, name, origin, text, versions }) => {
    const set = direct === undefined ? versions.set : versionSets.full;
    return [undefined, ...asked.extras].map((extra) => ({
      package: keyOf(name, extra),
      set,
      text,
      origin,
    }));
  });

const exclusionOf = (
  name: string,
  {
    set,
    message,
    reason,
  }: { readonly set: VersionSet; readonly message: string; readonly reason: string },
): Exclusion<VersionSet> => ({
  package: name,
  set: versionSets.complement(set),
  cause: { kind: 'custom', reason, message },
});

const boundsOf = (
  constraints: readonly AskedRequirement[],
  rules: readonly ConstraintRule[],
): readonly Exclusion<VersionSet>[] => [
  ...constraints.flatMap((asked) =>
    asked.name === undefined || asked.source !== undefined || asked.specifier === undefined
      ? []
      : [
          exclusionOf(asked.name, {
            set: versionsOf(asked).set,
            reason: 'constraint',
            message: `is excluded by the constraint ${asked.text} (${asked.origin})`,
          }),
        ],
  ),
  ...boundsIn(rules).map(({ on, place, use = '' }) =>
    exclusionOf(on, {
      set: askedBy(use).set,
      reason: 'rule',
      message: `is excluded by the rule ${on}${use} (${place})`,
    }),
  ),
];

/** A set of hashes that all who state some allow. */
const narrowHashes = (
  hashes: Map<string, ReadonlySet<string>>,
  name: string,
  { integrities }: AskedRequirement,
): void => {
  if (integrities.length === 0) return;
  const mine = new Set(integrities.map(({ sri }) => sri));
  const known = hashes.get(name);
  hashes.set(name, known === undefined ? mine : new Set([...known].filter((sri) => mine.has(sri))));
};

const append = <T>(map: Map<string, T[]>, key: string, value: T): void => {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
};

/** Whether a requirement holds on any platform. Throws MARKER_INVALID with its place. */
export const holdsSomewhere = (
  { marker, text, origin }: AskedRequirement,
  { whereHolds }: Circumstances,
): boolean => {
  try {
    return whereHolds(marker).length > 0;
  } catch (error) {
    if (!isLock2nixError(error)) throw error;
    throw new Lock2nixError(error.code, `\`${text}\` (${origin}): ${error.message}`, {
      cause: error,
    });
  }
};

/**
 * The question for a group of platforms. Throws UNSATISFIABLE when a name is asked for from two
 * sources or indexes.
 */
export const questionOf = (
  {
    constraints,
    needs,
  }: { readonly constraints: readonly AskedRequirement[]; readonly needs: readonly RootNeed[] },
  { directs, rules }: { readonly directs: Directs; readonly rules: readonly ConstraintRule[] },
  circumstances: Circumstances,
): Question => {
  const active = needs.filter(({ asked }) => holdsSomewhere(asked, circumstances));
  const bounds = constraints.filter((each) => holdsSomewhere(each, circumstances));
  const asked = new Map<string, Asked[]>();
  const hashes = new Map<string, ReadonlySet<string>>();
  const indexes = new Map<string, string>();
  const sources = new Map<string, DirectFound>();
  const agreeOnSource = createAgreement('sources');
  const agreeOnIndex = createAgreement('indexes');
  const take = (name: string, each: AskedRequirement, origin: string): void => {
    narrowHashes(hashes, name, each);
    if (each.index !== undefined) {
      agreeOnIndex(name, { value: toldUrl(each.index), same: bareUrl(each.index), origin });
      indexes.set(name, each.index);
    }
    const direct = directs.get(each);
    if (direct === undefined || each.source === undefined) return;
    agreeOnSource(name, { value: toldSource(each.source), same: direct.direct.text, origin });
    sources.set(name, direct);
  };
  for (const need of active) {
    append(asked, need.name, need.versions);
    // A rule that replaces a requirement replaces its source, too.
    if (need.asked.source === undefined || need.direct !== undefined)
      take(need.name, need.asked, need.origin);
  }
  for (const each of bounds) {
    const name = named(directs, each);
    append(asked, name, versionsOf(each));
    take(name, each, each.origin);
  }
  return {
    problem: { requirements: requirementsOf(active), exclusions: boundsOf(bounds, rules) },
    needs: active,
    asked,
    hashes,
    indexes,
    directs: sources,
  };
};

/** Names of platforms, for messages. */
export const namesOf = (platforms: readonly Platform[]): string =>
  platforms.map(platformName).join(', ');
