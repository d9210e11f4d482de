import { picture } from './picture-of.ts';

const carried = {
  requests: 'Requests',
  writes: 'Writes',
  changes: 'Changes',
  events: 'Events',
  consumed: 'Events consumed',
  snapshots: 'Snapshots',
  failures: 'What went wrong',
};

const kinds = {
  client: 'The client',
  gateway: 'The gateway',
  service: 'Service',
  table: 'Table',
  relay: 'Relay',
  topic: 'Topic',
  subscription: 'Filter:',
  queue: 'Queue',
  deadLetters: 'Dead letters',
};

/** What a part or an arrow is called, or undefined where the picture has none of that id. */
export function nameOf(id: string): string | undefined {
  const node = picture.nodes.find((node) => node.id === id);
  if (node) {
    const { kind, name } = node;
    if (kind === 'client' || kind === 'gateway') return kinds[kind];
    return kind === 'relay' ? name.charAt(0).toUpperCase() + name.slice(1) : `${kinds[kind]} ${name}`;
  }
  const arrow = picture.arrows.find((arrow) => arrow.id === id);
  if (!arrow) return undefined;
  const [from, to] = [arrow.from, arrow.to].map(
    (end) => picture.nodes.find(({ id }) => id === end)?.name ?? end,
  );
  return `${carried[arrow.carries]}: ${from} to ${to}`;
}
