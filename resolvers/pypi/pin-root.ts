import { Lock2nixError } from '../../graph/errors.ts';
import type { Edge, LockedRoot, PackageId, PinnedPackage } from '../../graph/types.ts';
import { type BuildTarget, planBuild } from './backend.ts';

export interface RootOptions extends BuildTarget {
  readonly id: PackageId;
  readonly dependencies: readonly Edge[];
}

/** A root's own package, with the tools of its build environment. */
export interface PinnedRoot {
  readonly package: PinnedPackage;
  readonly tools: readonly PinnedPackage[];
}

/**
 * Pins a root's own package, which is built from the project's live folder; undefined when it has
 * nothing to build. Throws BACKEND_UNSUPPORTED.
 */
export const pinRoot = (root: LockedRoot, options: RootOptions): PinnedRoot | undefined => {
  const { name, path, version = '0', metadata } = root;
  if (path === undefined) return undefined;
  const { build, packages, refused } = planBuild(root.buildSystem, options);
  const [reason] = refused.values();
  if (build === undefined || reason !== undefined) {
    throw new Lock2nixError(
      'BACKEND_UNSUPPORTED',
      `the project \`${name}\` cannot be built: ${reason}`,
      { hint: 'set `package-mode = false` in pyproject.toml to convert its dependencies alone' },
    );
  }
  const { id, dependencies } = options;
  return {
    package: {
      id,
      name,
      version,
      artifacts: [{ kind: 'tree', fileName: 'source', source: { kind: 'path', path } }],
      dependencies,
      build,
      metadata,
    },
    tools: packages,
  };
};
