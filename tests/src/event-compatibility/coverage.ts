import type { JsonSchema } from '@tandem/contracts/published';
import type { Content } from './frozen.ts';

type Body = Readonly<Record<string, unknown>>;

/** Optional for the sake of other producers: ours always publish it. */
const ALWAYS_PUBLISHED = new Set(['reserved/*/revision']);

/** What no event shows of the types of a version: they are to be there with and without whatever may be left out. */
export function gapsOf({ published, recorded, foreign }: Content): readonly string[] {
  const told = recorded.map(({ event }) => event);
  const others = foreign.map((body) => JSON.parse(body) as Body);
  return Object.entries(published.promised).flatMap(([type, schema]) => {
    const isOfType = ({ eventType }: Body) => eventType === type;
    const events = told.filter(isOfType);
    if (events.length === 0) return [`no ${type} was recorded`];
    const required = schema['required'] as readonly string[];
    const shown = presencesOf(schema, events);
    if (required.includes('userId'))
      shown.push(
        ['of a guest', events.some(({ userId }) => userId === null)],
        ['of a user', events.some(({ userId }) => userId !== null)],
      );
    shown.push(['by somebody else', others.some((event) => isOfType(event) && !('eventId' in event))]);
    return shown.flatMap(([what, isShown]) => (isShown ? [] : [`no ${type} ${what}`]));
  });
}

/** Whether the objects that a schema describes are shown with, and without, each field; `items/*` are elements of `items`. */
function presencesOf(schema: JsonSchema, shown: readonly Body[], pointer = ''): [string, boolean][] {
  const { required = [], properties = {} } = schema as {
    readonly required?: readonly string[];
    readonly properties?: Readonly<Record<string, JsonSchema>>;
  };
  return Object.entries(properties).flatMap(([field, { items }]): [string, boolean][] => {
    const name = pointer + field;
    const elements = shown.flatMap((body) => (body[field] ?? []) as readonly Body[]);
    return [
      [`with ${name}`, shown.some((body) => field in body)],
      [
        `without ${name}`,
        required.includes(field) || ALWAYS_PUBLISHED.has(name) || shown.some((body) => !(field in body)),
      ],
      ...(items === undefined || elements.length === 0
        ? []
        : presencesOf(items as JsonSchema, elements, `${name}/*/`)),
    ];
  });
}
