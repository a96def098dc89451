import type { OpenOptions } from '../resolvers/registry/registry.ts';

/** A stream that text is written to; whether it is a terminal decides about colour and progress. */
export interface TextStream {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
}

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
  /** For tests: another public index than PyPI, and shorter pauses. No option of users leads here. */
  readonly registry?: Pick<OpenOptions, 'index' | 'pause'>;
}
