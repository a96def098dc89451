import { Lock2nixError } from '../../graph/errors.ts';
import { type Platform, platformName } from '../../graph/platform.ts';
import type { NameSet } from '../../graph/requirements.ts';
import type {
  Artifact,
  BuildChanges,
  LockedArtifact,
  LockedPackage,
  PackageMetadata,
  PythonTarget,
} from '../../graph/types.ts';
import { chooseArtifact } from '../../standards/artifact-choice.ts';
import { changeBuildSystem, changeRequires } from '../../standards/build-system.ts';
import {
  type ArtifactContext,
  completeFiles,
  type PinnedArtifact,
  pinArtifact,
} from './artifacts.ts';
import type { ProjectFacts, Refusal } from './backend.ts';
import type { BuildPlan } from './builds.ts';
import { inOrder } from './in-order.ts';
import { holdsFor } from './name-set.ts';
import type { PlannedBuild } from './solved-build.ts';

export interface PackageContext extends ArtifactContext {
  readonly python: PythonTarget;
  readonly prefer: 'wheel' | 'sdist';
  /** Never built from source, and never taken as a wheel (pip's options of these names). */
  readonly onlyBinary?: NameSet;
  readonly noBinary?: NameSet;
  /** How a source that says this of itself is built. */
  readonly plan: (facts: ProjectFacts, platforms: readonly Platform[]) => Promise<BuildPlan>;
}

/** A package without its edges, and how it is built where it is. */
export interface PinnedFiles {
  /** What a source of it says of itself; empty where none was looked into. */
  readonly metadata: PackageMetadata;
  readonly artifacts: readonly Artifact[];
  readonly plan?: PlannedBuild;
}

/** What a platform installs, if anything; `refused` says why its source cannot be built there. */
interface Choice {
  readonly platform: Platform;
  readonly artifact?: LockedArtifact;
  readonly refused?: Refusal;
}

interface ChoiceRules extends Pick<PackageContext, 'python' | 'prefer'> {
  readonly onlyBinary: boolean;
  readonly noBinary: boolean;
}

const choose = (
  artifacts: readonly LockedArtifact[],
  platform: Platform,
  rules: ChoiceRules,
): LockedArtifact | undefined =>
  artifacts.find(({ kind }) => kind === 'tree' && !rules.onlyBinary) ??
  chooseArtifact(artifacts, { ...rules, platform });

/** What a source says of how it is built, with a rule's changes. */
const changedFacts = (facts: ProjectFacts, changes: BuildChanges | undefined): ProjectFacts => {
  if (changes === undefined) return facts;
  const { buildSystem, setupRequires } = facts;
  return {
    ...facts,
    buildSystem: changeBuildSystem(buildSystem, changes),
    ...(setupRequires === undefined
      ? {}
      : { setupRequires: changeRequires(setupRequires, changes) }),
  };
};

const namesOf = (platforms: readonly Platform[]): string => platforms.map(platformName).join(', ');

/** Reasons with the platforms that they hold on, in the order of the platforms. */
const byReason = (
  choices: readonly Choice[],
  unfit: string,
): ReadonlyMap<string, readonly Platform[]> => {
  const reasons = new Map<string, Platform[]>();
  for (const { platform, refused } of choices) {
    const reason = refused?.reason ?? unfit;
    const platforms = reasons.get(reason);
    if (platforms === undefined) reasons.set(reason, [platform]);
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
  const refusals = choices.flatMap(({ refused }) => refused ?? []);
  const isUnbuildable = refusals.length > 0;
  const isCycle = isUnbuildable && refusals.every(({ code }) => code === 'BUILD_CYCLE');
  const isLive = artifacts.some(({ source }) => source.kind === 'path');
  const unbuildable = isLive
    ? 'change the `[build-system]` of its pyproject.toml'
    : 'take a version that has a wheel for this Python and these systems, or name another `--python`';
  return new Lock2nixError(
    isCycle ? 'BUILD_CYCLE' : isUnbuildable ? 'BACKEND_UNSUPPORTED' : 'NO_USABLE_FILE',
    `\`${id}\` cannot be installed ${reasons.join('; ')}`,
    {
      hint: isUnbuildable
        ? unbuildable
        : 'name another `--python` or `--systems`, or take a version that has files for them',
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
  if (locked.nixpkgs !== undefined) return { artifacts: [], metadata: {} };
  const prefer = locked.prefer ?? context.prefer;
  const rules: ChoiceRules = {
    python,
    prefer,
    onlyBinary: holdsFor(locked.name, context.onlyBinary, context.noBinary),
    noBinary: holdsFor(locked.name, context.noBinary, context.onlyBinary),
  };
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
    artifact: choose(artifacts, platform, rules),
  }));
  const fromSource = first.filter(
    ({ artifact }) => artifact !== undefined && artifact.kind !== 'wheel',
  );
  const source = fromSource[0]?.artifact;
  const facts = source && (await pin(source)).facts;
  const plan =
    source &&
    (await context.plan(
      // Of a source that nothing is known of, setuptools' legacy way is all that there is.
      changedFacts(facts ?? { hasSetupPy: true }, locked.buildChanges),
      fromSource.map(({ platform }) => platform),
    ));
  const choices = first.map(({ platform, artifact }): Choice => {
    const refused = plan?.refused.get(platformName(platform));
    const chosen =
      refused === undefined
        ? artifact
        : choose(artifacts, platform, { ...rules, onlyBinary: true });
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
    ...(plan?.build === undefined ? {} : { plan: plan.build }),
    metadata: facts?.metadata ?? {},
  };
};
