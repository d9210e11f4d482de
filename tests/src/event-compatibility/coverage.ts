import type { JsonSchema } from '@tandem/contracts/published';
import type { FrozenContent } from './frozen.ts';

type Body = Readonly<Record<string, unknown>>;

/** Fields that are optional for other producers, and that ours always publish. */
const ALWAYS_PUBLISHED = new Set(['reserved/*/revision']);

/** Gaps in the events of a version: each type must be recorded with and without each optional field, and by another producer. */
export function coverageGapsOf({ published, recorded, foreign }: FrozenContent): readonly string[] {
  const ownEvents = recorded.map(({ event }) => event);
  const foreignEvents = foreign.map((body) => JSON.parse(body) as Body);
  return Object.entries(published.promised).flatMap(([type, schema]) => {
    const isOfType = ({ eventType }: Body) => eventType === type;
    const events = ownEvents.filter(isOfType);
    if (events.length === 0) return [`no ${type} was recorded`];
    const required = schema['required'] as readonly string[];
    const cases = presencesOf(schema, events);
    if (required.includes('userId'))
      cases.push(
        ['of a guest', events.some(({ userId }) => userId === null)],
        ['of a user', events.some(({ userId }) => userId !== null)],
      );
    cases.push([
      'by another producer',
      foreignEvents.some((event) => isOfType(event) && !('eventId' in event)),
    ]);
    return cases.flatMap(([name, isCovered]) => (isCovered ? [] : [`no ${type} ${name}`]));
  });
}

/** Whether objects have, and lack, each field of their schema; `items/*` are elements of `items`. */
function presencesOf(schema: JsonSchema, objects: readonly Body[], pointer = ''): [string, boolean][] {
  const { required = [], properties = {} } = schema as {
    readonly required?: readonly string[];
    readonly properties?: Readonly<Record<string, JsonSchema>>;
  };
  return Object.entries(properties).flatMap(([field, { items }]): [string, boolean][] => {
    const name = pointer + field;
    const elements = objects.flatMap((body) => (body[field] ?? []) as readonly Body[]);
    return [
      [`with ${name}`, objects.some((body) => field in body)],
      [
        `without ${name}`,
        required.includes(field) || ALWAYS_PUBLISHED.has(name) || objects.some((body) => !(field in body)),
      ],
      ...(items === undefined || elements.length === 0
        ? []
        : presencesOf(items as JsonSchema, elements, `${name}/*/`)),
    ];
  });
}
