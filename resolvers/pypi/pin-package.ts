import { Lock2nixError } from '../../graph/errors.ts';
import { type Platform, type PlatformName, platformName } from '../../graph/platform.ts';
import type {
  Artifact,
  Build,
  LockedArtifact,
  LockedPackage,
  PinnedPackage,
  PythonTarget,
} from '../../graph/types.ts';
import { chooseArtifact } from '../../standards/artifact-choice.ts';
import {
  type ArtifactContext,
  completeFiles,
  type PinnedArtifact,
  pinArtifact,
} from './artifacts.ts';
import { type BuildPlan, planBuild } from './backend.ts';

export interface PackageContext extends ArtifactContext {
  readonly python: PythonTarget;
  readonly prefer: 'wheel' | 'sdist';
}

/** A package without its edges, and the tools that its build environment is made of. */
export interface PinnedFiles {
  readonly artifacts: readonly Artifact[];
  readonly build?: Build;
  readonly tools: readonly PinnedPackage[];
}

type Choice =
  | { readonly platform: Platform; readonly artifact: LockedArtifact }
  | { readonly platform: Platform; readonly reason: string };

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

const planOf = ({ facts }: PinnedArtifact, python: PythonTarget): BuildPlan => {
  if (facts !== undefined && facts.buildSystem === undefined && !facts.hasSetupPy) {
    return { kind: 'refused', reason: 'its source has neither pyproject.toml nor setup.py' };
  }
  return planBuild(facts?.buildSystem, python.version);
};

const refuse = (locked: LockedPackage, choices: readonly Choice[]): Lock2nixError => {
  const [first] = choices;
  const reason = first !== undefined && 'reason' in first ? first.reason : 'it has no file';
  const unbuildable = reason.startsWith('its ');
  return new Lock2nixError(
    unbuildable ? 'BACKEND_UNSUPPORTED' : 'NO_USABLE_FILE',
    `\`${locked.id}\` cannot be installed on ${choices.map(({ platform }) => platformName(platform)).join(', ')}: ${reason}`,
    {
      hint: unbuildable
        ? 'lock a version that has a wheel for this Python and these systems'
        : 'name another `--python` or `--systems`, or lock a version that has files for them',
    },
  );
};

/** `undefined` when an artifact serves every platform that wants the package. */
const platformsOf = (
  mine: readonly Platform[],
  all: readonly Platform[],
): readonly PlatformName[] | undefined =>
  mine.length === all.length ? undefined : mine.map(platformName);

/**
 * Chooses and pins the files of a package for the platforms that want it. Where a source cannot be
 * built, a wheel is taken; a platform that is left with nothing is reported, and all of them are
 * refused with NO_USABLE_FILE or BACKEND_UNSUPPORTED.
 */
export const pinFiles = async (
  locked: LockedPackage,
  platforms: readonly Platform[],
  context: PackageContext,
): Promise<PinnedFiles> => {
  const { python, prefer, report } = context;
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

  let built: Extract<BuildPlan, { kind: 'build' }> | undefined;
  const choices = await Promise.all(
    platforms.map(async (platform): Promise<Choice> => {
      const artifact = choose(artifacts, platform, { python, prefer, onlyBinary: false });
      if (artifact === undefined) {
        return {
          platform,
          reason: `none of its ${artifacts.length} files fits CPython ${python.version} there`,
        };
      }
      if (artifact.kind === 'wheel') return { platform, artifact };
      const plan = planOf(await pin(artifact), python);
      if (plan.kind === 'build') {
        built = plan;
        return { platform, artifact };
      }
      const wheel = choose(artifacts, platform, { python, prefer, onlyBinary: true });
      if (wheel === undefined) return { platform, reason: plan.reason };
      report({
        severity: 'note',
        code: 'wheel-instead',
        message: `\`${locked.id}\`: ${plan.reason}; its wheel is used on ${platformName(platform)}`,
      });
      return { platform, artifact: wheel };
    }),
  );

  const usable = choices.flatMap((choice) => ('artifact' in choice ? [choice] : []));
  if (usable.length === 0) throw refuse(locked, choices);
  for (const choice of choices) {
    if ('reason' in choice) {
      report({
        severity: 'warning',
        code: 'platform-without-file',
        message: `\`${locked.id}\` cannot be installed on ${platformName(choice.platform)}: ${choice.reason}`,
        hint: 'the recipe says so when it is evaluated there; leave the system out with `--systems`',
      });
    }
  }
  const chosen = [...new Set(usable.map(({ artifact }) => artifact))];
  const pinned = await Promise.all(
    chosen.map(async (artifact): Promise<Artifact> => {
      const mine = usable.filter((choice) => choice.artifact === artifact);
      const names = platformsOf(
        mine.map(({ platform }) => platform),
        platforms,
      );
      const { artifact: file } = await pin(artifact);
      return names === undefined ? file : { ...file, platforms: names };
    }),
  );
  return {
    artifacts: pinned,
    ...(built === undefined ? {} : { build: built.build }),
    tools: built?.packages ?? [],
  };
};
