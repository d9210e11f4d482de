import { alternativesOf } from './schema-alternatives.ts';
import type { JsonSchema } from '@tandem/contracts/published';

/**
 * One way in which two schemas differ. `wider`: what the old one refused is now valid; `narrower`: the reverse;
 * `unlike`: neither can be told.
 */
export interface Difference {
  /** The place in an event; `*` is any element of a list. */
  readonly pointer: string;
  readonly effect: 'added' | 'removed' | 'wider' | 'narrower' | 'unlike';
  readonly detail: string;
}

/** Compares what two schemas say of a value, whatever they call it. Throws for a keyword that it does not know. */
export function differencesOf(before: JsonSchema, after: JsonSchema, pointer = ''): readonly Difference[] {
  const [old, now] = [alternativesOf(before, pointer), alternativesOf(after, pointer)];
  const differences: Difference[] = [];
  for (const type of new Set([...old.keys(), ...now.keys()])) {
    const [a, b] = [old.get(type), now.get(type)];
    if (a && b) differences.push(...ofOneType(a, b, pointer));
    else if (a) differences.push({ pointer, effect: 'narrower', detail: `can no longer be a ${type}` });
    else differences.push({ pointer, effect: 'wider', detail: `can now be a ${type}` });
  }
  const [absent, nowAbsent] = [before['default'], after['default']];
  if (absent !== undefined && nowAbsent !== undefined && absent !== nowAbsent)
    differences.push({ pointer, effect: 'unlike', detail: changed('default', absent, nowAbsent) });
  return differences;
}

function ofOneType(before: JsonSchema, after: JsonSchema, pointer: string): readonly Difference[] {
  const found = (effect: Difference['effect'], detail: string): Difference => ({ pointer, effect, detail });
  const differences: Difference[] = [];

  if (before['type'] !== after['type'])
    differences.push(
      after['type'] === 'number'
        ? found('wider', 'can now be a fraction')
        : found('narrower', 'can no longer be a fraction'),
    );
  for (const [keyword, sign] of bounds) {
    const [a, b] = [boundOf(before, keyword, sign), boundOf(after, keyword, sign)];
    if (a !== b)
      differences.push(
        found(b * sign > a * sign ? 'wider' : 'narrower', changed(keyword, before[keyword], after[keyword])),
      );
  }
  for (const keyword of ['pattern', 'format']) {
    const [a, b] = [before[keyword], after[keyword]];
    if (a === b) continue;
    const effect = a === undefined ? 'narrower' : b === undefined ? 'wider' : 'unlike';
    differences.push(found(effect, changed(keyword, a, b)));
  }
  const [values, nowValues] = [valuesOf(before), valuesOf(after)];
  const gone = nowValues ? (values?.filter((value) => !nowValues.includes(value)) ?? ['other values']) : [];
  const come = values ? (nowValues?.filter((value) => !values.includes(value)) ?? ['other values']) : [];
  if (gone.length > 0) differences.push(found('narrower', `can no longer be ${gone.join(', ')}`));
  if (come.length > 0) differences.push(found('wider', `can now be ${come.join(', ')}`));

  return [...differences, ...ofItems(before, after, pointer), ...ofFields(before, after, pointer)];
}

/** Which way each bound widens when it moves. */
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

/** The only values there are, as JSON; undefined where there is no such list. */
function valuesOf(schema: JsonSchema): readonly string[] | undefined {
  const values = 'const' in schema ? [schema['const']] : (schema['enum'] as readonly unknown[] | undefined);
  return values?.map((value) => JSON.stringify(value));
}

function ofItems(before: JsonSchema, after: JsonSchema, pointer: string): readonly Difference[] {
  const [a, b] = [before['items'], after['items']] as readonly (JsonSchema | undefined)[];
  if (a && b) return differencesOf(a, b, `${pointer}/*`);
  if (a) return [{ pointer, effect: 'wider', detail: 'its elements can now be anything' }];
  return b ? [{ pointer, effect: 'narrower', detail: 'its elements can no longer be anything' }] : [];
}

function ofFields(before: JsonSchema, after: JsonSchema, pointer: string): readonly Difference[] {
  const [old, now] = [fieldsOf(before), fieldsOf(after)];
  const differences = [...new Set([...old.keys(), ...now.keys()])].flatMap((name): readonly Difference[] => {
    const [a, b] = [old.get(name), now.get(name)];
    const found = (effect: Difference['effect'], detail: string): readonly Difference[] => [
      { pointer: `${pointer}/${name}`, effect, detail },
    ];
    if (!b) return found('removed', 'is gone');
    if (!a)
      return [
        ...found('added', 'is new'),
        ...(b.isRequired ? found('narrower', 'is new and cannot be left out') : []),
      ];
    const presence =
      a.isRequired === b.isRequired
        ? []
        : b.isRequired
          ? found('narrower', 'can no longer be left out')
          : found('wider', 'can now be left out');
    return [...presence, ...differencesOf(a.schema, b.schema, `${pointer}/${name}`)];
  });
  const [open, nowOpen] = [before, after].map(({ additionalProperties = true }) => additionalProperties);
  if (open === nowOpen) return differences;
  return [
    ...differences,
    {
      pointer,
      effect: open === true ? 'narrower' : 'wider',
      detail: `unknown fields are ${nowOpen === true ? 'allowed now' : 'no longer allowed'}`,
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
