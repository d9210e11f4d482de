import { serviceNames, topology } from '@tandem/contracts/topology';
import { accentOf } from '../../parts/accent.ts';
import { capitalized } from '../../parts/format.ts';
import type { Part } from './nodes.ts';
import { Outline } from './outline.tsx';

const shapes = [
  ['table', 'table: a change and its events are stored atomically'],
  ['relay', 'relay: publishes the events of committed changes'],
  ['topic', 'topic: fans out to its subscriptions'],
  ['subscription', 'filter: passes the subscribed event types'],
  ['queue', 'queue: stores messages until they are applied'],
] as const satisfies readonly (readonly [Part['kind'], string])[];

const marks = [
  ['request', 'a request'],
  ['event', 'an event, in slow motion'],
  ['failure', 'failed messages, to a dead-letter queue'],
  ['snapshot', 'a snapshot: current state, not a change'],
] as const;

/** Legend of the picture. */
export function Legend() {
  return (
    <ul class="legend list small" aria-label="Legend">
      {shapes.map(([kind, meaning]) => (
        <li key={kind}>
          <svg viewBox="0 0 58 36" width="29" height="18" aria-hidden="true">
            <Outline kind={kind} x={2} y={2} width={54} height={32} />
          </svg>
          {meaning}
        </li>
      ))}
      {serviceNames.map((service) => (
        <li key={service}>
          <svg viewBox="0 0 26 14" width="26" height="14" aria-hidden="true" class={accentOf(service)}>
            <rect x="1" y="1" width="24" height="12" rx="3" />
          </svg>
          {capitalized(service)}
          {topology.relays[service] && ' and its events'}
        </li>
      ))}
      {marks.map(([mark, meaning]) => (
        <li key={mark}>
          <svg viewBox="0 0 26 14" width="26" height="14" aria-hidden="true" class={mark}>
            <Mark mark={mark} />
          </svg>
          {meaning}
        </li>
      ))}
    </ul>
  );
}

function Mark({ mark }: { mark: (typeof marks)[number][0] }) {
  if (mark === 'request') return <circle cx="13" cy="7" r="3" />;
  if (mark === 'event') return <circle cx="13" cy="7" r="5" />;
  return <path d="M1 7H25" />;
}
