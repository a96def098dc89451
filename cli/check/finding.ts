/** Why an output does not agree with what it was made from. */
export type Cause = 'interruption' | 'tool' | 'place' | 'option' | 'input' | 'file' | 'record';

/** One thing that does not agree. */
export interface Finding {
  readonly cause: Cause;
  /** Searchable, kebab-case, never reused: `input-changed`. */
  readonly code: string;
  /** The file that it is about, as messages show it. */
  readonly file: string;
  /** First line that differs, when known. */
  readonly line?: number;
  readonly message: string;
  /** The next thing to type. */
  readonly hint: string;
}

const nouns: Readonly<Record<Cause, readonly [one: string, many: string]>> = {
  interruption: ['an interrupted run', 'interrupted runs'],
  tool: ['another lock2nix', 'other versions of lock2nix'],
  place: ['another place', 'other places'],
  option: ['1 option', 'options'],
  input: ['1 input', 'inputs'],
  file: ['1 file of the recipe', 'files of the recipe'],
  record: ['the record', 'places in the record'],
};

/** The causes with their counts: `1 input, 2 files of the recipe`. */
export const countCauses = (findings: readonly Finding[]): string =>
  Object.entries(nouns)
    .flatMap(([cause, [one, many]]) => {
      const count = findings.filter((each) => each.cause === cause).length;
      return count === 0 ? [] : [count === 1 ? one : `${count} ${many}`];
    })
    .join(', ');
