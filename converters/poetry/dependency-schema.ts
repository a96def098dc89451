/** A dependency in table form, in a lock or in a manifest. */
export interface DependencyTable {
  readonly version?: string;
  readonly python?: string;
  readonly platform?: string;
  readonly markers?: string;
  readonly extras?: readonly string[];
  readonly optional?: boolean;
  readonly develop?: boolean;
  readonly source?: string;
  readonly git?: string;
  readonly branch?: string;
  readonly tag?: string;
  readonly rev?: string;
  readonly subdirectory?: string;
  readonly url?: string;
  readonly path?: string;
  readonly file?: string;
}

/** One way to satisfy a dependency: a version constraint, or a table. */
export type DependencySpec = string | DependencyTable;

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;

const properties = {
  version: text,
  python: text,
  platform: text,
  markers: text,
  extras: { type: 'array', items: text },
  optional: flag,
  develop: flag,
  'allow-prereleases': flag,
  source: text,
  git: text,
  branch: text,
  tag: text,
  rev: text,
  subdirectory: text,
  url: text,
  path: text,
  file: text,
} as const;

/** A constraint, a table, or an array of them (which of them holds is for their markers to say). */
export const dependencySchema = {
  type: ['string', 'object', 'array'],
  properties,
  items: { type: ['string', 'object'], properties },
} as const;
