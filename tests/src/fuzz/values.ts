import * as fc from 'fast-check';
import type { Document, Schema } from './document.ts';
import { CAPACITY, type Pool } from './pool.ts';

/** What is settled when the request is sent: it may speak of what answers until then gave. */
export type Late<T> = (pool: Pool) => T;

/** The keywords of JSON Schema that our documents use: any other is an error, lest it be passed over in silence. */
const understood = new Set(
  [
    '$ref type const enum anyOf oneOf allOf not format pattern minLength maxLength',
    'properties required dependentRequired additionalProperties propertyNames items minItems maxItems',
    'minimum maximum exclusiveMinimum exclusiveMaximum title description default example examples',
  ].flatMap((keywords) => keywords.split(' ')),
);

/** Texts that have broken parsers, stores and prototypes before. */
export const nastyText = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '\0',
    '__proto__',
    'constructor',
    '..',
    '%00',
    '\ud800',
    'x\udfffx',
    '\ufeff',
    "'",
  ),
  fc.constantFrom('null', '-0', '1e999', '٣', '👩‍👩‍👧', 'ﬁ', 'İ', '\u202e', '\r\nx: y', '${7*7}', '{{7*7}}'),
  fc
    .constantFrom(64, 65, 128, 129, 200, 201, 2000, 4001)
    .chain((length) => fc.constantFrom('x', ' ', 'é', '😀', ',').map((unit) => unit.repeat(length))),
  fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)), maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
);

const nastyValue = fc.oneof(
  nastyText,
  fc.constantFrom(null, true, 0, -1, 0.5, 2 ** 31, 2 ** 53, -(2 ** 53), 1e21, 1e308, [], {}, [[]]),
  fc.jsonValue({ maxDepth: 3 }),
);

/**
 * Values of a schema. `wild` ones have something else here and there, and lack and add fields: whether they are
 * still valid is for a validator to say.
 */
export function valuesOf(
  document: Document,
  schema: Schema,
  wild: boolean,
  name = '',
): fc.Arbitrary<Late<unknown>> {
  const inner = (part: unknown, partName = name) => valuesOf(document, part as Schema, wild, partName);
  const right = rightValues(document, schema, wild, name, inner);
  if (!wild) return right;
  return fc.oneof(
    { weight: 12, arbitrary: right },
    { weight: 1, arbitrary: nastyValue.map((value) => () => value) },
  );
}

type Inner = (schema: unknown, name?: string) => fc.Arbitrary<Late<unknown>>;

function rightValues(
  document: Document,
  schema: Schema,
  wild: boolean,
  name: string,
  inner: Inner,
): fc.Arbitrary<Late<unknown>> {
  const strange = Object.keys(schema).filter((keyword) => !understood.has(keyword));
  if (strange.length > 0) throw new Error(`the fuzzer does not know ${strange.join(', ')}: teach it`);
  const { $ref, allOf, anyOf, oneOf, type } = schema;
  if ($ref !== undefined) return inner(document.resolve(schema));
  if (Array.isArray(allOf)) {
    const { allOf: _, ...rest } = schema;
    return inner(Object.assign({}, rest, ...allOf));
  }
  if (type === 'object' && Array.isArray(oneOf)) {
    const { oneOf: _, dependentRequired: _dependent, ...anyFields } = schema;
    const alternatives = [...alternativesOf(schema), ...(wild ? [anyFields] : [])];
    return fc.oneof(...alternatives.map((alternative) => objects(alternative, wild, inner)));
  }
  const choices =
    anyOf ??
    oneOf ??
    (Array.isArray(type) ? type.map((one) => ({ ...schema, type: one as string })) : undefined);
  if (Array.isArray(choices)) return fc.oneof(...choices.map((choice) => inner(choice)));
  if ('const' in schema) return fc.constant(() => schema['const']);
  if (Array.isArray(schema['enum']))
    return fc.constantFrom(...(schema['enum'] as unknown[])).map((value) => () => value);
  switch (type) {
    case 'object':
      return objects(schema, wild, inner);
    case 'array': {
      const { minItems: minLength = 0, maxItems: maxLength = 5 } = schema as Readonly<Record<string, number>>;
      return fc
        .array(inner(schema['items'] ?? {}), {
          minLength,
          maxLength: Math.max(minLength, Math.min(5, maxLength)),
        })
        .map((items) => (pool) => items.map((item) => item(pool)));
    }
    case 'string':
      return texts(schema, name);
    case 'integer':
    case 'number':
      return numbers(schema, wild).map((value) => () => value);
    case 'boolean':
      return fc.boolean().map((value) => () => value);
    case 'null':
      return fc.constant(() => null);
    case undefined:
      return fc.jsonValue({ maxDepth: 3 }).map((value) => () => value);
    default:
      throw new Error(`the fuzzer does not know the type ${String(type)}: teach it`);
  }
}

