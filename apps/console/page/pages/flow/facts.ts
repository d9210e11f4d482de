import type { Topology } from '@tandem/contracts/topology';
import type { State } from '../../../server/protocol.ts';
import { counted, duration, integer } from '../../parts/format.ts';
import type { Part } from './parts.ts';

/** Condition of a part: degraded while it is late or has dead letters; paused by a fault; down. */
export type Condition = 'fine' | 'degraded' | 'paused' | 'down';

/** Current values of a part. */
export interface Facts {
  readonly condition: Condition;
  /** The value that matters most, with its unit; undefined where there is none. */
  readonly figure?: { readonly value: string; readonly unit: string };
  /** Further values as short texts, most important first. */
  readonly lines: readonly string[];
}

/** Description of the messages in a dead-letter queue. */
const labels = {
  givenUp: (count: number) => (count === 1 ? 'dead letter' : 'dead letters'),
  unpublishable: () => 'parked',
} as const;
/** Age of the oldest message from which a queue counts as degraded. */
const LATE_MS = 5_000;

/** Current values of a part; without a state, only those of the topology. `eventsPerSecond` are those of a topic. */
export function factsOf(
  part: Part,
  state: State | undefined,
  topology: Topology,
  eventsPerSecond: (topic: string) => number = () => 0,
): Facts {
  if (part.kind === 'subscription') {
    const { topic, queue } = part;
    const found = topology.subscriptions.find((other) => other.topic === topic && other.queue === queue);
    return { condition: 'fine', lines: [`passes ${counted(found?.eventTypes.length ?? 0, 'event type')}`] };
  }
  if (part.kind === 'topic') {
    const figure = { value: rate(eventsPerSecond(part.name)), unit: 'events/s' };
    const types = counted(topology.topics[part.name].eventTypes.length, 'event type');
    return { condition: 'fine', ...(state && { figure }), lines: [types] };
  }
  if (!state) return { condition: 'fine', lines: [] };
  const isFaulty = (fault: string, service: string) =>
    state.faults.some((on) => on.fault === fault && on.service === service);
  switch (part.kind) {
    case 'service': {
      const { isReady, requestsPerSecond, lagMs } = state.services[part.name];
      const hasApi = topology.services[part.name].paths.length > 0;
      const lag = lagMs
        ? [`lag of the last minute: p50 ${duration(lagMs.p50)}, max ${duration(lagMs.max)}`]
        : [];
      return {
        condition: isReady ? 'fine' : 'down',
        ...(!isReady
          ? { figure: { value: 'down', unit: '' } }
          : hasApi && { figure: { value: rate(requestsPerSecond), unit: 'requests/s' } }),
        lines: [isReady ? 'ready' : 'not ready', ...lag],
      };
    }
    case 'table': {
      const figure = { value: short(state.tables[part.name]?.writes ?? 0), unit: 'writes' };
      return { condition: 'fine', figure, lines: ['items written since the start'] };
    }
    case 'relay': {
      const { isHeld = false, oldestMs = 0 } = state.relays[part.service] ?? {};
      const isStopped = isFaulty('relayStopped', part.service);
      return {
        condition: isStopped ? 'paused' : isHeld ? 'degraded' : 'fine',
        figure: { value: isHeld ? duration(oldestMs) : '0 s', unit: 'behind' },
        lines: [...(isStopped ? ['stopped'] : []), isHeld ? 'has a backlog' : 'no backlog'],
      };
    }
    case 'queue': {
      const { visible, inFlight, oldestMs } = state.queues[part.name];
      const isPaused = isFaulty('consumerPaused', topology.queues[part.name].consumer);
      return {
        condition: isPaused ? 'paused' : oldestMs >= LATE_MS ? 'degraded' : 'fine',
        figure: { value: short(visible), unit: 'waiting' },
        lines: [
          ...(isPaused ? ['its consumer is paused'] : []),
          `${integer(inFlight)} in flight`,
          `oldest ${duration(oldestMs)}`,
        ],
      };
    }
    case 'deadLetters': {
      const depth = state.deadLetters[part.name] ?? 0;
      const figure = { value: integer(depth), unit: labels[part.queueKind](depth) };
      return { condition: depth > 0 ? 'degraded' : 'fine', figure, lines: [] };
    }
    case 'gateway': {
      const all = Object.values(state.services).reduce(
        (sum, { requestsPerSecond }) => sum + requestsPerSecond,
        0,
      );
      return { condition: 'fine', figure: { value: rate(all), unit: 'requests/s' }, lines: [] };
    }
    default:
      return { condition: 'fine', lines: [] };
  }
}

/** All values of a part as one text. */
export function textOf({ figure, lines }: Facts): string {
  const first = figure && `${figure.value}${figure.unit === '' ? '' : ` ${figure.unit}`}`;
  return [...(first === undefined ? [] : [first]), ...lines].join(', ');
}

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });

/** A whole number that fits in a part of the picture: exact up to 99,999. */
function short(value: number): string {
  return value < 100_000 ? integer(value) : compact.format(value);
}

/** A rate a second, with a decimal below 10. */
export function rate(value: number): string {
  return value > 0 && value < 9.95 ? value.toFixed(1) : integer(value);
}
