import {
  mapServices,
  type QueueName,
  type ServiceName,
  type TableName,
  type Topology,
  topology as wholeTopology,
} from '@tandem/contracts/topology';
import type { RelayState, ServiceState, State, Step } from './protocol.ts';
import type { TelemetryMessage } from './telemetry-message.ts';

const RATE_SECONDS = 10;
const LAG_MS = 60_000;
/** Maximum of lag samples, and of tracked messages per queue; the oldest are evicted. */
const MAX_ENTRIES = 10_000;

/** Metrics of the system, computed from its telemetry. */
export interface Metrics {
  record(message: TelemetryMessage): void;
  rateOf(service: ServiceName): number;
  /** Lag of the events applied in the last minute, or since a time. */
  lagOf(service: ServiceName, since?: number): ServiceState['lagMs'];
  relayOf(service: ServiceName): RelayState;
  /** Age of the oldest message that was published and not applied yet; 0 without any. */
  oldestMs(queue: QueueName): number;
  /** Drops messages published before a time at which the queue was empty. */
  wasEmpty(queue: QueueName, before: number): void;
  traffic(): State['traffic'];
  tables(): State['tables'];
}

/** Starts with empty metrics of a system of this topology; `now` returns milliseconds since the epoch. */
export function createMetrics(
  topology: Topology = wholeTopology,
  now: () => number = () => Date.now(),
): Metrics {
  const sinceMs = now();
  const requests = mapServices(() => ({ reads: 0, writes: 0 }));
  const perSecond = mapServices(() => new Map<number, number>());
  const lags = mapServices((): { readonly at: number; readonly ms: number }[] => []);
  const writes = new Map<TableName, number>();
  const held = new Map<ServiceName, number>();
  const inTransit = new Map<QueueName, Map<string, number>>();
  /** Times of applied events: across processes, `applied` may be reported before `published`. */
  const appliedAt = new Map<string, number>();
  const inTransitTo = (queue: QueueName) => {
    const messages = inTransit.get(queue) ?? new Map<string, number>();
    inTransit.set(queue, messages);
    return messages;
  };

  const countRequest = ({ service, method }: Step & { kind: 'request' }) => {
    requests[service][method === 'GET' || method === 'HEAD' ? 'reads' : 'writes'] += 1;
    const second = Math.floor(now() / 1000);
    const counts = perSecond[service];
    counts.set(second, (counts.get(second) ?? 0) + 1);
    for (const old of counts.keys()) if (old <= second - RATE_SECONDS) counts.delete(old);
  };

  const countStep = (step: Step) => {
    switch (step.kind) {
      case 'request':
        return countRequest(step);
      case 'published':
        for (const { topic, queue, eventTypes } of topology.subscriptions) {
          if (topic !== step.topic || !(eventTypes as readonly string[]).includes(step.eventType)) continue;
          const messages = inTransitTo(queue);
          if ((appliedAt.get(`${queue} ${step.eventId}`) ?? 0) >= step.at) continue;
          if (!messages.has(step.eventId)) messages.set(step.eventId, step.at);
          evictOldest(messages);
        }
        return undefined;
      case 'applied': {
        inTransitTo(step.queue).delete(step.eventId);
        appliedAt.set(`${step.queue} ${step.eventId}`, step.at);
        evictOldest(appliedAt);
        if (step.committedAt === undefined) return undefined;
        const samples = lags[topology.queues[step.queue].consumer];
        samples.push({ at: step.at, ms: Math.max(0, step.at - step.committedAt) });
        if (samples.length > MAX_ENTRIES) samples.splice(0, MAX_ENTRIES / 2);
        return undefined;
      }
      case 'returned':
        // Last attempt: SQS moves the message to the dead-letter queue instead of the next receive.
        if (step.attempt >= topology.queues[step.queue].maxReceiveCount)
          inTransitTo(step.queue).delete(step.eventId);
        return undefined;
      default:
        return undefined;
    }
  };

  return {
    record(message) {
      if (message.kind === 'step') countStep(message.step);
      else if (message.kind === 'held' && message.since !== undefined)
        held.set(message.service, message.since);
      else if (message.kind === 'held') held.delete(message.service);
      else if (message.kind === 'written')
        writes.set(message.table, (writes.get(message.table) ?? 0) + message.items);
      else if (message.role.endsWith('-relay'))
        held.delete(message.role.slice(0, -'-relay'.length) as ServiceName);
    },
    rateOf(service) {
      const second = Math.floor(now() / 1000);
      const counts = [...perSecond[service]].filter(([at]) => at > second - RATE_SECONDS);
      return counts.reduce((sum, [, count]) => sum + count, 0) / RATE_SECONDS;
    },
    lagOf(service, since = now() - LAG_MS) {
      const recent = lags[service].filter(({ at }) => at >= since);
      const sorted = recent.map(({ ms }) => ms).toSorted((a, b) => a - b);
      const [p50, max] = [sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
      return p50 === undefined || max === undefined ? undefined : { p50, max };
    },
    relayOf(service) {
      const since = held.get(service);
      return { isHeld: since !== undefined, oldestMs: since === undefined ? 0 : Math.max(0, now() - since) };
    },
    oldestMs(queue) {
      const [since] = inTransitTo(queue).values();
      return since === undefined ? 0 : Math.max(0, now() - since);
    },
    wasEmpty(queue, before) {
      const messages = inTransitTo(queue);
      for (const [eventId, at] of messages) if (at < before) messages.delete(eventId);
    },
    traffic: () => ({ sinceMs, requests: structuredClone(requests) }),
    tables: () => Object.fromEntries([...writes].map(([table, count]) => [table, { writes: count }])),
  };
}

function evictOldest(entries: Map<string, number>): void {
  const [oldest] = entries.keys();
  if (entries.size > MAX_ENTRIES && oldest !== undefined) entries.delete(oldest);
}
