import type { RequirementSet } from '../graph/requirements.ts';
import type { Ecosystem, LockedGraph } from '../graph/types.ts';

/**
 * What a converter is given. `file` names the input in messages; `read` gives the text of a file
 * beside it (path relative to the input's folder), undefined when there is none. The caller does
 * the I/O, so that converters stay pure.
 */
export interface ConverterInput {
  readonly file: string;
  readonly text: string;
  readonly read: (relativePath: string) => string | undefined;
  /**
   * The environment, for formats whose files name variables of it (pip's `${NAME}`). What they hold
   * may be credentials: it goes into URLs only, never into a text that is shown. Absent: none is set.
   */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** What a lock says, gaps included. */
export interface ConvertedLock {
  readonly kind: 'locked';
  readonly graph: LockedGraph;
}

/** What a file without pins asks for. */
export interface ConvertedRequirements {
  readonly kind: 'requirements';
  readonly set: RequirementSet;
}

/** What a converter gives back: everything that the file says. */
export type Converted = ConvertedLock | ConvertedRequirements;

/** The part of a format that is loaded only when an input of that format is met. */
export interface Converter {
  readonly convert: (input: ConverterInput) => Converted;
}

/**
 * A format that lock2nix reads. `fileNames` are the names that such files usually have in a folder;
 * `recognises` answers by content, cheaply and without an error, whatever the text is.
 */
export interface Format {
  readonly name: string;
  readonly ecosystem: Ecosystem;
  /** What its converter gives. */
  readonly gives: Converted['kind'];
  readonly fileNames: readonly string[];
  /** Other names that tell of the format when the content does not. */
  readonly namePattern?: RegExp;
  readonly recognises: (text: string) => boolean;
  readonly load: () => Promise<Converter>;
}
