import { type Diagnostic, isLock2nixError, Lock2nixError } from '../../graph/errors.ts';
import { formatProposal, formatRule } from '../../overrides/proposals/format.ts';
import { flagsIn, newProposals } from '../../overrides/proposals/known.ts';
import { proposeRules } from '../../overrides/proposals/propose.ts';
import type { Proposal } from '../../overrides/proposals/types.ts';
import { findInput } from '../input.ts';
import type { RecipeResult } from '../pipeline/recipe.ts';
import { readRecorded } from '../pipeline/recorded.ts';
import type { RecipeRequest } from '../pipeline/request.ts';
import { outputFolder, shownOutput } from '../place.ts';
import { plural } from '../report.ts';
import { appendRules, type RulesFile, readRulesFile } from '../rules-file.ts';
import { type BuildOutcome, buildRecipe } from '../try/nix.ts';
import type { World } from '../world.ts';
import { convert } from './convert.ts';

export interface TryRequest extends RecipeRequest {
  readonly inputs: readonly string[];
  /** Writes rules without asking. */
  readonly yes: boolean;
}

export interface TryContext {
  readonly world: World;
  /** Tells what there is to tell between two steps. */
  readonly tell: (text: string) => void;
  /** Runs a step with a progress line. */
  readonly step: <Result>(
    work: (say: (text: string) => void) => Promise<Result>,
  ) => Promise<Result>;
}

