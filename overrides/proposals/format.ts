/** Rules as text of `overrides.toml`. */
import type { CollisionTable, ConstraintTable, Proposal, RuleTable } from './types.ts';

/** A TOML basic string; JSON's escapes are TOML's, but for DEL and lone surrogates. */
const quote = (text: string): string =>
  JSON.stringify(text.toWellFormed()).replaceAll('\x7f', '\\u007f');

const keyText = (key: string): string => (/^[\w-]+$/.test(key) ? key : quote(key));

/** A value on one line. */
export const formatValue = (value: unknown): string => {
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return `[${value.map(formatValue).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{ ${Object.entries(value)
      .map(([key, each]) => `${keyText(key)} = ${formatValue(each)}`)
      .join(', ')} }`;
  }
  return String(value);
};

/** Keys in the order in which `docs/overrides.md` has them. */
const order = [
  ...['name', 'path', 'keep', 'drop-from', 'of', 'on', 'use', 'ignore'],
  ...['why', 'source', 'build', 'dependencies', 'native', 'env', 'patches', 'drop'],
];

/** A rule as it is appended to the file, without an empty line around it. */
export const formatRule = (
  kind: 'package' | 'collision' | 'constraint',
  rule: RuleTable | CollisionTable | ConstraintTable,
): string => {
  const values = new Map(Object.entries(rule));
  const lines = order.flatMap((key) => {
    const value: unknown = values.get(key);
    return value === undefined ? [] : [`${key} = ${formatValue(value)}`];
  });
  return `[[${kind}]]\n${lines.join('\n')}\n`;
};

/** A proposal as text: a rule, or advice as a comment. */
export const formatProposal = (proposal: Proposal): string =>
  proposal.kind === 'advice'
    ? `# ${proposal.name === undefined ? '' : `${proposal.name}: `}${proposal.text}\n`
    : formatRule(proposal.kind, proposal.rule);
