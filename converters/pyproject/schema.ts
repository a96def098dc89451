import { compileShape } from '../../standards/shape.ts';

/** A source of a name in `[tool.uv.sources]`. */
export interface UvSource {
  readonly git?: string;
  readonly rev?: string;
  readonly tag?: string;
  readonly branch?: string;
  readonly url?: string;
  readonly path?: string;
  readonly subdirectory?: string;
  readonly editable?: boolean;
  readonly workspace?: boolean;
  readonly index?: string;
  readonly marker?: string;
  readonly extra?: string;
  readonly group?: string;
}

export interface UvIndex {
  readonly name?: string;
  readonly url: string;
  readonly default?: boolean;
  readonly explicit?: boolean;
}

export interface UvTable {
  readonly package?: boolean;
  readonly sources?: Readonly<Record<string, UvSource | readonly UvSource[]>>;
  readonly index?: readonly UvIndex[];
  readonly 'index-url'?: string;
  readonly 'extra-index-url'?: readonly string[];
  readonly 'no-index'?: boolean;
  readonly 'dev-dependencies'?: readonly string[];
  readonly 'constraint-dependencies'?: readonly string[];
  readonly 'override-dependencies'?: readonly string[];
  readonly workspace?: object;
}

/** `[[tool.poetry.source]]`. */
export interface PoetrySource {
  readonly name: string;
  readonly url?: string;
  readonly priority?: string;
  readonly default?: boolean;
  readonly secondary?: boolean;
}

/** `{ file = … }` or `{ attr = … }` of `[tool.setuptools.dynamic]`. */
export interface SetuptoolsDynamic {
  readonly file?: string | readonly string[];
  readonly attr?: string;
}

/** The tables of tools that say where packages come from. */
export interface ToolTables {
  readonly tool?: {
    readonly uv?: UvTable;
    readonly poetry?: { readonly source?: readonly PoetrySource[] };
    readonly setuptools?: {
      readonly dynamic?: {
        readonly dependencies?: SetuptoolsDynamic;
        readonly 'optional-dependencies'?: Readonly<Record<string, SetuptoolsDynamic>>;
        readonly version?: SetuptoolsDynamic;
      };
    };
  };
}

const text = { type: 'string' } as const;
const texts = { type: 'array', items: text } as const;
const flag = { type: 'boolean' } as const;
const tableOf = (values: object) => ({ type: 'object', additionalProperties: values }) as const;
const table = (properties: object) => ({ type: 'object', properties }) as const;

const sourceProperties = {
  git: text,
  rev: text,
  tag: text,
  branch: text,
  url: text,
  path: text,
  subdirectory: text,
  editable: flag,
  workspace: flag,
  index: text,
  marker: text,
  extra: text,
  group: text,
} as const;

const dynamic = table({ file: { type: ['string', 'array'], items: text }, attr: text });

/** JSON Schema of `ToolTables`. */
export const toolShape = compileShape<ToolTables>(
  table({
    tool: table({
      uv: table({
        package: flag,
        sources: tableOf({
          type: ['object', 'array'],
          properties: sourceProperties,
          items: table(sourceProperties),
        }),
        index: {
          type: 'array',
          items: {
            ...table({ name: text, url: text, default: flag, explicit: flag }),
            required: ['url'],
          },
        },
        'index-url': text,
        'extra-index-url': texts,
        'no-index': flag,
        'dev-dependencies': texts,
        'constraint-dependencies': texts,
        'override-dependencies': texts,
        workspace: { type: 'object' },
      }),
      poetry: table({
        source: {
          type: 'array',
          items: {
            ...table({ name: text, url: text, priority: text, default: flag, secondary: flag }),
            required: ['name'],
          },
        },
      }),
      setuptools: table({
        dynamic: table({
          dependencies: dynamic,
          'optional-dependencies': tableOf(dynamic),
          version: dynamic,
        }),
      }),
    }),
  }),
);

/** The keys of `[project]` (PEP 621, 639, 794). */
export const projectKeys: readonly string[] = [
  'authors',
  'classifiers',
  'dependencies',
  'description',
  'dynamic',
  'entry-points',
  'gui-scripts',
  'import-names',
  'import-namespaces',
  'keywords',
  'license',
  'license-files',
  'maintainers',
  'name',
  'optional-dependencies',
  'readme',
  'requires-python',
  'scripts',
  'urls',
  'version',
];
