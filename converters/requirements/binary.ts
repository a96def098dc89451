/** `--only-binary` and `--no-binary`: of each name, the last word holds (pip's FormatControl). */
import type { NameSet } from '../../graph/requirements.ts';
import { parseName } from '../../standards/name.ts';

const all = ':all:';

/** Names that must be, and that must not be, wheels; `all` stands for the rest. */
export interface BinaryChoice {
  readonly only: Set<string>;
  readonly no: Set<string>;
}

/** Adds the value of an option to a choice: names with commas, `:all:`, or `:none:` to begin anew. */
export const chooseBinary = (choice: BinaryChoice, kind: 'only' | 'no', value: string): void => {
  const target = choice[kind];
  const other = choice[kind === 'only' ? 'no' : 'only'];
  let items = value.split(',').map((item) => item.trim());
  const last = items.lastIndexOf(all);
  if (last >= 0) {
    other.clear();
    target.clear();
    target.add(all);
    items = items.slice(last + 1);
    // As in pip, what follows `:all:` counts only behind a `:none:`.
    if (!items.includes(':none:')) return;
  }
  for (const item of items) {
    if (item === ':none:') target.clear();
    else if (item !== '') {
      const name = parseName(item);
      other.delete(name);
      target.add(name);
    }
  }
};

/** Undefined when no name is in it. */
export const nameSetOf = (names: ReadonlySet<string>): NameSet | undefined => {
  if (names.has(all)) return all;
  return names.size === 0 ? undefined : [...names].sort();
};
