import { alternativesOf } from './schema-alternatives.ts';
import type { JsonSchema } from '@tandem/contracts/published';

/**
 * Difference between two schemas. `widened`: values that the old one rejected are valid; `narrowed`: the reverse;
 * `incomparable`: possibly both.
 */
export interface Difference {
  /** JSON pointer in an event; `*` is any element of a list. */
  readonly pointer: string;
  readonly effect: 'added' | 'removed' | 'widened' | 'narrowed' | 'incomparable';
  readonly detail: string;
}

/** Compares two schemas, apart from titles and descriptions. Throws for an unsupported keyword. */
export function differencesOf(before: JsonSchema, after: JsonSchema, pointer = ''): readonly Difference[] {
  const [oldTypes, newTypes] = [alternativesOf(before, pointer), alternativesOf(after, pointer)];
  const differences: Difference[] = [];
  for (const type of new Set([...oldTypes.keys(), ...newTypes.keys()])) {
    const [a, b] = [oldTypes.get(type), newTypes.get(type)];
    if (a && b) differences.push(...differencesOfType(a, b, pointer));
    else if (a) differences.push({ pointer, effect: 'narrowed', detail: `can no longer be a ${type}` });
    else differences.push({ pointer, effect: 'widened', detail: `can now be a ${type}` });
  }
  const [oldDefault, newDefault] = [before['default'], after['default']];
  if (oldDefault !== undefined && newDefault !== undefined && oldDefault !== newDefault)
    differences.push({ pointer, effect: 'incomparable', detail: changed('default', oldDefault, newDefault) });
  return differences;
}

function differencesOfType(before: JsonSchema, after: JsonSchema, pointer: string): readonly Difference[] {
  const difference = (effect: Difference['effect'], detail: string): Difference => ({
    pointer,
    effect,
    detail,
  });
  const differences: Difference[] = [];

  if (before['type'] !== after['type'])
    differences.push(
      after['type'] === 'number'
        ? difference('widened', 'can now be a fraction')
        : difference('narrowed', 'can no longer be a fraction'),
    );
  for (const [keyword, sign] of bounds) {
    const [a, b] = [boundOf(before, keyword, sign), boundOf(after, keyword, sign)];
    if (a !== b)
      differences.push(
        difference(
          b * sign > a * sign ? 'widened' : 'narrowed',
          changed(keyword, before[keyword], after[keyword]),
        ),
      );
  }
  for (const keyword of ['pattern', 'format']) {
    const [a, b] = [before[keyword], after[keyword]];
    if (a === b) continue;
    const effect = a === undefined ? 'narrowed' : b === undefined ? 'widened' : 'incomparable';
    differences.push(difference(effect, changed(keyword, a, b)));
  }
  const [oldValues, newValues] = [valuesOf(before), valuesOf(after)];
  const removed = newValues
    ? (oldValues?.filter((value) => !newValues.includes(value)) ?? ['other values'])
    : [];
  const added = oldValues
    ? (newValues?.filter((value) => !oldValues.includes(value)) ?? ['other values'])
    : [];
  if (removed.length > 0) differences.push(difference('narrowed', `can no longer be ${removed.join(', ')}`));
  if (added.length > 0) differences.push(difference('widened', `can now be ${added.join(', ')}`));

  return [
    ...differences,
    ...itemDifferences(before, after, pointer),
    ...fieldDifferences(before, after, pointer),
  ];
}

/** Bounds, with the sign of a change that widens them. */
const bounds = [
  ['minimum', -1],
  ['minLength', -1],
  ['minItems', -1],
  ['maximum', 1],
  ['maxLength', 1],
  ['maxItems', 1],
] as const;

function boundOf(schema: JsonSchema, keyword: string, sign: number): number {
  return (schema[keyword] as number | undefined) ?? sign * Infinity;
}

/** Allowed values as JSON; undefined if the schema does not list them. */
function valuesOf(schema: JsonSchema): readonly string[] | undefined {
  const values = 'const' in schema ? [schema['const']] : (schema['enum'] as readonly unknown[] | undefined);
  return values?.map((value) => JSON.stringify(value));
}

function itemDifferences(before: JsonSchema, after: JsonSchema, pointer: string): readonly Difference[] {
  const [a, b] = [before['items'], after['items']] as readonly (JsonSchema | undefined)[];
  if (a && b) return differencesOf(a, b, `${pointer}/*`);
  if (a) return [{ pointer, effect: 'widened', detail: 'its elements can now be anything' }];
  return b ? [{ pointer, effect: 'narrowed', detail: 'its elements can no longer be anything' }] : [];
}

function fieldDifferences(before: JsonSchema, after: JsonSchema, pointer: string): readonly Difference[] {
  const [oldFields, newFields] = [fieldsOf(before), fieldsOf(after)];
  const differences = [...new Set([...oldFields.keys(), ...newFields.keys()])].flatMap(
    (name): readonly Difference[] => {
      const [a, b] = [oldFields.get(name), newFields.get(name)];
      const difference = (effect: Difference['effect'], detail: string): readonly Difference[] => [
        { pointer: `${pointer}/${name}`, effect, detail },
      ];
      if (!b) return difference('removed', 'is removed');
      if (!a)
        return [
          ...difference('added', 'is new'),
          ...(b.isRequired ? difference('narrowed', 'is new and cannot be left out') : []),
        ];
      const presence =
        a.isRequired === b.isRequired
          ? []
          : b.isRequired
            ? difference('narrowed', 'can no longer be left out')
            : difference('widened', 'can now be left out');
      return [...presence, ...differencesOf(a.schema, b.schema, `${pointer}/${name}`)];
    },
  );
  const [wasOpen, isOpen] = [before, after].map(({ additionalProperties = true }) => additionalProperties);
  if (wasOpen === isOpen) return differences;
  return [
    ...differences,
    {
      pointer,
      effect: wasOpen === true ? 'narrowed' : 'widened',
      detail: `unknown fields are ${isOpen === true ? 'allowed now' : 'no longer allowed'}`,
    },
  ];
}

function fieldsOf({ properties = {}, required = [] }: JsonSchema) {
  const isRequired = (name: string) => (required as readonly string[]).includes(name);
  return new Map(
    Object.entries(properties as Readonly<Record<string, JsonSchema>>).map(([name, schema]) => [
      name,
      { schema, isRequired: isRequired(name) },
    ]),
  );
}

function changed(keyword: string, before: unknown, after: unknown): string {
  return `${keyword} was ${JSON.stringify(before) ?? 'absent'}, is ${JSON.stringify(after) ?? 'absent'}`;
}
