import type { JsonSchema } from '@tandem/contracts/published';

/** What a value may be, of one JSON type. Of numbers it says itself whether they are whole. */
export type Alternatives = ReadonlyMap<string, JsonSchema>;

const annotations = new Set(['$schema', 'title', 'description', 'default']);
/** The keywords that zod writes for our events, and whose changes are understood. Whoever adds one, compares it. */
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

/** A schema taken apart by types, so that `anyOf` and a list of types are the same. Throws for a keyword it does not know. */
export function alternativesOf(schema: JsonSchema, pointer: string): Alternatives {
  const { anyOf, ...own } = schema;
  const found = new Map<string, JsonSchema>();
  const note = (type: string, alternative: JsonSchema) => {
    if (found.has(type)) throw unknown(pointer, `two alternatives of the type ${type}`);
    found.set(type, alternative);
  };
  const keywords = Object.keys(own).filter((keyword) => !annotations.has(keyword));
  if (anyOf !== undefined) {
    if (keywords.length > 0) throw unknown(pointer, `anyOf beside ${keywords.join(', ')}`);
    for (const member of anyOf as readonly JsonSchema[]) {
      for (const [type, alternative] of alternativesOf(member, pointer)) note(type, alternative);
    }
    return found;
  }
  for (const keyword of keywords) {
    if (!constraints.has(keyword)) throw unknown(pointer, `the keyword ${keyword}`);
  }
  const types = [(own['type'] ?? []) as string | readonly string[]].flat();
  if (types.length === 0) throw unknown(pointer, 'a schema without a type');
  for (const type of types) note(type === 'integer' ? 'number' : type, { ...own, type });
  return found;
}

function unknown(pointer: string, what: string): Error {
  return new Error(`${pointer || '/'}: the comparison of event schemas does not know ${what}: teach it`);
}
