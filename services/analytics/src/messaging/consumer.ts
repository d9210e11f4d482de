import type { Logger } from '@tandem/chassis/logger';
import { applyGroup } from '@tandem/chassis/messaging/apply-group';
import type { Applied, ApplyBatch, ConsumerOptions } from '@tandem/chassis/messaging/consumer';
import { createPublisher, type Publish } from '@tandem/chassis/messaging/publisher';
import type { Metrics } from '@tandem/chassis/metrics';
import type { EventOf, TandemEvent } from '@tandem/contracts/events';
import type { ServiceDeps } from '@tandem/runtime/define-service';
import { createInbox } from '@tandem/storage/inbox';
import type { Table } from '@tandem/storage/table';
import { createCompaction } from './compaction.ts';
import { countingEffect, countsOfEvent } from './effect.ts';
import { isNamed, storeNames } from './names.ts';
import { createNamesRequester } from './names-request.ts';

export interface AnalyticsEventsDeps {
  readonly table: Table;
  readonly metrics: Pick<Metrics, 'count'>;
  readonly logger: Pick<Logger, 'error'>;
  /** Publishes to the topic of the service's requests. */
  readonly publish: Publish;
  /** Clock, in milliseconds since the epoch. Default: the system's. */
  readonly now?: () => number;
}

/** Events that are counted together, where a function receives so many: each batch is an item of its day. */
const MAX_BATCH = 1_000;

/** The consumer of the service's queue. It does nothing before its first batch. */
export function consumerOf(
  deps: ServiceDeps<'analytics'>,
): Pick<ConsumerOptions, 'queueUrl' | 'apply' | 'ping' | 'maxBatchSize'> {
  const { table, sns, topicArn, queueUrls } = deps;
  return {
    queueUrl: queueUrls['analytics-events-queue'],
    apply: applyAnalyticsEvents({ ...deps, publish: createPublisher(sns, topicArn) }),
    ping: () => table.ping(),
    maxBatchSize: MAX_BATCH,
  };
}

/**
 * Counts each event once, for the day of its own timestamp, in any order, and keeps the names of products. Batches of any
 * size are possible: the larger they are, the fewer are the writes.
 */
export function applyAnalyticsEvents(deps: AnalyticsEventsDeps): ApplyBatch {
  const { table, metrics, logger, publish, now = Date.now } = deps;
  const inbox = createInbox({ table, metrics, now });
  const compactDays = createCompaction({ table, metrics, logger, now });
  const names = createNamesRequester({ table, publish, logger, now });

  const completeNames = (events: readonly EventOf<'ProductSnapshotCompleted'>[]) =>
    applyGroup(
      events,
      (event) => event,
      async (members) => {
        for (const { snapshotId } of members) await names.complete(snapshotId);
      },
    );

  return async (events) => {
    await names.request();
    const counted = new Map<TandemEvent, string>();
    for (const event of events) {
      const counts = countsOfEvent(event);
      if (counts) counted.set(event, counts.date);
    }
    const countedEvents = [...counted.keys()];
    const completedEvents = events.filter((event) => event.eventType === 'ProductSnapshotCompleted');
    const outcomes = [
      outcomesOf(countedEvents, await inbox.apply(countedEvents, countingEffect)),
      await storeNames(table, events.filter(isNamed)),
      outcomesOf(completedEvents, await completeNames(completedEvents)),
    ];
    await compactDays(new Set(counted.values()));
    return events.map((event) => worst(outcomes.map((part) => part.get(event))));
  };
}

function outcomesOf(
  events: readonly TandemEvent[],
  outcomes: readonly Applied[],
): ReadonlyMap<TandemEvent, Applied | undefined> {
  return new Map(events.map((event, position) => [event, outcomes[position]]));
}

/** The first failure among the outcomes of one event's parts. */
function worst(parts: readonly (Applied | undefined)[]): Applied {
  return parts.find((part) => part?.status === 'failed') ?? { status: 'applied' };
}
