import { setTimeout as delay } from 'node:timers/promises';
import { DomainError } from '@tandem/chassis/errors';
import { bodyOf, type OutgoingEvent, type Publish } from '@tandem/chassis/messaging/publisher';
import { currentTraceparent } from '@tandem/chassis/trace';
import { readEvent } from '@tandem/contracts/read-event';
import { createRateLimiter } from '@tandem/dlq/move';
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

/** Outcome of the repair of a batch. */
export interface RepairOutcome {
  readonly repaired: readonly PairDifference[];
  readonly left: readonly PairDifference[];
}

/** Publishes the events that repair a batch of differences, and waits until both services agree on each. */
export type RepairBatch = (
  differences: readonly PairDifference[],
  isRelevant: IsRelevant,
) => Promise<RepairOutcome>;

/** SNS's limit of one request. */
const BATCH = 10;
const ATTEMPTS = 6;
const PAUSE_MS = 500;

export function createRepairer({ publish, rate, reader, now, repairTimeoutMs }: RepairerDeps): RepairBatch {
  const limitRate = createRateLimiter(rate, 0);
  const size = Math.min(BATCH, rate);

  return async (differences, isRelevant) => {
    const events = eventsOf(differences);
    for (let i = 0; i < events.length; i += size) {
      const batch = events.slice(i, i + size);
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
    const isRepaired = (difference: PairDifference) =>
      difference.repair.kind === 'event' && !leftIds.has(pairId(difference));
    return {
      repaired: differences.filter(isRepaired),
      left: differences.filter((difference) => !isRepaired(difference)),
    };
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
async function publishAll(publish: Publish, events: readonly OutgoingEvent[]): Promise<void> {
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
