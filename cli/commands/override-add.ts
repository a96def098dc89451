import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type Diagnostic, Lock2nixError } from '../../graph/errors.ts';
import { formatRule } from '../../overrides/proposals/format.ts';
import { flagsIn, newProposals } from '../../overrides/proposals/known.ts';
import { proposeRules } from '../../overrides/proposals/propose.ts';
import type { Proposal, RuleTable } from '../../overrides/proposals/types.ts';
import { parseName } from '../../standards/name.ts';
import { quoted } from '../../standards/quoted.ts';
import { convertAgain, hasRecipe } from '../pipeline/again.ts';
import type { RecipeResult } from '../pipeline/recipe.ts';
import { tryReadRecorded } from '../pipeline/recorded.ts';
import type { PipelineContext } from '../pipeline/request.ts';
import { type Sources, withSources } from '../pipeline/sources.ts';
import { outputFolder } from '../place.ts';
import { appendRules, type RulesFile, readRulesFile } from '../rules-file.ts';
import type { World } from '../world.ts';

export interface OverrideAddRequest {
  /** Distribution, as it was typed. Absent only with `fromLog`. */
  readonly name?: string;
  readonly why?: string;
  /** Files beside which nothing is assumed, or URLs. */
  readonly patches?: readonly string[];
  readonly git?: string;
  readonly rev?: string;
  readonly libraries?: readonly string[];
  readonly tools?: readonly string[];
  readonly hardeningDisable?: readonly string[];
  readonly buildRequires?: readonly string[];
  readonly addDependencies?: readonly string[];
  readonly prefer?: 'wheel' | 'sdist';
  /** `NAME=VALUE` */
  readonly env?: readonly string[];
  readonly drop?: boolean;
  /** A file, or `-` for stdin. */
  readonly fromLog?: string;
  readonly convert: boolean;
  readonly output?: string;
  readonly offline: boolean;
  readonly cacheDir?: string;
}

export interface OverrideAddResult {
  /** As messages show it. */
  readonly file: string;
  /** What was appended, rule by rule. */
  readonly added: readonly string[];
  /** What a log says that no rule cures. */
  readonly advice: readonly Extract<Proposal, { readonly kind: 'advice' }>[];
  /** Absent: nothing was converted. */
  readonly recipe?: RecipeResult;
  readonly diagnostics: readonly Diagnostic[];
}

const usage = (message: string, hint: string): Lock2nixError =>
  new Lock2nixError('USAGE', message, { hint });

const isUrl = (text: string): boolean => /^https?:\/\//i.test(text);

/** A patch file of the project: where it lies in `patches/`, copied there from elsewhere. */
const placePatch = (typed: string, folder: string, cwd: string): string => {
  const from = resolve(cwd, typed);
  if (!existsSync(from)) {
    throw new Lock2nixError('INPUT_MISSING', `there is no patch ${quoted(typed)}`, {
      hint: 'name a file that `git diff` or `git format-patch` wrote, or a URL',
    });
  }
  const bytes = readFileSync(from);
  const name = basename(from).replaceAll(/[^\w.+-]/g, '-');
  const path = join(folder, 'patches', name);
  if (path !== from && existsSync(path) && !readFileSync(path).equals(bytes)) {
    throw usage(
      `\`patches/${name}\` is there already, and is another patch`,
      'give the new one another name',
    );
  }
  mkdirSync(dirname(path), { recursive: true });
  if (path !== from) writeFileSync(path, bytes);
  return `patches/${name}`;
};

/** Patches as rules name them; those of the web with the hash of what is there now. */
const patchesOf = async (
  typed: readonly string[],
  { folder, cwd, sources }: { folder: string; cwd: string; sources: () => Promise<Sources> },
): Promise<NonNullable<RuleTable['patches']>> => {
  const patches: (string | Readonly<Record<string, string>>)[] = [];
  for (const each of typed) {
    if (!isUrl(each)) {
      patches.push(placePatch(each, folder, cwd));
      continue;
    }
    const { registry } = await sources();
    const { sri } = await registry.urlIntegrity(each);
    patches.push({ url: each, hash: sri });
  }
  return patches;
};

const sourceOf = async (
  { git, rev, prefer }: OverrideAddRequest,
  sources: () => Promise<Sources>,
): Promise<RuleTable['source'] | undefined> => {
  if (git === undefined) {
    if (rev !== undefined) throw usage('`--rev` names a commit of `--git`', 'add --git URL');
    return prefer === undefined ? undefined : { prefer };
  }
  if (prefer !== undefined) {
    throw usage(
      '`--prefer` does not go with `--git`',
      'a commit is built from source: leave it out',
    );
  }
  const { registry } = await sources();
  const url = /^[./~]/.test(git) ? `file://${resolve(git)}` : git;
  const commit = await registry.gitCommit({ url, ref: rev ?? 'HEAD' });
  const { integrity } = await registry.gitSource({ url, rev: commit });
  return { git: url, rev: commit, hash: integrity.sri };
};

const envOf = (pairs: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    pairs.map((pair) => {
      const { key, value } = /^(?<key>[A-Za-z_]\w*)=(?<value>.*)$/s.exec(pair)?.groups ?? {};
      if (key === undefined || value === undefined) {
        throw usage(`\`--env\` is ${quoted(pair)}`, 'write it as in --env CFLAGS=-O1');
      }
      return [key, value];
    }),
  );

