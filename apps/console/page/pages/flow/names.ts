import { capitalized } from '../../parts/format.ts';
import { picture } from './system-picture.ts';

const trafficNames = {
  requests: 'Requests',
  writes: 'Writes',
  changes: 'Changes',
  events: 'Events',
  consumed: 'Events consumed',
  snapshots: 'Snapshots',
  failures: 'Failures',
};

const kindNames = {
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

/** Display name of a part or an arrow; undefined for an unknown id. */
export function nameOf(id: string): string | undefined {
  const node = picture.nodes.find((node) => node.id === id);
  if (node) {
    const { kind, name } = node;
    if (kind === 'client' || kind === 'gateway') return kindNames[kind];
    return kind === 'relay' ? capitalized(name) : `${kindNames[kind]} ${name}`;
  }
  const arrow = picture.arrows.find((arrow) => arrow.id === id);
  if (!arrow) return undefined;
  const [from, to] = [arrow.from, arrow.to].map(
    (end) => picture.nodes.find(({ id }) => id === end)?.name ?? end,
  );
  return `${trafficNames[arrow.carries]}: ${from} to ${to}`;
}
