import { setTimeout as delay } from 'node:timers/promises';
import { DomainError } from '@tandem/chassis/errors';
import { bodyOf, type OutgoingEvent, type Publish } from '@tandem/chassis/messaging/publisher';
import { currentTraceparent } from '@tandem/chassis/trace';
import { chunksOf, createRateLimiter } from '@tandem/cli/batches';
import { readEvent } from '@tandem/contracts/read-event';
import { differencesOf, type PairDifference } from './difference.ts';
import type { IsRelevant } from './suspects.ts';
import { type FactsReader, pairId } from './tables.ts';

export interface RepairerDeps {
  readonly publish: Publish;
  /** Events per second. */
  readonly rate: number;
  readonly reader: FactsReader;
  readonly now: () => number;
  /** Milliseconds without any repaired difference after which the rest counts as left. */
  readonly repairTimeoutMs: number;
}

/**
 * Publishes the events that repair a batch of differences, and waits until both services agree on each. Resolves to the
 * differences that are repaired; the others are left.
 */
export type RepairBatch = (
  differences: readonly PairDifference[],
  isRelevant: IsRelevant,
) => Promise<ReadonlySet<PairDifference>>;

/** SNS's limit of one request. */
const BATCH = 10;
const ATTEMPTS = 6;
const PAUSE_MS = 500;

export function createRepairer({ publish, rate, reader, now, repairTimeoutMs }: RepairerDeps): RepairBatch {
  const limitRate = createRateLimiter(rate);

  return async (differences, isRelevant) => {
    for (const batch of chunksOf(eventsOf(differences), Math.min(BATCH, rate))) {
      await limitRate(batch.length);
      await publishAll(publish, batch);
    }
    let left = differences.filter(({ repair }) => repair.kind === 'event');
    const isLeft = async () => {
      const factsOf = await reader.facts(left);
      return left.filter((pair) => {
        const facts = factsOf.get(pairId(pair));
        return facts && differencesOf(pair, facts, now()).some((difference) => isRelevant(difference, facts));
      });
    };
    for (let end = performance.now() + repairTimeoutMs; left.length > 0 && performance.now() < end;) {
      await delay(PAUSE_MS);
      const still = await isLeft();
      if (still.length < left.length) end = performance.now() + repairTimeoutMs;
      left = still;
    }
    const leftIds = new Set(left.map(pairId));
    return new Set(
      differences.filter(
        (difference) => difference.repair.kind === 'event' && !leftIds.has(pairId(difference)),
      ),
    );
  };
}

/** Events of the repairs without duplicates, releases first. Throws for one that a consumer would reject. */
function eventsOf(differences: readonly PairDifference[]): OutgoingEvent[] {
  const repairs = differences.flatMap(({ repair }) => (repair.kind === 'event' ? [repair] : []));
  const inOrder = repairs.toSorted((a, b) => a.growth - b.growth);
  const events = new Map(inOrder.map(({ eventId, event }) => [eventId, { eventId, event }]));
  return [...events.values()].map(({ eventId, event }) => {
    const outgoing = { eventId, traceparent: currentTraceparent(), event };
    const reading = readEvent(bodyOf(outgoing));
    if (!reading.ok) throw new Error(`${eventId} is not a valid event: ${JSON.stringify(reading)}`);
    return outgoing;
  });
}

/** Publishes all events with retries; rejects with a DomainError when SNS rejects one. */
export async function publishAll(publish: Publish, events: readonly OutgoingEvent[]): Promise<void> {
  let pending = events;
  for (let attempt = 1; ; attempt++) {
    const outcomes = await publish(pending);
    const rejected = outcomes.find(({ status }) => status === 'permanent');
    const failed = outcomes.find(({ status }) => status === 'transient');
    const fault = rejected ?? (attempt === ATTEMPTS ? failed : undefined);
    if (fault && fault.status !== 'published')
      throw new DomainError('unavailable', 'not-published', `sns:Publish failed: ${fault.reason}`);
    pending = pending.filter((_, i) => outcomes[i]?.status === 'transient');
    if (pending.length === 0) return;
    await delay(PAUSE_MS * attempt);
  }
}
