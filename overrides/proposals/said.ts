/** Rules that lock2nix and its recipes print themselves, with an error or at the end of a log. */
import { isName, normaliseName } from '../../standards/name.ts';
import { parseToml } from '../../standards/toml.ts';
import type { CollisionTable, ConstraintTable, Proposal, RuleTable } from './types.ts';

/** A header of a rule, and the lines with keys behind it; those of Nix's repetition lose their mark. */
const block =
  /^\[\[(?<table>package|collision|constraint)\]\]\n(?<body>(?:[a-z][\w-]* = .*(?:\n|$))+)/gm;

/** What stands for what the reader is to fill in. */
const placeholder = 'ATTRIBUTE';

const tryParse = (text: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    return parseToml(text);
  } catch {
    return undefined;
  }
};

const isText = (value: unknown): value is string => typeof value === 'string';

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every(isText);

const collisionOf = (table: Readonly<Record<string, unknown>>): Proposal | undefined => {
  const { path, keep, 'drop-from': dropFrom, why } = table;
  if (!isText(path) || isText(keep) === isTexts(dropFrom)) return undefined;
  const owner = isText(keep) ? `${keep}'s file is taken` : 'the other file is taken';
  const rule: CollisionTable = {
    path,
    ...(isText(keep) ? { keep } : {}),
    ...(isTexts(dropFrom) ? { 'drop-from': dropFrom } : {}),
  };
  return {
    kind: 'collision',
    rule: { ...rule, why: isText(why) ? why : `several packages bring it; ${owner}` },
  };
};

const constraintOf = (table: Readonly<Record<string, unknown>>): Proposal | undefined => {
  const { of, on, use, ignore, why } = table;
  if (!isText(of) || !isText(on) || isText(use) === (ignore === true)) return undefined;
  const rule: ConstraintTable = { of, on, ...(isText(use) ? { use } : { ignore: true }) };
  return {
    kind: 'constraint',
    rule: { ...rule, why: isText(why) ? why : `what ${of} requires contradicts the others` },
  };
};

const textsOf = (table: unknown, key: string): readonly string[] => {
  if (typeof table !== 'object' || table === null) return [];
  const value: unknown = Reflect.get(table, key);
  return isTexts(value) ? value : [];
};

const packageOf = (
  table: Readonly<Record<string, unknown>>,
  reasons: ReadonlyMap<string, string>,
): Proposal | undefined => {
  const { name, build, native, why } = table;
  if (!isText(name) || !isName(name)) return undefined;
  const requires = textsOf(build, 'requires');
  const lists = (['tools', 'libraries', 'hardening-disable'] as const).flatMap((key) => {
    const values = textsOf(native, key).filter((each) => each !== placeholder);
    return values.length === 0 ? [] : [[key, values] as const];
  });
  if (requires.length === 0 && lists.length === 0) return undefined;
  const rule: RuleTable = {
    name: normaliseName(name),
    ...(requires.length === 0 ? {} : { build: { requires } }),
    ...(lists.length === 0 ? {} : { native: Object.fromEntries(lists) }),
  };
  const reason = isText(why) ? why : (reasons.get(rule.name) ?? 'its build failed without');
  return { kind: 'package', rule: { ...rule, why: reason } };
};

/** `error: NAME cannot be built: REASON`, by normalised name. */
const reasonsIn = (text: string): ReadonlyMap<string, string> =>
  new Map(
    [...text.matchAll(/^error: (?<name>[\w.-]+) cannot be built: (?<why>.+)$/gm)].map(
      ({ groups }) => [normaliseName(groups?.['name'] ?? ''), groups?.['why'] ?? ''],
    ),
  );

/**
 * The rules that a text prints to be pasted: of collisions, of contradicting requirements, and of
 * builds. What is not of their shape is passed over.
 */
export const rulesSaid = (text: string): readonly Proposal[] => {
  const reasons = reasonsIn(text);
  return [...text.matchAll(block)].flatMap(({ groups }) => {
    const table = tryParse(groups?.['body'] ?? '');
    if (table === undefined) return [];
    const kind = groups?.['table'];
    const found =
      kind === 'collision'
        ? collisionOf(table)
        : kind === 'constraint'
          ? constraintOf(table)
          : packageOf(table, reasons);
    return found ?? [];
  });
};

/**
 * Sources that are refused when converting, for what recipes do not have: their wheels are taken.
 * The words are those of `resolvers/pypi`.
 */
export const wheelsSaid = (text: string): readonly Proposal[] =>
  [
    ...text.matchAll(
      /`(?<name>[\w.-]+)@[^`\s]+` cannot be installed\b.{0,500}?needs (?<what>a (?:Rust|Go) toolchain and vendored \w+)/g,
    ),
  ].map(({ groups }) => ({
    kind: 'package',
    rule: {
      name: normaliseName(groups?.['name'] ?? ''),
      why: `its source needs ${groups?.['what']}, which recipes do not have`,
      source: { prefer: 'wheel' },
    },
  }));
