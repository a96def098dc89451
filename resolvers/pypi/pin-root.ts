import { Lock2nixError } from '../../graph/errors.ts';
import type { Platform } from '../../graph/platform.ts';
import type { Edge, LockedRoot, PackageId, PinnedPackage } from '../../graph/types.ts';
import { readProject } from '../../standards/sdist.ts';
import { type ProjectFacts, runsSetupPy } from './backend.ts';
import type { Builder } from './builds.ts';
import type { ReadPath } from './path-facts.ts';
import type { PlannedBuild } from './solved-build.ts';

export interface RootOptions {
  readonly id: PackageId;
  readonly platforms: readonly Platform[];
  readonly dependencies: readonly Edge[];
  readonly builder: Builder;
  readonly readPath: ReadPath;
}

/** A root's own package, and how it is built. */
export interface PinnedRoot {
  readonly package: PinnedPackage;
  readonly plan: PlannedBuild;
}

const setupFiles = ['setup.py', 'setup.cfg'] as const;

/** What the root's folder says besides what the converter read of it. */
const factsOf = ({ buildSystem, path = '.' }: LockedRoot, readPath: ReadPath): ProjectFacts => {
  // Without `[build-system]` it is setuptools' way. What no setup.py is run for has none to tell of.
  const stated = { ...(buildSystem === undefined ? {} : { buildSystem }), hasSetupPy: true };
  if (!runsSetupPy(buildSystem)) return stated;
  const files = setupFiles.flatMap((name) => {
    const bytes = readPath(path === '.' ? name : `${path}/${name}`);
    return bytes === undefined ? [] : [[name, bytes] as const];
  });
  if (files.length === 0) return stated;
  const { setupRequires } = readProject(new Map(files), path);
  return { ...stated, setupRequires };
};

/**
 * Pins a root's own package, which is built from the project's live folder; undefined when it has
 * nothing to build. Throws BACKEND_UNSUPPORTED or BUILD_CYCLE.
 */
export const pinRoot = async (
  root: LockedRoot,
  options: RootOptions,
): Promise<PinnedRoot | undefined> => {
  const { name, path, version = '0', metadata } = root;
  if (path === undefined) return undefined;
  const { id, dependencies, builder, platforms, readPath } = options;
  const { build, refused } = await builder.plan(name, factsOf(root, readPath), platforms);
  const [refusal] = refused.values();
  if (build === undefined || refusal !== undefined) {
    const { code, reason } = refusal ?? {
      code: 'BACKEND_UNSUPPORTED',
      reason: 'nothing builds it',
    };
    throw new Lock2nixError(code, `the project \`${name}\` cannot be built: ${reason}`, {
      hint: 'set `package-mode = false` in pyproject.toml to convert its dependencies alone',
    });
  }
  return {
    package: {
      id,
      name,
      version,
      artifacts: [{ kind: 'tree', fileName: 'source', source: { kind: 'path', path } }],
      dependencies,
      metadata,
    },
    plan: build,
  };
};