/** The schema of a field that must be absent. */
function isNever(schema: Schema): boolean {
  if (schema['not'] === undefined) return false;
  if (Object.keys(schema['not'] as object).length === 0) return true;
  throw new Error('the fuzzer knows no not but of everything: teach it');
}

/** An object schema once for each of the alternatives that require other fields, without the fields of the others. */
function alternativesOf(schema: Schema): readonly Schema[] {
  const { oneOf, dependentRequired = {}, properties, required = [], ...rest } = schema;
  const requiredBy = (oneOf as readonly Schema[]).map((alternative) => {
    const { required: fields = [], ...more } = alternative as { readonly required?: readonly string[] };
    if (Object.keys(more).length > 0)
      throw new Error('the fuzzer knows no alternatives but of required: teach it');
    return fields;
  });
  const dependencies = dependentRequired as Readonly<Record<string, readonly string[]>>;
  return requiredBy.map((own) => {
    const others = requiredBy.filter((fields) => fields !== own).flat();
    const isPossible = (name: string) =>
      !others.includes(name) && (dependencies[name] ?? []).every((field) => own.includes(field));
    const possible = Object.entries(properties as Record<string, Schema>).filter(([name]) =>
      isPossible(name),
    );
    return {
      ...rest,
      properties: Object.fromEntries(possible),
      required: [...(required as string[]), ...own],
    };
  });
}

function objects(schema: Schema, wild: boolean, inner: Inner): fc.Arbitrary<Late<unknown>> {
  const { properties = {}, required = [], additionalProperties = true } = schema;
  const fields = Object.fromEntries(
    Object.entries(properties as Record<string, Schema>)
      .filter(([, field]) => wild || !isNever(field))
      .map(([name, field]) => [
        name,
        isNever(field) ? nastyValue.map((value) => () => value) : inner(field, name),
      ]),
  );
  const requiredKeys = wild
    ? fc.subarray(required as string[], { minLength: 0 })
    : fc.constant(required as string[]);
  const extras = wild
    ? fc.dictionary(
        nastyText,
        nastyValue.map((value) => () => value),
        { maxKeys: 2 },
      )
    : fc.constant({});
  const others =
    typeof additionalProperties === 'object'
      ? fc.dictionary(fc.string({ maxLength: 10 }), inner(additionalProperties, ''), { maxKeys: 3 })
      : fc.constant({});
  return fc
    .tuple(requiredKeys, fc.boolean())
    .chain(([keys, isComplete]) =>
      fc.tuple(
        others,
        isComplete ? fc.constant({}) : extras,
        fc.record(fields, { requiredKeys: isComplete ? (required as string[]) : keys }),
      ),
    )
    .map((parts) => (pool) => {
      const entries = parts.flatMap((part) => Object.entries(part as Record<string, Late<unknown>>));
      return Object.fromEntries(entries.map(([key, value]) => [key, value(pool)]));
    });
}

/** Three in four are what answers gave under the name, as long as there is any. */
function texts(schema: Schema, name: string): fc.Arbitrary<Late<unknown>> {
  const { minLength = 0, maxLength = 30 } = schema as Readonly<Record<string, number>>;
  const made =
    typeof schema['pattern'] === 'string'
      ? fc.stringMatching(new RegExp(schema['pattern'], 'u'))
      : fc.string({ unit: 'grapheme', minLength, maxLength: Math.max(minLength, Math.min(30, maxLength)) });
  return fc.tuple(made, fc.nat(3), fc.oneof({ weight: 5, arbitrary: fc.nat(5) }, fc.nat(CAPACITY))).map(
    ([text, quarter, nth]) =>
      (pool) =>
        quarter === 0 ? text : (pool.recent(name, nth) ?? text),
  );
}

function numbers(schema: Schema, wild: boolean): fc.Arbitrary<number> {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema as Readonly<
    Record<string, number | undefined>
  >;
  const min = minimum ?? (exclusiveMinimum === undefined ? Number.MIN_SAFE_INTEGER : exclusiveMinimum + 1);
  const max = maximum ?? (exclusiveMaximum === undefined ? Number.MAX_SAFE_INTEGER : exclusiveMaximum - 1);
  const within = fc.oneof(
    fc.integer({ min, max }),
    fc.integer({ min, max: Math.min(max, Math.max(min, 0) + 20) }),
    fc.constantFrom(min, max),
  );
  if (!wild) return within;
  const beyond = fc.oneof(
    fc.constantFrom(min - 1, max + 1),
    within.map((number) => number + 0.5),
  );
  return fc.oneof({ weight: 4, arbitrary: within }, { weight: 1, arbitrary: beyond });
}
