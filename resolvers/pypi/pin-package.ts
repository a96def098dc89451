import { Lock2nixError } from '../../graph/errors.ts';
import { type Platform, platformName } from '../../graph/platform.ts';
import type {
  Artifact,
  Build,
  BuildChanges,
  LockedArtifact,
  LockedPackage,
  PackageMetadata,
  PinnedPackage,
  PythonTarget,
} from '../../graph/types.ts';
import { chooseArtifact } from '../../standards/artifact-choice.ts';
import { changeBuildSystem } from '../../standards/build-system.ts';
import {
  type ArtifactContext,
  completeFiles,
  type PinnedArtifact,
  pinArtifact,
} from './artifacts.ts';
import { type BuildPlan, planBuild } from './backend.ts';
import { inOrder } from './in-order.ts';

export interface PackageContext extends ArtifactContext {
  readonly python: PythonTarget;
  readonly prefer: 'wheel' | 'sdist';
}

/** A package without its edges, and the tools that its build environment is made of. */
export interface PinnedFiles {
  /** What a source of it says of itself; empty where none was looked into. */
  readonly metadata: PackageMetadata;
  readonly artifacts: readonly Artifact[];
  readonly build?: Build;
  readonly tools: readonly PinnedPackage[];
}

/** What a platform installs, if anything; `refused` says why its source cannot be built there. */
interface Choice {
  readonly platform: Platform;
  readonly artifact?: LockedArtifact;
  readonly refused?: string;
}

const choose = (
  artifacts: readonly LockedArtifact[],
  platform: Platform,
  {
    python,
    prefer,
    onlyBinary,
  }: Pick<PackageContext, 'python' | 'prefer'> & { onlyBinary: boolean },
): LockedArtifact | undefined =>
  artifacts.find(({ kind }) => kind === 'tree' && !onlyBinary) ??
  chooseArtifact(artifacts, { python, platform, prefer, onlyBinary });

const planOf = (
  { facts }: PinnedArtifact,
  python: PythonTarget,
  platforms: readonly Platform[],
): BuildPlan => {
  if (facts !== undefined && facts.buildSystem === undefined && !facts.hasSetupPy) {
    const reason = 'its source has neither a setup.py nor a `[build-system]` in a pyproject.toml';
    const refused = new Map(platforms.map((platform) => [platformName(platform), reason]));
    return { packages: [], refused };
  }
  return planBuild(facts?.buildSystem, { python, platforms });
};

/** What a source says of how it is built, with a rule's changes. */
const changedFacts = (
  { artifact, facts }: PinnedArtifact,
  changes: BuildChanges | undefined,
): PinnedArtifact => {
  if (facts === undefined || changes === undefined) {
    return { artifact, ...(facts === undefined ? {} : { facts }) };
  }
  return {
    artifact,
    facts: { ...facts, buildSystem: changeBuildSystem(facts.buildSystem, changes) },
  };
};

const namesOf = (platforms: readonly Platform[]): string => platforms.map(platformName).join(', ');

/** Reasons with the platforms that they hold on, in the order of the platforms. */
const byReason = (
  choices: readonly Choice[],
  unfit: string,
): ReadonlyMap<string, readonly Platform[]> => {
  const reasons = new Map<string, Platform[]>();
  for (const { platform, refused = unfit } of choices) {
    const platforms = reasons.get(refused);
    if (platforms === undefined) reasons.set(refused, [platform]);
    else platforms.push(platform);
  }
  return reasons;
};

const refuse = (
  { id, artifacts }: LockedPackage,
  choices: readonly Choice[],
  unfit: string,
): Lock2nixError => {
  const reasons = [...byReason(choices, unfit)].map(
    ([reason, platforms]) => `on ${namesOf(platforms)}: ${reason}`,
  );
  const isUnbuildable = choices.some(({ refused }) => refused !== undefined);
  const isLive = artifacts.some(({ source }) => source.kind === 'path');
  const unbuildable = isLive
    ? 'name a build backend that is supported in its pyproject.toml'
    : 'lock a version that has a wheel for this Python and these systems';
  return new Lock2nixError(
    isUnbuildable ? 'BACKEND_UNSUPPORTED' : 'NO_USABLE_FILE',
    `\`${id}\` cannot be installed ${reasons.join('; ')}`,
    {
      hint: isUnbuildable
        ? unbuildable
        : 'name another `--python` or `--systems`, or lock a version that has files for them',
    },
  );
};

