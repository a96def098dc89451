import { compileShape } from '../../standards/shape.ts';
import { type DependencySpec, dependencySchema } from './dependency-schema.ts';

/** Dependencies of `[tool.poetry]` by name; `python` among them is the Python constraint. */
export type DependencyTables = Readonly<Record<string, DependencySpec | readonly DependencySpec[]>>;

export interface PoetryGroup {
  readonly optional?: boolean;
  readonly dependencies?: DependencyTables;
  readonly 'include-groups'?: readonly string[];
}

/** A script in table form. Type `file` installs the file itself. */
export interface ScriptTable {
  readonly reference?: string;
  readonly callable?: string;
  readonly type?: string;
}

export interface PoetryTable {
  readonly name?: string;
  readonly version?: string;
  readonly description?: string;
  readonly license?: string;
  readonly homepage?: string;
  readonly 'package-mode'?: boolean;
  readonly dependencies?: DependencyTables;
  readonly 'dev-dependencies'?: DependencyTables;
  readonly group?: Readonly<Record<string, PoetryGroup>>;
  readonly extras?: Readonly<Record<string, readonly string[]>>;
  readonly scripts?: Readonly<Record<string, string | ScriptTable>>;
}

export interface ProjectTable {
  readonly name?: string;
  readonly version?: string;
  readonly description?: string;
  readonly license?: string | { readonly text?: string };
  readonly urls?: Readonly<Record<string, string>>;
  readonly 'requires-python'?: string;
  readonly dependencies?: readonly string[];
  readonly 'optional-dependencies'?: Readonly<Record<string, readonly string[]>>;
  readonly dynamic?: readonly string[];
  readonly scripts?: Readonly<Record<string, string>>;
  readonly 'gui-scripts'?: Readonly<Record<string, string>>;
}

/** A member of a dependency group (PEP 735). */
export type GroupItem = string | { readonly 'include-group'?: string };

/** What of pyproject.toml counts here. */
export interface Pyproject {
  readonly project?: ProjectTable;
  readonly 'dependency-groups'?: Readonly<Record<string, readonly GroupItem[]>>;
  readonly tool?: { readonly poetry?: PoetryTable };
}

const text = { type: 'string' } as const;
const texts = { type: 'array', items: text } as const;
const flag = { type: 'boolean' } as const;
const tableOf = (values: object) => ({ type: 'object', additionalProperties: values }) as const;
const table = (properties: object) => ({ type: 'object', properties }) as const;

const dependencies = tableOf(dependencySchema);

const poetrySchema = table({
  name: text,
  version: text,
  description: text,
  license: text,
  homepage: text,
  'package-mode': flag,
  dependencies,
  'dev-dependencies': dependencies,
  group: tableOf(table({ optional: flag, dependencies, 'include-groups': texts })),
  extras: tableOf(texts),
  scripts: tableOf({
    type: ['string', 'object'],
    properties: { reference: text, callable: text, type: text },
  }),
});

const projectSchema = table({
  name: text,
  version: text,
  description: text,
  license: { type: ['string', 'object'], properties: { text } },
  urls: tableOf(text),
  'requires-python': text,
  dependencies: texts,
  'optional-dependencies': tableOf(texts),
  dynamic: texts,
  scripts: tableOf(text),
  'gui-scripts': tableOf(text),
});

/** JSON Schema of the parts of pyproject.toml that count here. */
export const pyprojectShape = compileShape<Pyproject>(
  table({
    project: projectSchema,
    'dependency-groups': tableOf({
      type: 'array',
      items: { type: ['string', 'object'], properties: { 'include-group': text } },
    }),
    tool: table({ poetry: poetrySchema }),
  }),
);
