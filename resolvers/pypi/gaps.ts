/** What a lock does not say: refused, filled, or reported. */
import { type Diagnostic, Lock2nixError } from '../../graph/errors.ts';
import { type Platform, platformName } from '../../graph/platform.ts';
import type { Gap, LockedGraph, Member, PackageId, PinnedPackage } from '../../graph/types.ts';
import { tryParseRequirement } from '../../standards/requirement.ts';
import { parseSpecifierSet, specifierContains } from '../../standards/specifier.ts';
import { parseVersion } from '../../standards/version.ts';
import { buildTool } from './build-tools.ts';
import { byText, type Merged, memberOf } from './merge.ts';

/** So many are named in one message. */
const shownAtMost = 10;

const enumerate = (texts: readonly string[], separator: string): string => {
  const rest = texts.length - shownAtMost;
  const shown = texts.slice(0, shownAtMost).join(separator);
  return rest > 0 ? `${shown}${separator}and ${rest} more` : shown;
};

/** The gaps of what is wanted. The URL of a file that is known by its hash is none. */
const gapsOf = ({ gaps }: LockedGraph, merged: readonly Merged[]): readonly Gap[] => {
  const wanted = new Set(merged.map(({ locked }) => locked.id));
  return gaps.filter(
    (gap) => gap.kind !== 'url' && (gap.package === undefined || wanted.has(gap.package)),
  );
};

/** `--strict`: what the lock does not say of the packages that are wanted must not be filled. */
export const refuseGaps = (graph: LockedGraph, merged: readonly Merged[]): void => {
  const gaps = gapsOf(graph, merged).filter(({ rule }) => rule === undefined);
  if (gaps.length === 0) return;
  const messages = gaps.map(({ message }) => message);
  throw new Lock2nixError(
    'STRICT',
    `the lock leaves ${gaps.length} gap${gaps.length === 1 ? '' : 's'}: ${enumerate(messages, '; ')}`,
    {
      hint: 'lock again with a newer version of its tool, or leave out `--strict`',
      location: { file: graph.format.file },
    },
  );
};

/** What was added to fill the gaps. */
export interface Filled {
  /** Run-time packages that the lock does not hold. */
  readonly packages: readonly PinnedPackage[];
  readonly members: readonly Member[];
  /** What packages depend on besides what the lock says. */
  readonly dependencies: ReadonlyMap<PackageId, readonly PackageId[]>;
  /** The same of the project itself. */
  readonly ofProject: readonly PackageId[];
}

export interface FillOptions {
  /** Minor version. */
  readonly python: string;
  readonly platforms: readonly Platform[];
  readonly report: (diagnostic: Diagnostic) => void;
}

/** The pinned build tool that meets a requirement which the lock holds no version for. */
const toolFor = (
  text: string,
  { packages }: LockedGraph,
  python: string,
): PinnedPackage | undefined => {
  const requirement = tryParseRequirement(text);
  const tool = requirement && buildTool(requirement.name, python);
  if (tool === undefined) return undefined;
  if ([...packages.values()].some(({ name }) => name === tool.name)) return undefined;
  const { specifier = '' } = requirement ?? {};
  return specifierContains(parseSpecifierSet(specifier), parseVersion(tool.version))
    ? tool
    : undefined;
};

/** Why nothing was filled in for a requirement. */
const reasonAgainst = (text: string, python: string): string => {
  const requirement = tryParseRequirement(text);
  const tool = requirement && buildTool(requirement.name, python);
  return tool === undefined
    ? 'the environment is without it'
    : `${tool.name} ${tool.version}, which is pinned for Python ${python}, does not meet it`;
};

const reportUnknown = (ids: readonly PackageId[], report: FillOptions['report']): void => {
  if (ids.length === 0) return;
  const names = ids.map((id) => `\`${id}\``);
  report({
    severity: 'warning',
    code: 'dependencies-unknown',
    message: `the lock records no dependencies of ${names.join(', ')}, and its tool may not have found them; they are taken to have none`,
    hint: 'lock again with a newer version of its tool, or add what they need to the project',
  });
};

/**
 * Fills in dependencies that the lock knows of and holds no version for (old locks leave out
 * setuptools, pip and wheel) with the pinned build tools. What cannot be filled, and packages
 * whose dependencies the lock may not know, are warnings.
 */
export const fillDependencies = (
  graph: LockedGraph,
  merged: readonly Merged[],
  { python, platforms, report }: FillOptions,
): Filled => {
  const tools = new Map<PackageId, PinnedPackage>();
  const dependencies = new Map<PackageId, PackageId[]>();
  const ofProject: PackageId[] = [];
  const unknown = new Set<PackageId>();
  for (const { kind, package: id, requirement } of gapsOf(graph, merged)) {
    if (kind !== 'dependencies') continue;
    if (requirement === undefined) {
      if (id !== undefined) unknown.add(id);
      continue;
    }
    const owner = id === undefined ? 'the project' : `\`${id}\``;
    const tool = toolFor(requirement, graph, python);
    if (tool === undefined) {
      report({
        severity: 'warning',
        code: 'dependency-left-out',
        message: `${owner} requires \`${requirement}\`, which the lock leaves out; ${reasonAgainst(requirement, python)}`,
        hint: 'lock again with a newer version of its tool, or add the requirement to the project',
      });
      continue;
    }
    report({
      severity: 'note',
      code: 'dependency-filled',
      message: `${owner} requires \`${requirement}\`, which the lock leaves out; ${tool.name} ${tool.version} is added`,
    });
    tools.set(tool.id, tool);
    if (id === undefined) ofProject.push(tool.id);
    else dependencies.set(id, [...(dependencies.get(id) ?? []), tool.id]);
  }
  reportUnknown([...unknown].sort(), report);
  const packages = [...tools.values()].sort((left, right) => byText(left.id, right.id));
  return {
    packages,
    members: packages.map(({ id }) => {
      if (ofProject.includes(id)) return memberOf(id, platforms, platforms);
      const names = new Set(
        merged
          .filter(({ locked }) => dependencies.get(locked.id)?.includes(id))
          .flatMap((each) => each.platforms.map(platformName)),
      );
      const mine = platforms.filter((platform) => names.has(platformName(platform)));
      return memberOf(id, mine, platforms);
    }),
    dependencies,
    ofProject,
  };
};