/** What of the options is in the rule, besides its name and reason. */
const fieldsOf = async (
  request: OverrideAddRequest,
  place: { folder: string; cwd: string; sources: () => Promise<Sources> },
): Promise<Omit<RuleTable, 'name' | 'why'>> => {
  const { libraries, tools, hardeningDisable, buildRequires, addDependencies, env, drop } = request;
  const native = {
    ...(tools === undefined ? {} : { tools }),
    ...(libraries === undefined ? {} : { libraries }),
    ...(hardeningDisable === undefined ? {} : { 'hardening-disable': hardeningDisable }),
  };
  const source = await sourceOf(request, place.sources);
  const patches = await patchesOf(request.patches ?? [], place);
  return {
    ...(source === undefined ? {} : { source }),
    ...(buildRequires === undefined ? {} : { build: { requires: buildRequires } }),
    ...(addDependencies === undefined ? {} : { dependencies: { add: addDependencies } }),
    ...(Object.keys(native).length === 0 ? {} : { native }),
    ...(env === undefined ? {} : { env: envOf(env) }),
    ...(patches.length === 0 ? {} : { patches }),
    ...(drop === true ? { drop } : {}),
  };
};

const readLog = async (path: string, { cwd, readStdin }: World): Promise<string> => {
  if (path === '-') return (await readStdin?.()) ?? '';
  const file = resolve(cwd, path);
  if (!existsSync(file)) {
    throw new Lock2nixError('INPUT_MISSING', `there is no log ${quoted(path)}`, {
      hint: 'keep one: nix-build -k nix/lock2nix -A env 2>&1 | tee build.log',
    });
  }
  return readFileSync(file, 'utf8');
};

/** What a log proposes beside the rules that are there. */
const proposalsOf = async (
  request: OverrideAddRequest & { readonly fromLog: string },
  { rules }: RulesFile,
  world: World,
): Promise<readonly Proposal[]> => {
  const log = await readLog(request.fromLog, world);
  const { cwd } = world;
  const recorded = tryReadRecorded(outputFolder(request.output, { folder: cwd, cwd }));
  const name = request.name === undefined ? undefined : parseName(request.name);
  const python = recorded?.graph.target.python?.version;
  const proposals = proposeRules(log, {
    ...(name === undefined ? {} : { name }),
    ...(python === undefined ? {} : { python }),
    flags: flagsIn(rules),
  });
  const mine = proposals.filter(
    (each) => name === undefined || each.kind !== 'package' || each.rule.name === name,
  );
  return newProposals(mine, rules);
};

const ruleTexts = (proposals: readonly Proposal[]): readonly string[] =>
  proposals.flatMap((each) => (each.kind === 'advice' ? [] : [formatRule(each.kind, each.rule)]));

/** The rule that the options spell. Throws USAGE for one that says nothing. */
const ownRule = async (
  request: OverrideAddRequest,
  context: PipelineContext,
): Promise<Proposal | undefined> => {
  const { cwd } = context.world;
  const fields = await withSources(request, context, (sources) =>
    fieldsOf(request, { folder: cwd, cwd, sources }),
  );
  const isEmpty = Object.keys(fields).length === 0;
  if (isEmpty && request.fromLog !== undefined) return undefined;
  if (request.name === undefined) {
    throw usage('a rule needs the NAME of a package', 'lock2nix override add NAME --library zlib');
  }
  if (isEmpty) {
    throw usage(
      'the rule would say nothing',
      `say what is to change: lock2nix override add ${request.name} --library zlib; \`lock2nix override add --help\` lists all`,
    );
  }
  const name = parseName(request.name);
  return { kind: 'package', rule: { name, why: request.why ?? '', ...fields } };
};

/** Without a reason the rule has none. */
const spelled = (proposal: Proposal | undefined): readonly string[] => {
  if (proposal?.kind !== 'package') return [];
  const { why, ...rule } = proposal.rule;
  return [formatRule('package', why === '' ? rule : { ...rule, why })];
};

/**
 * Appends a rule to the `overrides.toml` of the current folder, or those that a log proposes, and
 * converts again. Throws Lock2nixError; nothing is appended then.
 */
export const overrideAdd = async (
  request: OverrideAddRequest,
  context: PipelineContext,
): Promise<OverrideAddResult> => {
  const { world } = context;
  const { cwd } = world;
  const file = readRulesFile(cwd, cwd);
  const { fromLog } = request;
  const learnt =
    fromLog === undefined ? [] : await proposalsOf({ ...request, fromLog }, file, world);
  const reasoned = learnt.map(
    (each): Proposal =>
      each.kind === 'package' && request.why !== undefined
        ? { ...each, rule: { ...each.rule, why: request.why } }
        : each,
  );
  const added = [...spelled(await ownRule(request, context)), ...ruleTexts(reasoned)];
  if (added.length > 0) appendRules(file, added);
  const advice = learnt.flatMap((each) => (each.kind === 'advice' ? [each] : []));
  const result = { file: file.shown, added, advice, diagnostics: [] };
  if (added.length === 0 || !request.convert || !hasRecipe(request, cwd)) return result;
  const recipe = await convertAgain(request, context);
  return { ...result, recipe, diagnostics: recipe.diagnostics };
};
