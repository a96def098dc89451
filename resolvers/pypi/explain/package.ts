/** `explain NAME`: why a package, its version and its files are in a graph. */
import { Lock2nixError } from '../../../graph/errors.ts';
import { platformName } from '../../../graph/platform.ts';
import type { ConstraintRule } from '../../../graph/requirements.ts';
import type {
  Artifact,
  LockedGraph,
  PackageId,
  PinnedGraph,
  PinnedPackage,
} from '../../../graph/types.ts';
import { normaliseName } from '../../../standards/name.ts';
import { nearest } from '../../../standards/nearest.ts';
import { quoted } from '../../../standards/quoted.ts';
import { redactText } from '../../registry/url.ts';
import { byText } from '../merge.ts';
import type { Rejected } from '../resolution.ts';
import type { Wanted } from '../select.ts';
import { chainsTo, platformsOf, type Step } from './chains.ts';

export interface ExplainInput {
  readonly graph: PinnedGraph;
  /** What the graph was pinned from: it knows the project's own requirements. */
  readonly locked: LockedGraph;
  /** The groups and extras that were asked for; absent: all that there are. */
  readonly wanted?: Wanted;
  /** `Resolution.rejected` of the name; none for a lock, which says nothing of it. */
  readonly rejected?: readonly Rejected[];
  /** The rules that versions were sought with. */
  readonly constraints?: readonly ConstraintRule[];
}

/** More of a kind than anybody reads. */
const most = 10;

const cutOff = (lines: readonly string[], what: string): readonly string[] =>
  lines.length <= most
    ? lines
    : [...lines.slice(0, most), `  and ${lines.length - most} more ${what}`];

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', title, ...lines];

const onPlatforms = (platforms: readonly string[] | undefined): string =>
  platforms === undefined ? '' : ` on ${platforms.join(', ')}`;

const artifactLine = ({ kind, fileName, source, platforms }: Artifact, builds: boolean): string => {
  const from =
    source.kind === 'registry' ? '' : ` from ${source.kind === 'path' ? source.path : source.url}`;
  const built = kind !== 'wheel' && builds ? ', built from source' : '';
  return `  ${fileName}${from}${built}${onPlatforms(platforms)}`;
};

const headOf = (
  { graph, locked }: ExplainInput,
  { id, name, version, artifacts, build }: PinnedPackage,
): readonly string[] => {
  const mine = platformsOf(graph, id).map(platformName);
  const some = mine.length === graph.target.platforms.length ? undefined : mine;
  // Absent for the public index.
  const index = locked.packages.get(id)?.index;
  return [
    `${name} ${version}${index === undefined ? '' : ` from ${redactText(index)}`}${onPlatforms(some)}`,
    ...artifacts.map((each) => artifactLine(each, build !== undefined)),
  ];
};

const chainLine = (chain: readonly Step[], { packages }: PinnedGraph): string => {
  const [first] = chain;
  const start =
    first === undefined || typeof first.from === 'string'
      ? ''
      : `${first.from.root}${first.from.group === 'main' ? '' : ` (group ${first.from.group})`}`;
  const steps = chain.map(({ to, text }, index) => {
    const found = packages.get(to);
    const isLast = index === chain.length - 1;
    return isLast || found === undefined ? text : `${text} → ${found.name} ${found.version}`;
  });
  return `  ${start}: ${steps.join(': ')}`;
};

/** The extras of a package that somebody asks for, and who does. */
const extraLines = (id: PackageId, { graph, locked }: ExplainInput): readonly string[] => {
  const askers = new Map<string, Set<string>>();
  const note = (extras: readonly string[], who: string): void => {
    for (const extra of extras) askers.set(extra, (askers.get(extra) ?? new Set()).add(who));
  };
  for (const { name, groups } of locked.roots)
    for (const each of Object.values(groups).flat())
      if (each.candidates.includes(id)) note(each.extras, name);
  for (const { name, dependencies } of graph.packages.values())
    for (const { to, extras } of dependencies) if (to === id) note(extras, name);
  return [...askers]
    .sort(([a], [b]) => byText(a, b))
    .map(([extra, who]) => `  ${extra}, by ${[...who].sort(byText).join(', ')}`);
};

