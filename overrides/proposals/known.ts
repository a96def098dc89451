/** What of a proposal rules say already. */
import { normaliseName } from '../../standards/name.ts';
import type { Overrides, PackageRule } from '../types.ts';
import type { Proposal, RuleTable } from './types.ts';

/** `cffi>=1.4.1` -> `cffi` */
const nameOf = (requirement: string): string =>
  normaliseName(/^[\w.-]*/.exec(requirement.trim())?.[0] ?? '');

const without = (
  wanted: readonly string[] | undefined,
  known: readonly string[],
  key: (text: string) => string = (text) => text,
): readonly string[] => {
  const keys = new Set(known.map(key));
  return (wanted ?? []).filter((each) => !keys.has(key(each)));
};

const isEmpty = (value: object): boolean => Object.keys(value).length === 0;

const present = (key: string, values: readonly string[]): Readonly<Record<string, unknown>> =>
  values.length === 0 ? {} : { [key]: values };

/** The rule without what others say; undefined when nothing is left of it. */
const newPart = <Rule extends RuleTable>(
  rule: Rule,
  known: readonly PackageRule[],
): Rule | undefined => {
  const mine = known.filter(({ name }) => name === rule.name);
  if (mine.some(({ drop }) => drop === true)) return undefined;
  const { source, build, dependencies, native, env, ...rest } = rule;
  const prefers = mine.some(({ prefer }) => prefer !== undefined && prefer === source?.['prefer']);
  const requires = without(
    build?.requires,
    mine.flatMap((each) => each.build?.requires ?? []),
    nameOf,
  );
  const add = without(
    dependencies?.add,
    mine.flatMap((each) => each.dependencies?.add ?? []),
    nameOf,
  );
  const inputs = {
    ...present(
      'tools',
      without(
        native?.tools,
        mine.flatMap((each) => each.native?.tools ?? []),
      ),
    ),
    ...present(
      'libraries',
      without(
        native?.libraries,
        mine.flatMap((each) => each.native?.libraries ?? []),
      ),
    ),
    ...present(
      'hardening-disable',
      without(
        native?.['hardening-disable'],
        mine.flatMap((each) => each.native?.hardeningDisable ?? []),
      ),
    ),
  };
  const variables = Object.fromEntries(
    Object.entries(env ?? {}).filter(
      ([key, value]) => !mine.some((each) => each.env?.[key] === value),
    ),
  );
  const left = {
    ...(source === undefined || prefers ? {} : { source }),
    ...(requires.length === 0 ? {} : { build: { requires } }),
    ...(add.length === 0 ? {} : { dependencies: { add } }),
    ...(isEmpty(inputs) ? {} : { native: inputs }),
    ...(isEmpty(variables) ? {} : { env: variables }),
  };
  return isEmpty(left) ? undefined : ({ ...rest, ...left } as Rule);
};

/** What is new in proposals beside the rules that there are. Advice is always new. */
export const newProposals = (
  proposals: readonly Proposal[],
  { packages, collisions, constraints }: Overrides,
): readonly Proposal[] =>
  proposals.flatMap((proposal): readonly Proposal[] => {
    if (proposal.kind === 'advice') return [proposal];
    if (proposal.kind === 'package') {
      const rule = newPart(proposal.rule, packages);
      return rule === undefined ? [] : [{ kind: 'package', rule }];
    }
    if (proposal.kind === 'collision') {
      const { path } = proposal.rule;
      return collisions.some((each) => each.path === path) ? [] : [proposal];
    }
    const of = proposal.rule.of === '*' ? '*' : normaliseName(proposal.rule.of);
    const on = normaliseName(proposal.rule.on);
    return constraints.some((each) => each.of === of && each.on === on) ? [] : [proposal];
  });

/** The `CFLAGS` that rules set, by package. */
export const flagsIn = ({ packages }: Overrides): ReadonlyMap<string, string> =>
  new Map(
    packages.flatMap(({ name, env }) => {
      const flags = env?.['CFLAGS'];
      return flags === undefined ? [] : [[name, flags] as const];
    }),
  );
