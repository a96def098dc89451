import { expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { lockShape } from '../../converters/poetry/lock-schema.ts';
import { pyprojectShape } from '../../converters/poetry/manifest-schema.ts';

/** `converters/shape.ts` does not check them, since that is half of what compiling costs. */
test.each([
  ['poetry.lock', lockShape.schema],
  ['pyproject.toml', pyprojectShape.schema],
])('the schema of %s is a JSON Schema', (_, schema) => {
  const ajv = new Ajv({ strict: true, allowUnionTypes: true, strictRequired: false });
  expect(typeof schema).toBe('object');
  expect({ isValid: ajv.validateSchema(schema), errors: ajv.errors }).toEqual({
    isValid: true,
    errors: null,
  });
});
