import {
  bodyOf,
  type OutgoingEvent,
  type Publish,
  type PublishOutcome,
} from '@tandem/chassis/messaging/publisher';
import { type Metrics, observeAge } from '@tandem/chassis/metrics';
import { inSpan, noopTracer, type Span, type Tracer } from '@tandem/chassis/trace';
import { committedAt } from '@tandem/contracts/committed-at';
import type { NewEvent } from '@tandem/contracts/events';
import type { Change } from '@tandem/storage/table';
import type { Park } from './park.ts';

/** The changes that must be brought again, because an event of theirs could not be published yet. */
export interface RelayResult {
  readonly failed: readonly Change[];
}

/**
 * Publishes the events of a batch of changes, at least once each. What can never be published is parked with its
 * body, so that one bad event neither blocks those behind it nor is lost.
 */
export type Relay = (changes: readonly Change[]) => Promise<RelayResult>;

export interface RelayDeps {
  readonly publish: Publish;
  readonly park: Park;
  /** The events of an item that expired. */
  readonly eventsForExpiredItem: (change: Change) => readonly NewEvent[];
  /** The topic's name, for its spans. */
  readonly topic: string;
  readonly metrics: Pick<Metrics, 'observe'>;
  /** Records a span of each event that is published, in the trace of its change. */
  readonly tracer?: Tracer | undefined;
  readonly log: Record<'warn' | 'error', (fields: object, message: string) => void>;
}

/** An event of a change on its way to the topic. */
interface Outgoing {
  readonly change: Change;
  readonly span: Span;
  readonly event: OutgoingEvent;
}

/** An event of a change that is to be published. */
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
      eventId: eventIdOf(change, position),
      event,
    }));

  /** The events on their way, each with its span: in the trace of their change, or in one that the first begins. */
  const outgoing = (pending: readonly Pending[]): Outgoing[] => {
    const begun = new Map<Change, string>();
    return pending.map(({ change, eventId, event }) => {
      const span = tracer.start(`send ${topic}`, {
        kind: 'producer',
        parent: change.after?.traceparent ?? begun.get(change),
        attributes: {
          'messaging.system': 'aws.sns',
          'messaging.operation.name': 'publish',
          'messaging.operation.type': 'send',
          'messaging.destination.name': topic,
          'tandem.event.type': event.eventType,
        },
      });
      if (!begun.has(change)) begun.set(change, span.traceparent);
      return { change, span, event: { eventId, traceparent: span.traceparent, event } };
    });
  };

  const parked = async (event: OutgoingEvent, reason: string): Promise<boolean> => {
    try {
      await park(bodyOf(event), reason, event.traceparent);
      return true;
    } catch (err) {
      log.error({ err, ...loggable(event) }, 'event not parked');
      return false;
    }
  };

  /** Whether the event is done. */
  const settle = async ({ span, event }: Outgoing, outcome: PublishOutcome): Promise<boolean> => {
    if (outcome.status === 'published') {
      observeAge(metrics, 'RelayLag', committedAt(event.event));
      span.end();
      return true;
    }
    const { status, reason } = outcome;
    span.end({ 'error.type': status });
    log.warn({ ...loggable(event), status, reason }, 'event not published');
    return status === 'permanent' && parked(event, reason);
  };

  return async (changes) => {
    const sending = outgoing(newestOfEachProduct(changes.flatMap(pendingOf)));
    const outcomes = await publish(sending.map(({ event }) => event));
    const failed = new Set<Change>();
    for (const [position, it] of sending.entries()) {
      const outcome = outcomes[position] ?? { status: 'transient', reason: 'no outcome' };
      if (!(await inSpan(it.span, () => settle(it, outcome)))) failed.add(it.change);
    }
    return { failed: [...failed] };
  };
}

/**
 * A write that left the stored events as they were (the store's own housekeeping) has the version of the image
 * before, and nothing to tell.
 */
function eventsOf(
  change: Change,
  eventsForExpiredItem: RelayDeps['eventsForExpiredItem'],
): readonly NewEvent[] {
  if (change.after === undefined) return change.expired ? eventsForExpiredItem(change) : [];
  return change.after.version === change.before?.version ? [] : change.after.events;
}

/** The same for every attempt at the same change. */
function eventIdOf(change: Change, position: number): string {
  const version = change.after?.version ?? `${change.before?.version ?? 0}-expired`;
  return `${change.kind}/${change.key}/${version}/${position}`;
}

/**
 * `ProductUpdated` carries the whole state: of several in one batch only the newest says anything, but for those that
 * answer carts.
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
