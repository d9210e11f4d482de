import { type QueueName, type ServiceName, topology } from '@tandem/contracts/topology';
import type { Note } from './note.ts';
import type { RelayState, ServiceState, State, Step } from './protocol.ts';

const RATE_SECONDS = 10;
const LAG_MS = 60_000;
/** Of a minute's lags, and of a queue's messages on their way: the oldest are forgotten where there are more. */
const MAX_KEPT = 10_000;

/** What is counted of what was seen. */
export interface Measures {
  note(note: Note): void;
  rateOf(service: ServiceName): number;
  lagOf(service: ServiceName): ServiceState['lagMs'];
  relayOf(service: ServiceName): RelayState;
  /** How long the oldest message has been on its way that was published and not applied; 0 without any. */
  oldestMs(queue: QueueName): number;
  /** Nothing that was published before is on its way any more: the queue was seen to be empty. */
  wasEmpty(queue: QueueName, before: number): void;
  seen(): State['seen'];
}

/** Counts from now on; `now` is in milliseconds. */
export function createMeasures(now: () => number = () => Date.now()): Measures {
  const sinceMs = now();
  const seen = { product: { reads: 0, writes: 0 }, cart: { reads: 0, writes: 0 } };
  const requests = { product: new Map<number, number>(), cart: new Map<number, number>() };
  const lags: Record<ServiceName, { readonly at: number; readonly ms: number }[]> = { product: [], cart: [] };
  const held = new Map<ServiceName, number>();
  const onTheWay = new Map<QueueName, Map<string, number>>();
  /** In processes what was applied may be heard of before it was published. */
  const appliedAt = new Map<string, number>();
  const wayTo = (queue: QueueName) => {
    const way = onTheWay.get(queue) ?? new Map<string, number>();
    onTheWay.set(queue, way);
    return way;
  };

  const countRequest = ({ service, method }: Step & { kind: 'request' }) => {
    seen[service][method === 'GET' || method === 'HEAD' ? 'reads' : 'writes'] += 1;
    const second = Math.floor(now() / 1000);
    const perSecond = requests[service];
    perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
    for (const old of perSecond.keys()) if (old <= second - RATE_SECONDS) perSecond.delete(old);
  };

  const countStep = (step: Step) => {
    switch (step.kind) {
      case 'request':
        return countRequest(step);
      case 'published':
        for (const { topic, queue, eventTypes } of topology.subscriptions) {
          if (topic !== step.topic || !(eventTypes as readonly string[]).includes(step.eventType)) continue;
          const way = wayTo(queue);
          if ((appliedAt.get(`${queue} ${step.eventId}`) ?? 0) >= step.at) continue;
          if (!way.has(step.eventId)) way.set(step.eventId, step.at);
          forgetOldest(way);
        }
        return undefined;
      case 'applied': {
        wayTo(step.queue).delete(step.eventId);
        appliedAt.set(`${step.queue} ${step.eventId}`, step.at);
        forgetOldest(appliedAt);
        if (step.committedAt === undefined) return undefined;
        const kept = lags[topology.queues[step.queue].consumer];
        kept.push({ at: step.at, ms: Math.max(0, step.at - step.committedAt) });
        if (kept.length > MAX_KEPT) kept.splice(0, MAX_KEPT / 2);
        return undefined;
      }
      case 'returned':
        // Given up: it is a dead letter the next time that it would be received.
        if (step.attempt >= topology.queues[step.queue].maxReceiveCount)
          wayTo(step.queue).delete(step.eventId);
        return undefined;
      default:
        return undefined;
    }
  };

  return {
    note(note) {
      if (note.kind === 'step') countStep(note.step);
      else if (note.kind === 'held' && note.since !== undefined) held.set(note.service, note.since);
      else if (note.kind === 'held') held.delete(note.service);
      else if (note.role.endsWith('-relay')) held.delete(note.role.slice(0, -'-relay'.length) as ServiceName);
    },
    rateOf(service) {
      const second = Math.floor(now() / 1000);
      const counts = [...requests[service]].filter(([at]) => at > second - RATE_SECONDS);
      return counts.reduce((sum, [, count]) => sum + count, 0) / RATE_SECONDS;
    },
    lagOf(service) {
      const since = now() - LAG_MS;
      lags[service] = lags[service].filter(({ at }) => at >= since);
      const sorted = lags[service].map(({ ms }) => ms).toSorted((a, b) => a - b);
      const [p50, max] = [sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
      return p50 === undefined || max === undefined ? undefined : { p50, max };
    },
    relayOf(service) {
      const since = held.get(service);
      return { isHeld: since !== undefined, oldestMs: since === undefined ? 0 : Math.max(0, now() - since) };
    },
    oldestMs(queue) {
      const [since] = wayTo(queue).values();
      return since === undefined ? 0 : Math.max(0, now() - since);
    },
    wasEmpty(queue, before) {
      const way = wayTo(queue);
      for (const [eventId, at] of way) if (at < before) way.delete(eventId);
    },
    seen: () => ({ ...structuredClone(seen), sinceMs }),
  };
}

function forgetOldest(kept: Map<string, number>): void {
  const [oldest] = kept.keys();
  if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest);
}
