import { bodyOf, type OutgoingEvent, type Publish } from '@tandem/chassis/messaging/publisher';
import type { NewEvent } from '@tandem/contracts/events';
import type { Change } from '@tandem/storage/table';

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
  /** Keeps an event that no topic takes. Rejects when it could not. */
  readonly park: (body: string, reason: string) => Promise<void>;
  /** What it means that an item went because its time was over. */
  readonly eventsOfExpired: (change: Change) => readonly NewEvent[];
  readonly createTraceparent: () => string;
  readonly log: Record<'warn' | 'error', (fields: object, message: string) => void>;
}

export function createRelay({ publish, park, eventsOfExpired, createTraceparent, log }: RelayDeps): Relay {
  const outgoing = (change: Change): OutgoingEvent[] => {
    const traceparent = change.after?.traceparent ?? createTraceparent();
    return eventsOf(change, eventsOfExpired).map((event, position) => ({
      eventId: eventIdOf(change, position),
      traceparent,
      event,
    }));
  };

  const parked = async (event: OutgoingEvent, reason: string): Promise<boolean> => {
    try {
      await park(bodyOf(event), reason);
      return true;
    } catch (err) {
      log.error({ err, eventId: event.eventId }, 'event not parked');
      return false;
    }
  };

  return async (changes) => {
    const pending = newestOfEachProduct(
      changes.flatMap((change) => outgoing(change).map((event) => ({ change, event }))),
    );
    const outcomes = await publish(pending.map(({ event }) => event));
    const failed = new Set<Change>();
    for (const [position, { change, event }] of pending.entries()) {
      const outcome = outcomes[position] ?? { status: 'transient', reason: 'no outcome' };
      if (outcome.status === 'published') continue;
      const { eventId } = event;
      log.warn({ eventId, status: outcome.status, reason: outcome.reason }, 'event not published');
      if (outcome.status === 'transient' || !(await parked(event, outcome.reason))) failed.add(change);
    }
    return { failed: [...failed] };
  };
}

/**
 * A write that left the stored events as they were (the store's own housekeeping) has the version of the image
 * before, and nothing to tell.
 */
function eventsOf(change: Change, eventsOfExpired: RelayDeps['eventsOfExpired']): readonly NewEvent[] {
  if (change.after === undefined) return change.expired ? eventsOfExpired(change) : [];
  return change.after.version === change.before?.version ? [] : change.after.events;
}

/** The same for every attempt at the same change. */
function eventIdOf(change: Change, position: number): string {
  const version = change.after?.version ?? `${change.before?.version ?? 0}-expired`;
  return `${change.kind}/${change.key}/${version}/${position}`;
}

/** `ProductUpdated` carries the whole state: of several in one batch only the newest says anything. */
function newestOfEachProduct<T extends { event: OutgoingEvent }>(pending: readonly T[]): T[] {
  const newest = new Map<string, T>();
  for (const item of pending) {
    const { event } = item.event;
    if (event.eventType === 'ProductUpdated') newest.set(event.productId, item);
  }
  return pending.filter(({ event: { event } }, position) => {
    if (event.eventType !== 'ProductUpdated') return true;
    return newest.get(event.productId) === pending[position];
  });
}
