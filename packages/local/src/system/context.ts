import { setInterval } from 'node:timers/promises';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Logger } from '@tandem/chassis/logger';
import { createPublisher } from '@tandem/chassis/messaging/publisher';
import type { Metrics } from '@tandem/chassis/metrics';
import { activeTraceparent, type Tracer } from '@tandem/chassis/trace';
import { type ServiceName, topology } from '@tandem/contracts/topology';
import { follow } from '@tandem/relay/follow';
import { createParking } from '@tandem/relay/park';
import { createRelay, type RelayDeps } from '@tandem/relay/relay';
import { createTable } from '@tandem/storage/create-table';
import type { Driver } from '@tandem/storage/driver';
import type { ChangeFeed, Table } from '@tandem/storage/table';
import { queueUrl, topicArn } from '../messaging/config.ts';

/** How often expired items are looked for; DynamoDB's TTL takes hours where this takes a moment. */
const EXPIRY_INTERVAL_MS = 500;

/** Where a service's table is kept. */
export interface Store {
  readonly driver: Driver;
  readonly feed: ChangeFeed;
  /** Removes what has expired by then, in seconds since the epoch; absent where the store does so itself. */
  readonly removeExpired?: (nowSeconds: number) => number;
  readonly close: () => void;
}

export interface ContextOptions {
  readonly service: ServiceName;
  readonly store: Store;
  readonly endpoint: string;
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly tracer?: Tracer | undefined;
  readonly eventsOfExpired: RelayDeps['eventsOfExpired'];
}

/** A service's table with what AWS runs beside it: the relay of its changes, and the removal of what has expired. */
export function openContext(options: ContextOptions): { table: Table } & AsyncDisposable {
  const { service, store, endpoint, sns, sqs, logger, metrics, tracer, eventsOfExpired } = options;
  const { topic, parkingQueue } = topology.relays[service];
  const table = createTable(store.driver, {
    now: () => Date.now(),
    traceparent: activeTraceparent,
    onConflict: () => metrics.count('ConflictsRetried'),
  });
  const relay = createRelay({
    publish: createPublisher(sns, topicArn(topic)),
    park: createParking(sqs, queueUrl(endpoint, parkingQueue)),
    eventsOfExpired,
    topic,
    metrics,
    tracer,
    log: logger,
  });

  const stopping = new AbortController();
  const { signal } = stopping;
  const relaying = follow(store.feed, relay, { signal, log: logger });
  const expiring = store.removeExpired ? removeExpired(store.removeExpired, signal, logger) : undefined;
  return {
    table,
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await Promise.all([relaying, expiring]);
      store.close();
    },
  };
}

async function removeExpired(
  remove: (nowSeconds: number) => number,
  signal: AbortSignal,
  log: Logger,
): Promise<void> {
  try {
    for await (const _ of setInterval(EXPIRY_INTERVAL_MS, undefined, { signal })) {
      try {
        remove(Math.floor(Date.now() / 1000));
      } catch (err) {
        log.error({ err }, 'expired items not removed, trying again');
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
