import type { Diagnostic } from '../graph/errors.ts';
import { type Platform, type PlatformName, platformName } from '../graph/platform.ts';
import type {
  Changes,
  CollisionRule,
  FiredRule,
  PackageId,
  PinnedGraph,
  PinnedPackage,
} from '../graph/types.ts';
import { nearest } from '../standards/nearest.ts';
import { changesOf, type NamePatch } from './changes.ts';
import type { LockOutcome, PackageOutcome } from './lock.ts';
import { firedRule, holds, limitTo, versionsOf } from './match.ts';
import type { Overrides, PackageRule } from './types.ts';

/** A graph with the rules in it, and the rules that found nothing to do. */
export interface Applied {
  readonly graph: PinnedGraph;
  readonly diagnostics: readonly Diagnostic[];
}

/** Fields of a rule that act once a package is pinned. */
const lateFields = [
  'native',
  'env',
  'patches',
  'edits',
  'files',
  'hooks',
  'imports',
  'configSettings',
  'build',
] as const satisfies readonly (keyof PackageRule)[];

/** As the file calls them. */
const fieldNames: Readonly<Record<(typeof lateFields)[number], string>> = {
  native: 'native',
  env: 'env',
  patches: 'patches',
  edits: 'edit',
  files: 'files',
  hooks: 'hooks',
  imports: 'imports',
  configSettings: 'build',
  build: 'build',
};

/** Those that only a source has. */
const buildFields: readonly string[] = ['build', 'configSettings'];

const kindOn = (
  { artifacts }: PinnedPackage,
  platform: Platform,
): 'sdist' | 'wheel' | undefined => {
  const name = platformName(platform);
  const artifact = artifacts.find(({ platforms }) => platforms?.includes(name) ?? true);
  if (artifact === undefined) return undefined;
  return artifact.kind === 'wheel' ? 'wheel' : 'sdist';
};

/** What holds on a platform, and what is installed there. */
interface OnPlatform {
  readonly platform: Platform;
  readonly kind: 'sdist' | 'wheel' | undefined;
  readonly rules: readonly PackageRule[];
}

/** The changes of all platforms: field by field either for all of them, or for each that has any. */
const splitChanges = (
  each: ReadonlyMap<PlatformName, Changes>,
): Changes & Pick<PinnedPackage, 'on'> => {
  const texts = (field: keyof Changes) =>
    new Set([...each.values()].map((changes) => JSON.stringify(changes[field])));
  const all = [...each.values()];
  const [first = {}] = all;
  const common = (Object.keys(Object.assign({}, ...all)) as (keyof Changes)[]).filter(
    (field) => texts(field).size === 1,
  );
  const pick = (changes: Changes, wanted: (field: keyof Changes) => boolean): Changes =>
    Object.fromEntries(
      Object.entries(changes).filter(([field]) => wanted(field as keyof Changes)),
    ) as Changes;
  const on = [...each]
    .map(([name, changes]) => [name, pick(changes, (field) => !common.includes(field))] as const)
    .filter(([, changes]) => Object.keys(changes).length > 0)
    .sort(([left], [right]) => (left < right ? -1 : 1));
  return {
    ...pick(first, (field) => common.includes(field)),
    ...(on.length === 0 ? {} : { on: Object.fromEntries(on) }),
  };
};

const reasonOf = ({ file, why }: Pick<FiredRule, 'file' | 'why'>): string =>
  why === undefined ? file : `${file}: ${why}`;

/** Rules that did the same before and after pinning are one. */
const uniteFired = (rules: readonly FiredRule[]): readonly FiredRule[] => {
  const united = new Map<string, FiredRule>();
  for (const rule of rules) {
    const { fields, ...rest } = rule;
    const key = JSON.stringify(rest);
    const known = united.get(key)?.fields ?? [];
    united.set(key, { ...rule, fields: [...new Set([...known, ...fields])].sort() });
  }
  return [...united.values()];
};