export interface TryResult {
  readonly recipe: RecipeResult;
  /** Output paths of what was built. */
  readonly paths: readonly string[];
  /** Rules that were written, as they stand in the file. */
  readonly added: readonly string[];
  readonly rulesFile: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** How often is built at most: what is learnt each time is new, but logs could go on for ever. */
const mostRounds = 20;

/** What is built: what runs, and what tells whether it does. */
const attributes = ['env', 'checks'];

type Advice = Extract<Proposal, { readonly kind: 'advice' }>;
type Rule = Exclude<Proposal, Advice>;

/** What was learnt of a failure. */
interface Lesson {
  readonly rules: readonly Rule[];
  readonly advice: readonly Advice[];
  /** The failure, when nothing new is learnt of it. */
  readonly error: Lock2nixError;
}

/** One end of a round: it builds, or there is a lesson. */
type Round =
  | { readonly kind: 'built'; readonly recipe: RecipeResult; readonly outcome: BuildOutcome }
  | { readonly kind: 'failed'; readonly lesson: Lesson; readonly what: string };

const learn = (
  log: string,
  { rules }: RulesFile,
  known: { readonly python?: string; readonly packages?: readonly string[] },
): { readonly rules: readonly Rule[]; readonly advice: readonly Advice[] } => {
  const fresh = newProposals(proposeRules(log, { ...known, flags: flagsIn(rules) }), rules);
  return {
    rules: fresh.flatMap((each) => (each.kind === 'advice' ? [] : [each])),
    advice: fresh.flatMap((each) => (each.kind === 'advice' ? [each] : [])),
  };
};

const adviceText = ({ name, text }: Advice): string =>
  name === undefined ? text : `${name}: ${text}`;

const nameOf = (drv: string): string =>
  (drv.split('/').at(-1) ?? drv).replace(/^[a-z0-9]{32}-/, '').replace(/\.drv$/, '');

const buildFailed = (
  shown: string,
  { failed, command }: BuildOutcome,
  advice: readonly Advice[],
): Lock2nixError =>
  new Lock2nixError(
    'BUILD_FAILED',
    `\`${shown}\` does not build, and no rule is known that cures it: ${failed.map(nameOf).join(', ')}`,
    {
      hint: [
        ...advice.map(adviceText),
        'look into the logs, and write a rule with `lock2nix override add`:',
        ...failed.map((drv) => `  nix-store --read-log ${drv}`),
        `build again: ${command}`,
      ].join('\n'),
    },
  );

/** Errors of converting that rules can settle. */
const settled: readonly string[] = ['UNSATISFIABLE', 'BACKEND_UNSUPPORTED'];

const convertRound = async (
  request: TryRequest,
  file: RulesFile,
  { world, step }: TryContext,
): Promise<RecipeResult | Lesson> => {
  try {
    return await step((say) => convert(request, { world, say }));
  } catch (error) {
    if (!isLock2nixError(error) || !settled.includes(error.code)) throw error;
    const said = `error: ${error.message}\nhint: ${error.hint ?? ''}\n`;
    return { ...learn(said, file, {}), error };
  }
};

/** What converting tells already: rules for collisions of wheels that lie beside the lock. */
const toldWhenConverting = ({ diagnostics }: RecipeResult, file: RulesFile): readonly Rule[] =>
  learn(
    diagnostics
      .filter(({ code }) => code === 'collision')
      .map(({ hint }) => `${hint ?? ''}\n`)
      .join('\n'),
    file,
    {},
  ).rules;

const runRound = async (
  request: TryRequest,
  file: RulesFile,
  output: string,
  context: TryContext,
): Promise<Round> => {
  const { world, step } = context;
  const { cwd } = world;
  const recipe = await convertRound(request, file, context);
  if ('error' in recipe) {
    return { kind: 'failed', lesson: recipe, what: 'no versions go together yet' };
  }
  const shown = shownOutput(output, cwd);
  const early = toldWhenConverting(recipe, file);
  if (early.length > 0) {
    const error = new Lock2nixError('BUILD_FAILED', `\`${shown}\` cannot build: files collide`);
    return { kind: 'failed', lesson: { rules: early, advice: [], error }, what: 'files collide' };
  }
  const { graph } = readRecorded(output, shown);
  const python = graph.target.python?.version;
  const outcome = await step((say) =>
    buildRecipe(
      { recipe: shown, attributes, insecure: python?.startsWith('2.') === true, cwd, say },
      world.run,
    ),
  );
  if (outcome.built) return { kind: 'built', recipe, outcome };
  const packages = [...new Set([...graph.packages.values()].map(({ name }) => name))];
  const learnt = learn(outcome.log, file, {
    packages,
    ...(python === undefined ? {} : { python }),
  });
  return {
    kind: 'failed',
    lesson: { ...learnt, error: buildFailed(shown, outcome, learnt.advice) },
    what: `${plural(outcome.failed.length, 'build')} failed: ${outcome.failed.map(nameOf).join(', ')}`,
  };
};

const unattended = ({ rules }: Lesson, shown: string): Lock2nixError =>
  new Lock2nixError(
    'BUILD_FAILED',
    `${plural(rules.length, 'rule')} would be written to \`${shown}\`, and there is nobody to ask`,
    { hint: 'write them without asking: lock2nix try --yes' },
  );

/** Whether rules may be written: asked once, and before anything is. Throws when there is nobody to ask. */
const mayWrite = async (
  lesson: Lesson,
  { yes }: TryRequest,
  { file, world }: { readonly file: RulesFile; readonly world: World },
): Promise<boolean> => {
  if (yes) return true;
  if (world.confirm === undefined) throw unattended(lesson, file.shown);
  return world.confirm(
    `Write ${lesson.rules.length === 1 ? 'this rule' : `these ${lesson.rules.length} rules`} to ${file.shown}, and those that follow?`,
  );
};

/**
 * Converts and builds, and writes the rules that failures teach until it builds. Throws
 * Lock2nixError: what `convert` throws; NIX_MISSING, NIX_FAILED; BUILD_FAILED when nothing new is
 * learnt, or nobody allows the rules.
 */
export const tryInput = async (request: TryRequest, context: TryContext): Promise<TryResult> => {
  const { world, tell } = context;
  const { cwd } = world;
  const { ecosystem } = request;
  const input = findInput(request.inputs, { command: 'lock2nix try', cwd, ecosystem });
  const output = outputFolder(request.output, { folder: input.folder, cwd });
  const added: string[] = [];
  let file = readRulesFile(input.folder, cwd);
  let allowed = false;
  for (let round = 1; ; round += 1) {
    const result = await runRound(request, file, output, context);
    if (result.kind === 'built') {
      const { recipe, outcome } = result;
      const { diagnostics } = recipe;
      return { recipe, paths: outcome.paths, added, rulesFile: file.shown, diagnostics };
    }
    const { lesson, what } = result;
    tell(`try ${round}: ${what}\n`);
    if (lesson.rules.length === 0 || round === mostRounds) throw lesson.error;
    tell(`\n${lesson.rules.map(formatProposal).join('\n')}\n`);
    allowed ||= await mayWrite(lesson, request, { file, world });
    if (!allowed) {
      throw new Lock2nixError('BUILD_FAILED', `nothing was written to \`${file.shown}\``, {
        hint: 'paste what you want of the rules above, then try again',
      });
    }
    const texts = lesson.rules.map(({ kind, rule }) => formatRule(kind, rule));
    file = appendRules(file, texts);
    added.push(...texts);
    tell(`${file.shown}: ${plural(texts.length, 'rule')} written\n`);
  }
};
