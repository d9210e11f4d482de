import type { Content } from './frozen.ts';

type Body = Readonly<Record<string, unknown>>;

/** What no event shows of the types of a version: they are to be there with and without whatever may be left out. */
export function gapsOf({ published, recorded, foreign }: Content): readonly string[] {
  const told = recorded.map(({ event }) => event);
  const others = foreign.map((body) => JSON.parse(body) as Body);
  return Object.entries(published.promised).flatMap(([type, schema]) => {
    const isOfType = ({ eventType }: Body) => eventType === type;
    const events = told.filter(isOfType);
    if (events.length === 0) return [`no ${type} was recorded`];
    const required = schema['required'] as readonly string[];
    const shown = Object.keys(schema['properties'] as object).flatMap((field): [string, boolean][] => [
      [`with ${field}`, events.some((event) => field in event)],
      [`without ${field}`, required.includes(field) || events.some((event) => !(field in event))],
    ]);
    if (required.includes('userId'))
      shown.push(
        ['of a guest', events.some(({ userId }) => userId === null)],
        ['of a user', events.some(({ userId }) => userId !== null)],
      );
    shown.push(['by somebody else', others.some((event) => isOfType(event) && !('eventId' in event))]);
    return shown.flatMap(([what, isShown]) => (isShown ? [] : [`no ${type} ${what}`]));
  });
}
