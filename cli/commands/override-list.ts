/** The rules of a project, and what they do to its recipe. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Diagnostic, Lock2nixError } from '../../graph/errors.ts';
import type { FiredRule, PinnedGraph } from '../../graph/types.ts';
import type { PackageRule } from '../../overrides/types.ts';
import { normaliseName } from '../../standards/name.ts';
import { nearest } from '../../standards/nearest.ts';
import { quoted } from '../../standards/quoted.ts';
import { tryReadRecorded } from '../pipeline/recorded.ts';
import { outputFolder, shownOutput } from '../place.ts';
import { type RulesFile, readRulesFile } from '../rules-file.ts';

/** `unknown`: there is no recipe to look at, or it does not tell. */
export type RuleState = 'acts' | 'idle' | 'unknown';

export interface ListedRule {
  /** `overrides.toml:3` */
  readonly place: string;
  readonly kind: 'package' | 'collision' | 'constraint';
  /** What it is about: a name, a path, `tokenserver -> cornice`. */
  readonly about: string;
  readonly why?: string;
  readonly state: RuleState;
}

export interface OverrideRequest {
  readonly output?: string;
}

const recordedGraph = ({ output }: OverrideRequest, cwd: string): PinnedGraph | undefined =>
  tryReadRecorded(outputFolder(output, { folder: cwd, cwd }))?.graph;

/** All rules of a graph that fired, with the package that they fired for. */
const firedIn = (
  graph: PinnedGraph,
): readonly { readonly name: string; readonly rules: readonly FiredRule[] }[] => [
  ...[...graph.packages.values()].map(({ name, rules = [] }) => ({ name, rules })),
  ...(graph.dropped ?? []),
];

const isFired = ({ name, file, why }: PackageRule, graph: PinnedGraph): boolean =>
  firedIn(graph).some(
    (each) =>
      each.name === name &&
      each.rules.some(
        (rule) => rule.origin === 'project' && rule.file === file && rule.why === why,
      ),
  );

const stateOf = (acts: boolean): RuleState => (acts ? 'acts' : 'idle');

const listed = (file: RulesFile, graph: PinnedGraph | undefined): readonly ListedRule[] => {
  const { packages, collisions, constraints } = file.rules;
  const names = new Set([...(graph?.packages.values() ?? [])].map(({ name }) => name));
  const reason = ({ why }: { readonly why?: string }) => (why === undefined ? {} : { why });
  return [
    ...packages.map(
      (rule): ListedRule => ({
        place: rule.place,
        kind: 'package',
        about: rule.name,
        ...reason(rule),
        state: graph === undefined ? 'unknown' : stateOf(isFired(rule, graph)),
      }),
    ),
    ...constraints.map(
      (rule): ListedRule => ({
        place: rule.place,
        kind: 'constraint',
        about: `${rule.of} -> ${rule.on}`,
        ...reason(rule),
        state: graph === undefined || names.has(rule.on) ? 'unknown' : 'idle',
      }),
    ),
    ...collisions.map((rule): ListedRule => {
      const owners = rule.keep === undefined ? (rule.dropFrom ?? []) : [rule.keep];
      const present = owners.some((name) => names.has(name));
      return {
        place: rule.place,
        kind: 'collision',
        about: rule.path,
        state: graph === undefined || present ? 'unknown' : 'idle',
      };
    }),
  ];
};

const missing = (shown: string): Lock2nixError =>
  new Lock2nixError('INPUT_MISSING', `there is no \`${shown}\``, {
    hint: 'write a rule: lock2nix override add NAME --library zlib',
  });

export interface OverrideListResult {
  readonly file: string;
  readonly rules: readonly ListedRule[];
}

/** The rules of the current folder, in the order of the file by kind. Throws INPUT_MISSING and what the file is refused for. */
export const overrideList = (request: OverrideRequest, cwd: string): OverrideListResult => {
  const file = readRulesFile(cwd, cwd);
  if (file.text === undefined) throw missing(file.shown);
  return { file: file.shown, rules: listed(file, recordedGraph(request, cwd)) };
};

export interface OverrideCheckResult extends OverrideListResult {
  readonly diagnostics: readonly Diagnostic[];
}

const nearName = (name: string, graph: PinnedGraph): { readonly hint?: string } => {
  const names = [...new Set([...graph.packages.values()].map((each) => each.name))].sort();
  const near = names.includes(name) ? undefined : nearest(name, names);
  return near === undefined ? {} : { hint: `did you mean \`${near}\`?` };
};

