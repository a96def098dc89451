/** Build environments while a graph is made: what is in them is known, their names are not yet. */
import { createHash } from 'node:crypto';
import type { Diagnostic } from '../../graph/errors.ts';
import type { PlatformName } from '../../graph/platform.ts';
import type { Artifact, Edge, PackageMetadata } from '../../graph/types.ts';
import type { PatchRange } from '../../standards/marker-environment.ts';

/** How a package is built: the hook's module, and where. */
export interface PlannedBuild {
  readonly backend: string;
  readonly backendPath?: readonly string[];
  readonly environment: SolvedEnvironment;
}

/** A package of a build environment. `dependencies` point to members by `id`, which is local to it. */
export interface SolvedPackage {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly artifacts: readonly Artifact[];
  readonly dependencies: readonly Edge[];
  readonly plan?: PlannedBuild;
  readonly metadata: PackageMetadata;
}

export interface SolvedMember {
  readonly solved: SolvedPackage;
  readonly platforms?: readonly PlatformName[];
}

/** A build environment. Two of one `key` have the same contents. */
export interface SolvedEnvironment {
  readonly key: string;
  /** `setuptools-80`: what was asked for, for names that people read. */
  readonly label: string;
  /** Sorted by name and version. */
  readonly members: readonly SolvedMember[];
  /** The patch releases of Python for which it holds. */
  readonly patchRange: PatchRange;
  readonly diagnostics: readonly Diagnostic[];
}

const digest = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex');

/**
 * What a package is made of, as a text that is equal for equal packages: its files by hash and how
 * they are built. Not what it depends on, which is no part of its derivation.
 */
export const contentKey = ({
  name,
  version,
  artifacts,
  plan,
}: Pick<SolvedPackage, 'name' | 'version' | 'artifacts' | 'plan'>): string =>
  digest([
    name,
    version,
    artifacts.map(({ kind, integrity, source, platforms = null }) => [
      kind,
      integrity?.sri ?? source,
      'subdirectory' in source ? (source.subdirectory ?? null) : null,
      platforms,
    ]),
    plan === undefined ? null : [plan.backend, plan.backendPath ?? null, plan.environment.key],
  ]);

/** `SolvedEnvironment.key` of members. */
export const environmentKey = (members: readonly SolvedMember[]): string =>
  digest(members.map(({ solved, platforms = null }) => [contentKey(solved), platforms]));