/** What is worth knowing about choices that were not free. */
const reportChoices = (
  { id }: LockedPackage,
  choices: readonly Choice[],
  { report, unfit }: Pick<ArtifactContext, 'report'> & { unfit: string },
): void => {
  const instead = choices.filter(
    ({ artifact, refused }) => artifact !== undefined && refused !== undefined,
  );
  for (const [reason, platforms] of byReason(instead, unfit)) {
    report({
      severity: 'note',
      code: 'wheel-instead',
      message: `\`${id}\`: ${reason}; its wheel is used on ${namesOf(platforms)}`,
    });
  }
  const missing = choices.filter(({ artifact }) => artifact === undefined);
  for (const [reason, platforms] of byReason(missing, unfit)) {
    report({
      severity: 'warning',
      code: 'platform-without-file',
      message: `\`${id}\` cannot be installed on ${namesOf(platforms)}: ${reason}`,
      hint: 'the recipe says so when it is evaluated there; leave the system out with `--systems`',
    });
  }
};

/**
 * Chooses and pins the files of a package for the platforms that want it. Where a source cannot be
 * built, a wheel is taken; a platform that is left with nothing is reported, and all of them are
 * refused with NO_USABLE_FILE or BACKEND_UNSUPPORTED. Wheels differ by platform; the source, where
 * one is used, is the same for all, and so is the way to build it.
 */
export const pinFiles = async (
  locked: LockedPackage,
  platforms: readonly Platform[],
  context: PackageContext,
): Promise<PinnedFiles> => {
  const { python, report } = context;
  if (locked.nixpkgs !== undefined) return { artifacts: [], tools: [], metadata: {} };
  const prefer = locked.prefer ?? context.prefer;
  const artifacts =
    locked.artifacts.length > 0
      ? locked.artifacts
      : await completeFiles(locked, locked.index, context);
  const pins = new Map<LockedArtifact, Promise<PinnedArtifact>>();
  const pin = (artifact: LockedArtifact): Promise<PinnedArtifact> => {
    const pinned = pins.get(artifact) ?? pinArtifact(locked, artifact, context);
    pins.set(artifact, pinned);
    return pinned;
  };

  const first = platforms.map((platform) => ({
    platform,
    artifact: choose(artifacts, platform, { python, prefer, onlyBinary: false }),
  }));
  const fromSource = first.filter(
    ({ artifact }) => artifact !== undefined && artifact.kind !== 'wheel',
  );
  const source = fromSource[0]?.artifact;
  const plan =
    source === undefined
      ? undefined
      : planOf(
          changedFacts(await pin(source), locked.buildChanges),
          python,
          fromSource.map(({ platform }) => platform),
        );
  const choices = first.map(({ platform, artifact }): Choice => {
    const refused = plan?.refused.get(platformName(platform));
    const chosen =
      refused === undefined
        ? artifact
        : choose(artifacts, platform, { python, prefer, onlyBinary: true });
    return {
      platform,
      ...(chosen === undefined ? {} : { artifact: chosen }),
      ...(refused === undefined ? {} : { refused }),
    };
  });

  const count =
    artifacts.length === 1
      ? 'its only file does not fit'
      : `none of its ${artifacts.length} files fits`;
  const unfit = `${count} CPython ${python.version} there`;
  const chosen = [...new Set(choices.flatMap(({ artifact }) => artifact ?? []))];
  if (chosen.length === 0) throw refuse(locked, choices, unfit);
  reportChoices(locked, choices, { report, unfit });
  const pinned = await inOrder(chosen.map(pin));
  return {
    artifacts: pinned.map(({ artifact }, index) => {
      const mine = choices.filter((choice) => choice.artifact === chosen[index]);
      return mine.length === platforms.length
        ? artifact
        : { ...artifact, platforms: mine.map(({ platform }) => platformName(platform)) };
    }),
    ...(plan?.build === undefined ? {} : { build: plan.build }),
    tools: plan?.packages ?? [],
    metadata: (source && (await pin(source)).facts?.metadata) ?? {},
  };
};