const ruleLine = ({ of, on, use, why, place }: ConstraintRule): string => {
  const whose = of === '*' ? 'every requirement' : `${of}'s requirement`;
  const effect =
    use === undefined ? 'is ignored' : of === '*' ? `is bound by ${use}` : `is ${on}${use}`;
  return `  ${place}: ${whose} on ${on} ${effect}${why === undefined ? '' : ` (${why})`}`;
};

const ruleLines = (
  { name, overrides = [] }: PinnedPackage,
  constraints: readonly ConstraintRule[],
): readonly string[] => [
  ...constraints.filter(({ of, on }) => of === name || on === name).map(ruleLine),
  ...overrides.map((each) => `  ${each}`),
];

/** The packages that are built with it, and environments that are nobody's, as that of checks. */
const buildLines = (id: PackageId, { environments, packages }: PinnedGraph): readonly string[] =>
  [...environments]
    .filter(([, { kind, members }]) => kind === 'build' && members.some((each) => each.id === id))
    .flatMap(([environment]) => {
      const built = [...packages.values()].filter(
        ({ build }) => build?.environment === environment,
      );
      return built.length === 0
        ? [`  the environment ${environment}`]
        : built.map(({ name, version }) => `  ${name} ${version}`);
    });

const explainOne = (found: PinnedPackage, input: ExplainInput): readonly string[] => {
  const { graph, constraints = [] } = input;
  const chains = chainsTo(found.id, input).map((chain) => chainLine(chain, graph));
  return [
    ...headOf(input, found),
    ...section('required by', cutOff(chains, 'chains')),
    ...section('needed to build or check', cutOff(buildLines(found.id, graph), 'packages')),
    ...section('extras', extraLines(found.id, input)),
    ...section('rules', ruleLines(found, constraints)),
  ];
};

/** Versions that follow each other and have one reason share a line. */
const rejectedLines = (rejected: readonly Rejected[]): readonly string[] => {
  const runs: { readonly why: string; readonly versions: string[] }[] = [];
  for (const { version, why } of rejected) {
    const last = runs.at(-1);
    if (last?.why === why) last.versions.push(version);
    else runs.push({ why, versions: [version] });
  }
  return runs.map(({ why, versions: [first = '', ...more] }) =>
    more.length === 0
      ? `  ${first} ${why}`
      : `  each of the ${more.length + 1} from ${first} down to ${more.at(-1)} ${why}`,
  );
};

const unknown = (name: string, { packages }: PinnedGraph): Lock2nixError => {
  const known = [...new Set([...packages.values()].map((each) => each.name))].sort(byText);
  const near = nearest(normaliseName(name), known);
  return new Lock2nixError('PACKAGE_UNKNOWN', `no package ${quoted(name)} is in the graph`, {
    hint:
      near === undefined
        ? `write one of ${known.slice(0, most).join(', ')}${known.length > most ? ' …' : ''}`
        : `did you mean \`${near}\`?`,
  });
};

/**
 * Why a package is in a graph, in lines of text: its versions and files, the chains of requirements
 * that lead to it, the extras asked for, the rules that touched it, and newer versions that were not
 * taken. Throws PACKAGE_UNKNOWN with the nearest name.
 */
export const explainPackage = (name: string, input: ExplainInput): readonly string[] => {
  const { graph, rejected = [] } = input;
  const found = [...graph.packages.values()]
    .filter((each) => each.name === normaliseName(name))
    .sort((a, b) => byText(a.id, b.id));
  if (found.length === 0) throw unknown(name, graph);
  const parts = found.map((each) => explainOne(each, input));
  const newer = rejectedLines(rejected);
  return [
    ...parts.flatMap((lines, index) => (index === 0 ? lines : ['', ...lines])),
    ...section('newer versions that were not taken', cutOff(newer, 'reasons')),
  ];
};