/** All rules of a package merge; the reasons become the comment above its pin. */
const applyTo = (
  graph: PinnedGraph,
  pinned: PinnedPackage,
  {
    rules,
    outcome,
    nameFor,
    versions,
  }: {
    readonly rules: readonly PackageRule[];
    readonly outcome: PackageOutcome | undefined;
    readonly nameFor: NamePatch;
    readonly versions: ReadonlyMap<string, readonly string[]>;
  },
): PinnedPackage => {
  const { python, platforms } = graph.target;
  const mine = rules.filter(({ name }) => name === pinned.name);
  const version = outcome?.replaced ?? pinned.version;
  const each = platforms
    .map((platform): OnPlatform => {
      const kind = kindOn(pinned, platform);
      const subject = { version, python, platform, versions, ...(kind && { kind }) };
      return { platform, kind, rules: mine.filter(({ when }) => holds(when, subject)) };
    })
    // A platform without a file has nothing to change.
    .filter(({ kind }) => kind !== undefined);
  const changes = splitChanges(
    new Map(
      each.map(({ platform, kind, rules: held }) => [
        platformName(platform),
        changesOf(held, kind ?? 'sdist', nameFor),
      ]),
    ),
  );
  const late = mine.flatMap((rule): readonly FiredRule[] => {
    const held = each.filter((item) => item.rules.includes(rule));
    const isBuilt = pinned.build !== undefined && held.some(({ kind }) => kind === 'sdist');
    const fields = lateFields.filter(
      (field) => rule[field] !== undefined && (isBuilt || !buildFields.includes(field)),
    );
    const on = held.map(({ platform }) => platform);
    if (fields.length === 0 || on.length === 0) return [];
    const names = [...new Set(fields.map((field) => fieldNames[field]))];
    return [
      firedRule(
        rule,
        names,
        limitTo(
          on,
          each.map(({ platform }) => platform),
        ),
      ),
    ];
  });
  const fired = uniteFired([...(outcome?.rules ?? []), ...late]);
  if (fired.length === 0) return pinned;
  return {
    ...pinned,
    ...changes,
    ...(outcome?.requirements === undefined ? {} : { requirements: outcome.requirements }),
    overrides: [...new Set(fired.map(reasonOf))].sort(),
    rules: fired,
  };
};

const unmatched = (name: string, place: string, known: readonly string[]): Diagnostic => {
  const near = nearest(name, known);
  return {
    severity: 'warning',
    code: 'rule-unmatched',
    message: `${place}: no package \`${name}\` is in the recipe, so the rule does nothing`,
    ...(near === undefined ? {} : { hint: `did you mean \`${near}\`?` }),
  };
};

const idle = ({ name, place }: PackageRule, versions: readonly string[]): Diagnostic => ({
  severity: 'warning',
  code: 'rule-unmatched',
  message: `${place}: \`when\` does not hold for \`${name}\` ${versions.join(', ')}, so the rule does nothing`,
});

const namesIn = ({ keep, dropFrom }: CollisionRule): readonly string[] =>
  keep === undefined ? (dropFrom ?? []) : [keep];

/** Names for patches: their own, or with the package before it where another text has that one. */
const createNames = (): ((owner: string) => NamePatch) => {
  const texts = new Map<string, string>();
  return (owner) =>
    ({ path, text }) => {
      const base =
        path
          .slice(path.lastIndexOf('/') + 1)
          .replace(/[^A-Za-z0-9_.+-]/g, '-')
          .replace(/^[.-]+/, '') || 'patch';
      for (let copy = 0; ; copy += 1) {
        const name = [base, `${owner}-${base}`][copy] ?? `${owner}-${copy}-${base}`;
        const known = texts.get(name);
        if (known !== undefined && known !== text) continue;
        texts.set(name, text);
        return name;
      }
    };
};

/** A rule that is not the user's own may find nothing to do. */
const isOwn = ({ origin }: PackageRule): boolean => origin !== 'collection';

/**
 * Puts the rules into a graph: changes to the packages, collisions to the environments. `outcome` is
 * what the same rules did to the lock that was pinned. Pure.
 */
export const applyOverrides = (
  graph: PinnedGraph,
  { packages, collisions }: Overrides,
  outcome?: LockOutcome,
): Applied => {
  const all = [...graph.packages.values()];
  const known = [...new Set(all.map(({ name }) => name))];
  const dropped = outcome?.dropped ?? [];
  const present = new Set([...known, ...dropped.map(({ name }) => name)]);
  const versions = versionsOf(all);
  const named = [
    ...packages.filter(isOwn).map(({ name, place }) => ({ name, place })),
    ...collisions.flatMap((rule) => namesIn(rule).map((name) => ({ name, place: rule.place }))),
  ];
  const names = createNames();
  const changed = new Map<PackageId, PinnedPackage>(
    [...graph.packages].map(([id, pinned]) => [
      id,
      applyTo(graph, pinned, {
        rules: packages,
        outcome: outcome?.packages.get(id),
        nameFor: names(pinned.name),
        versions,
      }),
    ]),
  );
  const idleRules = packages.filter((rule) => {
    if (rule.when === undefined || !isOwn(rule) || !known.includes(rule.name)) return false;
    const mine = [...changed.values()].filter(({ name }) => name === rule.name);
    return !mine.some(({ rules = [] }) =>
      rules.some(
        ({ file, why, origin }) => file === rule.file && why === rule.why && origin === rule.origin,
      ),
    );
  });
  const rules = collisions.map(({ place: _place, ...rule }): CollisionRule => rule);
  return {
    graph: {
      ...graph,
      packages: changed,
      ...(rules.length === 0 ? {} : { collisions: rules }),
      ...(dropped.length === 0 ? {} : { dropped }),
    },
    diagnostics: [
      ...named
        .filter(({ name }) => !present.has(name))
        .map(({ name, place }) => unmatched(name, place, known)),
      ...idleRules.map((rule) => idle(rule, versions.get(rule.name) ?? [])),
    ],
  };
};
