import { compileShape } from '../../standards/shape.ts';
import { type DependencySpec, dependencySchema } from './dependency-schema.ts';

/** A file of a package. `hash` is `ALGORITHM:HEX`. */
export interface LockFile {
  readonly file: string;
  readonly hash?: string;
}

export interface LockSource {
  readonly type?: string;
  readonly url: string;
  readonly reference?: string;
  readonly resolved_reference?: string;
  readonly subdirectory?: string;
}

/** One `[[package]]`. Which keys there are depends on the lock's version. */
export interface LockPackage {
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  readonly category?: string;
  readonly optional: boolean;
  readonly 'python-versions': string;
  readonly groups?: readonly string[];
  /** 2.1: one marker, or one for each group. */
  readonly markers?: string | Readonly<Record<string, string>>;
  /** Up to 1.0. */
  readonly marker?: string;
  /** Before 0.12: `python` and `platform`. */
  readonly requirements?: Readonly<Record<string, string>>;
  readonly develop?: boolean;
  readonly files?: readonly LockFile[];
  readonly dependencies?: Readonly<Record<string, DependencySpec | readonly DependencySpec[]>>;
  readonly extras?: Readonly<Record<string, readonly string[]>>;
  readonly source?: LockSource;
}

export interface LockMetadata {
  readonly 'lock-version'?: string;
  readonly 'python-versions'?: string;
  readonly 'content-hash'?: string;
  /** 1.0 and 1.1: by package name. */
  readonly files?: Readonly<Record<string, readonly LockFile[]>>;
  /** No lock-version: hashes without file names, by package name. */
  readonly hashes?: Readonly<Record<string, readonly string[]>>;
}

/** What poetry.lock holds, in any of its versions. */
export interface PoetryLock {
  readonly package: readonly LockPackage[];
  readonly extras?: Readonly<Record<string, readonly string[]>>;
  readonly metadata: LockMetadata;
}

const text = { type: 'string' } as const;
const texts = { type: 'array', items: text } as const;
const tableOf = (values: object) => ({ type: 'object', additionalProperties: values }) as const;

const fileSchema = {
  type: 'object',
  properties: { file: text, hash: text },
  required: ['file'],
} as const;

const sourceSchema = {
  type: 'object',
  properties: {
    type: text,
    url: text,
    reference: text,
    resolved_reference: text,
    subdirectory: text,
  },
  required: ['url'],
} as const;

const packageSchema = {
  type: 'object',
  properties: {
    name: text,
    version: text,
    description: text,
    category: text,
    optional: { type: 'boolean' },
    'python-versions': text,
    groups: texts,
    markers: { type: ['string', 'object'], additionalProperties: text },
    marker: text,
    requirements: tableOf(text),
    develop: { type: 'boolean' },
    files: { type: 'array', items: fileSchema },
    dependencies: tableOf(dependencySchema),
    extras: tableOf(texts),
    source: sourceSchema,
  },
  required: ['name', 'version', 'optional', 'python-versions'],
} as const;

const metadataSchema = {
  type: 'object',
  properties: {
    'lock-version': text,
    'python-versions': text,
    'content-hash': text,
    files: tableOf({ type: 'array', items: fileSchema }),
    hashes: tableOf(texts),
  },
} as const;

/** JSON Schema of poetry.lock: unknown keys are tolerated, known ones have their type. */
export const lockShape = compileShape<PoetryLock>({
  type: 'object',
  properties: {
    metadata: metadataSchema,
    package: { type: 'array', items: packageSchema },
    extras: tableOf(texts),
  },
  required: ['metadata', 'package'],
});
