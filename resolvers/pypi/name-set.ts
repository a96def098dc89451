import type { NameSet } from '../../graph/requirements.ts';

/** The names of both sets. */
export const uniteNames = (one: NameSet = [], other: NameSet = []): NameSet =>
  one === ':all:' || other === ':all:' ? ':all:' : [...new Set([...one, ...other])].sort();

/**
 * Whether one of pip's two sets, `--only-binary` and `--no-binary`, holds for a package: one that
 * names it goes before the `:all:` of the other (pip, `FormatControl.get_allowed_formats`).
 */
export const holdsFor = (
  name: string,
  set: NameSet | undefined,
  other: NameSet | undefined,
): boolean =>
  set === ':all:'
    ? other === ':all:' || other?.includes(name) !== true
    : set?.includes(name) === true;
