import {
  type Environment,
  type Member,
  type PackageId,
  type PinnedPackage,
  packageId,
} from '../../graph/types.ts';
import { byText } from './merge.ts';

/** Whether a package of the lock is the very file that is pinned as a build tool. */
const isSameFile = ({ artifacts }: PinnedPackage, tool: PinnedPackage): boolean => {
  const [file, ...others] = artifacts;
  const sri = tool.artifacts[0]?.integrity?.sri;
  return others.length === 0 && file?.platforms === undefined && file?.integrity?.sri === sri;
};

/**
 * Build environments from the tools of each, by name; the tools are added to `packages`. A tool
 * that the lock has as another file is kept apart.
 */
export const addBuildEnvironments = (
  packages: Map<PackageId, PinnedPackage>,
  builds: ReadonlyMap<string, readonly PinnedPackage[]>,
): ReadonlyMap<string, Environment> => {
  const addTool = (tool: PinnedPackage): Member => {
    const same = packages.get(tool.id);
    const isShared = same === undefined || isSameFile(same, tool);
    const id = isShared ? tool.id : packageId(tool.name, tool.version, 'build');
    if (!packages.has(id)) packages.set(id, { ...tool, id });
    return { id };
  };
  return new Map(
    [...builds]
      .sort(([left], [right]) => byText(left, right))
      .map(([name, tools]) => {
        const members = tools.map(addTool).sort((left, right) => byText(left.id, right.id));
        return [name, { kind: 'build', members }];
      }),
  );
};
