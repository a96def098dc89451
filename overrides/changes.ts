/** What rules change in one package on one platform. */
import type { Changes, FileChanges, Native, Patch } from '../graph/types.ts';
import type { PackageRule, RulePatch } from './types.ts';

const unite = (lists: readonly (readonly string[] | undefined)[]): readonly string[] =>
  [...new Set(lists.flatMap((list) => list ?? []))].sort();

const isEmpty = (value: object): boolean => Object.keys(value).length === 0;

const nativeOf = (rules: readonly PackageRule[]): Native | undefined => {
  const tools = unite(rules.map(({ native }) => native?.tools));
  const libraries = unite(rules.map(({ native }) => native?.libraries));
  const hardeningDisable = unite(rules.map(({ native }) => native?.hardeningDisable));
  if (tools.length + libraries.length + hardeningDisable.length === 0) return undefined;
  return { tools, libraries, hardeningDisable };
};

/** Tables of several rules as one; a later value wins, keys are sorted. */
const uniteTables = <Value>(
  tables: readonly (Readonly<Record<string, Value>> | undefined)[],
): Readonly<Record<string, Value>> => {
  const all = new Map(tables.flatMap((table) => Object.entries(table ?? {})));
  return Object.fromEntries([...all].sort(([left], [right]) => (left < right ? -1 : 1)));
};

/** How the log of a build calls a rule. */
const ruleName = ({ name, file, why }: PackageRule): string =>
  `the rule for \`${name}\` in ${file}${why === undefined ? '' : ` (${why})`}`;

/** Gives the name that a patch has below `patches/`. */
export type NamePatch = (patch: { readonly path: string; readonly text: string }) => string;

const patchOf = (patch: RulePatch, nameFor: NamePatch): Patch => {
  if ('url' in patch) return { url: patch.url, integrity: patch.integrity };
  const { path, text } = patch;
  if (text === undefined) throw new Error(`the patch ${path} was not read`);
  return { name: nameFor({ path, text }), text };
};

/** The changes of files that fall into one phase; `isMine` tells for the phase that an entry states. */
const fileChangesOf = (
  rules: readonly PackageRule[],
  isMine: (phase: 'source' | 'installed' | undefined) => boolean,
  nameFor: NamePatch,
): FileChanges | undefined => {
  const patches = rules.flatMap((rule) =>
    (rule.patches ?? [])
      .filter(({ phase }) => isMine(phase))
      .map((patch) => patchOf(patch, nameFor)),
  );
  const edits = rules.flatMap((rule) =>
    (rule.edits ?? [])
      .filter(({ phase }) => isMine(phase))
      .map(({ phase: _, required, ...edit }) => ({
        ...edit,
        ...(required === false ? { required } : {}),
        rule: ruleName(rule),
      })),
  );
  const filed = rules.flatMap((rule) =>
    rule.files === undefined || !isMine(rule.files.phase)
      ? []
      : [{ ...rule.files, rule: ruleName(rule) }],
  );
  const remove = filed.flatMap(({ remove: paths, rule }) => paths.map((path) => ({ path, rule })));
  const create = filed.flatMap(({ create: texts, rule }) =>
    Object.entries(texts).map(([path, text]) => ({ path, text, rule })),
  );
  const changes: FileChanges = {
    ...(patches.length === 0 ? {} : { patches }),
    ...(edits.length === 0 ? {} : { edits }),
    ...(remove.length === 0 ? {} : { remove }),
    ...(create.length === 0 ? {} : { create }),
  };
  return isEmpty(changes) ? undefined : changes;
};

/** Hooks of several rules run one after the other. */
const hooksOf = (rules: readonly PackageRule[]): Readonly<Record<string, string>> => {
  const texts = new Map<string, string[]>();
  for (const { hooks } of rules) {
    for (const [name, text] of Object.entries(hooks ?? {})) {
      texts.set(name, [...(texts.get(name) ?? []), text]);
    }
  }
  return uniteTables([...texts].map(([name, all]) => ({ [name]: all.join('\n') })));
};

/**
 * What rules that hold come to, in their order: lists unite, of the rest the last one wins. What does
 * not name a phase changes the source, and of a wheel what is installed.
 */
export const changesOf = (
  rules: readonly PackageRule[],
  kind: 'sdist' | 'wheel',
  nameFor: NamePatch,
): Changes => {
  const native = nativeOf(rules);
  const env = uniteTables(rules.map((rule) => rule.env));
  const configSettings = uniteTables(rules.map((rule) => rule.configSettings));
  const isWheel = kind === 'wheel';
  const sourceFiles = isWheel
    ? undefined
    : fileChangesOf(rules, (phase) => phase !== 'installed', nameFor);
  const installedFiles = fileChangesOf(
    rules,
    (phase) => phase === 'installed' || (isWheel && phase === undefined),
    nameFor,
  );
  const hooks = hooksOf(rules);
  const imports = rules.findLast((rule) => rule.imports !== undefined)?.imports;
  return {
    ...(native === undefined ? {} : { native }),
    ...(isEmpty(env) ? {} : { env }),
    ...(isWheel || isEmpty(configSettings) ? {} : { configSettings }),
    ...(sourceFiles === undefined ? {} : { sourceFiles }),
    ...(installedFiles === undefined ? {} : { installedFiles }),
    ...(isEmpty(hooks) ? {} : { hooks }),
    ...(imports === undefined ? {} : { imports }),
  };
};
