import { mergeOverrides, noOverrides } from './merge.ts';
import { parseOverrides } from './parse.ts';
import type { Overrides } from './types.ts';

/** The text of the collection's file for a distribution (normalised name), if it has one. */
export type ReadCollection = (name: string) => string | undefined;

/**
 * The bundled rules for these distributions, in the order of their names; no other file is read.
 * Recipes name their place as `collection/NAME.toml`.
 */
export const collectionOf = (names: readonly string[], read: ReadCollection): Overrides =>
  [...new Set(names)].sort().reduce((rules, name) => {
    const text = read(name);
    if (text === undefined) return rules;
    const file = `collection/${name}.toml`;
    return mergeOverrides(rules, parseOverrides(file, text, { origin: 'collection', file }));
  }, noOverrides);
