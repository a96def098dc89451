import type { Diagnostic } from '../graph/errors.ts';
import type {
  CollisionRule,
  Native,
  PackageId,
  PinnedGraph,
  PinnedPackage,
} from '../graph/types.ts';
import { nearest } from '../standards/nearest.ts';
import type { Overrides, PackageRule } from './types.ts';

/** A graph with the rules in it, and the rules that found nothing to do. */
export interface Applied {
  readonly graph: PinnedGraph;
  readonly diagnostics: readonly Diagnostic[];
}

const unite = (lists: readonly (readonly string[])[]): readonly string[] =>
  [...new Set(lists.flat())].sort();

const isEmpty = ({ tools, libraries, hardeningDisable }: Native): boolean =>
  tools.length + libraries.length + hardeningDisable.length === 0;

/** Recipes name the file only: they must not change with where a rule stands in it. */
const fileName = 'overrides.toml';

/** All rules of a package merge; the reasons become the comment above its pin. */
const applyTo = (pinned: PinnedPackage, rules: readonly PackageRule[]): PinnedPackage => {
  const mine = rules.filter(({ name }) => name === pinned.name);
  const native: Native = {
    tools: unite(mine.map((rule) => rule.native.tools)),
    libraries: unite(mine.map((rule) => rule.native.libraries)),
    hardeningDisable: unite(mine.map((rule) => rule.native.hardeningDisable)),
  };
  const changesBuild =
    pinned.build !== undefined && mine.some(({ buildRequires }) => buildRequires !== undefined);
  if (isEmpty(native) && !changesBuild) return pinned;
  const reasons = mine.map(({ why }) => (why === undefined ? fileName : `${fileName}: ${why}`));
  return { ...pinned, ...(isEmpty(native) ? {} : { native }), overrides: unite([reasons]) };
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

const namesIn = ({ keep, dropFrom }: CollisionRule): readonly string[] =>
  keep === undefined ? (dropFrom ?? []) : [keep];

/** Puts the rules into a graph: native inputs to the packages, collisions to the environments. Pure. */
export const applyOverrides = (
  graph: PinnedGraph,
  { packages, collisions }: Overrides,
): Applied => {
  const known = [...new Set([...graph.packages.values()].map(({ name }) => name))];
  const named = [
    ...packages.map(({ name, place }) => ({ name, place })),
    ...collisions.flatMap((rule) => namesIn(rule).map((name) => ({ name, place: rule.place }))),
  ];
  const changed = new Map<PackageId, PinnedPackage>(
    [...graph.packages].map(([id, pinned]) => [id, applyTo(pinned, packages)]),
  );
  const rules = collisions.map(({ place: _place, ...rule }): CollisionRule => rule);
  return {
    graph: {
      ...graph,
      packages: changed,
      ...(rules.length === 0 ? {} : { collisions: rules }),
    },
    diagnostics: named
      .filter(({ name }) => !known.includes(name))
      .map(({ name, place }) => unmatched(name, place, known)),
  };
};
