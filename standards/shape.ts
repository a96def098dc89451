import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { Lock2nixError } from '../graph/errors.ts';
import { nearest } from './nearest.ts';
import { quoted } from './quoted.ts';
import { locationOf, type TomlDocument } from './toml-document.ts';
import type { TomlPath } from './toml-location.ts';

/** Each run would check our own schemas against the meta-schema, at half the cost of all; a test does. */
const ajv = new Ajv({
  allowUnionTypes: true,
  verbose: true,
  strict: true,
  strictRequired: false,
  meta: false,
  validateSchema: false,
});

const typeNames: Readonly<Record<string, string>> = {
  string: 'a string',
  boolean: 'true or false',
  object: 'a table',
  array: 'an array',
  number: 'a number',
  integer: 'an integer',
};

const isDate = (value: unknown): boolean =>
  Object.prototype.toString.call(value) === '[object Date]';

// TOML has dates, which JSON Schema takes for tables.
ajv.addKeyword({
  keyword: 'isTable',
  type: 'object',
  schemaType: 'boolean',
  before: 'required',
  errors: false,
  validate: (_: boolean, value: unknown) => !isDate(value),
});

/** The schema with `isTable` wherever it allows an object. */
const withoutDates = (schema: object): object => {
  const entries = Object.entries(schema).map(([key, value]: [string, unknown]) => {
    const isSchema = typeof value === 'object' && value !== null && !Array.isArray(value);
    return [key, isSchema ? withoutDates(value) : value];
  });
  const types: readonly unknown[] = 'type' in schema ? [schema.type].flat() : [];
  return Object.fromEntries(types.includes('object') ? [...entries, ['isTable', true]] : entries);
};

/** Compiles a JSON Schema; the result also tells TypeScript what the data is. */
export const compileShape = <Shape>(schema: object): ValidateFunction<Shape> =>
  ajv.compile<Shape>(withoutDates(schema));

const typeOf = (value: unknown): string => {
  if (Array.isArray(value)) return 'an array';
  if (isDate(value)) return 'a date';
  if (typeof value === 'bigint') return 'a number';
  return typeNames[typeof value] ?? typeof value;
};

/** A JSON Pointer as steps; digits are indexes where the data has an array. */
const stepsOf = (pointer: string, data: unknown): TomlPath => {
  let current = data;
  return pointer
    .split('/')
    .slice(1)
    .map((escaped) => {
      const key = escaped.replaceAll('~1', '/').replaceAll('~0', '~');
      const step = Array.isArray(current) ? Number(key) : key;
      current =
        typeof current === 'object' && current !== null && Object.hasOwn(current, step)
          ? Reflect.get(current, step)
          : undefined;
      return step;
    });
};

/** `files[0].hash`, `dependencies."zope.interface"`. */
const formatPath = (path: TomlPath): string =>
  path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      const key = /^[A-Za-z0-9_-]+$/.test(step) ? step : JSON.stringify(step);
      return index === 0 ? key : `.${key}`;
    })
    .join('');

const expected = ({ parentSchema }: ErrorObject): string => {
  const types = [parentSchema?.['type']].flat().map(String);
  return types.map((type) => typeNames[type] ?? type).join(' or ');
};

const problem = (error: ErrorObject, path: TomlPath): string => {
  const name = quoted(formatPath(path));
  if (error.keyword === 'required')
    return `${quoted(String(error.params['missingProperty']))} is missing`;
  if (error.keyword === 'type' || error.keyword === 'isTable') {
    return `${name} must be ${expected(error)}, but is ${typeOf(error.data)}`;
  }
  if (error.keyword === 'enum') {
    return `${name} must be one of ${error.params['allowedValues'].map(String).join(', ')}`;
  }
  if (error.keyword === 'additionalProperties') return `${name} is not known`;
  return `${name} ${error.message ?? 'has a wrong shape'}`;
};

/** For a key that the schema does not have: the nearest one that it has, or all of them. */
const knownKeys = ({ keyword, params, parentSchema }: ErrorObject): string | undefined => {
  if (keyword !== 'additionalProperties') return undefined;
  const properties: unknown = parentSchema?.['properties'];
  const known =
    typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
  const near = nearest(String(params['additionalProperty']), known);
  const all = `known are ${known.join(', ')}`;
  return near === undefined ? all : `did you mean \`${near}\`? ${all}`;
};

/** Where the error is; a key that should not be there is named itself. */
const pathOf = (error: ErrorObject, data: unknown): TomlPath => {
  const path = stepsOf(error.instancePath, data);
  return error.keyword === 'additionalProperties'
    ? [...path, String(error.params['additionalProperty'])]
    : path;
};

/** How a document's parts are called: the words before the path, and the steps that they stand for. */
export type Describe = (path: TomlPath) => { readonly subject: string; readonly skip: number };

/** Checks the data of a document, then gives it its type. Fails with `code`, naming field and line. */
export const checkShape = <Shape>(
  document: TomlDocument,
  validate: ValidateFunction<Shape>,
  {
    code,
    describe,
  }: {
    readonly code: 'LOCK_SHAPE' | 'MANIFEST_SHAPE' | 'OVERRIDES_SHAPE';
    readonly describe: Describe;
  },
): Shape => {
  const data: unknown = document.data;
  if (validate(data)) return data;
  const error = validate.errors?.[0];
  if (error === undefined) throw new Error('a shape failed without an error');
  const path = pathOf(error, data);
  const { subject, skip } = describe(path);
  const hint = knownKeys(error);
  throw new Lock2nixError(code, `${subject}: ${problem(error, path.slice(skip))}`, {
    ...(hint === undefined ? {} : { hint }),
    location: locationOf(document, path),
  });
};
