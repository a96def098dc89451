import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';

/** `must be integer`, with the values or the property that ajv leaves out of its message. */
const expectation = ({ keyword, message = 'is not valid', params }: ErrorObject): string => {
  if (keyword === 'enum') return `must be one of ${params['allowedValues'].join(', ')}`;
  if (keyword === 'const') return `must be ${JSON.stringify(params['allowedValue'])}`;
  if (keyword === 'additionalProperties') {
    return `must not have the property \`${params['additionalProperty'].slice(0, 100)}\``;
  }
  return message.replace(/'/g, '`');
};

/** Gives JSON its type, or says what is wrong with it and where, as a JSON pointer (RFC 6901). */
export type JsonShape<Shape> = (
  json: unknown,
) => { readonly value: Shape } | { readonly pointer: string; readonly fault: string };

/** A check of JSON by a JSON Schema (2020-12), compiled when it is first used: that costs more than most checks. */
export const jsonShape = <Shape>(schema: object): JsonShape<Shape> => {
  let compiled: ValidateFunction<Shape> | undefined;
  return (json) => {
    compiled ??= new Ajv2020({ strict: true, ownProperties: true }).compile<Shape>(schema);
    if (compiled(json)) return { value: json };
    const [error] = compiled.errors ?? [];
    return error === undefined
      ? { pointer: '', fault: 'is not valid' }
      : { pointer: error.instancePath, fault: expectation(error) };
  };
};
