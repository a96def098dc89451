/**
 * Searchable codes of everything that lock2nix refuses. A code keeps its meaning for ever and is
 * never used for another one. `docs/errors.md` has a line for each.
 */
export const errorCodes = {
  USAGE: 2,
  INPUT_MISSING: 2,
  INPUT_UNKNOWN: 2,
  OUTPUT_FOREIGN: 2,
  OUTPUT_UNWRITABLE: 2,
  PYTHON_UNKNOWN: 2,
  SYSTEM_UNKNOWN: 2,
  EXTRA_UNKNOWN: 2,
  GROUP_UNKNOWN: 2,
  LOCK_SYNTAX: 1,
  LOCK_SHAPE: 1,
  LOCK_VERSION: 1,
  LOCK_DUPLICATE: 1,
  LOCK_DANGLING: 1,
  LOCK_CONTRADICTION: 1,
  LOCK_INCOMPLETE: 1,
  MANIFEST_SYNTAX: 1,
  MANIFEST_SHAPE: 1,
  OVERRIDES_SYNTAX: 1,
  OVERRIDES_SHAPE: 1,
  VERSION_INVALID: 1,
  SPECIFIER_INVALID: 1,
  MARKER_INVALID: 1,
  REQUIREMENT_INVALID: 1,
  NAME_INVALID: 1,
  FILE_NAME_INVALID: 1,
  URL_INVALID: 1,
  HASH_MISMATCH: 1,
  HASH_INVALID: 1,
  FILE_NOT_ON_INDEX: 1,
  UNSATISFIABLE: 1,
  HASH_MISSING: 1,
  NO_USABLE_FILE: 1,
  PACKAGE_UNKNOWN: 2,
  BACKEND_UNSUPPORTED: 1,
  BUILD_CYCLE: 1,
  ARCHIVE_INVALID: 1,
  GRAPH_INVALID: 1,
  RECORD_INVALID: 1,
  RECORD_VERSION: 1,
  OUT_OF_DATE: 1,
  NIX_MISSING: 2,
  NIX_FAILED: 1,
  BUILD_FAILED: 1,
  STRICT: 1,
  NIX_TEXT: 1,
  REGISTRY_UNREACHABLE: 3,
  REGISTRY_ANSWER: 3,
  OFFLINE: 3,
  GIT_FAILED: 3,
  CACHE: 3,
} as const satisfies Record<string, 1 | 2 | 3>;

export type ErrorCode = keyof typeof errorCodes;

/** Where in a file: 1-based line and column, when known. */
export interface Location {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

export interface ErrorDetails {
  /** The next thing to type or to look at. */
  readonly hint?: string;
  readonly cause?: unknown;
  readonly location?: Location;
}

/**
 * The one error that a user's input, a registry or a file can cause. `message` says what was wrong
 * and why; where it was is in `location` or in the message (a package). Anything else that is
 * thrown is a bug of ours.
 */
export class Lock2nixError extends Error {
  override readonly name = 'Lock2nixError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly location: Location | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
    this.location = details.location;
  }

  /** The exit code of the command line (1 the answer is no, 2 wrong usage, 3 registry). */
  get exitCode(): 1 | 2 | 3 {
    return errorCodes[this.code];
  }
}

/** Tells our error from others; by its name, since `instanceof` is unreliable across realms. */
export const isLock2nixError = (error: unknown): error is Lock2nixError =>
  typeof error === 'object' && error !== null && 'name' in error && error.name === 'Lock2nixError';

/** An oddity that one can live with: reported, never thrown. */
export interface Diagnostic {
  readonly severity: 'warning' | 'note';
  /** Searchable, kebab-case, never reused: `content-hash-mismatch`. */
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly location?: Location;
}
