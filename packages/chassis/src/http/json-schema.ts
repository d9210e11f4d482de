import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';

export type JsonSchema = Record<string, unknown>;

/** Named schemas of an OpenAPI document, collected while the document is written. */
export interface Components {
  readonly schemas: Record<string, JsonSchema>;
  /** JSON schema of a request (`input`) or response (`output`): a reference if the schema has a name. */
  reference(schema: z.ZodType, io: 'input' | 'output'): JsonSchema;
  /** Like `reference`, but with the top level inlined. */
  inline(schema: z.ZodType, io: 'input' | 'output'): JsonSchema;
}

/** Schemas with `.meta({ id })` become components; if input and output differ, the input is named `<id>Input`. */
export function createComponents(): Components {
  const schemas: Record<string, JsonSchema> = {};

  function reference(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const { $defs = {}, items } = convert(z.array(schema), io);
    const outputs = io === 'output' ? $defs : (convert(z.array(schema), 'output').$defs ?? {});
    const names = new Map(
      Object.entries($defs).map(([id, definition]) => [
        `#/$defs/${id}`,
        isDeepStrictEqual(definition, outputs[id]) ? id : `${id}Input`,
      ]),
    );
    const rename = (json: unknown) =>
      JSON.parse(JSON.stringify(json), (key: string, value: unknown) =>
        key === '$ref' && typeof value === 'string' && names.has(value)
          ? `#/components/schemas/${names.get(value)}`
          : value,
      ) as JsonSchema;
    for (const [id, definition] of Object.entries($defs)) {
      const { id: _, ...named } = rename(definition);
      schemas[names.get(`#/$defs/${id}`) ?? id] = named;
    }
    return rename(items);
  }

  return {
    schemas,
    reference,
    inline(schema, io) {
      const json = reference(schema, io);
      const name =
        typeof json['$ref'] === 'string' ? json['$ref'].replace('#/components/schemas/', '') : undefined;
      return name === undefined ? json : { ...schemas[name] };
    },
  };
}

function convert(schema: z.ZodType, io: 'input' | 'output') {
  return z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      // Responses may gain fields: only an explicitly strict schema forbids unknown ones.
      if (zodSchema instanceof z.ZodObject && zodSchema.def.catchall === undefined) {
        delete jsonSchema.additionalProperties;
      }
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    },
  });
}
