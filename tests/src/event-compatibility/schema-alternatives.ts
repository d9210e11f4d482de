import type { JsonSchema } from '@tandem/contracts/published';

/** Schemas of a value by JSON type; integers are numbers whose schema has the type `integer`. */
export type Alternatives = ReadonlyMap<string, JsonSchema>;

const annotations = new Set(['$schema', 'title', 'description', 'default']);
/** Keywords in the schemas of our events. The comparison supports all of them: a new one needs support there first. */
const constraints = new Set([
  'type',
  'const',
  'enum',
  'pattern',
  'format',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'minItems',
  'maxItems',
  'items',
  'properties',
  'required',
  'additionalProperties',
]);

/** Splits a schema by types, so that `anyOf` equals a list of types. Throws for an unsupported keyword. */
export function alternativesOf(schema: JsonSchema, pointer: string): Alternatives {
  const { anyOf, ...otherKeywords } = schema;
  const alternatives = new Map<string, JsonSchema>();
  const add = (type: string, alternative: JsonSchema) => {
    if (alternatives.has(type)) throw unsupported(pointer, `two alternatives of the type ${type}`);
    alternatives.set(type, alternative);
  };
  const keywords = Object.keys(otherKeywords).filter((keyword) => !annotations.has(keyword));
  if (anyOf !== undefined) {
    if (keywords.length > 0) throw unsupported(pointer, `anyOf with ${keywords.join(', ')}`);
    for (const member of anyOf as readonly JsonSchema[]) {
      for (const [type, alternative] of alternativesOf(member, pointer)) add(type, alternative);
    }
    return alternatives;
  }
  for (const keyword of keywords) {
    if (!constraints.has(keyword)) throw unsupported(pointer, `the keyword ${keyword}`);
  }
  const types = [(otherKeywords['type'] ?? []) as string | readonly string[]].flat();
  if (types.length === 0) throw unsupported(pointer, 'a schema without a type');
  for (const type of types) add(type === 'integer' ? 'number' : type, { ...otherKeywords, type });
  return alternatives;
}

function unsupported(pointer: string, construct: string): Error {
  return new Error(
    `${pointer || '/'}: the comparison of event schemas does not support ${construct}: add it`,
  );
}