/**
 * Reads the file as `convert` does, its patches too, and says which rules do nothing in the recipe
 * that is there. Throws what the file is refused for.
 */
export const overrideCheck = async (
  request: OverrideRequest,
  cwd: string,
): Promise<OverrideCheckResult> => {
  const file = readRulesFile(cwd, cwd);
  if (file.text === undefined) throw missing(file.shown);
  const { readPatches } = await import('../../overrides/patches.ts');
  readPatches(file.rules, (path) => {
    const full = join(dirname(file.path), path);
    return existsSync(full) ? readFileSync(full) : undefined;
  });
  const graph = recordedGraph(request, cwd);
  const rules = listed(file, graph);
  return {
    file: file.shown,
    rules,
    diagnostics:
      graph === undefined
        ? [
            {
              severity: 'note',
              code: 'no-recipe',
              message: 'there is no recipe yet, so which rules act is not known',
              hint: 'convert',
            },
          ]
        : rules
            .filter(({ state }) => state === 'idle')
            .map(({ place, kind, about }) => ({
              severity: 'warning',
              code: 'rule-unmatched',
              message: `${place}: the rule for ${quoted(about)} does nothing in the recipe`,
              ...(kind === 'package' ? nearName(about, graph) : {}),
            })),
  };
};

const sentence = ({ origin, file, why, fields, platforms }: FiredRule): string => {
  const where = origin === 'collection' ? `the collection's ${file}` : file;
  const on = platforms === undefined ? '' : ` on ${platforms.join(', ')}`;
  return `${where}: ${fields.join(', ')}${on}${why === undefined ? '' : ` (${why})`}`;
};

/**
 * What rules did to a package, from the record, and which of the file did nothing. Lines for stdout.
 * Throws INPUT_MISSING without a recipe, PACKAGE_UNKNOWN for a name that neither recipe nor rules have.
 */
export const overrideExplain = (
  name: string,
  request: OverrideRequest,
  cwd: string,
): readonly string[] => {
  const output = outputFolder(request.output, { folder: cwd, cwd });
  const graph = recordedGraph(request, cwd);
  if (graph === undefined) {
    throw new Lock2nixError(
      'INPUT_MISSING',
      `there is no recipe in \`${shownOutput(output, cwd)}\``,
      { hint: 'make one: convert' },
    );
  }
  const file = readRulesFile(cwd, cwd);
  const wanted = normaliseName(name);
  const packages = [...graph.packages.values()].filter((each) => each.name === wanted);
  const dropped = (graph.dropped ?? []).filter((each) => each.name === wanted);
  const mine = file.rules.packages.filter((rule) => rule.name === wanted);
  if (packages.length + dropped.length + mine.length === 0) {
    throw new Lock2nixError('PACKAGE_UNKNOWN', `neither recipe nor rules have ${quoted(wanted)}`, {
      hint: nearName(wanted, graph).hint ?? '`lock2nix override list` lists the rules',
    });
  }
  const idle = mine.filter((rule) => !isFired(rule, graph));
  const lines = [
    ...packages.flatMap(({ version, rules = [] }) => [
      `${wanted} ${version}: ${rules.length === 0 ? 'no rule acts on it' : `${rules.length} ${rules.length === 1 ? 'rule acts' : 'rules act'}`}`,
      ...rules.map((rule) => `  ${sentence(rule)}`),
    ]),
    ...dropped.flatMap(({ rules }) => [
      `${wanted}: left out`,
      ...rules.map((rule) => `  ${sentence(rule)}`),
    ]),
    ...(packages.length + dropped.length === 0 ? [`${wanted}: not in the recipe`] : []),
    ...idle.map(
      ({ place, why }) => `  ${place}: does nothing here${why === undefined ? '' : ` (${why})`}`,
    ),
  ];
  const constraints = file.rules.constraints.filter(({ of, on }) => on === wanted || of === wanted);
  return [
    ...lines,
    ...constraints.map(({ place, of, on, use, why }) => {
      const what = use === undefined ? 'is ignored' : `is ${on}${use}`;
      return `  ${place}: what ${of === '*' ? 'everyone' : of} requires of ${on} ${what}${why === undefined ? '' : ` (${why})`}`;
    }),
  ];
};
