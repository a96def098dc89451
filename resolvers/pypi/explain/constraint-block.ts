import type { ConstraintRule } from '../../../graph/requirements.ts';

/** A TOML basic string; JSON's escapes are TOML's, but for DEL and lone surrogates. */
const quote = (text: string): string =>
  JSON.stringify(text.toWellFormed()).replaceAll('\x7f', '\\u007f');

/** Rules as `overrides.toml` has them, to be pasted. */
export const formatConstraints = (rules: readonly ConstraintRule[]): string =>
  rules
    .map(({ of, on, use, why }) =>
      [
        '[[constraint]]',
        `of = ${quote(of)}`,
        `on = ${quote(on)}`,
        use === undefined ? 'ignore = true' : `use = ${quote(`${on}${use}`)}`,
        ...(why === undefined ? [] : [`why = ${quote(why)}`]),
      ].join('\n'),
    )
    .join('\n\n');
