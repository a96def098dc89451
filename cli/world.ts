import type { OpenOptions } from '../resolvers/registry/registry.ts';

/** A stream that text is written to; whether it is a terminal decides about colour and progress. */
export interface TextStream {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
}

/** How a program ended. */
export interface ProgramResult {
  /** As a shell has it. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program with its arguments in a folder, and waits for its end; `onLine` gets the lines of
 * its stderr as they come. Undefined: there is no such program.
 */
export type RunProgram = (
  command: readonly [string, ...string[]],
  options: { readonly cwd: string; readonly onLine?: (line: string) => void },
) => Promise<ProgramResult | undefined>;

/** What a run sees of the outside besides files and registries. */
export interface World {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** As `process.platform`. */
  readonly platform: string;
  /** As `process.arch`. */
  readonly arch: string;
  /** Data. */
  readonly stdout: TextStream;
  /** Talk. */
  readonly stderr: TextStream;
  /** All of stdin, as text; absent: there is none. */
  readonly readStdin?: () => Promise<string>;
  /** Asks a question that is answered with yes or no; absent: nobody is there to answer. */
  readonly confirm?: (question: string) => Promise<boolean>;
  /** Runs other programs; absent: there are none. */
  readonly run?: RunProgram;
  /** For tests: another public index than PyPI, shorter pauses, local repositories. No option of users leads here. */
  readonly registry?: Pick<OpenOptions, 'index' | 'pause' | 'gitProtocols'>;
}
