import {
  bodyOf,
  type OutgoingEvent,
  type Publish,
  type PublishOutcome,
} from '@tandem/chassis/messaging/publisher';
import { type Metrics, observeAge } from '@tandem/chassis/metrics';
import { inSpan, noopTracer, type Span, type Tracer } from '@tandem/chassis/trace';
import { committedAt } from '@tandem/contracts/committed-at';
import { eventIdOf } from '@tandem/contracts/event-id';
import type { NewEvent } from '@tandem/contracts/events';
import type { Change } from '@tandem/storage/table';
import type { Park } from './park.ts';

/** Result of a batch; `failed` changes must be retried, as not all of their events could be published. */
export interface RelayResult {
  readonly failed: readonly Change[];
}

/**
 * Outbox relay: publishes the events of a batch of changes, each at least once. An event that can never be published is
 * parked, so that it neither blocks the following ones nor is lost.
 */
export type Relay = (changes: readonly Change[]) => Promise<RelayResult>;

export interface RelayDeps {
  readonly publish: Publish;
  readonly park: Park;
  /** The events to publish for an expired item. */
  readonly eventsForExpiredItem: (change: Change) => readonly NewEvent[];
  /** Name of the topic, for spans. */
  readonly topic: string;
  readonly metrics: Pick<Metrics, 'observe'>;
  /** Records a span of each published event, in the trace of its change. */
  readonly tracer?: Tracer | undefined;
  readonly log: Record<'warn' | 'error', (fields: object, message: string) => void>;
}

const NO_OUTCOME: PublishOutcome = { status: 'transient', reason: 'no outcome' };

/** An event to publish, with its change and span. */
interface Outgoing {
  readonly change: Change;
  readonly span: Span;
  readonly event: OutgoingEvent;
}

/** An event to publish, before its span is started. */
interface Pending {
  readonly change: Change;
  readonly eventId: string;
  readonly event: NewEvent;
}

export function createRelay(deps: RelayDeps): Relay {
  const { publish, park, eventsForExpiredItem, topic, metrics, tracer = noopTracer, log } = deps;

  const pendingOf = (change: Change): Pending[] =>
    eventsOf(change, eventsForExpiredItem).map((event, position) => ({
      change,
      eventId: eventIdOf({ ...change, version: versionOf(change) }, position),
      event,
    }));

  /** Starts a span for each event: in the trace of its change, or in a new one that the events of the change share. */
  const startSpans = (pending: readonly Pending[]): Outgoing[] => {
    const startedTraces = new Map<Change, string>();
    return pending.map(({ change, eventId, event }) => {
      const span = tracer.start(`send ${topic}`, {
        kind: 'producer',
        parent: change.after?.traceparent ?? startedTraces.get(change),
        attributes: {
          'messaging.system': 'aws.sns',
          'messaging.operation.name': 'publish',
          'messaging.operation.type': 'send',
          'messaging.destination.name': topic,
          'tandem.event.type': event.eventType,
        },
      });
      if (!startedTraces.has(change)) startedTraces.set(change, span.traceparent);
      return { change, span, event: { eventId, traceparent: span.traceparent, event } };
    });
  };

  /** Parks an event; resolves to whether it was parked. Never rejects. */
  const tryPark = async (event: OutgoingEvent, reason: string): Promise<boolean> => {
    try {
      await park(bodyOf(event), reason, event.traceparent);
      return true;
    } catch (err) {
      log.error({ err, ...loggable(event) }, 'event not parked');
      return false;
    }
  };

  /** Handles the outcome of an event; resolves to whether the event is done. */
  const settle = async ({ span, event }: Outgoing, outcome: PublishOutcome): Promise<boolean> => {
    if (outcome.status === 'published') {
      observeAge(metrics, 'RelayLag', committedAt(event.event));
      span.end();
      return true;
    }
    const { status, reason } = outcome;
    span.end({ 'error.type': status });
    if (status === 'transient') return false;
    log.warn({ ...loggable(event), status, reason }, 'event not published');
    return tryPark(event, reason);
  };

  /** Logs one line for the transient failures of a batch: in an outage of the topic all of its events fail. */
  const logTransient = (outcomes: readonly PublishOutcome[]) => {
    const reasons = outcomes.flatMap((outcome) => (outcome.status === 'transient' ? [outcome.reason] : []));
    const [reason] = reasons;
    if (reason !== undefined)
      log.warn({ events: reasons.length, reason }, 'events not published; they are retried');
  };

  return async (changes) => {
    const events = startSpans(newestOfEachProduct(changes.flatMap(pendingOf)));
    const outcomes = await publish(events.map(({ event }) => event));
    const failed = new Set<Change>();
    for (const [position, outgoing] of events.entries()) {
      const outcome = outcomes[position] ?? NO_OUTCOME;
      if (!(await inSpan(outgoing.span, () => settle(outgoing, outcome)))) failed.add(outgoing.change);
    }
    logTransient(events.map((_, position) => outcomes[position] ?? NO_OUTCOME));
    return { failed: [...failed] };
  };
}

/**
 * The events of a change. A write that leaves the version unchanged (housekeeping of the store) leaves the stored events
 * unchanged too, which have been published already.
 */
function eventsOf(
  change: Change,
  eventsForExpiredItem: RelayDeps['eventsForExpiredItem'],
): readonly NewEvent[] {
  if (change.after === undefined) return change.expired ? eventsForExpiredItem(change) : [];
  return change.after.version === change.before?.version ? [] : change.after.events;
}

/** The version in the ids of a change's events, which are the same at every retry. */
function versionOf({ before, after }: Change): number | string {
  return after?.version ?? `${before?.version ?? 0}-expired`;
}

/**
 * Drops outdated `ProductUpdated` events: each carries the complete state, so that only the newest of a product in a batch
 * matters. Those with reservation responses are all kept.
 */
function newestOfEachProduct(pending: readonly Pending[]): Pending[] {
  const newest = new Map<string, Pending>();
  for (const item of pending) {
    if (item.event.eventType === 'ProductUpdated') newest.set(item.event.productId, item);
  }
  return pending.filter((item) => {
    if (item.event.eventType !== 'ProductUpdated' || item.event.reserved) return true;
    return newest.get(item.event.productId) === item;
  });
}

function loggable({ eventId, event }: OutgoingEvent) {
  return { eventType: event.eventType, eventId };
}
