import type { JsonSchema } from './json-schema.ts';
import { ALLOW_EMPTY_VALUE } from './schema.ts';

/** Input of an operation, as the plugin documents it. */
export interface DocumentedInput {
  readonly parameters?: readonly (JsonSchema & { readonly schema: JsonSchema })[];
  readonly requestBody?: { required?: boolean };
}

/**
 * Moves `allowEmptyValue` from the schema of a parameter, where zod writes it, to the parameter. The example of an optional one
 * moves to its schema, since the page sends that of a parameter unless the reader changes it.
 */
export function describeParameter(parameter: {
  [keyword: string]: unknown;
  readonly schema: JsonSchema;
}): void {
  if (parameter['required'] === false && 'example' in parameter) {
    parameter.schema['examples'] = [parameter['example']];
    delete parameter['example'];
  }
  if (!(ALLOW_EMPTY_VALUE in parameter.schema)) return;
  parameter[ALLOW_EMPTY_VALUE] = parameter.schema[ALLOW_EMPTY_VALUE];
  delete parameter.schema[ALLOW_EMPTY_VALUE];
}
